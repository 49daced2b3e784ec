package tool

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"

	"frontdesk/core"
)

// Sender delivers a one-time code, by SMS or e-mail. Errors hold no code. Safe
// for concurrent use.
type Sender interface {
	Send(ctx context.Context, to, code string, c Call) error
}

// Code is a one-time code: its two tools send one to an address the customer
// gives, and check what they type. Whoever types it right has proven, for a
// while and in that conversation, that the address is theirs; tools whose Spec
// names it in Proven get the address from there and from nowhere else.
type Code struct {
	Name   string // its tools are NAME_send and NAME_check
	Arg    string // of the address: "phone"
	Calls  core.Calls
	Sender Sender
	limit  *limiter
}

const (
	codeDigits = 6
	codeLife   = 10 * time.Minute // of a code
	proofLife  = 30 * time.Minute // of what it proved
	codeTries  = 5                // at one code
	codeSends  = 3                // an hour, in a conversation
)

// codeState is kept under the code's key; Digest is the code's.
type codeState struct {
	To     string    `json:"to"`
	Until  time.Time `json:"until"`
	Tries  int       `json:"tries"`
	Proven bool      `json:"proven"`
}

// NewCode makes a code.
func NewCode(c Code) (*Code, error) {
	if !named.MatchString(c.Name + "_check") {
		return nil, core.Invalid("code %q: use letters, digits, \"_\" and \"-\" as its name", c.Name)
	}
	if c.Arg == "" || c.Sender == nil {
		return nil, core.Invalid("code %q: needs the argument with the address, and an action that sends", c.Name)
	}
	c.limit = newLimiter()
	return &c, nil
}

// Tools are its two tools. Neither is for models: a code is asked for by a flow.
func (c *Code) Tools() []Tool { return []Tool{codeSend{c}, codeCheck{c}} }

func (c *Code) key(conversation string) string { return "code/" + conversation + "/" + c.Name }

// digest binds a code to its conversation: that of another proves nothing.
func (c *Code) digest(conversation, code string) []byte {
	sum := sha256.Sum256([]byte(c.key(conversation) + "\x00" + code))
	return sum[:]
}

func (c *Code) spec(verb, arg string, max int) Spec {
	no := false
	schema, _ := json.Marshal(map[string]any{"type": "object", "required": []string{arg}, // strings and numbers: it cannot fail
		"properties": map[string]any{arg: map[string]any{"type": "string", "minLength": 3, "maxLength": max}}})
	return Spec{Name: c.Name + "_" + verb, Schema: schema, Identity: Anonymous, Writes: true, Repeats: true, Models: &no, Results: []string{}}
}

type codeSend struct{ *Code }

// Spec implements Tool.
func (s codeSend) Spec() Spec { return s.spec("send", s.Arg, 254) }

// Call implements Tool: a new code replaces the one before.
func (s codeSend) Call(ctx context.Context, c Call) (Result, error) {
	to, _ := c.Args[s.Arg].(string)
	to = strings.TrimSpace(to)
	if !s.limit.take(s.Name, c.Customer.Conversation, Canonical(to), codeSends, c.Now) {
		return Result{}, ErrTooOften
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return Result{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	code := fmt.Sprintf("%0*d", codeDigits, n)
	if err := s.store(ctx, c, s.digest(c.Customer.Conversation, code), codeState{To: to, Until: c.Now.Add(codeLife)}); err != nil {
		return Result{}, err
	}
	if err := s.Sender.Send(ctx, to, code, c); err != nil {
		return Result{}, err
	}
	return Result{}, nil
}

// store replaces what is kept.
func (c *Code) store(ctx context.Context, call Call, digest []byte, st codeState) error {
	key := c.key(call.Customer.Conversation)
	b, err := json.Marshal(st)
	if err == nil {
		_, err = c.Calls.BeginCall(ctx, key, digest, call.Now)
	}
	if err == nil {
		err = c.Calls.EndCall(ctx, key, digest, b)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return nil
}

type codeCheck struct{ *Code }

// Spec implements Tool.
func (k codeCheck) Spec() Spec { return k.spec("check", "code", 32) }

// Call implements Tool. A code that was right stays right: a turn may be run
// again.
func (k codeCheck) Call(ctx context.Context, c Call) (Result, error) {
	st, digest, err := readCode(ctx, k.Calls, k.key(c.Customer.Conversation), c.Now)
	if err != nil {
		return Result{}, err
	}
	if st == nil || c.Now.After(st.Until) {
		return Result{}, ErrNoMatch
	}
	if st.Tries >= codeTries {
		return Result{}, ErrTooOften
	}
	typed, _ := c.Args["code"].(string)
	if subtle.ConstantTimeCompare(digest, k.digest(c.Customer.Conversation, Canonical(typed))) != 1 {
		st.Tries++
		if err := k.store(ctx, c, digest, *st); err != nil {
			return Result{}, err
		}
		return Result{}, ErrNoMatch
	}
	if !st.Proven {
		st.Proven, st.Until = true, c.Now.Add(proofLife)
	}
	return Result{}, k.store(ctx, c, digest, *st)
}

// readCode is what is kept under key, nil if nothing.
func readCode(ctx context.Context, calls core.Calls, key string, now time.Time) (*codeState, []byte, error) {
	was, err := calls.BeginCall(ctx, key, nil, now)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if was == nil || was.Result == nil {
		return nil, nil, calls.DropCall(ctx, key) // reading leaves nothing behind
	}
	var st codeState
	if err := json.Unmarshal(was.Result, &st); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return &st, was.Digest, nil
}

// proven is the address that the code name proved in t's conversation; an
// ErrIdentity if there is none.
func (s *Set) proven(ctx context.Context, t *core.Turn, name string) (string, error) {
	st, _, err := readCode(ctx, s.calls, "code/"+string(t.Work.Turn.Conversation)+"/"+name, t.Now())
	switch {
	case err != nil:
		return "", err
	case st == nil || !st.Proven || t.Now().After(st.Until):
		return "", ErrIdentity
	}
	return st.To, nil
}
