package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"
	"unicode/utf8"

	"frontdesk/core"
)

// How long tokens live. A refreshed one starts over; a proven identity has to be
// proven anew after maxProof, however often it was refreshed, since tokens are
// not stored and so cannot be revoked.
const (
	visitorLife  = 30 * 24 * time.Hour
	verifiedLife = 24 * time.Hour
	maxProof     = 30 * 24 * time.Hour
)

// The longest fields of a user, in bytes: 254 is an address's limit (RFC 5321).
const (
	maxUserID = 128
	maxName   = 128
	maxEmail  = 254
)

type sessionBody struct {
	User *visitor `json:"user"`
}

type sessionAnswer struct {
	Token        string              `json:"token"`
	Conversation core.ConversationID `json:"conversation_id"`
	Expires      time.Time           `json:"expires"`
}

// begin serves POST /sessions. A visitor costs nothing until the first message.
func (c *Channel) begin(w http.ResponseWriter, r *http.Request) {
	user, no := c.readUser(w, r)
	if no != nil {
		no.write(w)
		return
	}
	s := session{conv: core.ConversationID(core.NewID(c.s.Now())), user: user}
	if no := c.prove(r.Context(), &s); no != nil {
		no.write(w)
		return
	}
	c.grant(w, r, http.StatusCreated, s)
}

// identify serves POST /identify: a visitor signs in or tells their name. With
// a hash they move to their own conversation; without, they stay in this one,
// which then carries the name they claim.
func (c *Channel) identify(w http.ResponseWriter, r *http.Request) {
	s, ok := c.bearer(w, r)
	if !ok {
		return
	}
	user, no := c.readUser(w, r)
	switch {
	case no != nil:
	case user == visitor{}:
		no = bad(`want {"user":{"id":…}}`)
	case s.level == core.Verified && user.Hash == "":
		no = &refusal{http.StatusForbidden, "a verified session changes only with a hash"}
	default:
		s.user, s.began = user, 0
		no = c.prove(r.Context(), &s)
	}
	if no != nil {
		no.write(w)
		return
	}
	c.grant(w, r, http.StatusOK, s)
}

// refresh serves POST /sessions/refresh.
func (c *Channel) refresh(w http.ResponseWriter, r *http.Request) {
	if s, ok := c.bearer(w, r); ok {
		c.grant(w, r, http.StatusOK, s)
	}
}

// prove sets the level s.user deserves, and for a proven one the conversation.
func (c *Channel) prove(ctx context.Context, s *session) *refusal {
	hash := s.user.Hash
	s.user.Hash = ""
	if hash == "" {
		if s.user != (visitor{}) {
			s.level = core.Claimed
		}
		return nil
	}
	if !c.vouched(s.user.ID, hash) {
		return &refusal{http.StatusForbidden, "the user's hash is wrong: want hex HMAC-SHA256 of the id with the channel's identity_secret"}
	}
	s.level = core.Verified
	conv, err := c.s.Gateway.Locate(ctx, core.Envelope{Workspace: c.s.Workspace, Channel: c.s.ID, Bot: c.s.Bot,
		Address: s.address(), Contact: s.contact(), Pull: true})
	if err != nil {
		return c.refuse(ctx, "find a user's conversation", err)
	}
	s.conv = conv
	return nil
}

// vouched reports whether the embedding site signed id. Without a secret nobody
// can have: it fails closed.
func (c *Channel) vouched(id, hash string) bool {
	given, err := hex.DecodeString(hash)
	if err != nil || c.c.IdentitySecret == "" || id == "" {
		return false
	}
	m := hmac.New(sha256.New, []byte(c.c.IdentitySecret))
	_, _ = m.Write([]byte(id))
	return hmac.Equal(given, m.Sum(nil))
}

// grant answers with a token for s that lives as long as its level may.
func (c *Channel) grant(w http.ResponseWriter, r *http.Request, status int, s session) {
	now := c.s.Now()
	if s.began == 0 {
		s.began = now.Unix()
	}
	until := now.Add(visitorLife)
	if s.level == core.Verified {
		until = now.Add(verifiedLife)
		if last := time.Unix(s.began, 0).Add(maxProof); until.After(last) {
			until = last
		}
	}
	s.expires = until.Unix()
	token, err := c.tokens.seal(r.Context(), s)
	if err != nil {
		c.trouble(r.Context(), "sign a token", err).write(w)
		return
	}
	answer(w, status, sessionAnswer{token, s.conv, time.Unix(s.expires, 0).UTC()})
}

// readUser reads an optional body; none is an anonymous visitor.
func (c *Channel) readUser(w http.ResponseWriter, r *http.Request) (visitor, *refusal) {
	raw, no := c.body(w, r)
	if no != nil {
		return visitor{}, no
	}
	var b sessionBody
	if len(raw) > 0 {
		if no := strict(raw, &b, `want {"user":{"id","name","email","hash"}}, all optional strings`); no != nil {
			return visitor{}, no
		}
	}
	if b.User == nil {
		return visitor{}, nil
	}
	u := *b.User
	for _, f := range []struct {
		name, text string
		most       int
	}{{"id", u.ID, maxUserID}, {"name", u.Name, maxName}, {"email", u.Email, maxEmail}, {"hash", u.Hash, 2 * sha256.Size}} {
		if len(f.text) > f.most || !printable(f.text) {
			return visitor{}, bad("user." + f.name + " is too long or has control characters")
		}
	}
	return u, nil
}

// printable reports whether s is valid UTF-8 without control characters.
func printable(s string) bool {
	for _, r := range s {
		if r < ' ' || r == 0x7f {
			return false
		}
	}
	return utf8.ValidString(s)
}
