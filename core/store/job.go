package store

import "frontdesk/core"

// Mine reports whether this replica holds job: a piece of work that one replica
// at a time does. A job belongs to whoever holds the partition of its name, so it
// is taken over as turns are. A replica that was paused may believe it holds one
// until it next renews its leases: what it does must bear being done twice.
func (l *Ledger) Mine(job string) bool {
	return l.q.holds(core.ConversationID("job " + job).Partition())
}

func (q *queue) holds(part int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	_, ok := q.held[part]
	return ok
}
