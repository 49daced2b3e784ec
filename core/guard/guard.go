// Package guard holds the rails a bot runs between: what a language model may
// read of a customer, and what the bot may say. All of it is plain code that
// decides the same way each time; no rail asks a model.
//
// Models hides personal data from a model and puts it back into the answer.
// Guard.Vet judges what a model wrote: links and commitments need support in
// the turn. Incoming and Outgoing are stages with a bot's word lists and the
// line that says that it is a machine. Log keeps personal data out of logs.
package guard

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"frontdesk/core"
)

// Finder finds values with a form in a text; core/nlu/rules has one. Safe for
// concurrent use. Spans are byte offsets.
type Finder func(text string, now time.Time) []core.Entity

// Rules are one bot's rails. The zero value is the strictest without word lists.
type Rules struct {
	// PII are the kinds of personal data hidden from models; nil is all of them,
	// an empty list none.
	PII []string
	// NoNotice leaves out the line that says that the bot is a machine;
	// NoNoticeOn does so on these channels alone.
	NoNotice   bool
	NoNoticeOn []string
	// FreeCommitments lets a model promise what nothing of the turn supports.
	FreeCommitments bool
	// Hosts are those a model may link to, besides links in the passages it was
	// given. A host stands for those below it too.
	Hosts []string
	Words []List
	// Notice and Blocked are said instead of DefaultNotice and DefaultBlocked, in
	// the languages given.
	Notice, Blocked Lines
}

// Guard is a bot's rails, built. Immutable and safe for concurrent use.
type Guard struct {
	rules Rules
	pii   *Redactor
	words *matcher
}

// New builds r's rails. find may be nil: then the forms known here are all that
// is hidden. The error names every mistake.
func New(r Rules, find Finder) (*Guard, error) {
	kinds := r.PII
	if kinds == nil {
		kinds = Kinds()
	}
	for _, k := range kinds {
		if !slices.Contains(Kinds(), k) {
			return nil, core.Invalid("guard: personal data %q is not known; there are %s", k, strings.Join(Kinds(), ", "))
		}
	}
	for _, h := range r.Hosts {
		if h == "" || strings.ContainsAny(h, "/:@ *") {
			return nil, core.Invalid("guard: %q is no host: write a name such as shop.example", h)
		}
	}
	m, err := compile(r.Words)
	if err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	r.Notice, r.Blocked = r.Notice.or(DefaultNotice()), r.Blocked.or(DefaultBlocked())
	return &Guard{rules: r, pii: NewRedactor(find, kinds), words: m}, nil
}

// Redactor hides personal data as this bot's rules say.
func (g *Guard) Redactor() *Redactor { return g.pii }
