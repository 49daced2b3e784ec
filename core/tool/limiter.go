package tool

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"
)

// How many wrong attempts at the facts of a Matched tool there may be.
const (
	DefaultAttempts = 5         // in a conversation
	keyAttempts     = 10        // at one key, whoever makes them
	window          = time.Hour // over which they count
)

// places is how many counters there are of each kind. Two keys that share one
// share their attempts: the limit then comes early, never late.
const places = 1 << 14

// limiter counts wrong attempts, in bounded memory. A key that exists counts
// like one that does not. Safe for concurrent use.
type limiter struct {
	secret []byte
	mu     sync.Mutex
	counts [2][places]count
}

type count struct {
	since time.Time
	n     int
}

func newLimiter() *limiter {
	l := &limiter{secret: make([]byte, 32)}
	_, _ = rand.Read(l.secret) // it never fails
	return l
}

// place is where s is counted: nobody outside knows which others are.
func (l *limiter) place(s string) int {
	m := hmac.New(sha256.New, l.secret)
	m.Write([]byte(s))
	return int(binary.BigEndian.Uint32(m.Sum(nil)) % places)
}

// of are the names that an attempt counts under.
func (c *checker) of(cu Customer, args map[string]any) (conversation, key string) {
	v, _ := args[c.Facts[0]].(string)
	return c.Name + "\x00" + cu.Conversation, c.Name + "\x00" + Canonical(v)
}

func (l *limiter) allows(c *checker, cu Customer, args map[string]any, now time.Time) bool {
	conversation, key := c.of(cu, args)
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.at(0, conversation, now).n < c.Attempts && l.at(1, key, now).n < keyAttempts
}

func (l *limiter) missed(c *checker, cu Customer, args map[string]any, now time.Time) {
	conversation, key := c.of(cu, args)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at(0, conversation, now).n++
	l.at(1, key, now).n++
}

// take counts one of n an hour for a conversation, and of keyAttempts for a key;
// false if there is none left.
func (l *limiter) take(name, conversation, key string, n int, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, b := l.at(0, name+"\x00"+conversation, now), l.at(1, name+"\x00"+key, now)
	if a.n >= n || b.n >= keyAttempts {
		return false
	}
	a.n++
	b.n++
	return true
}

// at is the counter of s, begun anew after the window.
func (l *limiter) at(kind int, s string, now time.Time) *count {
	c := &l.counts[kind][l.place(s)]
	if now.Sub(c.since) >= window || now.Before(c.since) {
		*c = count{since: now}
	}
	return c
}
