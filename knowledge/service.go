package knowledge

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"frontdesk/core"
)

var _ core.Retriever = (*Service)(nil)

// Options are what a Service is made of. All but Now and Limits are needed.
type Options struct {
	Library core.Library
	Parser  Parser
	Split   Splitter
	// Hash names what is searched of a passage; equal means unchanged.
	Hash func(core.Passage) string
	// NewIndex makes an empty index, one for each bot.
	NewIndex func(w core.WorkspaceID, bot string) Index
	Now      func() time.Time // time.Now if nil
	Limits   Limits           // DefaultLimits if zero
}

// Service keeps bots' documents and finds passages in them. Safe for concurrent
// use.
type Service struct {
	o  Options
	mu sync.Mutex // bots
	by map[key]*shelf
}

type key struct {
	workspace core.WorkspaceID
	bot       string
}

// New makes a service. Indexes are built from the library when a bot is first
// asked for, or by Load.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits
	}
	return &Service{o: o, by: map[key]*shelf{}}
}

// shelf returns the bot's documents, not yet loaded if they are new.
func (s *Service) shelf(w core.WorkspaceID, bot string) *shelf {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := key{w, bot}
	if s.by[k] == nil {
		s.by[k] = &shelf{key: k, library: s.o.Library, index: s.o.NewIndex(w, bot), now: s.o.Now}
	}
	return s.by[k]
}

// Load reads a bot's documents ahead of its first question.
func (s *Service) Load(ctx context.Context, w core.WorkspaceID, bot string) error {
	return s.shelf(w, bot).refresh(ctx)
}

// Ingest makes data the new version of the document name, "" meaning file. When
// it returns, answers draw from it. An error leaves the version before in place.
func (s *Service) Ingest(ctx context.Context, w core.WorkspaceID, bot, name, file string, data []byte) (Change, error) {
	return s.put(ctx, core.Document{Workspace: w, Bot: bot, Name: name, File: file}, data, false)
}

// Preview tells what Ingest would change, and changes nothing.
func (s *Service) Preview(ctx context.Context, w core.WorkspaceID, bot, name, file string, data []byte) (Change, error) {
	return s.put(ctx, core.Document{Workspace: w, Bot: bot, Name: name, File: file}, data, true)
}

// Take is Ingest, or Preview if dry, of a document whose workspace, bot, name,
// file and origin are given.
func (s *Service) Take(ctx context.Context, d core.Document, data []byte, dry bool) (Change, error) {
	return s.put(ctx, d, data, dry)
}

func (s *Service) put(ctx context.Context, d core.Document, data []byte, dry bool) (Change, error) {
	d.Name = cmp.Or(d.Name, d.File)
	d, chunks, read, err := s.read(ctx, d, data)
	if err != nil {
		return Change{}, err
	}
	change, err := s.publish(ctx, d, chunks, data, dry)
	change.Unreadable, change.Recognised, change.Warnings = read.Silent, read.Recognised, warnings(read)
	change.Tables, change.Left = read.Tables, omissions(read.Left)
	return change, err
}

// publish makes chunks, read of data, the new version of d.
func (s *Service) publish(ctx context.Context, d core.Document, chunks []core.Chunk, data []byte, dry bool) (Change, error) {
	sh := s.shelf(d.Workspace, d.Bot)
	sh.write.Lock() // what is compared with must still be there when it is replaced
	defer sh.write.Unlock()
	old, err := s.o.Library.Chunks(ctx, d.Workspace, d.Bot, d.Name)
	if err != nil {
		return Change{}, fmt.Errorf("read %s as it was: %w", d.Name, err)
	}
	if err := s.mayReplace(ctx, d); err != nil {
		return Change{}, err
	}
	change := compare(old, chunks)
	change.Document = d
	if len(old) > 0 {
		change.Edits = Diff(old, chunks)
	}
	if dry {
		return change, nil
	}
	if same, err := s.stored(ctx, d, change); err != nil || same.Version > 0 {
		change.Document = same // the version before stays there for a rollback
		return change, err
	}
	embedded, done, err := sh.prepare(ctx, chunks) // nothing is stored yet
	if err != nil {
		return Change{}, fmt.Errorf("%s: %w", d.Name, err)
	}
	change.Embedded = embedded
	defer done()
	if err := s.keep(ctx, d, data); err != nil {
		return Change{}, fmt.Errorf("store %s: %w", d.Name, err)
	}
	if change.Document, err = s.o.Library.PutDocument(ctx, d, chunks); err != nil {
		return Change{}, fmt.Errorf("store %s: %w", d.Name, err)
	}
	// It is stored: a caller who left must not leave the index behind.
	return change, sh.refresh(context.WithoutCancel(ctx))
}

// stored returns the current version if it is the very file that d is.
func (s *Service) stored(ctx context.Context, d core.Document, c Change) (core.Document, error) {
	if c.Added+c.Removed > 0 {
		return core.Document{}, nil
	}
	docs, err := s.o.Library.Documents(ctx, d.Workspace, d.Bot)
	for _, old := range docs {
		if old.Name == d.Name && old.File == d.File && old.SHA256 == d.SHA256 {
			return old, nil
		}
	}
	return core.Document{}, err
}

