package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"

	"frontdesk/core"
)

// Cost is what one argon2id hash takes.
type Cost struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// DefaultCost is the OWASP Password Storage Cheat Sheet's first choice for
// servers short of memory: 19 MiB, two passes, one lane.
var DefaultCost = Cost{Memory: 19 * 1024, Passes: 2, Threads: 1}

// The largest stored hash that is computed at all: whoever can write to the
// database must not be able to stop the server with one row.
const (
	maxMemory  = 256 * 1024 // KiB
	maxPasses  = 16
	maxThreads = 8
	saltBytes  = 16 // RFC 9106 section 3.1
	keyBytes   = 32
	maxWaiting = 64 // sign-ins in line for a hasher; the next is told to try again
)

// hasher makes and compares hashes, few at a time: each takes Cost.Memory, so
// a flood of sign-ins would otherwise take all there is.
type hasher struct {
	cost  Cost
	turns chan struct{} // running
	line  chan struct{} // running and waiting
	dummy string        // of no password, for names nobody has
	key   func(c Cost, password string, salt []byte, n uint32) []byte
}

func newHasher(c Cost) *hasher {
	h := &hasher{cost: c, turns: make(chan struct{}, min(4, runtime.GOMAXPROCS(0))), line: make(chan struct{}, maxWaiting), key: Cost.key}
	h.dummy = encode(c, random(saltBytes), random(keyBytes))
	return h
}

// enter waits for a turn; core.ErrBusy if too many wait already.
func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.line <- struct{}{}:
	default:
		return nil, core.ErrBusy
	}
	select {
	case h.turns <- struct{}{}:
		return func() { <-h.turns; <-h.line }, nil
	case <-ctx.Done():
		<-h.line
		return nil, ctx.Err()
	}
}

// hash returns password's hash in PHC string format.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	salt := random(saltBytes)
	return encode(h.cost, salt, h.key(h.cost, password, salt, keyBytes)), nil
}

// verify reports whether password has this hash, and whether the hash is of
// another cost than today's. An empty hash takes as long as a wrong password.
func (h *hasher) verify(ctx context.Context, hash, password string) (ok, outdated bool, err error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, false, err
	}
	defer leave()
	if hash == "" {
		hash = h.dummy // nothing matches it
	}
	c, salt, want, err := decode(hash)
	if err != nil {
		return false, false, err
	}
	got := h.key(c, password, salt, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, c != h.cost, nil
}

func (c Cost) key(password string, salt []byte, n uint32) []byte {
	return argon2.IDKey([]byte(password), salt, c.Passes, c.Memory, c.Threads, n)
}

// encode writes the PHC string: $argon2id$v=19$m=…,t=…,p=…$salt$key.
func encode(c Cost, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Passes, c.Threads,
		b64.EncodeToString(salt), b64.EncodeToString(key))
}

// decode reads what encode wrote, and refuses anything else. Errors hold no
// part of the hash.
func decode(s string) (c Cost, salt, key []byte, err error) {
	f := strings.Split(s, "$")
	if len(f) != 6 || f[0] != "" || f[1] != "argon2id" || f[2] != "v="+strconv.Itoa(argon2.Version) {
		return c, nil, nil, fmt.Errorf("stored password: not an argon2id version %d hash", argon2.Version)
	}
	if c, err = decodeCost(f[3]); err != nil {
		return c, nil, nil, err
	}
	if salt, err = base64.RawStdEncoding.Strict().DecodeString(f[4]); err != nil || len(salt) < 8 {
		return c, nil, nil, fmt.Errorf("stored password: bad salt")
	}
	if key, err = base64.RawStdEncoding.Strict().DecodeString(f[5]); err != nil || len(key) < 16 || len(key) > 128 {
		return c, nil, nil, fmt.Errorf("stored password: bad key")
	}
	return c, salt, key, nil
}

func decodeCost(s string) (Cost, error) {
	var n [3]uint64
	ps := strings.Split(s, ",")
	if len(ps) != 3 {
		return Cost{}, fmt.Errorf("stored password: bad parameters")
	}
	for i, name := range []string{"m=", "t=", "p="} {
		v, ok := strings.CutPrefix(ps[i], name)
		x, err := strconv.ParseUint(v, 10, 32)
		if !ok || err != nil {
			return Cost{}, fmt.Errorf("stored password: bad parameters")
		}
		n[i] = x
	}
	if n[0] < 8 || n[0] > maxMemory || n[1] < 1 || n[1] > maxPasses || n[2] < 1 || n[2] > maxThreads {
		return Cost{}, fmt.Errorf("stored password: parameters out of range")
	}
	return Cost{uint32(n[0]), uint32(n[1]), uint8(n[2])}, nil
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails; it would end the program instead
	return b
}
