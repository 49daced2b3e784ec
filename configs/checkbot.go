package configs

import (
	"path"
	"regexp"
	"slices"
	"strings"

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
		l.place("intent "+it.Name, at)
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
		if e.Learn && len(e.Values) == 0 {
			given++
		}
		if given != 1 {
			l.errs.Add(at.Pos, "entity %q needs exactly one of rule, pattern and values, or learn: true", e.Name)
		}
		if _, err := regexp.Compile(e.Pattern); err != nil {
			l.errs.Add(at.Get("pattern").Pos, "pattern of entity %q: %v", e.Name, err)
		}
	}
	l.bot.Entities = append(l.bot.Entities, in...)
}

// wording checks the languages of w.
func (l *botLoader) wording(n *strict.Node, w Wording) {
	for key := range w {
		lang, channel, there := strings.Cut(key, "@")
		if there {
			l.channel(n, key, channel)
		}
		l.languageOf(n, key, lang)
	}
}

// channelTypes are those that wordings may differ by; a channel's id does too.
var channelTypes = []string{"web", "wechat", "wecom", "telegram", "slack"}

func (l *botLoader) channel(n *strict.Node, key, channel string) {
	near := strict.Nearest(channel, channelTypes)
	if named.MatchString(channel) && (near == "" || slices.Contains(channelTypes, channel)) || n == nil {
		return
	}
	for _, p := range n.Pairs {
		if p.Key == key {
			l.errs.Add(p.KeyPos, "%q is no channel%s", channel, didYouMean(near))
		}
	}
}

func (l *botLoader) language(n *strict.Node, lang string) { l.languageOf(n, lang, lang) }

// languageOf looks whether lang, of key, is one of the bot's.
func (l *botLoader) languageOf(n *strict.Node, key, lang string) {
	if n == nil || slices.Contains(l.bot.Languages, lang) {
		return
	}
	for _, p := range n.Pairs {
		if p.Key == key {
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
	for _, r := range l.bot.Rules {
		if _, ok := l.places["flow "+r.Start]; !ok && r.Start != "" {
			l.errs.Add(l.places["rule "+r.Name], "rule %q starts flow %q, which is in no file of flows/", r.Name, r.Start)
		}
	}
	for _, f := range l.bot.Flows {
		for i, st := range f.Steps {
			if _, ok := l.places["flow "+st.Flow]; !ok && st.Flow != "" {
				l.errs.Add(l.stepPlace(f, i), "there is no flow %q to go to", st.Flow)
			}
		}
		for _, name := range f.Intents {
			if _, ok := l.places["intent "+name]; !ok {
				l.errs.Add(l.places["flow "+f.Name], "flow %q starts with intent %q, which is in no file of intents/", f.Name, name)
			}
		}
	}
}
