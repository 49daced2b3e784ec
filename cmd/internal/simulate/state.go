package simulate

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"frontdesk/channels/sim/slack"
	"frontdesk/channels/sim/telegram"
	"frontdesk/channels/sim/wechat"
)

// What a snapshot holds at most of each chat, from its end.
const (
	maxLines   = 200
	maxCards   = 40
	maxReplies = 120
)

// snapshot is all that is seen on the four screens.
type snapshot struct {
	WeChat   []line            `json:"wechat"`
	Telegram telegramChat      `json:"telegram"`
	Slack    []note            `json:"slack"`
	Desk     desk              `json:"desk"`
	Names    map[string]string `json:"names"` // in Slack, by id
}

// line is one of WeChat's, with its place in the whole chat.
type line struct {
	N int `json:"n"`
	wechat.Line
}

type telegramChat struct {
	Typing   bool    `json:"typing"`
	Messages []tgram `json:"messages"`
}

type tgram struct {
	ID      int64               `json:"id"`
	Bot     bool                `json:"bot"`
	Text    string              `json:"text"`
	Buttons [][]telegram.Button `json:"buttons,omitempty"`
	Edited  bool                `json:"edited,omitempty"`
	Alert   string              `json:"alert,omitempty"`
	At      time.Time           `json:"at"`
}

// note is a message in Slack.
type note struct {
	TS        string   `json:"ts"`
	Thread    string   `json:"thread,omitempty"`
	Author    string   `json:"author"`
	App       bool     `json:"app,omitempty"`
	Text      string   `json:"text"`
	Raw       string   `json:"raw"` // Slack's markup, from which the page draws
	Buttons   []button `json:"buttons,omitempty"`
	Pings     []string `json:"pings,omitempty"`
	Reactions []string `json:"reactions,omitempty"`
	Edited    bool     `json:"edited,omitempty"`
	Whisper   bool     `json:"whisper,omitempty"` // only this person sees it
	Replies   []note   `json:"replies,omitempty"`
}

type button struct {
	Action string `json:"action"`
	Text   string `json:"text"`
}

// desk is the screen of the support agent.
type desk struct {
	Room     string   `json:"room"`
	Agent    string   `json:"agent"`
	Messages []note   `json:"messages"`
	Whispers []note   `json:"whispers"`
	Windows  []window `json:"windows"`
}

type window struct {
	ID     string   `json:"id"`
	Title  string   `json:"title"`
	Submit string   `json:"submit"`
	Fields []string `json:"fields"` // labels
}

// state answers with the snapshot, or 304 while it is what the page knows.
func (s *page) state(w http.ResponseWriter, r *http.Request) {
	b, err := json.Marshal(s.look())
	if err != nil {
		panic(err) // strings and numbers
	}
	h, etag := w.Header(), tag(b)
	h.Set("ETag", etag)
	h.Set("Cache-Control", "no-cache")
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(b)))
	_, _ = w.Write(b) // the client is gone, or it is not
}

func (s *page) look() snapshot {
	return snapshot{WeChat: s.wechat(), Telegram: s.telegram(), Slack: s.direct(), Desk: s.desk(),
		Names: map[string]string{Agent: agentName, Customer: customerName, slack.BotUser: "frontdesk"}}
}

func (s *page) wechat() []line {
	all := s.p.WeChat.Transcript(OpenID)
	from := max(0, len(all)-maxLines)
	out := make([]line, 0, len(all)-from)
	for i, l := range all[from:] {
		out = append(out, line{from + i, l})
	}
	return out
}

func (s *page) telegram() telegramChat {
	at := s.p.Telegram.Private(person(""))
	out := telegramChat{Typing: s.p.Telegram.Typing(at), Messages: []tgram{}}
	for _, m := range last(s.p.Telegram.Transcript(at), maxLines) {
		out.Messages = append(out.Messages, tgram{m.ID, m.Bot, m.Text, m.Buttons, m.Edited, m.Alert, m.At})
	}
	return out
}

// direct is the customer's chat with the app, with what only they see.
func (s *page) direct() []note {
	var all []note
	for _, m := range s.p.Slack.Transcript(s.p.direct) {
		n := toNote(m)
		if m.Replies > 0 {
			n.Replies = s.thread(s.p.direct, m.TS)
		}
		all = append(all, n)
	}
	all = append(all, notes(s.p.Slack.Whispers(Customer))...)
	slices.SortStableFunc(all, func(a, b note) int { return strings.Compare(a.TS, b.TS) })
	return append([]note{}, last(all, maxLines)...)
}

func (s *page) desk() desk {
	out := desk{Room: DeskRoom, Agent: agentName, Messages: []note{}, Windows: []window{},
		Whispers: append([]note{}, last(notes(s.p.Slack.Whispers(Agent)), maxLines)...)}
	for _, m := range last(s.p.Slack.Transcript(DeskRoom), maxCards) {
		n := toNote(m)
		if m.Replies > 0 {
			n.Replies = s.thread(DeskRoom, m.TS)
		}
		out.Messages = append(out.Messages, n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.p.Slack.As(Agent).Windows() {
		if s.closed[w.ID] {
			continue
		}
		win := window{ID: w.ID, Title: w.Title, Submit: w.Submit}
		for _, in := range w.Inputs {
			win.Fields = append(win.Fields, in.Label)
		}
		out.Windows = append(out.Windows, win)
	}
	return out
}

// thread is what follows the root ts.
func (s *page) thread(room, ts string) []note {
	all := s.p.Slack.Thread(room, ts)
	return notes(last(slices.DeleteFunc(all, func(m slack.Seen) bool { return m.TS == ts }), maxReplies))
}

func notes(all []slack.Seen) []note {
	out := make([]note, len(all))
	for i, m := range all {
		out[i] = toNote(m)
	}
	return out
}

func toNote(m slack.Seen) note {
	n := note{TS: m.TS, Thread: m.Thread, Author: m.Author, App: m.App, Text: m.Text, Raw: m.Raw, Pings: m.Pings,
		Reactions: m.Reactions, Edited: m.Edited, Whisper: m.Only != ""}
	for _, b := range m.Buttons {
		n.Buttons = append(n.Buttons, button{b.ActionID, b.Text})
	}
	return n
}

// last are the final n of all.
func last[T any](all []T, n int) []T { return all[max(0, len(all)-n):] }

func answer(w http.ResponseWriter, v any) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // the client is gone, or it is not
}
