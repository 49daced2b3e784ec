package knowledge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"frontdesk/core"
)

// lead is how sure a question of the FAQ must be of itself to stand before the
// documents: what people wrote for this question is better than what a file
// happens to say, unless the question is another.
const lead = 0.5

// Write makes passages, which somebody wrote and no parser reads, the new
// version of d; data is what File gives back. d.Version, if not 0, is the
// number it must get: an InputError says that another was quicker. Otherwise
// it is as Ingest.
func (s *Service) Write(ctx context.Context, d core.Document, data []byte, passages []core.Passage, dry bool) (Change, error) {
	if err := s.admit(d, data); err != nil {
		return Change{}, err
	}
	if len(passages) == 0 || len(passages) > s.o.Limits.Passages {
		return Change{}, core.Invalid("%s has %d passages: 1 to %d are possible", d.Name, len(passages), s.o.Limits.Passages)
	}
	sum := sha256.Sum256(data)
	d.Passages, d.Bytes = len(passages), int64(len(data))
	d.SHA256, d.Updated = hex.EncodeToString(sum[:]), s.o.Now().UTC()
	return s.publish(ctx, d, s.chunks(d, passages), data, dry)
}

// mayReplace refuses a file in the place of what people wrote entry by entry.
func (s *Service) mayReplace(ctx context.Context, d core.Document) error {
	if d.Origin.Kind == core.OriginFAQ {
		return nil
	}
	docs, err := s.o.Library.Documents(ctx, d.Workspace, d.Bot)
	for _, old := range docs {
		if old.Name == d.Name && old.Origin.Kind == core.OriginFAQ {
			return core.Invalid("%s is the bot's FAQ, which a file does not replace: import the file as FAQ, or give it another name (-as)", d.Name)
		}
	}
	return err
}

// hash names all that an answer depends on.
func (s *Service) hash(p core.Passage) string {
	h := s.o.Hash(p)
	if p.Curated == nil {
		return h
	}
	js, err := json.Marshal(p.Curated)
	if err != nil { // a time beyond the year 9999: entries are checked for it
		return h
	}
	sum := sha256.Sum256(append([]byte(h), js...))
	return hex.EncodeToString(sum[:16])
}

// curate gives the questions of the FAQ among found the answer for who asks,
// leaves out those with none, and puts those that are sure first. It changes
// found.
func (s *Service) curate(found []core.Passage, q core.Query) []core.Passage {
	at := q.At
	if at.IsZero() {
		at = s.o.Now()
	}
	var first, rest []core.Passage
	for _, p := range found {
		if p.Curated == nil {
			rest = append(rest, p)
			continue
		}
		text, ok := p.Curated.Pick(q.Lang, q.Channel, at)
		if !ok {
			continue
		}
		p.Text = text
		if p.Score >= lead {
			first = append(first, p)
		} else {
			rest = append(rest, p)
		}
	}
	return append(first, rest...)
}
