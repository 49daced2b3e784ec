package core

import "time"

// Mode is who holds the case.
type Mode string

// The holders of a case.
const (
	ByBot   Mode = "bot"
	Waiting Mode = "waiting" // for a person
	ByAgent Mode = "agent"
	Closed  Mode = "closed"
)

// Held reports whether a person has the case, or is waited for.
func (m Mode) Held() bool { return m == Waiting || m == ByAgent }

// Case is one episode of a conversation. Epoch grows each time it changes
// hands; what was decided under an older epoch does not count.
type Case struct {
	ID     CaseID `json:"id"`
	Mode   Mode   `json:"mode"`
	Epoch  int64  `json:"-"`                // a column of its own: it is compared in SQL
	Owner  string `json:"owner,omitempty"`  // the person's name while ByAgent
	Person string `json:"person,omitempty"` // and who that is: two people may have one name
	Reason string `json:"reason,omitempty"` // why it was handed over
	// Desk is where people are shown the case; its Thread is kept beside the state.
	Desk DeskRef `json:"desk,omitzero"`
}

// Citation points at where an answer was drawn from.
type Citation struct {
	Doc   string `json:"doc"` // name of the file uploaded for the version quoted
	Title string `json:"title,omitempty"`
	Page  int    `json:"page,omitempty"` // from 1; 0 where the format has none
	URL   string `json:"url,omitempty"`
	Quote string `json:"quote,omitempty"`
}

// Verdict is what became of a turn.
type Verdict string

// The verdicts of a turn.
const (
	VerdictAnswered   Verdict = "answered"
	VerdictClarified  Verdict = "clarified"
	VerdictAbstained  Verdict = "abstained"
	VerdictHandedOver Verdict = "handed_over"
)

// Event is one fact about a conversation. Seq numbers, without gaps, those the
// customer may see; the others (slots, misses) have Seq 0 and live in the state.
type Event struct {
	Seq       int64      `json:"-"`
	Turn      int64      `json:"-"` // seq of the message it answers or is
	Kind      string     `json:"kind,omitempty"`
	Role      Role       `json:"role,omitempty"`
	Key       string     `json:"key,omitempty"`    // a slot's name, a person's, a flow's
	Person    string     `json:"person,omitempty"` // who Key names, unique
	Mode      Mode       `json:"mode,omitempty"`
	Parts     []Part     `json:"parts,omitempty"`
	At        time.Time  `json:"at,omitzero"`
	Citations []Citation `json:"citations,omitempty"`
	Score     *float64   `json:"score,omitempty"` // confidence in [0,1]; nil where there is none
	Verdict   Verdict    `json:"verdict,omitempty"`
}

// The kinds of event. Said, Taken, Returned and Resolved are visible.
const (
	Said      = ""          // by Role
	Slot      = "slot"      // Key was given the value Parts
	Cleared   = "cleared"   // all slots, and the flow, are forgotten
	Entered   = "entered"   // flow Key waits at step Parts
	Clarified = "clarified" // the bot asked back: Parts are the readings offered
	Missed    = "miss"      // the bot had no answer
	Answered  = "answered"  // the bot had one
	Handed    = "mode"      // the case is now Mode; Key says why
	Taken     = "taken"     // by person Key
	Returned  = "returned"  // to the bot
	Resolved  = "resolved"
	// Asked records what the customer asked (Parts, normalised) in which
	// language (Key), so that a repetition is noticed.
	Asked = "asked"
	// Noticed records that the customer was told that the bot is a machine.
	Noticed = "noticed"
)

// Text joins the textual parts.
func (ev Event) Text() string { return JoinText(ev.Parts) }

// Visible reports whether the customer may see ev.
func (ev Event) Visible() bool {
	switch ev.Kind {
	case Said, Taken, Returned, Resolved:
		return true
	}
	return false
}

// State is a conversation as the engine sees it: the fold of its events.
// Settled and Case.Epoch are its version: nothing else changes it.
type State struct {
	Settled int64             `json:"-"` // seq of the last turn committed
	Case    Case              `json:"case"`
	Misses  int               `json:"misses,omitempty"` // turns in a row the bot could not answer
	Slots   map[string]string `json:"slots,omitempty"`
	Flow    string            `json:"flow,omitempty"` // that waits for an answer, and at which step
	Step    string            `json:"step,omitempty"`
	Offered []string          `json:"offered,omitempty"` // readings offered by the last clarification
	Last    string            `json:"last,omitempty"`    // what the customer last asked, normalised
	Repeats int               `json:"repeats,omitempty"` // times in a row it was asked
	Lang    string            `json:"lang,omitempty"`    // of the customer, BCP 47 primary tag
	Noticed bool              `json:"noticed,omitempty"` // in this case, that the bot is a machine
	Dialogue
}

// Apply returns the state after ev. It never alters s.
func (s State) Apply(ev Event) State {
	switch ev.Kind {
	case Slot:
		s = s.slot(ev)
	case Cleared:
		s = s.forget()
	case Entered:
		s = s.entered(ev)
	case Clarified:
		s.Offered = make([]string, len(ev.Parts))
		for i, p := range ev.Parts {
			s.Offered[i] = p.Text
		}
	case Asked:
		s = s.asked(ev)
	case Noticed:
		s.Noticed = true
	case Missed:
		s.Misses++
	case Answered:
		s.Misses, s.Offered = 0, nil
	case Handed:
		s.Case.Mode, s.Case.Reason = ev.Mode, ev.Key
		s.Paused, s.GoOn, s.Ended = nil, false, ""
	case Taken:
		s.Case.Mode, s.Case.Owner, s.Case.Person = ByAgent, ev.Key, ev.Person
	case Returned:
		s.Case.Mode, s.Case.Owner, s.Case.Person, s.Case.Reason = ByBot, "", "", ""
		s.Misses, s.Repeats, s.Offered = 0, 0, nil
	case Resolved:
		s.Case.Mode, s.Case.Owner, s.Case.Person = Closed, "", ""
		s.Offered, s.Misses, s.Repeats, s.Dialogue = nil, 0, 0, Dialogue{}
		s = s.forget()
	default:
		s = s.dialogue(ev)
	}
	return s
}

func (s State) asked(ev Event) State {
	text := ev.Text()
	if text == s.Last && text != "" {
		s.Repeats++
	} else {
		s.Last, s.Repeats = text, 0
	}
	if ev.Key != "" {
		s.Lang = ev.Key
	}
	return s
}

// Reopen is the state a new message meets after its case was closed.
func (s State) Reopen(id CaseID) State {
	s.Case = Case{ID: id, Mode: ByBot, Epoch: s.Case.Epoch + 1}
	s.Misses, s.Noticed = 0, false
	return s
}

// Newer reports whether s is a later state of the conversation than t.
func (s State) Newer(t State) bool {
	return s.Settled > t.Settled || s.Settled == t.Settled && s.Case.Epoch > t.Case.Epoch
}

// Fold is the state after all of evs.
func (s State) Fold(evs ...Event) State {
	for _, ev := range evs {
		s = s.Apply(ev)
	}
	return s
}
