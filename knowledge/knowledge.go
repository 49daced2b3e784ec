// Package knowledge keeps what customers are answered from: it reads files,
// cuts them into passages, stores them in a core.Library and searches them.
//
// A new version of a document is written in one transaction and then taken into
// the index of this process before Ingest returns: from then on answers draw
// from it, and from nothing of the version before. A file that cannot be read
// changes nothing. Other replicas see that the bot's knowledge version moved,
// at most Recheck later, and take in only the documents that changed.
//
// The parts are given from outside: ingest reads files, chunk cuts, keyword
// searches, extract answers.
package knowledge

import (
	"context"
	"time"

	"frontdesk/core"
)

// Parser reads a file. Safe for concurrent use. What a person can mend is a
// core.InputError that says how.
type Parser interface {
	// Parse returns the blocks of data in reading order. The type is told from
	// data and from the name's extension; a contradiction is an error.
	Parse(ctx context.Context, name string, data []byte) (Parsed, error)
}

// Parsed is a file as read.
type Parsed struct {
	MIME   string
	Pages  int // 0 where the format has none
	Blocks []Block
	// Silent lists the pages that hold no text, from 1: scanned ones, mostly.
	Silent []int
	// Recognised lists the pages whose text was read from a picture of them.
	Recognised []int
	Tables     int        // found
	Left       []Omission // what was left out on purpose; counts may be 0
}

// Omission is text that was left out of a document.
type Omission struct {
	Why        Reason `json:"why"`
	Pieces     int    `json:"pieces"`
	Characters int    `json:"characters"`
	Pages      []int  `json:"pages,omitempty"` // from 1, where the format has pages
}

// Reason is why text was left out.
type Reason string

// The reasons.
const (
	Hidden   Reason = "hidden"   // a reader does not see it
	Running  Reason = "running"  // a running head, foot or page number
	Contents Reason = "contents" // a table of contents: the headings say the same
	Deleted  Reason = "deleted"  // marked as deleted by its authors
	Repeated Reason = "repeated" // a table's header, repeated on a new page
)

// BlockKind says what a Block is.
type BlockKind string

// The kinds of block.
const (
	Paragraph BlockKind = ""
	Heading   BlockKind = "heading"
	Item      BlockKind = "item" // of a list
	Row       BlockKind = "row"  // of a table: Text is "header: value; …", whole, and Cells are its parts
	Pair      BlockKind = "pair" // a question and, in Text, its answer
)

// Block is a piece of a document.
type Block struct {
	Kind     BlockKind `json:"kind,omitempty"`
	Level    int       `json:"level,omitempty"` // of a heading, from 1
	Text     string    `json:"text"`
	Question string    `json:"question,omitempty"` // of a pair
	Page     int       `json:"page,omitempty"`     // from 1; 0 where the format has none
	// Cells are those of a row that hold something, in order; Text has them all.
	Cells []core.Cell `json:"cells,omitempty"`
}

// Splitter cuts blocks into passages with Title, Page, Text and Question set.
// The same blocks always give the same passages.
type Splitter func([]Block) []core.Passage

// Index finds passages. Safe for concurrent use; a search sees the passages
// before or after an Update, never a mixture, and waits for none.
type Index interface {
	// Update makes the passages given all there is of the documents named; an
	// empty list removes one.
	Update(docs map[string][]core.Passage)
	// Prepare makes what an Update with these passages will want and what may
	// fail, their vectors for one: embedded is of how many passages some had to
	// be computed. Call done after that Update, or when there will be none. An
	// error has changed nothing.
	Prepare(ctx context.Context, passages []core.Passage) (embedded int, done func(), err error)
	// Search returns at most limit passages with calibrated scores, best first.
	// ErrWordsAlone, with its reason, comes beside what was found all the same.
	Search(ctx context.Context, query string, limit int) ([]core.Passage, error)
	// Weight is how telling a normalised term is here, in [0,1]: 1 for one that
	// was never seen, little for one that is everywhere or only asks.
	Weight(term string) float64
}

// Normalizer folds what does not distinguish words: compatibility forms, case,
// traditional and simplified characters. Questions and passages get the same.
type Normalizer func(string) string

// Limits bound a document.
type Limits struct {
	Bytes    int64 // of the file
	Passages int   // in a document
}

// DefaultLimits are what Options.Limits is if zero.
var DefaultLimits = Limits{Bytes: 50 << 20, Passages: 50_000}

// Recheck is how old the index may be: within it a change made by another
// replica is seen. Asking the store costs about 30 µs, so once in this time.
const Recheck = 250 * time.Millisecond

// Change is what a new version of a document brings, in passages.
type Change struct {
	Document  core.Document
	Added     int
	Removed   int
	Unchanged int
	// Embedded is of how many passages vectors were computed: those of the others
	// were there. 0 of a preview.
	Embedded int
	// Edits are the differences themselves, for a person.
	Edits []core.Edit
	// Unreadable are the pages nothing could be read of, from 1.
	Unreadable []int
	// Recognised are the pages whose text was read from a picture, from 1.
	Recognised []int
	Tables     int        // found in the file
	Left       []Omission // left out of the file on purpose, one for each reason
	// Warnings tell the person who gave the file what of this matters, in English.
	Warnings []string
}
