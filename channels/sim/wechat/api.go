package wechat

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// The API's paths and error codes.
const (
	StablePath = "/cgi-bin/stable_token"
	ClassPath  = "/cgi-bin/token"
	SendPath   = "/cgi-bin/message/custom/send"
	StaffPath  = "/cgi-bin/customservice/getkflist"

	codeBadToken   = 40001
	codeBadOpenID  = 40003
	codeBadAppID   = 40013
	codeBadSecret  = 40125
	codeExpired    = 42001
	codeTooLong    = 45002
	codeOutside    = 45015
	codeTooMany    = 45047
	codeBadJSON    = 47001
	codeNotGranted = 48001
)

// lifetime is how long an access token is good.
const lifetime = 2 * time.Hour

// tokens are the account's two, which do not know each other.
type tokens struct {
	stable, classic string
	until           time.Time // of the stable one
}

// Handler is the API side: what api.weixin.qq.com is to an account.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+StablePath, s.stableToken)
	mux.HandleFunc("GET "+ClassPath, s.classicToken)
	mux.HandleFunc("POST "+SendPath, s.counted(SendPath, s.send))
	mux.HandleFunc("GET "+StaffPath, s.counted(StaffPath, s.staff))
	return mux
}

// Refuse makes the next calls of path fail with these codes, one each.
func (s *Server) Refuse(path string, codes ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[path] = append(s.faults[path], codes...)
}

// Revoke makes the current access token useless, as a reset of the secret does.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = tokens{}
}

// Calls counts the calls of path.
func (s *Server) Calls(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[path]
}

// SetVerified lets the account send customer-service messages, or not.
func (s *Server) SetVerified(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.Verified = yes
}

// fault is the code the call is to fail with, 0 for none. s.mu is held.
func (s *Server) fault(path string) int {
	s.calls[path]++
	if fs := s.faults[path]; len(fs) > 0 {
		s.faults[path] = fs[1:]
		return fs[0]
	}
	return 0
}

// counted wraps the calls that need a token.
func (s *Server) counted(path string, next func(*http.Request) (code int)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		code := s.fault(path)
		if code == 0 {
			code = s.tokenCode(r.URL.Query().Get("access_token"))
		}
		s.mu.Unlock()
		if code == 0 {
			code = next(r)
		}
		answerCode(w, code)
	}
}

func (s *Server) tokenCode(t string) int {
	switch {
	case t == "":
		return codeBadToken
	case t == s.tokens.stable && s.opt.Clock.Now().Before(s.tokens.until), t == s.tokens.classic:
		return 0
	case t == s.tokens.stable:
		return codeExpired
	}
	return codeBadToken
}

func (s *Server) stableToken(w http.ResponseWriter, r *http.Request) {
	var in struct {
		GrantType    string `json:"grant_type"`
		AppID        string `json:"appid"`
		Secret       string `json:"secret"`
		ForceRefresh bool   `json:"force_refresh"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&in); err != nil {
		answerCode(w, codeBadJSON)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	code := s.fault(StablePath)
	if code == 0 {
		code = s.credentials(in.AppID, in.Secret)
	}
	if code != 0 {
		answerCode(w, code)
		return
	}
	now := s.opt.Clock.Now()
	if s.tokens.stable == "" || in.ForceRefresh || !now.Before(s.tokens.until) {
		s.tokens.stable, s.tokens.until = "stable-"+rand.Text(), now.Add(lifetime)
	}
	answerToken(w, s.tokens.stable, s.tokens.until.Sub(now))
}

// classicToken makes a new token each time, and the one before useless: what
// several replicas must not use.
func (s *Server) classicToken(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	s.mu.Lock()
	defer s.mu.Unlock()
	if code := s.credentials(q.Get("appid"), q.Get("secret")); code != 0 {
		answerCode(w, code)
		return
	}
	s.calls[ClassPath]++
	s.tokens.classic = "classic-" + rand.Text()
	answerToken(w, s.tokens.classic, lifetime)
}

func (s *Server) credentials(appID, secret string) int {
	switch {
	case appID != s.opt.AppID:
		return codeBadAppID
	case secret != s.opt.AppSecret:
		return codeBadSecret
	}
	return 0
}

// outgoing is a customer-service message.
type outgoing struct {
	ToUser  string `json:"touser"`
	MsgType string `json:"msgtype"`
	Text    struct {
		Content string `json:"content"`
	} `json:"text"`
	Menu struct {
		Head string `json:"head_content"`
		List []struct {
			ID      string `json:"id"`
			Content string `json:"content"`
		} `json:"list"`
		Tail string `json:"tail_content"`
	} `json:"msgmenu"`
}

// text is what the customer sees of m.
func (m outgoing) text() string {
	if m.MsgType != "msgmenu" {
		return m.Text.Content
	}
	lines := []string{m.Menu.Head}
	for _, e := range m.Menu.List {
		lines = append(lines, fmt.Sprintf("[%s] %s", e.ID, e.Content))
	}
	return strings.TrimSpace(strings.Join(append(lines, m.Menu.Tail), "\n"))
}

// send is a customer-service message going to a customer.
func (s *Server) send(r *http.Request) int {
	var m outgoing
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20)).Decode(&m); err != nil || m.text() == "" {
		return codeBadJSON
	}
	if len(m.text()) >= maxText {
		return codeTooLong
	}
	s.mu.Lock()
	code := codeNotGranted
	if s.opt.Verified {
		code = s.spend(m.ToUser, s.opt.Clock.Now())
	}
	s.mu.Unlock()
	if code == 0 {
		s.show(m.ToUser, Line{From: FromAccount, Via: ViaCustom, Text: m.text()})
	}
	return code
}

// staff lists nobody, to whom may ask.
func (s *Server) staff(*http.Request) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.opt.Verified {
		return codeNotGranted
	}
	return 0
}

func answerCode(w http.ResponseWriter, code int) {
	msg := "ok"
	if code != 0 {
		msg = fmt.Sprintf("refused by the platform rid: %s", strings.ToLower(rand.Text()[:8]))
	}
	answerJSON(w, map[string]any{"errcode": code, "errmsg": msg})
}

func answerToken(w http.ResponseWriter, token string, d time.Duration) {
	answerJSON(w, map[string]any{"access_token": token, "expires_in": int(d.Seconds())})
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; encoding=utf-8")
	_ = json.NewEncoder(w).Encode(v) // the account is gone, or it is not
}
