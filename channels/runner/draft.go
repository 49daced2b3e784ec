package runner

import (
	"context"
	"sync"
	"time"

	"frontdesk/channels"
	"frontdesk/core"
)

const (
	// pace is the time between two changes of a message: platforms take about
	// one a second in a chat.
	pace = time.Second
	// patience is how long a call that shows a draft may take: the answer waits
	// for it.
	patience = 3 * time.Second
	// forgotten is when a draft that nothing followed is removed.
	forgotten = 2 * time.Minute
	// late is when a draft is removed whose answer is stored, and was sent by
	// another replica or waits.
	late = 5 * time.Second
	// most bounds the drafts shown at once; further turns show theirs when done.
	most = 1000
)

// drafter shows answers while they are written, on channels whose messages can
// be changed. Safe for concurrent use.
type drafter struct {
	channel func(id string) (channels.Channel, bool)
	after   func(time.Duration) <-chan time.Time
	ctx     context.Context
	stop    context.CancelFunc
	wg      sync.WaitGroup

	mu sync.Mutex
	m  map[core.TurnID]*draft
}

// newDrafter makes a drafter for the channels that find knows.
func newDrafter(find func(id string) (channels.Channel, bool)) *drafter {
	ctx, stop := context.WithCancel(context.Background())
	return &drafter{channel: find, after: time.After, ctx: ctx, stop: stop, m: map[core.TurnID]*draft{}}
}

// draft is one message that grows.
type draft struct {
	on     channels.Drafting
	reply  core.Reply
	news   chan struct{} // has a value when text is new
	taken  chan struct{} // closed when the answer is there
	stored chan struct{} // closed when the answer is stored
	done   chan struct{} // closed when native is final
	native string        // of run, until done

	mu   sync.Mutex
	rev  int
	text string
	last bool
}

// show takes in a piece of the answer to e. It does not block.
func (d *drafter) show(e core.Envelope, g core.Glimpse) {
	ch, ok := d.channel(e.Channel)
	if !ok || e.Pull {
		return
	}
	on, ok := ch.(channels.Drafting)
	if !ok {
		return
	}
	if x := d.of(core.TurnID{Conversation: g.Conversation, Seq: g.Turn}, e, on); x != nil {
		x.add(g)
	}
}

// of is the draft of a turn, begun if it is new; nil if there are too many.
func (d *drafter) of(t core.TurnID, e core.Envelope, on channels.Drafting) *draft {
	d.mu.Lock()
	defer d.mu.Unlock()
	if x := d.m[t]; x != nil {
		return x
	}
	if len(d.m) >= most || d.ctx.Err() != nil {
		return nil
	}
	x := &draft{on: on, news: make(chan struct{}, 1), taken: make(chan struct{}), stored: make(chan struct{}), done: make(chan struct{}), rev: -1,
		reply: core.Reply{Turn: t, Workspace: e.Workspace, Channel: e.Channel, Address: e.Address, Conversation: t.Conversation, Meta: e.Meta,
			Event: core.Event{Role: core.BotRole}}}
	d.m[t] = x
	d.wg.Go(func() { d.run(x) })
	return x
}

func (x *draft) add(g core.Glimpse) {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case x.last:
		return
	case g.Last:
		x.last = true
		close(x.stored)
		return
	case g.Rev > x.rev:
		x.rev, x.text = g.Rev, g.Text
	case g.Rev == x.rev:
		x.text += g.Text
	}
	select {
	case x.news <- struct{}{}:
	default:
	}
}

func (x *draft) now() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.text
}

// run shows x as it grows, until its answer takes it over or nothing comes.
func (d *drafter) run(x *draft) {
	defer close(x.done)
	stored := x.stored
	for end := d.after(forgotten); ; {
		select {
		case <-x.news:
		case <-stored:
			stored, end = nil, d.after(late)
			continue
		case <-x.taken:
			return
		case <-end:
			d.drop(x)
			x.show(d.ctx, "")
			return
		case <-d.ctx.Done():
			return
		}
		if !x.show(d.ctx, x.now()) {
			d.wait(x, end)
			return
		}
		select {
		case <-d.after(pace):
		case <-x.taken:
			return
		case <-d.ctx.Done():
			return
		}
	}
}

// wait leaves x as it is until its answer takes it over or its time is up: no
// answer may come, or another replica may send it.
func (d *drafter) wait(x *draft, end <-chan time.Time) {
	select {
	case <-x.taken:
	case <-end:
		d.drop(x)
		x.show(d.ctx, "")
	case <-d.ctx.Done():
	}
}

// giveBack keeps a message that could not become r, which is tried again.
func (d *drafter) giveBack(on channels.Drafting, r core.Reply) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.m[r.Turn] != nil || len(d.m) >= most || d.ctx.Err() != nil {
		return
	}
	x := &draft{on: on, reply: r, native: r.Draft, last: true, taken: make(chan struct{}), done: make(chan struct{})}
	d.m[r.Turn] = x
	d.wg.Go(func() {
		defer close(x.done)
		d.wait(x, d.after(forgotten))
	})
}

// show brings the message to text; false ends the draft. A platform that does
// not want it is not asked again: the answer itself is what must arrive.
func (x *draft) show(ctx context.Context, text string) bool {
	if text == "" && x.native == "" {
		return true // nothing to remove
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	native, err := x.on.Draft(ctx, x.reply, x.native, text)
	if err != nil {
		return false
	}
	x.native = native
	if text == "" {
		x.native = ""
	}
	return true
}

// drop forgets x, unless its answer did already.
func (d *drafter) drop(x *draft) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.m[x.reply.Turn] == x {
		delete(d.m, x.reply.Turn)
	}
}

// claim ends the draft of r's turn and returns the id of the message that shows
// it, "" if there is none. The first reply of the bot claims it.
func (d *drafter) claim(r core.Reply) string {
	if r.Desk != nil || r.Event.Role != core.BotRole {
		return ""
	}
	d.mu.Lock()
	x := d.m[r.Turn]
	delete(d.m, r.Turn)
	d.mu.Unlock()
	if x == nil {
		return ""
	}
	close(x.taken)
	<-x.done
	return x.native
}

// close ends all drafts and waits for them. What was shown stays.
func (d *drafter) close() {
	d.stop()
	d.wg.Wait()
}
