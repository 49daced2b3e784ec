package configs

import (
	"fmt"
	"path"
	"regexp"
	"slices"

	"frontdesk/configs/internal/strict"
)

// claim notes where kind name is defined, once.
func (l *botLoader) claim(kind, name string, at strict.Pos) {
	if name == "" {
		l.errs.Add(at, "this %s has no name: give it one", kind)
		return
	}
	if !named.MatchString(name) {
		l.errs.Add(at, "%q is no name: %s", name, nameRule)
	}
	key := kind + " " + name
	if old, ok := l.places[key]; ok {
		l.errs.Add(at, "%s %q is there already, at %s: rename one", kind, name, old)
		return
	}
	l.places[key] = at
}

func (l *botLoader) intents(n *strict.Node) {
	in, n := list[Intent](l, n)
	for i, it := range in {
		at := n.Items[i]
		l.claim("intent", it.Name, at.Pos)
		l.wording(at.Get("title"), it.Title)
		l.wording(at.Get("answer"), it.Answer)
		for lang := range it.Examples {
			l.language(at.Get("examples"), lang)
		}
	}
	l.bot.Intents = append(l.bot.Intents, in...)
}

func (l *botLoader) entities(n *strict.Node) {
	in, n := list[Entity](l, n)
	for i, e := range in {
		at := n.Items[i]
		l.claim("entity", e.Name, at.Pos)
		given := 0
		for _, has := range []bool{e.Rule != "", e.Pattern != "", len(e.Values) > 0} {
			if has {
				given++
			}
		}
		if given != 1 {
			l.errs.Add(at.Pos, "entity %q needs exactly one of rule, pattern and values", e.Name)
		}
		if _, err := regexp.Compile(e.Pattern); err != nil {
			l.errs.Add(at.Get("pattern").Pos, "pattern of entity %q: %v", e.Name, err)
		}
	}
	l.bot.Entities = append(l.bot.Entities, in...)
}

func (l *botLoader) flow(n *strict.Node) {
	var f Flow
	if err := strict.Decode(n, &f); err != nil {
		l.note(err)
		return
	}
	l.claim("flow", f.Name, n.Pos)
	l.wording(n.Get("title"), f.Title)
	if len(f.Steps) == 0 {
		l.errs.Add(n.Pos, "flow %q has no steps", f.Name)
		return
	}
	s := stepChecker{l: l, flow: f, ids: map[string]bool{}}
	for i, step := range f.Steps {
		id := step.ID
		if id == "" {
			id = fmt.Sprint(i + 1)
		}
		if s.ids[id] {
			l.errs.Add(n.Get("steps").Items[i].Pos, "step %q is there twice in flow %q: rename one", id, f.Name)
		}
		s.ids[id] = true
	}
	for i, step := range f.Steps {
		s.step(n.Get("steps").Items[i], step)
	}
	l.bot.Flows = append(l.bot.Flows, f)
}

type stepChecker struct {
	l    *botLoader
	flow Flow
	ids  map[string]bool
}

// needs are the keys each kind of step cannot do without.
var needs = map[string][]string{
	"ask": {"slot", "text"}, "say": {"text"}, "choose": {"slot", "text", "options"},
	"call": {"action"}, "handoff": {}, "done": {},
}

func (s *stepChecker) step(n *strict.Node, step Step) {
	keys, ok := needs[step.Do]
	if !ok {
		s.l.errs.Add(n.Pos, "%q is nothing a step can do: use ask, say, choose, call, handoff or done", step.Do)
		return
	}
	for _, k := range keys {
		if v := n.Get(k); v == nil || v.Kind == strict.Null {
			s.l.errs.Add(n.Pos, "a step that does %q needs %s", step.Do, k)
		}
	}
	s.l.wording(n.Get("text"), step.Text)
	s.l.wording(n.Get("retry"), step.Retry)
	s.target(n.Get("next"), step.Next)
	s.target(n.Get("on_error"), step.OnError)
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

// wording checks the languages of w.
func (l *botLoader) wording(n *strict.Node, w Wording) {
	for lang := range w {
		l.language(n, lang)
	}
}

func (l *botLoader) language(n *strict.Node, lang string) {
	if n == nil || slices.Contains(l.bot.Languages, lang) {
		return
	}
	for _, p := range n.Pairs {
		if p.Key == lang {
			l.errs.Add(p.KeyPos, "%q is not among the bot's languages, %v%s", lang, l.bot.Languages, meant(lang))
		}
	}
}

// check looks at what spans files.
func (l *botLoader) check() {
	names := map[string]string{}
	for _, doc := range l.bot.Documents {
		name := path.Base(doc) // what it is updated and cited by
		if other, ok := names[name]; ok {
			l.errs.Add(strict.Pos{File: doc}, "has the same name as %s: rename one, documents are known by their names", other)
		}
		names[name] = doc
	}
	for _, f := range l.bot.Flows {
		for _, name := range f.Intents {
			if _, ok := l.places["intent "+name]; !ok {
				l.errs.Add(l.places["flow "+f.Name], "flow %q starts with intent %q, which is in no file of intents/", f.Name, name)
			}
		}
	}
}
