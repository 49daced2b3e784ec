package knowledge

import (
	"context"
	"crypto/sha256"
	"errors"

	"frontdesk/core"
)

// ErrWordsAlone is what a search answers, beside what it found, that could not
// look for meaning.
var ErrWordsAlone = errors.New("found by words alone")

// Key names a vector: half the SHA-256 of the text it is of. Equal texts have
// one vector, whichever document they are in.
type Key [16]byte

// KeyOf is the key of a text that is embedded.
func KeyOf(text string) Key {
	sum := sha256.Sum256([]byte(text))
	return Key(sum[:16])
}

// Wordings are the texts of p that are embedded: of a pair its question, then
// question and answer; else the passage under its headings.
func Wordings(p core.Passage) []string {
	switch {
	case p.Question != "":
		return []string{p.Question, p.Question + "\n" + p.Text}
	case p.Title != "":
		return []string{p.Title + "\n" + p.Text}
	}
	return []string{p.Text}
}

// Vector is a text's vector, of length 1. V is read only.
type Vector struct {
	Key Key
	V   []float32
}

// Vectors are those of one bot's passages in one space. Safe for concurrent
// use; what Put has stored, Nearest and Get find.
type Vectors interface {
	// Missing returns those of keys there is no vector of, in order.
	Missing(ctx context.Context, keys []Key) ([]Key, error)
	// Put adds vectors; one whose key is there already is left as it is.
	Put(ctx context.Context, vs []Vector) error
	// Keep forgets all vectors but those of keys.
	Keep(ctx context.Context, keys []Key) error
	// Nearest returns at most limit vectors, those with the highest cosine to q
	// first. q has length 1.
	Nearest(ctx context.Context, q []float32, limit int) ([]Vector, error)
	// Get returns those of the vectors of keys that are there, in any order.
	Get(ctx context.Context, keys []Key) ([]Vector, error)
	// Mean is the mean of all vectors, or of a sample large enough; nil if there
	// are none.
	Mean(ctx context.Context) ([]float32, error)
}

// VectorStore keeps vectors by space and bot. Safe for concurrent use.
type VectorStore interface {
	// Open returns a bot's vectors in a space, whose vectors have dim numbers.
	// It does not wait for a server: the first use does.
	Open(w core.WorkspaceID, bot, space string, dim int) Vectors
	// Close frees what the store holds. Vectors are not used afterwards.
	Close() error
}

// Evidence is what a question's words say of a passage, each in [0,1].
type Evidence struct {
	Cover    float64 // share of the question's weight that the passage has
	Near     float64 // the same of its best two neighbouring sentences
	BM25     float64 // BM25 over the most it could be
	Shortage float64 // 1/terms of the question: little asked, little known
	Pair     bool    // whether the passage is a question with its answer; if so:
	Spelt    float64 // overlap of the two questions' letters (Dice, by weight)
	Chance   float64 // that the passage answers, by words alone
}

// Candidate is a passage that may answer, with what words say of it.
type Candidate struct {
	Passage core.Passage
	Keys    []Key // of its wordings, in their order
	Words   Evidence
}
