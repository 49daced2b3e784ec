package core

// Rewrite passes what the bot says in this turn through f, which returns what is
// said instead, or false for nothing at all. Other events stay.
func (t *Turn) Rewrite(f func(Event) (Event, bool)) {
	var kept []Event
	for _, ev := range t.events {
		if ev.Kind == Said && ev.Role == BotRole {
			var keep bool
			if ev, keep = f(ev); !keep {
				continue
			}
		}
		kept = append(kept, ev)
	}
	t.events = kept
}

// always is a stage that also runs once the turn is settled.
type always struct{ Stage }

// Always makes s run in every turn, also in one that an earlier stage settled.
// It may unsettle the turn with Settle(""): then the stages behind it run.
func Always(s Stage) Stage { return always{s} }
