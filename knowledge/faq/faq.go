// Package faq keeps the questions that people wrote answers to. They are one
// document of the bot, so that a change of them is published, told apart, kept
// and rolled back as any other; its file is the entries themselves, as JSON.
package faq

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// Document is the name of the document, and what citations call it.
const Document = "FAQ"

// The bounds of an entry and of all of them, in characters and in numbers.
const (
	mostEntries  = 5000
	mostQuestion = 500
	mostVariants = 50
	mostAnswers  = 20
	mostAnswer   = 4000
	mostChannels = 50
)

// Store keeps the FAQs of all bots. Safe for concurrent use, also by several
// replicas on one library.
type Store struct {
	service *knowledge.Service
	norm    knowledge.Normalizer
	now     func() time.Time
	mu      sync.Mutex // one change at a time
}

// New makes a store over s. norm folds what does not distinguish questions.
func New(s *knowledge.Service, norm knowledge.Normalizer, now func() time.Time) *Store {
	return &Store{service: s, norm: norm, now: now}
}

// Change is what became of entries.
type Change struct {
	Added, Changed, Removed, Unchanged int
	// Warnings name entries that ask almost the same.
	Warnings []string
}

// List returns all entries, in the order they were added.
func (s *Store) List(ctx context.Context, w core.WorkspaceID, bot string) ([]core.FAQEntry, error) {
	entries, _, err := s.read(ctx, w, bot)
	return entries, err
}

// read returns the entries and the version they are of; 0 if there are none.
func (s *Store) read(ctx context.Context, w core.WorkspaceID, bot string) ([]core.FAQEntry, int, error) {
	d, data, err := s.service.File(ctx, w, bot, Document, 0)
	switch {
	case errors.Is(err, core.ErrNotFound) && d.Version == 0:
		return nil, 0, nil
	case err != nil:
		return nil, 0, fmt.Errorf("read the FAQ: %w", err)
	case d.Origin.Kind != core.OriginFAQ:
		return nil, 0, core.Invalid("there is a file with the name %s: upload it under another name (-as) and delete this one, then the FAQ can be edited", Document)
	}
	var out []core.FAQEntry
	if err := json.Unmarshal(data, &out); err != nil {
		return nil, 0, fmt.Errorf("read the FAQ: %w", err)
	}
	return out, d.Version, nil
}

// Put adds an entry, or changes the one with its id; "" gives it a new one. It
// returns the entry as stored.
func (s *Store) Put(ctx context.Context, w core.WorkspaceID, bot string, e core.FAQEntry) (core.FAQEntry, Change, error) {
	e, err := s.clean(e)
	if err != nil {
		return e, Change{}, err
	}
	if e.ID == "" {
		e.ID = core.NewID(s.now())
	}
	ch, err := s.change(ctx, w, bot, "", false, func(all []core.FAQEntry) ([]core.FAQEntry, error) {
		if i := at(all, e.ID); i >= 0 {
			all[i] = e
			return all, nil
		}
		return append(all, e), nil
	})
	if err == nil {
		var similar []string
		similar, err = s.similar(ctx, w, bot, e)
		ch.Warnings = append(ch.Warnings, similar...)
	}
	return e, ch, err
}

// Delete removes an entry. core.ErrNotFound if there is none.
func (s *Store) Delete(ctx context.Context, w core.WorkspaceID, bot, id string) error {
	_, err := s.change(ctx, w, bot, "", false, func(all []core.FAQEntry) ([]core.FAQEntry, error) {
		i := at(all, id)
		if i < 0 {
			return nil, fmt.Errorf("entry %s: %w", id, core.ErrNotFound)
		}
		return slices.Delete(all, i, i+1), nil
	})
	return err
}

