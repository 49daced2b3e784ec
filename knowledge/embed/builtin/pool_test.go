package builtin

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/embed/builtin/kernel"
	"frontdesk/knowledge/embed/embedtest"
)

// waiting returns a call as submit takes it.
func waiting(ctx context.Context, kind core.EmbedKind, texts ...string) *call {
	return &call{ctx: ctx, kind: kind, texts: texts, dim: 384, out: make([]float32, 384*len(texts)), done: make(chan struct{}), open: len(texts)}
}

// within is a context with that much time left.
func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// A pool without workers shows what is let in.
func TestBudget(t *testing.T) {
	p := newPool(2, time.Millisecond)  // a unit of cost takes a millisecond
	long := strings.Repeat("x", 4*995) // a thousand units
	submit := func(d time.Duration, kind core.EmbedKind, texts ...string) error {
		return p.submit(waiting(within(t, d), kind, texts...))
	}
	if err := submit(900*time.Millisecond, core.EmbedQuery, long); !errors.Is(err, embed.ErrBusy) {
		t.Errorf("a text of a second, with less time: %v", err)
	}
	if err := submit(time.Hour, core.EmbedPassage, long, long, long, long); err != nil {
		t.Fatal(err)
	}
	if err := submit(time.Second, core.EmbedPassage, "x"); !errors.Is(err, embed.ErrBusy) {
		t.Errorf("a passage behind two seconds of passages, with one: %v", err)
	}
	if err := submit(time.Second, core.EmbedQuery, "x"); err != nil {
		t.Errorf("a question does not wait for passages, and is refused: %v", err)
	}
	if err := submit(time.Hour, core.EmbedQuery, long, long); err != nil {
		t.Fatal(err)
	}
	var busy *embed.BusyError
	if err := submit(900*time.Millisecond, core.EmbedQuery, "x"); !errors.As(err, &busy) || busy.Wait < time.Second || busy.Wait > 1100*time.Millisecond {
		t.Errorf("a question behind two seconds on two workers, with 0.9: %v", err)
	}
	if err := p.submit(waiting(context.Background(), core.EmbedQuery, "x")); err != nil {
		t.Errorf("who has no deadline waits, but: %v", err)
	}
	for range maxCalls {
		_ = p.submit(waiting(context.Background(), core.EmbedQuery, "x"))
	}
	if err := p.submit(waiting(context.Background(), core.EmbedQuery, "x")); !errors.As(err, &busy) || busy.Wait != 0 {
		t.Errorf("a full queue: %v", err)
	}
}

// What is taken, dropped and finished leaves no cost behind.
func TestBudgetIsFreed(t *testing.T) {
	p := newPool(1, time.Millisecond)
	a, b := waiting(context.Background(), core.EmbedQuery, "one", "two", "three"), waiting(context.Background(), core.EmbedQuery, "four")
	for _, c := range []*call{a, b} {
		if err := p.submit(c); err != nil {
			t.Fatal(err)
		}
	}
	if i, ok := p.take(a); i != 0 || !ok {
		t.Fatalf("took %d, %v", i, ok)
	}
	p.drop(a, context.Canceled)
	p.drop(a, context.Canceled)
	if _, ok := p.take(a); ok {
		t.Error("a text of a dropped call is given out")
	}
	p.finished(a, 1, cost("one"), time.Millisecond, nil)
	<-a.done
	if a.err != context.Canceled {
		t.Errorf("the dropped call ends with %v", a.err)
	}
	if c := p.question(); c != b {
		t.Error("the call behind is not the next")
	}
	if _, ok := p.take(b); !ok || p.question() != nil {
		t.Error("the last text was taken, its call still waits")
	}
	p.finished(b, 1, cost("four"), 0, nil)
	if p.running[core.EmbedQuery] != 0 || p.lines[core.EmbedQuery].tokens != 0 {
		t.Errorf("%d units in hand and %d waiting, want none", p.running[core.EmbedQuery], p.lines[core.EmbedQuery].tokens)
	}
}

// The pace follows what passes take, so the budget holds on any machine.
func TestPace(t *testing.T) {
	p := newPool(1, time.Millisecond)
	for range 60 {
		c := waiting(context.Background(), core.EmbedQuery, "x")
		if err := p.submit(c); err != nil {
			t.Fatal(err)
		}
		p.take(c)
		p.finished(c, 1, 10, 50*time.Millisecond, nil)
	}
	if p.pace < 4900*time.Microsecond || p.pace > 5*time.Millisecond {
		t.Errorf("after passes of 5 ms a unit the pace is %v", p.pace)
	}
}

