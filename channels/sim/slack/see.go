package slack

import (
	"regexp"
	"slices"
	"sort"
	"strings"
)

// Seen is a message as people see it.
type Seen struct {
	TS, Thread string
	Author     string // the name shown
	App        bool   // with the mark of an app
	Text       string // as it reads: no markup, entities resolved
	Raw        string // the mrkdwn behind Text
	Buttons    []Button
	Links      []Link
	Pings      []string // who the message notifies: "@channel", "@Ann"
	Reactions  []string // emoji, sorted
	Files      []string
	Edited     bool
	Replies    int    // in its thread
	Only       string // who alone sees it, "" for all
}

// Button is one to press.
type Button struct{ ActionID, Text, Value string }

// Link is what a click opens.
type Link struct{ Text, URL string }

// Transcript is a channel as its members see it: its own level, in order.
func (s *Server) Transcript(channel string) []Seen {
	return s.see(channel, func(m *message) bool { return m.Thread == "" || m.broadcast })
}

// Thread is the thread of the message ts, its root first.
func (s *Server) Thread(channel, ts string) []Seen {
	return s.see(channel, func(m *message) bool { return m.TS == ts || m.Thread == ts })
}

func (s *Server) see(channel string, want func(*message) bool) []Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rooms[channel]
	if r == nil {
		return nil
	}
	var out []Seen
	for _, m := range r.msgs {
		if want(m) {
			seen := s.show(m)
			for _, o := range r.msgs {
				if o.Thread == m.TS {
					seen.Replies++
				}
			}
			out = append(out, seen)
		}
	}
	return out
}

// Whispers are the messages only user sees, in all channels, in order.
func (s *Server) Whispers(user string) []Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Seen
	for _, r := range s.rooms {
		for _, m := range r.whispers {
			if m.only == user {
				out = append(out, s.show(m))
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].TS < out[j].TS })
	return out
}

func (s *Server) show(m *message) Seen {
	out := Seen{TS: m.TS, Thread: m.Thread, Author: m.Username, App: m.app, Edited: m.edited, Only: m.only}
	if p := s.people[m.User]; out.Author == "" && p != nil {
		out.Author = p.Name
	}
	r := reader{s: s, seen: &out}
	if len(m.blocks) == 0 {
		r.mrkdwn(m.Text)
	}
	for _, b := range m.blocks {
		r.block(b)
	}
	out.Text, out.Raw = strings.Join(r.lines, "\n"), strings.Join(r.raw, "\n")
	for emoji := range m.reactions {
		out.Reactions = append(out.Reactions, emoji)
	}
	slices.Sort(out.Reactions)
	for _, f := range m.files {
		out.Files = append(out.Files, f.Name)
	}
	return out
}

// reader reads a message as a person's eye does. The server's mu is held.
type reader struct {
	s          *Server
	seen       *Seen
	lines, raw []string
}

func (r *reader) block(b block) {
	r.words(b.Text)
	for i := range b.Fields {
		r.words(&b.Fields[i])
	}
	r.words(b.Label)
	for _, e := range b.Elements {
		w := e.label()
		if e.Type == "button" {
			r.seen.Buttons = append(r.seen.Buttons, Button{e.ActionID, w.Text, e.Value})
		} else {
			r.words(&w)
		}
	}
}

func (r *reader) words(w *words) {
	switch {
	case w == nil:
	case w.Type == "mrkdwn":
		r.mrkdwn(w.Text)
	default:
		r.lines, r.raw = append(r.lines, w.Text), append(r.raw, w.Text)
	}
}

var (
	entityRE = regexp.MustCompile(`<([^<>]+)>`)
	markRE   = regexp.MustCompile(`(^|[\s\x{200b}(>])([*_~])([^\s*_~](?:[^*_~\n]*[^\s*_~])?)[*_~]($|[\s\x{200b}).,:;!?，。：；！？])`)
	ticksRE  = regexp.MustCompile("`+")
)

func (r *reader) mrkdwn(raw string) {
	r.raw = append(r.raw, raw)
	text := entityRE.ReplaceAllStringFunc(raw, func(m string) string { return r.entity(m[1 : len(m)-1]) })
	for range 3 { // marks within marks, and side by side
		text = markRE.ReplaceAllString(text, "$1$3$4")
	}
	text = ticksRE.ReplaceAllString(text, "")
	text = strings.NewReplacer("\u200b", "", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
	r.lines = append(r.lines, text)
}

// entity shows <inner>, and notes what it does.
func (r *reader) entity(inner string) string {
	target, label, _ := strings.Cut(inner, "|")
	switch target[0] {
	case '@':
		name := "@" + target[1:]
		if p := r.s.people[target[1:]]; p != nil {
			name = "@" + p.Name
		}
		r.seen.Pings = append(r.seen.Pings, name)
		return name
	case '#':
		if room := r.s.rooms[target[1:]]; room != nil {
			return "#" + room.Name
		}
		return "#" + label
	case '!':
		if strings.HasPrefix(target, "!date^") {
			return label
		}
		name := "@" + strings.TrimPrefix(target, "!")
		r.seen.Pings = append(r.seen.Pings, name)
		return name
	}
	if label == "" {
		label = target
	}
	r.seen.Links = append(r.seen.Links, Link{label, strings.ReplaceAll(target, "&amp;", "&")})
	return label
}
