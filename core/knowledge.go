package core

import (
	"context"
	"time"
)

// Passage is a piece of knowledge that may answer the turn.
type Passage struct {
	ID       string
	Doc      string // the file's name, as a citation gives it
	Title    string // headings above it, outermost first, joined by " › "
	Page     int    // from 1; 0 where the format has none
	URL      string
	Text     string
	Question string // of a question-and-answer pair: Text is then the whole answer
	Cells    []Cell `json:",omitempty"` // of a table's row, which Text holds whole
	// From and To are the characters (runes) of the document's text that the
	// passage is of, To excluded; both 0 where unknown.
	From, To int `json:",omitempty"`
	// Section counts the headings before the passage: those of a document with
	// the same one, read in order, are all that stands under it.
	Section int `json:",omitempty"`
	Version int `json:",omitempty"` // of the document, from 1; 0 where unknown
	// Curated is set on a question of the FAQ: Text is then the answer that fits
	// whoever asks.
	Curated *Curated `json:",omitempty"`
	// Score is the calibrated chance in [0,1] that the passage answers the query.
	Score float64
	Why   Evidence `json:"-"` // behind Score
}

// Query asks a Retriever.
type Query struct {
	Workspace WorkspaceID
	Bot       string
	Text      string // as the customer wrote it
	Lang      string
	Limit     int // passages wanted; 5 if 0
	// Channel and At choose among the answers of the FAQ: the channel's id, ""
	// for one of no channel, and when it is asked, now if zero.
	Channel string
	At      time.Time
}

// Retriever finds knowledge. Safe for concurrent use.
type Retriever interface {
	// Retrieve returns at most q.Limit passages, best first. None is no error. An
	// error beside passages says why they are second best (the embedder was busy,
	// time was short): they count, and the trace tells.
	Retrieve(ctx context.Context, q Query) ([]Passage, error)
}

// Embedder turns texts into vectors. Safe for concurrent use.
type Embedder interface {
	// Embed returns a unit vector of Dimensions numbers for each text, in order.
	// A query and a passage of the same meaning may need different treatment.
	Embed(ctx context.Context, kind EmbedKind, texts []string) ([][]float32, error)
	// Space names model and version: vectors of different spaces do not compare.
	Space() string
	Dimensions() int
}

// EmbedKind says what a text is to its embedder.
type EmbedKind string

// The two kinds.
const (
	EmbedQuery   EmbedKind = "query"
	EmbedPassage EmbedKind = "passage"
)

// Generator writes an answer from passages. Safe for concurrent use.
type Generator interface {
	// Generate drafts an answer to t from t.Passages; nil if it has none.
	Generate(ctx context.Context, t *Turn) (*Draft, error)
}

// Document is a file customers are answered from, at one version.
type Document struct {
	Workspace WorkspaceID
	Bot       string
	Name      string // what it is updated and deleted by
	File      string // of this version: what citations show
	Version   int    // from 1
	MIME      string
	Bytes     int64
	Passages  int
	Pages     int
	SHA256    string
	Updated   time.Time
	Origin    Origin
}

// Chunk is a stored passage.
type Chunk struct {
	Document  string // name
	Ordinal   int    // place in the document, from 0
	Hash      string // of what is searched: equal hashes need no new embedding
	Passage   Passage
	Published int64 // knowledge version that brought it
}

// Library keeps documents and their passages. Safe for concurrent use.
type Library interface {
	// PutDocument makes chunks the new version of d.Name and returns d as
	// stored, all or nothing; the version before it is kept for a rollback.
	PutDocument(ctx context.Context, d Document, chunks []Chunk) (Document, error)
	// DeleteDocument removes all versions. ErrNotFound if there is none.
	DeleteDocument(ctx context.Context, w WorkspaceID, bot, name string) error
	// Documents lists the current versions, by name.
	Documents(ctx context.Context, w WorkspaceID, bot string) ([]Document, error)
	// Chunks lists the current passages of one document, or of all if name is "".
	Chunks(ctx context.Context, w WorkspaceID, bot, name string) ([]Chunk, error)
	// KnowledgeVersion grows with every change of the bot's documents, 0 at first.
	KnowledgeVersion(ctx context.Context, w WorkspaceID, bot string) (int64, error)
}

// Cell is one value of a table's row. A passage made of a row has its cells
// besides its text, so that a question about one of them gets just that one.
type Cell struct {
	// Group is what stands over several columns ("Size" over "Width" and
	// "Height"); mostly "".
	Group string `json:",omitempty"`
	// Column is what the header says of the value, without the unit; "" where the
	// table has no header.
	Column string `json:",omitempty"`
	// Unit is the header's, as written ("mm", "元"); "" if it names none. A unit
	// that stands with the value stays there.
	Unit string `json:",omitempty"`
	// Value is what is shown; never empty.
	Value string
	// Key marks the cells that tell the rows of a table apart: a model, a code, a
	// fault. Every row has one at least, and mostly just one.
	Key bool `json:",omitempty"`
}

// Quote is the value with its unit, unless it has one already.
func (c Cell) Quote() string {
	if c.Unit == "" || !endsInDigit(c.Value) {
		return c.Value
	}
	return c.Value + " " + c.Unit
}

func endsInDigit(s string) bool { return s != "" && s[len(s)-1] >= '0' && s[len(s)-1] <= '9' }

// Evidence is what speaks for a passage that was found, for an explanation.
// Passage.Score alone decides.
type Evidence struct {
	Words   float64 // chance in [0,1] by its words alone; 0 if it shares none
	Meaning float64 // cosine to the question as the documents see it; 0 without vectors
	Fused   float64 // of both: what passages are ordered by; 0 without vectors
}