// The rule holds where a question takes 100 ms: with the portable kernels a
// queue of questions is refused as soon as it is too long, at once.
func TestBusyOnSlowMachines(t *testing.T) {
	e := opened(t, Options{Kernels: "portable", Workers: 1})
	background, cancel := context.WithCancel(t.Context())
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() { _, _ = e.Embed(background, core.EmbedQuery, []string{strings.Repeat("请问", 60)}) })
	}
	for e.p.question() == nil { // until one is in hand and others wait
		time.Sleep(time.Millisecond)
	}
	start := time.Now()
	_, err := e.Embed(within(t, 300*time.Millisecond), core.EmbedQuery, []string{"退款多久到账"})
	if took := time.Since(start); !errors.Is(err, embed.ErrBusy) || took > 100*time.Millisecond {
		t.Errorf("behind seconds of questions: %v after %v", err, took)
	}
	cancel()
	callers.Wait()
	if v := embedtest.Must(t, e, core.EmbedQuery, "退款多久到账"); v == nil {
		t.Error("nothing after the rush")
	}
}

// A call that is given up frees its workers within a layer or two.
func TestCancel(t *testing.T) {
	e := opened(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	texts := slices.Repeat([]string{strings.Repeat("很长的一段话，", 300)}, 500)
	failed := make(chan error)
	go func() {
		_, err := e.Embed(ctx, core.EmbedPassage, texts)
		failed <- err
	}()
	for e.p.passages() == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if n := e.p.queued(core.EmbedPassage); n != 0 {
		t.Errorf("texts of %d units wait that nobody wants", n)
	}
	start := time.Now()
	embedtest.Must(t, e, core.EmbedPassage, "x")
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("the next text waited %v for one that nobody wants", d)
	}
}

// queued is the cost of what waits.
func (p *pool) queued(kind core.EmbedKind) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lines[kind].tokens
}

// Who is free takes a question first, whatever came first.
func TestNext(t *testing.T) {
	p := newPool(1, time.Millisecond)
	passage, question := waiting(context.Background(), core.EmbedPassage, "x"), waiting(context.Background(), core.EmbedQuery, "x")
	for _, c := range []*call{passage, question} {
		if err := p.submit(c); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []*call{question, passage} {
		_, c := p.next()
		if c != want {
			t.Fatalf("a %s is next", c.kind)
		}
		p.take(c)
	}
	p.close()
	if tm, c := p.next(); tm != nil || c != nil {
		t.Error("a closed pool has work")
	}
}

// passages is how much of them is in hand.
func (p *pool) passages() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running[core.EmbedPassage]
}

// Close ends a pass under way and what waits, and comes back.
func TestCloseInTheMiddle(t *testing.T) {
	e := opened(t, Options{Workers: 2})
	failed := make(chan error)
	for range 3 {
		go func() {
			_, err := e.Embed(context.Background(), core.EmbedPassage, slices.Repeat([]string{strings.Repeat("很长的一段话，", 300)}, 200))
			failed <- err
		}()
	}
	for e.p.passages() == 0 {
		time.Sleep(time.Millisecond)
	}
	_ = e.Close()
	for range 3 {
		if err := <-failed; !errors.Is(err, embed.ErrClosed) {
			t.Errorf("a call under way when closed: %v", err)
		}
	}
}

