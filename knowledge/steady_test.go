package knowledge_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/core/store/sqlite"
	"frontdesk/knowledge"
	"frontdesk/knowledge/chunk"
	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/hybrid"
	"frontdesk/knowledge/ingest"
	"frontdesk/knowledge/keyword"
	"frontdesk/knowledge/vector/embedded"
)

// mortal is an embedder that counts, and dies after so many passages.
type mortal struct {
	mu    sync.Mutex
	made  int // vectors of passages
	lives int // passages left before it dies; negative: for ever
}

var errDead = errors.New("connection refused")

func (m *mortal) Embed(_ context.Context, kind core.EmbedKind, texts []string) ([][]float32, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if kind == core.EmbedPassage {
		if m.lives >= 0 && m.lives < len(texts) {
			return nil, errDead
		}
		if m.lives >= 0 {
			m.lives -= len(texts)
		}
		m.made += len(texts)
	}
	out := make([][]float32, len(texts))
	for i, t := range texts {
		v := make([]float32, 256) // which words there are
		for _, word := range strings.Fields(strings.ToLower(t)) {
			v[sha256.Sum256([]byte(word))[0]]++
		}
		var length float64
		for _, x := range v {
			length += float64(x * x)
		}
		for k := range v {
			v[k] /= float32(math.Sqrt(length))
		}
		out[i] = v
	}
	return out, nil
}

func (m *mortal) Space() string   { return "mortal/256" }
func (m *mortal) Dimensions() int { return 256 }

func (m *mortal) live(passages int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lives, m.made = passages, 0
}

// replica is a service over a real store that finds with e.
func replica(s *sqlite.Store, e core.Embedder) *knowledge.Service {
	x := hybrid.New(hybrid.Options{NewWords: func() hybrid.Words { return keyword.New(nlu.Normalize) }, Store: &embedded.Store{}})
	x.Use(hybrid.Model{Embedder: e, Calibration: embed.E5()})
	return knowledge.New(knowledge.Options{Library: s, Parser: &ingest.Parser{}, Split: chunk.Split, Hash: chunk.Hash, NewIndex: x.NewIndex, Now: time.Now})
}

func database(t *testing.T) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "desk.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// parts is a manual of n parts, each of which says the edition.
func parts(n, edition int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "# Part %d\n\nThe weight of part %d is %d grams in edition %d.\n\n", i, i, 100+i, edition)
	}
	return b.String()
}

// An embedder that dies half-way leaves the version before answering; the next
// run goes on where it died, and a change embeds what changed.
func TestTheEmbedderDiesHalfWay(t *testing.T) {
	e := &mortal{lives: -1}
	s := replica(database(t), e)
	ask := func() string { return first(t, s, "what is the weight of part 7") }
	ingested(t, s, "manual", "v1.md", parts(4, 1)+"# Part 7\n\nThe weight of part 7 is 5 grams in edition 1.\n")
	e.live(32)
	var c knowledge.Change
	_, err := s.Ingest(t.Context(), ws, bot, "manual", "v2.md", []byte(parts(64, 2)))
	if !errors.Is(err, errDead) {
		t.Fatalf("the embedder died: %v", err)
	}
	if got := ask(); !strings.HasPrefix(got, "v1.md") || !strings.Contains(got, "edition 1") {
		t.Errorf("after the failure: %s", got)
	}
	if ds, err := s.Documents(t.Context(), ws, bot); err != nil || ds[0].Version != 1 {
		t.Errorf("%+v, %v", ds, err)
	}
	e.live(-1)
	c = ingested(t, s, "manual", "v2.md", parts(64, 2))
	if e.made != 32 || c.Document.Version != 2 {
		t.Errorf("the next run embedded %d passages, want the 32 that were missing; %+v", e.made, c.Document)
	}
	if got := ask(); !strings.HasPrefix(got, "v2.md") || !strings.Contains(got, "107 grams in edition 2") {
		t.Errorf("after the next run: %s", got)
	}
	e.live(-1)
	c = ingested(t, s, "manual", "v3.md", strings.Replace(parts(64, 2), "107 grams", "999 grams", 1))
	if e.made != 1 || c.Added != 1 || c.Unchanged != 63 {
		t.Errorf("%d of %d passages were embedded, want 1; %+v", e.made, c.Document.Passages, c)
	}
	if got := ask(); !strings.Contains(got, "999 grams") {
		t.Errorf("after the change: %s", got)
	}
	e.live(0)
	if _, err := s.Rollback(t.Context(), ws, bot, "manual", 2); err != nil || e.made != 0 {
		t.Errorf("a rollback embedded %d passages, %v", e.made, err)
	}
}

