package slack

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Fault makes one call of a method go wrong.
type Fault struct {
	Status     int           // HTTP status instead of an answer
	RetryAfter time.Duration // with 429
	Error      string        // {"ok":false,"error":…}
	Needed     string        // the scope a missing_scope names
	Drop       bool          // the connection breaks before anything is done
	Lost       bool          // it is done, and the connection breaks
}

// Fail makes the next calls of method go wrong, one fault a call.
func (s *Server) Fail(method string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[method] = append(s.faults[method], faults...)
}

// Call is one request to the Web API.
type Call struct {
	Method, Token string
	Args          map[string]string // structures as JSON
}

// Calls lists what the app asked for, oldest first.
func (s *Server) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Call
	for _, c := range s.calls {
		if method == "" || c.Method == method {
			out = append(out, c)
		}
	}
	return out
}

// maxCalls bounds the record of calls.
const maxCalls = 10000

type reply map[string]any

func refuse(code string) reply { return reply{"ok": false, "error": code} }

func (s *Server) api(w http.ResponseWriter, r *http.Request) {
	c := Call{Method: r.PathValue("method")}
	var err error
	if c.Args, err = arguments(r); err != nil {
		answer(w, refuse("invalid_json"))
		return
	}
	c.Token = strings.TrimSpace(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer"))
	if c.Token == "" {
		c.Token = c.Args["token"]
	}
	delete(c.Args, "token")
	f := s.note(c)
	switch {
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Status != 0:
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds())))
		}
		w.WriteHeader(f.Status)
		return
	case f.Error != "":
		out := refuse(f.Error)
		if f.Needed != "" {
			out["needed"] = f.Needed
		}
		answer(w, out)
		return
	}
	out := s.call(c)
	if f.Lost {
		panic(http.ErrAbortHandler)
	}
	if wait, ok := out["retry_after"].(string); ok {
		w.Header().Set("Retry-After", wait)
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	if s.Scopes != "" {
		w.Header().Set("X-OAuth-Scopes", s.Scopes)
	}
	answer(w, out)
}

func answer(w http.ResponseWriter, out reply) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(out)
}

// note records c and takes the fault meant for it.
func (s *Server) note(c Call) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.calls) >= maxCalls {
		s.calls = s.calls[maxCalls/2:]
	}
	s.calls = append(s.calls, c)
	s.touch()
	fs := s.faults[c.Method]
	if len(fs) == 0 {
		return Fault{}
	}
	s.faults[c.Method] = fs[1:]
	return fs[0]
}

// arguments reads a form, a query or JSON: Slack takes all three.
func arguments(r *http.Request) (map[string]string, error) {
	args := map[string]string{}
	body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	if err != nil {
		return nil, err
	}
	add := func(vs url.Values) {
		for k, v := range vs {
			args[k] = v[0]
		}
	}
	add(r.URL.Query())
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		var m map[string]json.RawMessage
		if len(body) > 0 && json.Unmarshal(body, &m) != nil {
			return nil, http.ErrNotSupported
		}
		for k, v := range m {
			var str string
			if json.Unmarshal(v, &str) != nil {
				str = string(v)
			}
			args[k] = str
		}
		return args, nil
	}
	vs, err := url.ParseQuery(string(body))
	add(vs)
	return args, err
}

// call does what c asks for.
func (s *Server) call(c Call) reply {
	want := s.BotToken
	if c.Method == "apps.connections.open" {
		want = s.AppToken
	}
	switch c.Token {
	case want:
	case "":
		return refuse("not_authed")
	case s.BotToken, s.AppToken:
		return refuse("not_allowed_token_type")
	default:
		return refuse("invalid_auth")
	}
	do, ok := map[string]func(map[string]string) reply{
		"auth.test": s.authTest, "users.info": s.usersInfo, "apps.connections.open": s.connectionsOpen,
		"conversations.info": s.conversationsInfo, "conversations.open": s.conversationsOpen,
		"conversations.replies": s.conversationsReplies, "views.open": s.viewsOpen,
		"chat.postMessage": s.postMessage, "chat.postEphemeral": s.postEphemeral,
		"chat.update": s.update, "chat.delete": s.delete,
		"reactions.add": s.reactionsAdd, "reactions.remove": s.reactionsRemove,
	}[c.Method]
	if !ok {
		return refuse("unknown_method")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := do(c.Args)
	s.touch()
	return out
}

func (s *Server) authTest(map[string]string) reply {
	return reply{"ok": true, "url": "https://sim.slack.com/", "team": "sim", "user": s.BotName, "team_id": TeamID,
		"user_id": BotUser, "bot_id": BotID, "is_enterprise_install": false}
}

func (s *Server) usersInfo(a map[string]string) reply {
	p := s.people[a["user"]]
	if p == nil {
		return refuse("user_not_found")
	}
	u := reply{"id": p.ID, "team_id": TeamID, "name": strings.ToLower(p.Name), "real_name": p.Name, "deleted": false,
		"is_bot": p.bot, "profile": reply{"real_name": p.Name, "display_name": p.Name}}
	if a["include_locale"] == "true" || a["include_locale"] == "1" {
		u["locale"] = p.Locale
	}
	return reply{"ok": true, "user": u}
}
