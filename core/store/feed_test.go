package store

import (
	"fmt"
	"testing"
	"time"

	"frontdesk/core"
)

// A watcher of all that is far behind is told "many", and loses no more than
// which; one that stops is forgotten.
func TestFarBehind(t *testing.T) {
	for _, shared := range []bool{false, true} {
		var h hub
		every, stop := h.watch("", nil, Options{Shared: shared, Poll: time.Hour})
		one, stopOne := h.watch("c1", nil, Options{Shared: shared, Poll: time.Hour})
		for i := range pendingNews + 10 {
			h.tell(core.ConversationID(fmt.Sprint("c", i)))
		}
		many, n := false, len(every)
		for range n {
			many = <-every == "" || many
		}
		if !many || n != pendingNews || len(one) != 1 {
			t.Errorf("many %v, %d told, %d to c1's", many, n, len(one))
		}
		stop()
		stopOne()
		if h.tell("c1"); len(h.m) != 0 {
			t.Errorf("%d watched after all stopped", len(h.m))
		}
	}
}

// The memory of chats is bounded, and what it forgets is only asked for again.
func TestChatsBounded(t *testing.T) {
	var c cache
	for i := range maxChats + 10 {
		c.put(chat{"w", "c", fmt.Sprint(i)}, core.ConversationID(fmt.Sprint(i)))
	}
	last := fmt.Sprint(maxChats + 9)
	if id, ok := c.get(chat{"w", "c", last}); !ok || string(id) != last || len(c.m) > maxChats {
		t.Errorf("last is %q, %v, of %d", id, ok, len(c.m))
	}
}