// Import adds entries, or puts them in the place of those with the same id, or
// the same question if they have no id. replace removes all others. dry tells
// what would change, and changes nothing.
func (s *Store) Import(ctx context.Context, w core.WorkspaceID, bot string, entries []core.FAQEntry, replace, dry bool) (Change, error) {
	if len(entries) == 0 {
		return Change{}, core.Invalid("the file holds no question with an answer")
	}
	for i := range entries {
		var err error
		if entries[i], err = s.clean(entries[i]); err != nil {
			return Change{}, fmt.Errorf("entry %d: %w", i+1, err)
		}
	}
	ch, err := s.change(ctx, w, bot, "import", dry, func(all []core.FAQEntry) ([]core.FAQEntry, error) {
		kept := all
		if replace {
			kept = nil
		}
		for i, e := range entries {
			old := s.counterpart(all, e)
			switch {
			case old >= 0:
				e.ID = all[old].ID
			case e.ID == "":
				e.ID = core.NewID(s.now().Add(time.Duration(i) * time.Microsecond))
			}
			if j := at(kept, e.ID); j >= 0 {
				kept[j] = e
			} else {
				kept = append(kept, e)
			}
		}
		return kept, nil
	})
	return ch, err
}

func at(all []core.FAQEntry, id string) int {
	return slices.IndexFunc(all, func(e core.FAQEntry) bool { return e.ID == id })
}

// counterpart is the entry that e takes the place of; -1 for none.
func (s *Store) counterpart(all []core.FAQEntry, e core.FAQEntry) int {
	if e.ID != "" {
		return at(all, e.ID)
	}
	q := s.asked(e.Question)
	return slices.IndexFunc(all, func(o core.FAQEntry) bool { return s.asked(o.Question) == q })
}

// asked is a question without what does not distinguish it, signs among it.
func (s *Store) asked(question string) string {
	q := s.norm(question)
	if terms := knowledge.Terms(q); len(terms) > 0 {
		return strings.Join(terms, " ")
	}
	return q
}

// tries is how often a change is made anew because another replica made one
// meanwhile.
const tries = 5

// change replaces all entries by what do makes of them.
func (s *Store) change(ctx context.Context, w core.WorkspaceID, bot, note string, dry bool, do func([]core.FAQEntry) ([]core.FAQEntry, error)) (ch Change, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range tries {
		old, version, err := s.read(ctx, w, bot)
		if err != nil {
			return ch, err
		}
		fresh, err := do(slices.Clone(old))
		if err != nil {
			return ch, err
		}
		if len(fresh) > mostEntries {
			return ch, core.Invalid("%d entries are too many: the FAQ has at most %d; put the rest in a document", len(fresh), mostEntries)
		}
		s.stamp(old, fresh)
		ch = count(old, fresh)
		ch.Warnings = s.twins(fresh)
		if dry || ch.Added+ch.Changed+ch.Removed == 0 {
			return ch, nil
		}
		err = s.write(ctx, w, bot, fresh, version, note)
		var lost *core.InputError // the number was taken
		if err == nil || !errors.As(err, &lost) {
			return ch, err
		}
	}
	return ch, fmt.Errorf("change the FAQ: %w", core.ErrBusy)
}

// write publishes all entries after version.
func (s *Store) write(ctx context.Context, w core.WorkspaceID, bot string, all []core.FAQEntry, version int, note string) error {
	if len(all) == 0 {
		return s.service.Delete(ctx, w, bot, Document)
	}
	data, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return fmt.Errorf("write the FAQ: %w", err)
	}
	d := core.Document{Workspace: w, Bot: bot, Name: Document, File: Document, Version: version + 1, MIME: "application/json",
		Origin: core.Origin{Kind: core.OriginFAQ, Note: note}}
	_, err = s.service.Write(ctx, d, data, passages(all), false)
	return err
}

// passages are a passage for each way to ask.
func passages(all []core.FAQEntry) (out []core.Passage) {
	for _, e := range all {
		c := &core.Curated{ID: e.ID, Answers: slices.Clone(e.Answers)} // the caller has e
		for _, q := range append([]string{e.Question}, e.Variants...) {
			out = append(out, core.Passage{Question: q, Text: e.Answers[0].Text, Curated: c})
		}
	}
	return out
}