// A team under way ends with the pool too, none of its members left waiting.
func TestCloseTeam(t *testing.T) {
	for range 5 {
		e := opened(t, Options{Workers: 3})
		failed := make(chan error)
		go func() {
			_, err := e.Embed(context.Background(), core.EmbedPassage, []string{strings.Repeat("很长的一段话，", 1300)})
			failed <- err
		}()
		for e.p.passages() == 0 {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(5 * time.Millisecond) // into a layer
		_ = e.Close()
		if err := <-failed; !errors.Is(err, embed.ErrClosed) {
			t.Errorf("a team under way when closed: %v", err)
		}
	}
}

// A question asked in the middle of an import is answered between the layers of
// a pass, long before the import is done.
func TestQuestionsGoFirst(t *testing.T) {
	e := opened(t, Options{Workers: 1})
	want := embedtest.Must(t, e, core.EmbedQuery, "退款多久到账")[0]
	passages := slices.Repeat([]string{strings.Repeat("运费由谁承担？", 60)}, 30)
	alone := embedtest.Must(t, e, core.EmbedPassage, passages[0])[0]
	done := make(chan [][]float32)
	go func() {
		v, err := e.Embed(context.Background(), core.EmbedPassage, passages)
		if err != nil {
			t.Error(err)
		}
		done <- v
	}()
	for e.p.passages() == 0 {
		time.Sleep(time.Millisecond)
	}
	for range 5 {
		got := embedtest.Must(t, e, core.EmbedQuery, "退款多久到账")[0]
		if !slices.Equal(got, want) {
			t.Fatal("in the middle of an import a question has another vector")
		}
	}
	select {
	case <-done:
		t.Fatal("five questions waited for the whole import")
	default:
	}
	for i, v := range <-done {
		if !slices.Equal(v, alone) {
			t.Fatalf("passage %d has another vector than alone", i)
		}
	}
}

// Between two layers of passages a question is answered whole; between two of
// a question none is, or questions would put each other off without end.
func TestServe(t *testing.T) {
	m, err := included()
	if err != nil {
		t.Fatal(err)
	}
	for kind, served := range map[core.EmbedKind]bool{core.EmbedPassage: true, core.EmbedQuery: false} {
		p := newPool(1, time.Millisecond)
		w := newWorker(&encoder{m, kernel.Available()[0]}, p)
		w.c = waiting(context.Background(), kind, "in hand")
		question := waiting(context.Background(), core.EmbedQuery, "退款多久到账")
		if err := p.submit(question); err != nil {
			t.Fatal(err)
		}
		if !w.between() {
			t.Errorf("%s: the pass in hand is given up", kind)
		}
		if done := question.open == 0; done != served || served && embedtest.Unit(question.row(0), 384) != nil {
			t.Errorf("in the middle of a %s the question is answered: %v, want %v", kind, done, served)
		}
	}
}

// A long text gives the same vector, number by number, however many share it.
func TestTeam(t *testing.T) {
	for _, k := range kernel.Available() {
		one, many := opened(t, Options{Workers: 1, Kernels: k.Name}), opened(t, Options{Workers: 5, Kernels: k.Name})
		for _, n := range []int{9, 12, 33, 130} {
			if k == kernel.Portable && (n != 12 || raced) {
				continue // slow, and the same code
			}
			text := strings.Repeat("运费由谁承担？", n)
			want := embedtest.Must(t, one, core.EmbedPassage, text)[0]
			for range 3 {
				if got := embedtest.Must(t, many, core.EmbedPassage, text)[0]; !slices.Equal(got, want) {
					t.Fatalf("%s: %d repetitions: alone and in a team differ", k.Name, n)
				}
			}
		}
	}
}

// Members get parts that cover all rows, at multiples of eight.
func TestPart(t *testing.T) {
	for members := 2; members <= maxTeam; members++ {
		for n := teamTokens; n <= 515; n++ {
			tm := newTeam(nil)
			tm.part(n, members)
			at := 0
			for _, r := range tm.parts {
				if r.lo != at || r.hi <= r.lo || r.lo%8 != 0 {
					t.Fatalf("%d rows for %d members: %v", n, members, tm.parts)
				}
				at = r.hi
			}
			if at != n {
				t.Fatalf("%d rows for %d members: %v", n, members, tm.parts)
			}
		}
	}
}

// A long text is in fact shared when nobody waits.
func TestTeamForms(t *testing.T) {
	e := opened(t, Options{Workers: 2})
	w := newWorker(e.e, e.p)
	for e.p.spare() < 2 { // until both workers are idle
		time.Sleep(time.Millisecond)
	}
	w.c = waiting(context.Background(), core.EmbedPassage, strings.Repeat("运费由谁承担？", 30))
	e.e.cut(&w.main, w.c.texts[0], w.c.kind)
	e.e.add(&w.main, w.main.pieces, 0)
	if n := w.recruit(&w.main); n != 3 {
		t.Fatalf("%d members, want this worker and two", n)
	}
	if !w.e.forward(&w.main, &w.main.mine, w.team.parts[2], w.meet) {
		t.Error("the pass was given up")
	}
	w.team.members.Wait()
}
