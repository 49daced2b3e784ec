package telegram

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"frontdesk/core"
)

const (
	// maxData is the longest callback_data, in bytes.
	maxData = 64
	// farMark begins the callback_data that stands for a longer value.
	farMark = "~"
)

// choice is the button of part i of the event with number seq.
func choice(seq int64, i int, p core.Part) (button, bool) {
	b := button{Text: strings.ToValidUTF8(p.Text, "\uFFFD")}
	if b.Text == "" {
		b.Text = strings.ToValidUTF8(p.Value, "\uFFFD")
	}
	switch {
	case strings.TrimSpace(b.Text) == "":
		return b, false
	case isHTTP(p.URL):
		b.URL = p.URL
	case p.Value == "":
		b.Data = data(seq, i, p.Text)
	default:
		b.Data = data(seq, i, p.Value)
	}
	return b, true
}

// data is what Telegram gives back when a button is pressed: the value, or for
// a long one where in the history it stands, and a digest to know it by. So
// nothing needs remembering, and any replica can read it.
func data(seq int64, i int, value string) string {
	if len(value) <= maxData && !strings.HasPrefix(value, farMark) {
		return value
	}
	return fmt.Sprintf("%s%s.%d.%s", farMark, strconv.FormatInt(seq, 36), i, digest(value))
}

// digest is 72 bits of value's hash: 12 characters.
func digest(value string) string {
	sum := sha256.Sum256([]byte(value))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// expand gives a pressed button its long value back. A value that is no
// longer known stays as it came: the label says what was pressed.
func (c *Channel) expand(ctx context.Context, e *core.Envelope) error {
	p := &e.Parts[0]
	rest, far := strings.CutPrefix(p.Value, farMark)
	at := strings.Split(rest, ".")
	if !far || len(at) != 3 || c.s.Gateway.Locate == nil || c.s.Gateway.Events == nil {
		return nil
	}
	seq, err1 := strconv.ParseInt(at[0], 36, 64)
	i, err2 := strconv.Atoi(at[1])
	if err1 != nil || err2 != nil || seq <= 0 {
		return nil
	}
	conv, err := c.s.Gateway.Locate(ctx, *e)
	if err != nil {
		return fmt.Errorf("find the pressed button's conversation: %w", err)
	}
	evs, err := c.s.Gateway.Events(ctx, conv, seq-1, 1)
	if err != nil {
		return fmt.Errorf("read the pressed button: %w", err)
	}
	if len(evs) == 1 && evs[0].Seq == seq && i >= 0 && i < len(evs[0].Parts) {
		if v := valueOf(evs[0].Parts[i]); digest(v) == at[2] {
			p.Value = v
		}
	}
	return nil
}

func valueOf(p core.Part) string {
	if p.Value == "" {
		return p.Text
	}
	return p.Value
}
