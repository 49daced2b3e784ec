package store

import "context"

// Listen takes in what other replicas tell by the bus until ctx ends: who
// watches or waits for what they changed looks at once, and so does who runs
// turns, for they may have accepted one.
func (l *Ledger) Listen(ctx context.Context) {
	if l.o.Bus == nil {
		return
	}
	changes, stop := l.o.Bus.Changes()
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-changes:
			l.news.tell(c)
			l.wait.elsewhere(c)
			l.q.lookAgain(c)
			l.wakeSenders()
		}
	}
}
