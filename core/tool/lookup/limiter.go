package lookup

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"
)

// Limits bound wrong attempts.
type Limits struct {
	Conversation int           // wrong attempts in a conversation; 0 is 5
	Key          int           // wrong attempts at one key, whoever makes them; 0 is 10
	Window       time.Duration // they are counted over; 0 is an hour
}

// places is how many counters there are of each kind. Two keys that share one
// share their attempts: the limit then comes early, never late.
const places = 1 << 14

// limiter counts wrong attempts, in bounded memory. A key that exists counts
// like one that does not. Safe for concurrent use.
type limiter struct {
	Limits
	secret []byte
	mu     sync.Mutex
	counts [2][places]count
}

type count struct {
	since time.Time
	n     int
}

func newLimiter(l Limits, secret []byte) *limiter {
	l.Conversation, l.Key, l.Window = cmp.Or(l.Conversation, 5), cmp.Or(l.Key, 10), cmp.Or(l.Window, time.Hour)
	return &limiter{Limits: l, secret: secret}
}

// place is where s is counted: nobody outside knows which others are.
func (l *limiter) place(s string) int {
	m := hmac.New(sha256.New, l.secret)
	m.Write([]byte(s))
	return int(binary.BigEndian.Uint32(m.Sum(nil)) % places)
}

func (l *limiter) allows(conversation, key string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.at(0, conversation, now).n < l.Conversation && l.at(1, key, now).n < l.Key
}

func (l *limiter) missed(conversation, key string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at(0, conversation, now).n++
	l.at(1, key, now).n++
}

// at is the counter of s, begun anew after the window.
func (l *limiter) at(kind int, s string, now time.Time) *count {
	c := &l.counts[kind][l.place(s)]
	if now.Sub(c.since) >= l.Window || now.Before(c.since) {
		*c = count{since: now}
	}
	return c
}
