package core

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Dialogue is the part of a State that flows keep.
type Dialogue struct {
	SlotAt map[string]time.Time `json:"slot_at,omitempty"` // when each slot was filled
	Before map[string]string    `json:"before,omitempty"`  // what a slot held before its value of now
	Unsure []string             `json:"unsure,omitempty"`  // slots whose value the customer has yet to confirm
	FlowAt time.Time            `json:"flow_at,omitzero"`  // when Flow began to wait, or Ended ended
	Ended  string               `json:"ended,omitempty"`   // the flow that ended last
	Paused []Pause              `json:"paused,omitempty"`  // flows that others interrupted, oldest first
	// Offered back: the bot has just asked whether to go on with the last Pause.
	GoOn bool     `json:"go_on,omitempty"`
	Tags []string `json:"tags,omitempty"` // given by rules, for people and for other rules
}

// Pause is a flow that was interrupted. Step is "" if it has not begun.
type Pause struct {
	Flow  string            `json:"flow"`
	Step  string            `json:"step,omitempty"`
	Slots map[string]string `json:"slots,omitempty"`
	At    time.Time         `json:"at,omitzero"`
}

// The kinds of event of a dialogue. None is visible.
const (
	Doubted   = "doubted"  // slot Key awaits the customer's yes
	Paused    = "paused"   // flow Key waits at step Parts until others have ended
	Resumed   = "resumed"  // the last of Paused goes on
	Abandoned = "dropped"  // the last of Paused is given up
	Offering  = "offering" // the customer was asked whether to go on with it; Key "" takes that back
	Tagged    = "tagged"   // the case was given the tag Key
)

// onceTag begins the tags by which rules remember that they have acted.
const onceTag = "rule:"

// OnceTag is the tag by which the rule called name remembers that it has acted.
func OnceTag(name string) string { return onceTag + name }

// Labels are the tags that mean something to people.
func (d Dialogue) Labels() []string {
	return slices.DeleteFunc(slices.Clone(d.Tags), func(t string) bool { return strings.HasPrefix(t, onceTag) })
}

// How much of a dialogue is kept.
const (
	maxPaused = 3
	maxTags   = 32
)

// dialogue is the state after an event of a dialogue.
func (s State) dialogue(ev Event) State {
	switch ev.Kind {
	case Doubted:
		s.Unsure = append(without(s.Unsure, ev.Key), ev.Key)
	case Paused:
		p := Pause{Flow: ev.Key, Step: ev.Text(), At: ev.At}
		if ev.Key == s.Flow {
			p.Slots = s.Slots
			s = s.forget()
		}
		s.Paused = append(slices.Clone(s.Paused), p)
		s.Paused = s.Paused[max(0, len(s.Paused)-maxPaused):]
	case Resumed, Abandoned:
		s = s.popped(ev)
	case Offering:
		s.GoOn = ev.Key != ""
	case Tagged:
		if !slices.Contains(s.Tags, ev.Key) && len(s.Tags) < maxTags {
			s.Tags = append(slices.Clone(s.Tags), ev.Key)
		}
	}
	return s
}

func (s State) popped(ev Event) State {
	s.GoOn = false
	n := len(s.Paused) - 1
	if n < 0 {
		return s
	}
	p := s.Paused[n]
	s.Paused = slices.Clone(s.Paused[:n])
	if ev.Kind == Abandoned {
		return s
	}
	s = s.forget()
	s.Flow, s.Step, s.Slots, s.FlowAt = p.Flow, p.Step, p.Slots, ev.At
	s.SlotAt = map[string]time.Time{}
	for k := range p.Slots { // they were given before the pause, and are worth as much again
		s.SlotAt[k] = ev.At
	}
	return s
}

// slot is the state after ev gave a slot its value; "" empties it.
func (s State) slot(ev Event) State {
	key, value, old := ev.Key, ev.Text(), s.Slots[ev.Key]
	s.Slots, s.SlotAt, s.Unsure = cloned(s.Slots), cloned(s.SlotAt), without(s.Unsure, key)
	if old != "" && old != value {
		s.Before = cloned(s.Before)
		s.Before[key] = old
	}
	s.Slots[key], s.SlotAt[key] = value, ev.At
	if value == "" {
		delete(s.Slots, key)
		delete(s.SlotAt, key)
	}
	return s
}

// entered is the state after the flow of ev began to wait; "" ends it.
func (s State) entered(ev Event) State {
	if ev.Key == "" && s.Flow != "" {
		s.Ended = s.Flow
	}
	s.Flow, s.Step, s.FlowAt = ev.Key, ev.Text(), ev.At
	return s
}

// forget is the state without slots and flow.
func (s State) forget() State {
	s.Slots, s.SlotAt, s.Before, s.Unsure, s.Flow, s.Step = nil, nil, nil, nil, "", ""
	return s
}

func cloned[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return maps.Clone(m)
}

func without(list []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == name })
}
