package strict

import (
	"log/slog"
)

// mask stands for a secret that is not empty.
const mask = "********"

// Secret is a text that prints masked in every way Go prints. The zero value
// was not written. Decode fills it from its key or from the file named by
// "<key>_file".
type Secret struct {
	text *string // a pointer: %+v of a struct around it shows an address at most
}

// NewSecret makes a written Secret.
func NewSecret(text string) Secret { return Secret{&text} }

// Reveal returns the text; "" if it was not written.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Written reports whether the key was there, though perhaps empty.
func (s Secret) Written() bool { return s.text != nil }

// Equal reports whether both hold the same text and were both written or not.
func (s Secret) Equal(t Secret) bool {
	return s.Written() == t.Written() && s.Reveal() == t.Reveal()
}

// String is the mask, or "" for an empty secret.
func (s Secret) String() string {
	if s.Reveal() == "" {
		return ""
	}
	return mask
}

// GoString implements fmt.GoStringer.
func (s Secret) GoString() string { return "Secret(" + s.String() + ")" }

// MarshalText serves JSON and everything else that marshals text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML serves YAML.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