var editionOf = regexp.MustCompile(`in edition (\d+)`)

// Two people update one document at once, again and again, while customers ask
// on two replicas. Every answer is of one edition; where the updates were made,
// it is none older than what was published before the question.
func TestQuestionsDuringUpdates(t *testing.T) {
	const updates = 12 // of each of the two
	store := database(t)
	here, there := replica(store, &mortal{lives: -1}), replica(store, &mortal{lives: -1})
	ingested(t, here, "manual", "v.md", parts(12, 0))
	version := func() int {
		ds, err := here.Documents(t.Context(), ws, bot)
		if err != nil || len(ds) != 1 {
			t.Errorf("%+v, %v", ds, err)
			return 0
		}
		return ds[0].Version
	}
	var editions sync.Map // version of an edition, once it is published
	editions.Store(0, 1)
	var asked, latest atomic.Int64 // version that the last update to return has published
	stop := make(chan struct{})
	var customers, editors sync.WaitGroup
	for i := range 4 {
		s := here
		if i == 3 {
			s = there
		}
		customers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				least := 0
				if s == here {
					least = int(latest.Load())
				}
				if !answered(t, s, &editions, least) {
					return
				}
				asked.Add(1)
			}
		})
	}
	for k := range 2 {
		editors.Go(func() {
			for i := 1; i <= updates; i++ {
				edition := 2*i + k
				c, err := here.Ingest(t.Context(), ws, bot, "manual", "v.md", []byte(parts(12, edition)))
				if err != nil {
					t.Error(err)
					return
				}
				editions.Store(edition, c.Document.Version)
				for v := latest.Load(); v < int64(c.Document.Version) && !latest.CompareAndSwap(v, int64(c.Document.Version)); v = latest.Load() {
				}
			}
		})
	}
	editors.Wait()
	for asked.Load() < 2000 && !t.Failed() {
		time.Sleep(time.Millisecond) // until enough was asked, some of it after the last update
	}
	close(stop)
	customers.Wait()
	if got := version(); got != 2*updates+1 {
		t.Errorf("version %d, want %d: an update was lost", got, 2*updates+1)
	}
	t.Logf("%d questions during %d updates", asked.Load(), 2*updates)
}

// answered asks, and reports whether all that is found is of one edition, and of
// none published before version least was.
func answered(t *testing.T, s *knowledge.Service, editions *sync.Map, least int) bool {
	ps, err := s.Retrieve(t.Context(), core.Query{Workspace: ws, Bot: bot, Text: "weight of part 7 in grams"})
	if err != nil && !errors.Is(err, knowledge.ErrWordsAlone) || len(ps) == 0 {
		t.Errorf("%d passages, %v", len(ps), err)
		return false
	}
	edition := ""
	for _, p := range ps {
		m := editionOf.FindStringSubmatch(p.Text)
		if m == nil || edition != "" && edition != m[1] {
			t.Errorf("a mixed or strange answer: %q beside edition %s", p.Text, edition)
			return false
		}
		edition = m[1]
	}
	n, err := strconv.Atoi(edition)
	if err != nil {
		t.Error(err)
		return false
	}
	if v, ok := editions.Load(n); ok && v.(int) < least {
		t.Errorf("edition %d, version %v, is quoted after version %d was published", n, v, least)
		return false
	}
	return true
}
