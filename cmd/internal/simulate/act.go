package simulate

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"frontdesk/channels/problem"
	"frontdesk/channels/sim/telegram"
)

// call is what a person does; which fields count depends on the act.
type call struct {
	Text    string `json:"text"`
	Lang    string `json:"lang"`    // "zh" or "en", of the page: Telegram tells bots
	Message string `json:"message"` // Telegram's id or Slack's ts of what is acted on
	Thread  string `json:"thread"`  // Slack's ts of a card, "" for the room itself
	Button  string `json:"button"`  // Telegram's words, Slack's action id
	Window  string `json:"window"`
	Menu    string `json:"menu"` // WeChat's id of a tapped entry
}

// result is what the person who acted sees at once.
type result struct {
	Problems map[string]string `json:"problems,omitempty"` // of a window's fields
}

// unfit is a call that could not be meant.
type unfit string

// Error implements error.
func (u unfit) Error() string { return string(u) }

type deed func(*page, call) (result, error)

// acts are the calls, by path below the API.
var acts = map[string]deed{
	"wechat/follow":   silent(func(s *page, _ call) { s.p.WeChat.Follow(OpenID, "") }),
	"wechat/unfollow": silent(func(s *page, _ call) { s.p.WeChat.Unfollow(OpenID) }),
	"wechat/voice":    silent(func(s *page, c call) { s.p.WeChat.Voice(OpenID, c.Text) }),
	"wechat/image":    silent(func(s *page, _ call) { s.p.WeChat.Image(OpenID, "https://example.com/photo.jpg") }),
	"wechat/say":      spoken(func(s *page, c call) error { s.p.WeChat.Say(OpenID, c.Text); return nil }),
	"wechat/click":    spoken(func(s *page, c call) error { s.p.WeChat.Click(OpenID, c.Text); return nil }),
	"wechat/tap":      spoken(func(s *page, c call) error { s.p.WeChat.Tap(OpenID, c.Menu, c.Text); return nil }),
	"telegram/say":    spoken((*page).writeTelegram),
	"telegram/press":  plain((*page).pressTelegram),
	"slack/say":       spoken(func(s *page, c call) error { _, err := s.p.Slack.As(Customer).DM(c.Text); return err }),
	"slack/press":     plain(func(s *page, c call) error { return s.p.Slack.As(Customer).Press(s.p.direct, c.Message, c.Button) }),
	"desk/say":        spoken((*page).writeDesk),
	"desk/press":      plain(func(s *page, c call) error { return s.p.Slack.As(Agent).Press(DeskRoom, c.Message, c.Button) }),
	"desk/submit":     (*page).submit,
	"desk/close":      silent((*page).dismiss),
}

func plain(do func(*page, call) error) deed {
	return func(s *page, c call) (result, error) { return result{}, do(s, c) }
}

// silent is an act that nobody can refuse.
func silent(do func(*page, call)) deed {
	return func(s *page, c call) (result, error) { do(s, c); return result{}, nil }
}

// spoken is an act that needs words.
func spoken(do func(*page, call) error) deed {
	return func(s *page, c call) (result, error) {
		if strings.TrimSpace(c.Text) == "" {
			return result{}, unfit("text is empty")
		}
		return result{}, do(s, c)
	}
}

// person is the customer on Telegram, whose app is in the language lang.
func person(lang string) telegram.User {
	u := telegram.User{ID: TelegramUser, FirstName: "Tess", Username: "tess_demo", Language: "en"}
	if lang == "zh" {
		u.Language = "zh-hans"
	}
	return u
}

func (s *page) writeTelegram(c call) error {
	u := person(c.Lang)
	s.p.Telegram.Say(u, s.p.Telegram.Private(u), c.Text)
	return nil
}

func (s *page) pressTelegram(c call) error {
	id, err := strconv.ParseInt(c.Message, 10, 64)
	if err != nil {
		return unfit("message is not a number")
	}
	u := person(c.Lang)
	return s.p.Telegram.Press(u, s.p.Telegram.Private(u), id, c.Button)
}

func (s *page) writeDesk(c call) (err error) {
	if h := s.p.Slack.As(Agent); c.Thread != "" {
		_, err = h.Reply(DeskRoom, c.Thread, c.Text)
	} else {
		_, err = h.Say(DeskRoom, c.Text)
	}
	return err
}

func (s *page) submit(c call) (result, error) {
	problems, err := s.p.Slack.As(Agent).Submit(c.Window, c.Text)
	return result{Problems: problems}, err
}

// dismiss closes a window of the agent's. Only open ones are remembered.
func (s *page) dismiss(c call) {
	for _, w := range s.p.Slack.As(Agent).Windows() {
		if w.ID == c.Window {
			s.mu.Lock()
			s.closed[c.Window] = true
			s.mu.Unlock()
		}
	}
}

// act runs one call.
func (s *page) act(w http.ResponseWriter, r *http.Request, do deed) {
	var c call
	if !read(w, r, &c) {
		return
	}
	if utf8.RuneCountInString(c.Text) > maxText {
		problem.Write(w, http.StatusUnprocessableEntity, "text is longer than 4000 characters")
		return
	}
	select {
	case s.acting <- struct{}{}:
		defer func() { <-s.acting }()
	default:
		problem.Busy(w, time.Second, "too many acts at once")
		return
	}
	out, err := do(s, c)
	var u unfit
	switch {
	case errors.As(err, &u):
		problem.Write(w, http.StatusUnprocessableEntity, err.Error())
	case err != nil: // written by the simulated platform for the person who acts
		problem.Write(w, http.StatusConflict, err.Error())
	default:
		answer(w, out)
	}
}
