// Package wechat plays WeChat from the outside: customers of one Official
// Account who write, and the platform between them and the account.
//
// It signs and encrypts what customers do and delivers it to the account's
// webhook, up to three times, 5 seconds apart, until a complete 2xx arrives in
// time; it serves the part of the platform's API an account answers with, with
// its quotas and error codes; and it shows what each customer would see. Its
// cryptography is its own, so that it checks the channel's.
package wechat

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// The encryption modes of an account.
const (
	Plain      = "plain"
	Compatible = "compatible" // plaintext and ciphertext in one document
	AES        = "aes"
)

// Options describe the account and the world it lives in.
type Options struct {
	Webhook   string // URL of the account's webhook
	Token     string
	AESKey    string // 43 characters; needed unless Mode is Plain
	AppID     string
	AppSecret string
	Account   string // the account's own id; "gh_frontdesk" if empty
	Mode      string // Plain, Compatible or AES; AES if empty and there is a key, else Plain
	Verified  bool   // the account may send customer-service messages

	HTTP  *http.Client // calls the webhook; it must not follow a timeout of its own
	Clock Clock        // the real one if nil
}

// Clock is time, injected for tests.
type Clock interface {
	Now() time.Time
	// After returns a channel that has a value after d; stop frees it.
	After(d time.Duration) (c <-chan time.Time, stop func())
}

type realClock struct{}

// Now implements Clock.
func (realClock) Now() time.Time { return time.Now() }

// After implements Clock.
func (realClock) After(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}

// Server is the simulated platform. Safe for concurrent use.
type Server struct {
	opt Options
	key []byte

	ctx  context.Context
	stop context.CancelFunc
	wg   sync.WaitGroup

	mu     sync.Mutex
	closed bool
	lastID int64
	lines  map[string][]Line
	users  map[string]*user
	tokens tokens
	faults map[string][]int // by path: codes still to be answered with
	calls  map[string]int
}

// New makes a platform with one account. Close it after use.
func New(o Options) (*Server, error) {
	if o.Account == "" {
		o.Account = "gh_frontdesk"
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, Proxy: nil}}
	}
	if o.Clock == nil {
		o.Clock = realClock{}
	}
	if o.Mode == "" && o.AESKey == "" {
		o.Mode = Plain
	} else if o.Mode == "" {
		o.Mode = AES
	}
	s := &Server{opt: o, lines: map[string][]Line{}, users: map[string]*user{},
		faults: map[string][]int{}, calls: map[string]int{}, lastID: 24000000000000000}
	if o.Mode != Plain {
		key, err := base64.StdEncoding.DecodeString(o.AESKey + "=")
		if err != nil || len(key) != 32 {
			return nil, errors.New("the AES key has 43 characters of base64")
		}
		s.key = key
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s, nil
}

// Close ends all deliveries and waits for them.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.wg.Wait()
}

// Wait returns when no delivery is under way.
func (s *Server) Wait() { s.wg.Wait() }

// Line is one thing a customer sees in the chat.
type Line struct {
	At   time.Time `json:"at"`
	From string    `json:"from"`          // FromUser, FromAccount or FromPlatform
	Via  string    `json:"via,omitempty"` // of the account's: ViaPassive or ViaCustom
	Text string    `json:"text"`
	ID   string    `json:"id,omitempty"` // of the message it is or, passively, answers
	// Attempt is which delivery of the message was answered with it, from 1.
	Attempt int `json:"attempt,omitempty"`
}

// The values of Line.From and Line.Via.
const (
	FromUser     = "user"
	FromAccount  = "account"
	FromPlatform = "platform" // a notice in grey
	ViaPassive   = "passive"  // the reply to a call of the webhook
	ViaCustom    = "custom"   // a customer-service message
)

// Unavailable is the notice a customer sees when the account does not answer.
const Unavailable = "该公众号提供的服务出现故障，请稍后再试"

// Transcript is what the customer sees, oldest first.
func (s *Server) Transcript(openid string) []Line {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Line(nil), s.lines[openid]...)
}

// show adds a line to a customer's chat.
func (s *Server) show(openid string, l Line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.At = s.opt.Clock.Now()
	s.lines[openid] = append(s.lines[openid], l)
}

// nextID is a MsgId: they grow.
func (s *Server) nextID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastID++
	return strconv.FormatInt(s.lastID, 10)
}

// begin counts a delivery in, unless the server is closed.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.wg.Add(1)
	return true
}
