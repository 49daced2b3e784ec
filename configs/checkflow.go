package configs

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"frontdesk/configs/internal/strict"
)

func (l *botLoader) flow(n *strict.Node) {
	var f Flow
	if err := strict.Decode(n, &f); err != nil {
		l.note(err)
		return
	}
	l.claim("flow", f.Name, n.Pos)
	l.place("flow "+f.Name, n)
	l.wording(n.Get("title"), f.Title)
	if len(f.Steps) == 0 {
		l.errs.Add(n.Pos, "flow %q has no steps", f.Name)
		return
	}
	s := stepChecker{l: l, flow: f, ids: map[string]bool{}}
	for i, step := range f.Steps {
		at := n.Get("steps").Items[i]
		id := step.id(i)
		if s.ids[id] {
			l.errs.Add(at.Pos, "step %q is there twice in flow %q: rename one", id, f.Name)
		}
		s.ids[id] = true
		l.place("flow "+f.Name+"/"+id, at)
	}
	for i, step := range f.Steps {
		s.step(n.Get("steps").Items[i], step)
	}
	l.bot.Flows = append(l.bot.Flows, f)
}

// id is the name of a step that is number i, from 0.
func (s Step) id(i int) string {
	if s.ID != "" {
		return s.ID
	}
	return strconv.Itoa(i + 1)
}

// place notes where n and its entries are written, for errors that are found
// later, when the bot is built.
func (l *botLoader) place(path string, n *strict.Node) {
	l.bot.Places[path] = n.Pos
	for _, p := range n.Pairs {
		l.bot.Places[path+"/"+p.Key] = p.KeyPos
	}
}

func (l *botLoader) stepPlace(f Flow, i int) strict.Pos {
	return l.places["step "+f.Name+"/"+f.Steps[i].id(i)]
}

func (l *botLoader) rules(n *strict.Node) {
	rs, n := list[Rule](l, n)
	for i, r := range rs {
		at := n.Items[i]
		l.claim("rule", r.Name, at.Pos)
		l.place("rule "+r.Name, at)
		l.wording(at.Get("say"), r.Say)
		if len(r.When) == 0 {
			l.errs.Add(at.Pos, "rule %q needs when: what must hold for it", r.Name)
		}
		if len(r.Say) == 0 && r.Start == "" && !r.Handoff && len(r.Tags) == 0 {
			l.errs.Add(at.Pos, "rule %q does nothing: give it say, start, handoff or tags", r.Name)
		}
	}
	l.bot.Rules = append(l.bot.Rules, rs...)
}

type stepChecker struct {
	l    *botLoader
	flow Flow
	ids  map[string]bool
}

// needs are the keys each kind of step cannot do without.
var needs = map[string][]string{
	"ask": {"slot", "text"}, "say": {"text"}, "choose": {"slot", "text", "options"}, "set": {"set"},
	"call": {"action"}, "answer": {}, "prompt": {"prompt"}, "if": {"when"}, "jump": {}, "handoff": {}, "done": {},
}

// fits are the keys that only some kinds of step have.
var fits = map[string][]string{
	"slot": {"ask", "choose"}, "entity": {"ask"}, "valid": {"ask"}, "retry": {"ask", "choose"}, "confirm": {"ask", "choose"}, "confirm_when": {"ask", "choose"},
	"reuse": {"ask", "choose"}, "expires": {"ask", "choose"}, "options": {"choose"}, "set": {"set"}, "action": {"call"},
	"prompt": {"prompt"}, "question": {"answer"}, "with": {"call", "prompt"}, "save": {"call", "prompt"},
	"timeout": {"call", "answer", "prompt"}, "on_error": {"call", "answer", "prompt"}, "flow": {"jump"}, "else": {"if"},
	"text": {"ask", "say", "choose", "handoff", "done"},
}

func (s *stepChecker) step(n *strict.Node, step Step) {
	s.l.places["step "+s.flow.Name+"/"+step.id(s.number(n))] = n.Pos
	keys, ok := needs[step.Do]
	if !ok {
		s.l.errs.Add(n.Pos, "%q is nothing a step can do%s: use ask, say, choose, set, call, answer, prompt, if, jump, handoff or done", step.Do,
			meantWord(step.Do, slices.Collect(maps.Keys(needs))))
		return
	}
	for _, k := range keys {
		if v := n.Get(k); v == nil || v.Kind == strict.Null {
			s.l.errs.Add(n.Pos, "a step that does %q needs %s", step.Do, k)
		}
	}
	for _, p := range n.Pairs {
		if kinds, some := fits[p.Key]; some && !slices.Contains(kinds, step.Do) {
			s.l.errs.Add(p.KeyPos, "a step that does %q has no %s: that is for %s", step.Do, p.Key, strings.Join(kinds, ", "))
		}
	}
	if step.Do == "jump" && step.Flow == "" && step.Next == "" {
		s.l.errs.Add(n.Pos, "a step that does \"jump\" needs flow or next: where to go")
	}
	if step.Confirms != "" && step.Confirms != "always" && step.Confirms != "unsure" {
		s.l.errs.Add(n.Get("confirm_when").Pos, "%q is neither always nor unsure", step.Confirms)
	}
	s.texts(n, step)
	s.target(n.Get("next"), step.Next)
	s.target(n.Get("else"), step.Else)
	s.target(n.Get("on_error"), step.OnError)
}

// number is the place of n among the flow's steps.
func (s *stepChecker) number(n *strict.Node) int {
	for i := range s.flow.Steps {
		if s.l.bot.Places["flow "+s.flow.Name+"/"+s.flow.Steps[i].id(i)] == n.Pos {
			return i
		}
	}
	return 0
}

func (s *stepChecker) texts(n *strict.Node, step Step) {
	s.l.wording(n.Get("text"), step.Text)
	s.l.wording(n.Get("retry"), step.Retry)
	s.l.wording(n.Get("confirm"), step.Confirm)
	s.l.wording(n.Get("question"), step.Question)
	for i, o := range step.Options {
		at := n.Get("options").Items[i]
		if o.Value == "" {
			s.l.errs.Add(at.Pos, "an option needs value")
		}
		s.l.wording(at.Get("label"), o.Label)
		s.target(at.Get("next"), o.Next)
	}
}

func (s *stepChecker) target(n *strict.Node, id string) {
	if n != nil && id != "" && !s.ids[id] {
		s.l.errs.Add(n.Pos, "flow %q has no step %q", s.flow.Name, id)
	}
}

// meantWord suggests the word nearest to one mistyped.
func meantWord(word string, words []string) string {
	if near := strict.Nearest(word, words); near != "" {
		return " (did you mean " + near + "?)"
	}
	return ""
}
