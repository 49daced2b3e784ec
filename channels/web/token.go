package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"strings"
	"sync"
	"time"

	"frontdesk/channels"
	"frontdesk/core"
)

// session is who holds a token: all the gateway knows of a visitor.
type session struct {
	conv    core.ConversationID
	level   core.Level
	user    visitor
	began   int64 // Unix seconds of the first token of its line
	expires int64 // Unix seconds
}

// visitor is a user as the embedding page names them.
type visitor struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Hash  string `json:"hash"`
}

// address is the chat's name: a proven user has one chat on all devices.
func (s session) address() string {
	if s.level == core.Verified {
		return "user:" + s.user.ID
	}
	return string(s.conv)
}

func (s session) contact() core.Contact {
	return core.Contact{Native: s.user.ID, Name: s.user.Name, Email: s.user.Email, Level: s.level}
}

// A token is prefix + base64url(version, level, times, strings, HMAC-SHA256).
// The prefix lets scanners recognise one that leaked.
const (
	tokenPrefix  = "fdw_"
	tokenVersion = 1
	maxToken     = 2048 // characters; the fields' limits keep real ones below
)

// encoding gives a token one spelling. Even a strict decoder skips line ends,
// which open refuses.
var encoding = base64.RawURLEncoding.Strict()

var (
	errToken   = errors.New("token is not valid")
	errExpired = errors.New("token has expired")
)

var levels = [...]core.Level{core.Anonymous, core.Claimed, core.Verified}

// signer seals and opens tokens. Its key is read at first use, since Open must
// not touch the store; until that works every caller gets an error.
type signer struct {
	s    channels.Settings
	mu   sync.Mutex
	macs *sync.Pool
}

// pool returns the keyed hashes, reading the secret if that was not done yet.
// The key is bound to the workspace and the channel: a token of one is noise to
// another, though the stored secret is shared.
func (g *signer) pool(ctx context.Context) (*sync.Pool, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.macs != nil {
		return g.macs, nil
	}
	secret, err := g.s.Secret(ctx, "web-session", 32)
	if err != nil {
		return nil, fmt.Errorf("read the session secret: %w", err)
	}
	m := hmac.New(sha256.New, secret)
	_, _ = m.Write([]byte(string(g.s.Workspace) + "\x00" + g.s.ID))
	key := m.Sum(nil)
	g.macs = &sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}
	return g.macs, nil
}

func (g *signer) sum(p *sync.Pool, payload []byte, into []byte) []byte {
	m := p.Get().(hash.Hash)
	defer p.Put(m)
	m.Reset()
	_, _ = m.Write(payload)
	return m.Sum(into)
}

// seal writes s as a token.
func (g *signer) seal(ctx context.Context, s session) (string, error) {
	p, err := g.pool(ctx)
	if err != nil {
		return "", err
	}
	b := []byte{tokenVersion, byte(rank(s.level))}
	b = binary.AppendUvarint(b, uint64(s.began))
	b = binary.AppendUvarint(b, uint64(s.expires))
	for _, f := range []string{string(s.conv), s.user.ID, s.user.Name, s.user.Email} {
		b = binary.AppendUvarint(b, uint64(len(f)))
		b = append(b, f...)
	}
	return tokenPrefix + encoding.EncodeToString(g.sum(p, b, b)), nil
}

// open returns whose token it is: errToken, errExpired, or the key's own trouble.
func (g *signer) open(ctx context.Context, token string, now time.Time) (session, error) {
	p, err := g.pool(ctx)
	if err != nil {
		return session{}, err
	}
	enc, ok := strings.CutPrefix(token, tokenPrefix)
	if !ok || len(token) > maxToken {
		return session{}, errToken
	}
	raw, err := encoding.DecodeString(enc)
	if err != nil || strings.ContainsAny(enc, "\r\n") || len(raw) <= sha256.Size {
		return session{}, errToken
	}
	payload, mac := raw[:len(raw)-sha256.Size], raw[len(raw)-sha256.Size:]
	var sum [sha256.Size]byte
	if !hmac.Equal(mac, g.sum(p, payload, sum[:0])) {
		return session{}, errToken
	}
	s, err := parseSession(payload)
	if err == nil && now.Unix() >= s.expires {
		err = errExpired
	}
	return s, err
}

// parseSession reads a payload whose signature held.
func parseSession(b []byte) (session, error) {
	if len(b) < 2 || b[0] != tokenVersion || int(b[1]) >= len(levels) {
		return session{}, errToken
	}
	s, f := session{level: levels[b[1]]}, fields{b: b[2:]}
	s.began, s.expires = int64(f.number()), int64(f.number())
	s.conv = core.ConversationID(f.text())
	s.user.ID, s.user.Name, s.user.Email = f.text(), f.text(), f.text()
	if f.bad || len(f.b) > 0 || s.conv == "" {
		return session{}, errToken
	}
	return s, nil
}

func rank(l core.Level) int {
	for i, x := range levels {
		if x == l {
			return i
		}
	}
	return 0
}

// fields reads a payload; bad is set once it turned out too short.
type fields struct {
	b   []byte
	bad bool
}

func (f *fields) number() uint64 {
	v, n := binary.Uvarint(f.b)
	if n <= 0 {
		f.bad, f.b = true, nil
		return 0
	}
	f.b = f.b[n:]
	return v
}

func (f *fields) text() string {
	n := f.number()
	if n > uint64(len(f.b)) {
		f.bad, f.b = true, nil
		return ""
	}
	s := string(f.b[:n])
	f.b = f.b[n:]
	return s
}
