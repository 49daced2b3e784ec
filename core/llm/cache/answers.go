package cache

import (
	"cmp"
	"context"
	"crypto/sha256"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"frontdesk/core"
)

// DefaultNearest is the least likeness, a cosine, of two questions that have the
// same answer, where a bot names none.
const DefaultNearest = 0.95

// Settings are a bot's. Keep 0 keeps nothing.
type Settings struct {
	Keep    time.Duration
	Nearest float64 // in (0,1]; 0 is DefaultNearest
}

// Options of Answers.
type Options struct {
	Next     core.Generator
	Embedder func() core.Embedder // while it returns nil, nothing is kept
	Settings func(bot string) Settings
	// Personal reports whether a text holds personal data: no such question or
	// answer is kept.
	Personal func(bot, text string) bool
	// Knowledge is the version of what a bot knows. An answer counts for the
	// version it was drawn from.
	Knowledge func(ctx context.Context, t *core.Turn) (int64, error)
	// Kept reports whether a draft is worth keeping: a model's, not a quotation.
	Kept func(*core.Draft) bool
	Now  func() time.Time
}

var _ core.Generator = (*Answers)(nil)

// Answers is a generator that remembers what another answered to a question of
// the same meaning, of the same bot, version, knowledge, language and channel. Questions
// of a flow or with personal data, and answers from tools, are always asked
// anew. Safe for concurrent use.
type Answers struct {
	o    Options
	mu   sync.Mutex
	kept map[space][]entry // oldest first
}

// space is what two questions must have in common besides their meaning.
type space struct {
	workspace          core.WorkspaceID
	bot, version, lang string
	knowledge          int64
	embedder           string
	channel            string     // of which some answers are alone
	level              core.Level // what a customer may be told depends on it
	figures            string     // their numbers and names of models, in order: "K2" is not "K3"
}

type entry struct {
	vector []float32
	draft  core.Draft
	cited  [][sha256.Size]byte // the passages it cites
	until  time.Time
}

func hashOf(p core.Passage) [sha256.Size]byte {
	return sha256.Sum256([]byte(p.Question + "\x00" + p.Text))
}

// citedBy are the passages of t that d cites.
func citedBy(t *core.Turn, d *core.Draft) (out [][sha256.Size]byte) {
	for _, p := range t.Passages {
		if slices.ContainsFunc(d.Citations, func(c core.Citation) bool { return c.Doc == p.Doc && c.Title == p.Title && c.Page == p.Page }) {
			out = append(out, hashOf(p))
		}
	}
	return out
}

// bears reports whether t has found again what e cites: it may have changed
// since, hold no longer, or be for other channels.
func (e entry) bears(t *core.Turn) bool {
	return !slices.ContainsFunc(e.cited, func(h [sha256.Size]byte) bool {
		return !slices.ContainsFunc(t.Passages, func(p core.Passage) bool { return hashOf(p) == h })
	})
}

// Bounds of what is remembered; beyond them it starts over, or drops the oldest.
const (
	mostSpaces  = 2000
	mostEntries = 50 // of one space
)

// NewAnswers makes one.
func NewAnswers(o Options) *Answers { return &Answers{o: o, kept: map[space][]entry{}} }

// Generate implements core.Generator.
func (a *Answers) Generate(ctx context.Context, t *core.Turn) (*core.Draft, error) {
	s := a.o.Settings(t.Bot.ID)
	sp, v, ok := a.place(ctx, t, s)
	if !ok {
		return a.o.Next.Generate(ctx, t)
	}
	nearest := s.Nearest
	if nearest == 0 {
		nearest = DefaultNearest
	}
	if d := a.find(t, sp, v, nearest); d != nil {
		t.Trace.Add("kept answer", true)
		return d, nil
	}
	d, err := a.o.Next.Generate(ctx, t)
	if err == nil && d != nil && t.Handoff == "" && len(t.Found) == 0 && a.o.Kept(d) && !a.o.Personal(t.Bot.ID, core.JoinText(d.Parts)) {
		a.keep(sp, entry{v, clone(*d), citedBy(t, d), a.o.Now().Add(s.Keep)})
	}
	return d, err
}

// place is where t's question belongs; ok is false where it is not to be kept.
func (a *Answers) place(ctx context.Context, t *core.Turn, s Settings) (sp space, v []float32, ok bool) {
	asked := cmp.Or(t.Query, t.Text) // whole: "how long?" means what was asked before
	if s.Keep <= 0 || len(t.Found) > 0 || t.State().Flow != "" || a.o.Personal(t.Bot.ID, t.Text) || a.o.Personal(t.Bot.ID, asked) {
		return sp, nil, false
	}
	em := a.o.Embedder()
	if em == nil {
		return sp, nil, false
	}
	knowledge, err := a.o.Knowledge(ctx, t)
	if err != nil {
		return sp, nil, false
	}
	vs, err := em.Embed(ctx, core.EmbedQuery, []string{asked})
	if err != nil || len(vs) != 1 {
		return sp, nil, false
	}
	e := t.Work.Envelope
	return space{e.Workspace, t.Bot.ID, t.Bot.Version, t.Lang, knowledge, em.Space(), e.Channel, e.Contact.Level, figures(asked)}, vs[0], true
}

var figure = regexp.MustCompile(`[A-Za-z]*\d[\w.\-]*`)

// figures are the numbers of a question and the names with numbers in them.
func figures(text string) string {
	return strings.ToLower(strings.Join(figure.FindAllString(text, -1), " "))
}

func (a *Answers) find(t *core.Turn, sp space, v []float32, nearest float64) *core.Draft {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.o.Now()
	best, likeness := -1, nearest
	for i, e := range a.kept[sp] {
		if l := cosine(e.vector, v); now.Before(e.until) && l >= likeness && e.bears(t) {
			best, likeness = i, l
		}
	}
	if best < 0 {
		return nil
	}
	d := clone(a.kept[sp][best].draft)
	return &d
}

func (a *Answers) keep(sp space, e entry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.kept) >= mostSpaces && a.kept[sp] == nil {
		a.kept = map[space][]entry{}
	}
	now := a.o.Now()
	all := slices.DeleteFunc(a.kept[sp], func(o entry) bool { return !now.Before(o.until) })
	if len(all) >= mostEntries {
		all = all[1:]
	}
	a.kept[sp] = append(all, e)
}

// cosine of two unit vectors.
func cosine(a, b []float32) (sum float64) {
	if len(a) != len(b) {
		return -1
	}
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func clone(d core.Draft) core.Draft {
	d.Parts, d.Citations = slices.Clone(d.Parts), slices.Clone(d.Citations)
	return d
}