// stamp sets the time of what is new or changed.
func (s *Store) stamp(old, fresh []core.FAQEntry) {
	was := byID(old)
	for i, e := range fresh {
		if o, ok := was[e.ID]; ok && same(o, e) {
			fresh[i].Updated = o.Updated
		} else {
			fresh[i].Updated = s.now().UTC()
		}
	}
}

func byID(all []core.FAQEntry) map[string]core.FAQEntry {
	out := make(map[string]core.FAQEntry, len(all))
	for _, e := range all {
		out[e.ID] = e
	}
	return out
}

// same compares all but the time.
func same(a, b core.FAQEntry) bool {
	return a.Question == b.Question && slices.Equal(a.Variants, b.Variants) && slices.EqualFunc(a.Answers, b.Answers, func(x, y core.FAQAnswer) bool {
		return x.Text == y.Text && x.Lang == y.Lang && slices.Equal(x.Channels, y.Channels) && x.From.Equal(y.From) && x.Until.Equal(y.Until)
	})
}

func count(old, fresh []core.FAQEntry) (ch Change) {
	was := byID(old)
	for _, e := range fresh {
		o, ok := was[e.ID]
		switch {
		case !ok:
			ch.Added++
		case same(o, e):
			ch.Unchanged++
		default:
			ch.Changed++
		}
	}
	ch.Removed = len(old) - ch.Unchanged - ch.Changed
	return ch
}

// clean trims an entry and refuses what is none.
func (s *Store) clean(e core.FAQEntry) (core.FAQEntry, error) {
	e.Question = strings.TrimSpace(e.Question)
	variants := e.Variants
	e.Variants = nil
	for _, v := range variants {
		if v = strings.TrimSpace(v); v != "" && v != e.Question && !slices.Contains(e.Variants, v) {
			e.Variants = append(e.Variants, v)
		}
	}
	switch {
	case e.Question == "":
		return e, core.Invalid("an entry needs a question")
	case len(e.Answers) == 0:
		return e, core.Invalid("%q needs an answer", shorten(e.Question))
	case len(e.ID) > 64 || strings.ContainsFunc(e.ID, func(r rune) bool { return r <= ' ' || r == '/' || r == 0x7f }):
		return e, core.Invalid("an id has at most 64 characters and no space or slash")
	case len(e.Variants) > mostVariants || len(e.Answers) > mostAnswers:
		return e, core.Invalid("%q has %d variants and %d answers: at most %d and %d are possible", shorten(e.Question), len(e.Variants), len(e.Answers), mostVariants, mostAnswers)
	}
	for _, q := range append([]string{e.Question}, e.Variants...) {
		if utf8.RuneCountInString(q) > mostQuestion || !utf8.ValidString(q) {
			return e, core.Invalid("%q is longer than %d characters, or no UTF-8: shorten it", shorten(q), mostQuestion)
		}
	}
	e.Answers = slices.Clone(e.Answers)
	for i, a := range e.Answers {
		a.Text = strings.TrimSpace(a.Text)
		a.Lang = strings.ToLower(strings.TrimSpace(a.Lang))
		switch {
		case a.Text == "":
			return e, core.Invalid("an answer to %q is empty", shorten(e.Question))
		case utf8.RuneCountInString(a.Text) > mostAnswer || !utf8.ValidString(a.Text):
			return e, core.Invalid("an answer to %q is longer than %d characters, or no UTF-8", shorten(e.Question), mostAnswer)
		case len(a.Channels) > mostChannels || len(a.Lang) > 35:
			return e, core.Invalid("an answer to %q names too many channels, or no language", shorten(e.Question))
		case a.From.Year() > 9999 || a.Until.Year() > 9999 || !a.From.IsZero() && !a.Until.IsZero() && !a.From.Before(a.Until):
			return e, core.Invalid("an answer to %q ends before it begins", shorten(e.Question))
		}
		e.Answers[i] = a
	}
	return e, nil
}

func shorten(s string) string {
	r := []rune(s)
	if len(r) <= 40 {
		return s
	}
	return string(r[:39]) + "…"
}
