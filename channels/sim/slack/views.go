package slack

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// view is an open window.
type view struct {
	Type            string  `json:"type"`
	CallbackID      string  `json:"callback_id"`
	PrivateMetadata string  `json:"private_metadata"`
	Title           *words  `json:"title"`
	Submit          *words  `json:"submit"`
	Close           *words  `json:"close"`
	Blocks          []block `json:"blocks"`

	id, user string
}

// Window is an open window as its reader sees it.
type Window struct {
	ID, Title, Submit string
	Inputs            []Input
}

// Input is a field to fill in.
type Input struct{ Block, Action, Label string }

// triggerLife is how long a trigger opens a window.
const triggerLife = 3 * time.Second

func (s *Server) viewsOpen(a map[string]string) reply {
	t, ok := s.triggers[a["trigger_id"]]
	delete(s.triggers, a["trigger_id"])
	switch {
	case !ok:
		return refuse("invalid_trigger_id")
	case s.Now().Sub(t.made) > triggerLife:
		return refuse("expired_trigger_id")
	}
	v := &view{}
	if err := json.Unmarshal([]byte(a["view"]), v); err != nil {
		return refuse("invalid_arguments")
	}
	js, _ := json.Marshal(v.Blocks)
	blocks, err := readBlocks(string(js))
	if err == nil {
		err = v.Title.within(24, "plain_text")
	}
	if err == nil && (v.Type != "modal" || v.Submit == nil && slices.ContainsFunc(blocks, func(b block) bool { return b.Type == "input" })) {
		err = fmt.Errorf("a modal with inputs needs a submit label")
	}
	if err != nil {
		out := refuse("invalid_arguments")
		out["response_metadata"] = reply{"messages": []string{"[ERROR] " + err.Error()}}
		return out
	}
	v.id, v.user, v.Blocks = s.id("V"), t.user, blocks
	s.views[v.id] = v
	return reply{"ok": true, "view": v.raw()}
}

func (v *view) raw() reply {
	return reply{"id": v.id, "team_id": TeamID, "type": v.Type, "callback_id": v.CallbackID, "blocks": v.Blocks,
		"private_metadata": v.PrivateMetadata, "hash": v.id + ".1", "app_id": AppID, "bot_id": BotID}
}

// Windows lists the windows open on the person's screen.
func (h Hand) Windows() []Window {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	var out []Window
	for _, v := range h.s.views {
		if v.user != h.user {
			continue
		}
		w := Window{ID: v.id, Title: v.Title.Text}
		if v.Submit != nil {
			w.Submit = v.Submit.Text
		}
		for _, b := range v.Blocks {
			if b.Type == "input" {
				w.Inputs = append(w.Inputs, Input{b.BlockID, b.Element.ActionID, b.Label.Text})
			}
		}
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b Window) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Submit sends a window off with text in its first field. problems are what
// the app says is wrong, by field; the window then stays open.
func (h Hand) Submit(window, text string) (problems map[string]string, err error) {
	s := h.s
	s.mu.Lock()
	v := s.views[window]
	if v == nil || v.user != h.user {
		s.mu.Unlock()
		return nil, fmt.Errorf("no window %s is open", window)
	}
	values := reply{}
	for _, b := range v.Blocks {
		if b.Type == "input" && len(values) == 0 {
			values[b.BlockID] = reply{b.Element.ActionID: reply{"type": b.Element.Type, "value": text}}
		}
	}
	p, shown := s.payload("view_submission", h.user), v.raw()
	shown["state"] = reply{"values": values}
	p["view"] = shown
	s.mu.Unlock()
	out, err := s.interact("/interactions", "interactive", p)
	if err != nil {
		return nil, errNoAnswer
	}
	if out["response_action"] == "errors" {
		problems = map[string]string{}
		told, _ := out["errors"].(map[string]any)
		for k, v := range told {
			problems[k] = fmt.Sprint(v)
		}
		return problems, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.views, window)
	s.touch()
	return nil, nil
}
