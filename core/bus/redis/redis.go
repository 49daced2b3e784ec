// Package redis is core.Bus over Redis, by publish and subscribe. While Redis is
// away each replica goes on by itself: glimpses reach its own followers, changes
// are found by asking the store, limits count its own events.
package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"frontdesk/core"
	"frontdesk/core/bus/mem"
)

var _ core.Bus = (*Bus)(nil)

const (
	topic = "frontdesk:bus"
	// behind is how many messages may wait to be sent; then they are lost.
	behind = 4096
	// batch is how many conversations one message names at most.
	batch = 200
	// callTime bounds what a caller waits for.
	callTime = 200 * time.Millisecond
)

// message is what replicas tell each other.
type message struct {
	From    string                `json:"from"`
	Glimpse *core.Glimpse         `json:"glimpse,omitempty"`
	Changed []core.ConversationID `json:"changed,omitempty"`
}

// Bus implements core.Bus.
type Bus struct {
	*mem.Bus // this replica's own part
	db       redis.UniversalClient
	self     string
	log      *slog.Logger
	out      chan message
	ctx      context.Context
	stop     context.CancelFunc
	wg       sync.WaitGroup

	mu   sync.Mutex
	ears map[chan core.ConversationID]struct{}
}

// Open makes a bus; self names this replica among the others. It does not wait
// for Redis: that may come later, and go. The schemes of address are redis and
// rediss (TLS), each also with +cluster or +sentinel behind:
// "redis+sentinel://host:26379/0?master_name=mymaster&addr=host2:26379".
func Open(address, self string, now func() time.Time, log *slog.Logger) (*Bus, error) {
	db, err := client(address)
	if err != nil { // go-redis repeats the address, and a password in it
		return nil, core.Invalid("redis.url is no address of a Redis, such as redis://host:6379/0, rediss://… or redis+cluster://…")
	}
	b := &Bus{Bus: mem.New(now), db: db, self: self, log: log, out: make(chan message, behind), ears: map[chan core.ConversationID]struct{}{}}
	b.ctx, b.stop = context.WithCancel(context.Background())
	b.wg.Go(b.send)
	b.wg.Go(b.hear)
	return b, nil
}

func client(address string) (redis.UniversalClient, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	scheme, kind, _ := strings.Cut(u.Scheme, "+")
	u.Scheme = scheme
	switch kind {
	case "":
		o, err := redis.ParseURL(u.String())
		if err != nil {
			return nil, err
		}
		return redis.NewClient(o), nil
	case "cluster":
		o, err := redis.ParseClusterURL(u.String())
		if err != nil {
			return nil, err
		}
		return redis.NewClusterClient(o), nil
	case "sentinel":
		o, err := redis.ParseFailoverURL(u.String())
		if err != nil {
			return nil, err
		}
		return redis.NewFailoverClient(o), nil
	}
	return nil, fmt.Errorf("scheme %q", u.Scheme)
}

// Ping asks whether Redis is there, for `check`.
func (b *Bus) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := b.db.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("redis does not answer: %w", err)
	}
	return nil
}

// Publish implements core.Bus.
func (b *Bus) Publish(g core.Glimpse) {
	b.Bus.Publish(g)
	b.tell(message{From: b.self, Glimpse: &g})
}

// Changed implements core.Bus.
func (b *Bus) Changed(c core.ConversationID) {
	b.tell(message{From: b.self, Changed: []core.ConversationID{c}})
}

func (b *Bus) tell(m message) {
	select {
	case b.out <- m:
	default: // Redis is away or slow; what is lost is found in the store
	}
}

// send passes messages on, changes that wait together.
func (b *Bus) send() {
	for {
		select {
		case <-b.ctx.Done():
			return
		case m := <-b.out:
			for len(m.Changed) > 0 && len(m.Changed) < batch && len(b.out) > 0 {
				next := <-b.out
				if next.Glimpse != nil {
					b.post(next)
					continue
				}
				m.Changed = append(m.Changed, next.Changed...)
			}
			b.post(m)
		}
	}
}

func (b *Bus) post(m message) {
	js, err := json.Marshal(m)
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, callTime)
	defer cancel()
	if err := b.db.Publish(ctx, topic, js).Err(); err != nil && b.ctx.Err() == nil {
		b.log.Debug("redis: not told", "err", err)
	}
}

// hear takes in what others tell, until Close. After each new connection all
// ears are told to look: something may have been said meanwhile.
func (b *Bus) hear() {
	sub := b.db.Subscribe(b.ctx, topic)
	defer func() { _ = sub.Close() }()
	in := sub.ChannelWithSubscriptions()
	for {
		select {
		case <-b.ctx.Done():
			return
		case got, ok := <-in:
			if !ok {
				return
			}
			switch got := got.(type) {
			case *redis.Subscription:
				b.ring("")
			case *redis.Message:
				b.take(got.Payload)
			}
		}
	}
}

func (b *Bus) take(payload string) {
	var m message
	if err := json.Unmarshal([]byte(payload), &m); err != nil || m.From == b.self {
		return
	}
	if m.Glimpse != nil {
		b.Bus.Publish(*m.Glimpse)
	}
	for _, c := range m.Changed {
		b.ring(c)
	}
}

func (b *Bus) ring(c core.ConversationID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ear := range b.ears {
		select {
		case ear <- c:
		default: // it has enough to look at
		}
	}
}

// Changes implements core.Bus.
func (b *Bus) Changes() (<-chan core.ConversationID, func()) {
	ear := make(chan core.ConversationID, behind)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ears[ear] = struct{}{}
	return ear, sync.OnceFunc(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.ears, ear)
	})
}

// counted adds one and lets the key end with its window.
var counted = redis.NewScript(`local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return n`)

// Allow implements core.Bus.
func (b *Bus) Allow(ctx context.Context, key string, limit int, window time.Duration) bool {
	alone := b.Bus.Allow(ctx, key, limit, window) // counted in any case, for when Redis goes
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	n, err := counted.Run(ctx, b.db, []string{"frontdesk:limit:" + key}, window.Milliseconds()).Int()
	if err != nil {
		return alone
	}
	return n <= limit
}

// Close implements core.Bus.
func (b *Bus) Close() error {
	b.stop()
	b.wg.Wait()
	return b.db.Close()
}
