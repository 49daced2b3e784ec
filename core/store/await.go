package store

import (
	"context"
	"slices"
	"sync"
	"time"

	"frontdesk/core"
)

// waiters wakes who waits for a turn of this replica.
type waiters struct {
	mu    sync.Mutex
	m     map[core.TurnID][]chan []core.Event
	looks map[core.ConversationID]*look
	once  sync.Once
	drain chan struct{} // closed when this replica stops
}

func (w *waiters) stop() { w.once.Do(func() { close(w.drain) }) }

func (w *waiters) stopped() bool {
	select {
	case <-w.drain:
		return true
	default:
		return false
	}
}

func (w *waiters) add(t core.TurnID) chan []core.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.m == nil {
		w.m, w.looks = map[core.TurnID][]chan []core.Event{}, map[core.ConversationID]*look{}
	}
	if w.looks[t.Conversation] == nil {
		w.looks[t.Conversation] = &look{news: make(chan struct{})}
	}
	w.looks[t.Conversation].n++
	ch := make(chan []core.Event, 1)
	w.m[t] = append(w.m[t], ch)
	return ch
}

func (w *waiters) remove(t core.TurnID, ch chan []core.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if l := w.looks[t.Conversation]; l.n > 1 {
		l.n--
	} else {
		delete(w.looks, t.Conversation)
	}
	rest := slices.DeleteFunc(w.m[t], func(c chan []core.Event) bool { return c == ch })
	if len(rest) == 0 {
		delete(w.m, t)
		return
	}
	w.m[t] = rest
}

func (w *waiters) tell(t core.TurnID, said []core.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, ch := range w.m[t] {
		ch <- said // buffered, told once
	}
	delete(w.m, t)
}

// look is how who waits for turns of a conversation hears that another replica
// changed it.
type look struct {
	n    int           // who wait
	news chan struct{} // closed and replaced at each change
}

// elsewhereOf returns a channel that is closed when another replica tells that c
// changed. The caller is among those who wait.
func (w *waiters) elsewhereOf(c core.ConversationID) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.looks[c].news
}

// elsewhere makes who waits for a turn of c look for it; "" makes all look.
func (w *waiters) elsewhere(c core.ConversationID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c != "" {
		w.looks[c].tell()
		return
	}
	for _, l := range w.looks {
		l.tell()
	}
}

func (l *look) tell() {
	if l != nil {
		close(l.news)
		l.news = make(chan struct{})
	}
}

// Await implements core.Inbox. A turn open in this replica's memory is not
// looked up: its commit will wake us. Otherwise the store is asked.
func (l *Ledger) Await(ctx context.Context, t core.TurnID) ([]core.Event, error) {
	ch := l.wait.add(t)
	defer l.wait.remove(t, ch)
	drain, leaving := l.wait.drain, false
	for {
		elsewhere := l.wait.elsewhereOf(t.Conversation)
		open, running := l.q.pending(t)
		if !open {
			said, done, err := l.Answer(ctx, t)
			if err != nil || done {
				return said, err
			}
		}
		if leaving && !running {
			return nil, core.ErrDraining
		}
		timer := time.NewTimer(l.o.Poll)
		select {
		case said := <-ch:
			timer.Stop()
			return said, nil
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		case <-drain:
			timer.Stop()
			drain, leaving = nil, true // if it runs, its commit may still come
		case <-elsewhere:
			timer.Stop()
		case <-timer.C:
		}
	}
}
