package builtin

import (
	"cmp"
	"time"

	"frontdesk/core"
	"frontdesk/knowledge/embed"
)

// worker embeds one text after another, with memory of its own.
type worker struct {
	e    *encoder
	p    *pool
	main bench
	// quick is for questions that come while main is in a pass over passages.
	quick bench
	desk  desk // when it helps another
	team  *team

	c      *call         // whose pass main is in
	stolen time.Duration // by questions from that pass
	// between and meet are methods, made values once: that allocates.
	between, meet, goOn, never func() bool
}

func newWorker(e *encoder, p *pool) *worker {
	w := &worker{e: e, p: p, team: newTeam(e)}
	w.between = func() bool { w.serve(); return w.wanted() }
	w.meet = func() bool { w.serve(); return w.team.meet() }
	w.goOn = w.wanted
	w.never = func() bool { return !w.p.ended() }
	return w
}

// work runs until the pool is closed.
func (w *worker) work() {
	for {
		switch t, c := w.p.next(); {
		case t != nil:
			t.join(&w.desk)
		case c != nil:
			w.c, w.stolen = c, 0
			w.run(c, &w.main, w.between)
			w.c = nil
		default:
			return
		}
	}
}

// wanted reports whether somebody still waits for the pass in main.
func (w *worker) wanted() bool { return w.c.ctx.Err() == nil && !w.p.ended() }

// serve answers a waiting question in the middle of passages: it costs them a
// few milliseconds and saves it their rest.
func (w *worker) serve() {
	if w.c.kind == core.EmbedQuery {
		return
	}
	if c := w.p.question(); c != nil {
		start := time.Now()
		w.run(c, &w.quick, w.never)
		w.stolen += time.Since(start)
	}
}

// run embeds some texts of c: as many short ones as make a pass, or a long one.
func (w *worker) run(c *call, b *bench, meet func() bool) {
	b.begin()
	units := 0
	for range w.p.share(c) {
		i, ok := w.p.take(c)
		if !ok {
			break
		}
		w.e.cut(b, c.texts[i], c.kind)
		if len(b.pieces) > w.e.window() {
			w.flush(c, b, units, meet)
			w.long(c, b, i, meet)
			return
		}
		w.e.add(b, b.pieces, i)
		if units += cost(c.texts[i]); len(b.ids) >= packTokens {
			break
		}
	}
	w.flush(c, b, units, meet)
}

// flush computes the pass over what is on the bench.
func (w *worker) flush(c *call, b *bench, units int, meet func() bool) {
	if len(b.spans) == 0 {
		return
	}
	took, err := w.pass(c, b, meet)
	for i := 0; i < len(b.spans) && err == nil; i++ {
		out := c.row(b.spans[i].text)
		w.e.mean(b, b.spans[i], 1, out)
		err = unit(out)
	}
	w.p.finished(c, len(b.spans), units, took, err)
}

// long embeds a text of several windows: the mean of theirs by length.
func (w *worker) long(c *call, b *bench, i int, meet func() bool) {
	var total time.Duration
	var err error
	out, size := c.row(i), w.e.window()
	for lo := 0; lo < len(b.pieces) && err == nil; lo += size {
		b.begin()
		w.e.add(b, b.pieces[lo:min(lo+size, len(b.pieces))], i)
		var took time.Duration
		if took, err = w.pass(c, b, meet); err == nil {
			w.e.mean(b, b.spans[0], float32(len(b.ids)-2), out)
		}
		total += took
	}
	if err == nil {
		err = unit(out)
	}
	w.p.finished(c, 1, cost(c.texts[i]), total, err)
}

// pass computes the bench's rows, with idle workers if there are any, and tells
// how long that took all together.
func (w *worker) pass(c *call, b *bench, meet func() bool) (time.Duration, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	start, stolen, members := time.Now(), w.stolen, 1
	if b == &w.main && len(b.spans) == 1 && len(b.ids) >= teamTokens && w.p.spare() > 0 {
		members = w.recruit(b)
	}
	ok := false
	if members > 1 {
		ok = w.e.forward(b, &b.mine, w.team.parts[members-1], w.meet)
		w.team.members.Wait()
	} else {
		w.e.ready(b, 1)
		ok = w.e.forward(b, &b.mine, rows{0, len(b.ids)}, meet)
	}
	if !ok {
		return 0, cmp.Or(c.ctx.Err(), embed.ErrClosed)
	}
	return (time.Since(start) - (w.stolen - stolen)) * time.Duration(members), nil
}

// recruit offers the pass on b to idle workers and returns how many members it
// has then.
func (w *worker) recruit(b *bench) int {
	w.e.ready(b, 2)
	w.team.b, w.team.goOn = b, w.goOn
	return w.p.offer(w.team, len(b.ids))
}