// read parses and cuts data.
func (s *Service) read(ctx context.Context, d core.Document, data []byte) (core.Document, []core.Chunk, Parsed, error) {
	if err := s.admit(d, data); err != nil {
		return d, nil, Parsed{}, err
	}
	parsed, err := s.o.Parser.Parse(withOwner(ctx, d), d.File, data)
	if err != nil {
		return d, nil, parsed, fmt.Errorf("read %s: %w", d.File, err)
	}
	passages := s.o.Split(parsed.Blocks)
	if len(passages) == 0 {
		return d, nil, parsed, core.Invalid("%s holds no text", d.File)
	}
	if len(passages) > s.o.Limits.Passages {
		return d, nil, parsed, core.Invalid("%s makes %d passages, more than %d: split it into several files", d.File, len(passages), s.o.Limits.Passages)
	}
	sum := sha256.Sum256(data)
	d.MIME, d.Pages, d.Passages, d.Bytes = parsed.MIME, parsed.Pages, len(passages), int64(len(data))
	d.SHA256, d.Updated = hex.EncodeToString(sum[:]), s.o.Now().UTC()
	return d, s.chunks(d, passages), parsed, nil
}

// admit checks what can be checked without reading.
func (s *Service) admit(d core.Document, data []byte) error {
	if int64(len(data)) > s.o.Limits.Bytes {
		return core.Invalid("%s has %d MB, more than %d: split it or leave out pictures", d.File, len(data)>>20, s.o.Limits.Bytes>>20)
	}
	for _, n := range []string{d.Name, d.File} {
		if strings.TrimSpace(n) == "" {
			return core.Invalid("a document needs a file name")
		}
		if len(n) > 255 || !utf8.ValidString(n) || strings.ContainsFunc(n, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return core.Invalid("the name of a document has at most 255 bytes, in UTF-8 without control characters")
		}
	}
	return nil
}

func (s *Service) chunks(d core.Document, passages []core.Passage) []core.Chunk {
	out := make([]core.Chunk, len(passages))
	for i, p := range passages {
		hash := s.hash(p)
		p.ID, p.Doc = fmt.Sprintf("%s#%d", d.Name, i), d.File
		if d.Origin.URL != "" {
			p.URL = d.Origin.URL
		}
		out[i] = core.Chunk{Document: d.Name, Ordinal: i, Hash: hash, Passage: p}
	}
	return out
}

// compare counts passages by hash; one that is there twice counts twice.
func compare(old, fresh []core.Chunk) Change {
	had := map[string]int{}
	for _, c := range old {
		had[c.Hash]++
	}
	var out Change
	for _, c := range fresh {
		if had[c.Hash] > 0 {
			had[c.Hash]--
			out.Unchanged++
		} else {
			out.Added++
		}
	}
	out.Removed = len(old) - out.Unchanged
	return out
}

// Delete removes a document; answers do not draw from it any more when it
// returns. core.ErrNotFound if there is none.
func (s *Service) Delete(ctx context.Context, w core.WorkspaceID, bot, name string) error {
	sh := s.shelf(w, bot)
	sh.write.Lock()
	defer sh.write.Unlock()
	if err := s.o.Library.DeleteDocument(ctx, w, bot, name); err != nil {
		return fmt.Errorf("delete %s: %w", name, err)
	}
	return sh.refresh(context.WithoutCancel(ctx))
}

// Documents lists the current versions, by name.
func (s *Service) Documents(ctx context.Context, w core.WorkspaceID, bot string) ([]core.Document, error) {
	return s.o.Library.Documents(ctx, w, bot)
}

// Retrieve implements core.Retriever.
func (s *Service) Retrieve(ctx context.Context, q core.Query) ([]core.Passage, error) {
	sh := s.shelf(q.Workspace, q.Bot)
	if err := sh.current(ctx); err != nil {
		return nil, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 5
	}
	found, err := sh.index.Search(ctx, q.Text, limit*3)
	return distinct(s.curate(found, q), limit), err
}

// Search is Retrieve for a person who looks: at most limit passages, up to 100.
func (s *Service) Search(ctx context.Context, w core.WorkspaceID, bot, text string, limit int) ([]core.Passage, error) {
	if limit <= 0 {
		limit = 10
	}
	ps, err := s.Retrieve(ctx, core.Query{Workspace: w, Bot: bot, Text: text, Limit: min(limit, 100)})
	if errors.Is(err, ErrWordsAlone) {
		err = nil
	}
	return ps, err
}

// distinct drops passages that say the same of the same document: an answer
// with several questions is one answer.
func distinct(ps []core.Passage, limit int) []core.Passage {
	seen := map[[2]string]bool{}
	out := ps[:0]
	for _, p := range ps {
		k := [2]string{p.Doc, p.Text}
		if p.Question != "" && seen[k] {
			continue
		}
		seen[k] = true
		if out = append(out, p); len(out) == limit {
			break
		}
	}
	return out
}

// Weight is how telling a normalised term is among a bot's passages, in [0,1].
func (s *Service) Weight(w core.WorkspaceID, bot, term string) float64 {
	return s.shelf(w, bot).index.Weight(term)
}
