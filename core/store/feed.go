package store

import (
	"sync"
	"time"

	"frontdesk/core"
)

// pendingNews is how many conversations a watcher of all may be behind before
// it is only told "many".
const pendingNews = 64

// hub tells watchers of changes. It never blocks on them.
type hub struct {
	mu sync.Mutex
	m  map[core.ConversationID]map[*watcher]struct{}

	tailing tailing
}

type watcher struct {
	c  core.ConversationID
	ch chan core.ConversationID
}

func (h *hub) watch(c core.ConversationID, b Backend, o Options) (<-chan core.ConversationID, func()) {
	w := &watcher{c: c, ch: make(chan core.ConversationID, 1)}
	if c == "" {
		w.ch = make(chan core.ConversationID, pendingNews)
	}
	h.add(w)
	if !o.Shared {
		return w.ch, sync.OnceFunc(func() { h.remove(w) })
	}
	if of, ok := b.(Tailer); ok {
		h.tailing.enter(of, o.Poll, h.tell)
		return w.ch, sync.OnceFunc(func() { h.tailing.leave(); h.remove(w) })
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() { // another replica's changes are not told here: look again and again
		defer close(done)
		w.poll(o.Poll, quit)
	}()
	return w.ch, sync.OnceFunc(func() { close(quit); <-done; h.remove(w) })
}

func (h *hub) add(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.m == nil {
		h.m = map[core.ConversationID]map[*watcher]struct{}{}
	}
	if h.m[w.c] == nil {
		h.m[w.c] = map[*watcher]struct{}{}
	}
	h.m[w.c][w] = struct{}{}
}

func (w *watcher) poll(every time.Duration, quit <-chan struct{}) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-quit:
			return
		case <-t.C:
			w.tell(w.c)
		}
	}
}

func (h *hub) remove(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.m[w.c], w)
	if len(h.m[w.c]) == 0 {
		delete(h.m, w.c)
	}
}

// tell tells c's watchers and those of all; "" tells everybody to look.
func (h *hub) tell(c core.ConversationID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c == "" {
		for _, ws := range h.m {
			for w := range ws {
				w.tell(w.c)
			}
		}
		return
	}
	for w := range h.m[c] {
		w.tell(c)
	}
	for w := range h.m[""] {
		w.tell(c)
	}
}

// tell never waits: a watcher that is behind has a value already, and one of
// all conversations that is far behind is told "many".
func (w *watcher) tell(c core.ConversationID) {
	select {
	case w.ch <- c:
		return
	default:
	}
	if w.c != "" {
		return
	}
	select {
	case <-w.ch:
	default:
	}
	select {
	case w.ch <- "":
	default:
	}
}

// maxChats bounds the memory of addresses; past it the cache starts anew.
const maxChats = 200_000

type chat struct {
	workspace        core.WorkspaceID
	channel, address string
}

// cache remembers which conversation a chat is. That never changes, so an
// entry is never wrong.
type cache struct {
	mu sync.RWMutex
	m  map[chat]core.ConversationID
}

func (c *cache) get(k chat) (core.ConversationID, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	id, ok := c.m[k]
	return id, ok
}

func (c *cache) put(k chat, id core.ConversationID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil || len(c.m) >= maxChats {
		c.m = map[chat]core.ConversationID{}
	}
	c.m[k] = id
}
