package postgres

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// silence is how long a statement may go without a word from the server: one
	// that a network swallowed would be waited for until the end of days. Ours
	// take milliseconds.
	silence = 6 * time.Second
	// abandonedAfter is when the server undoes the transaction of a replica of
	// which it hears nothing, so that others get at what it has locked. It is in
	// milliseconds, as PostgreSQL's idle_in_transaction_session_timeout.
	abandonedAfter = "3000"
	// pingTime is how long a connection that was idle may take to show that it
	// lives.
	pingTime = 2 * time.Second
)

// guard lets no statement of cfg's connections wait for ever.
func guard(cfg *pgx.ConnConfig) {
	d := &net.Dialer{Timeout: cfg.ConnectTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 3 * time.Second, Count: 3}}
	cfg.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := d.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &impatient{Conn: c}, nil
	}
	cfg.RuntimeParams["idle_in_transaction_session_timeout"] = abandonedAfter
}

// impatient is a connection on which no read or write takes longer than silence.
// Deadlines that are sooner stay as they were set.
type impatient struct {
	net.Conn
	mu          sync.Mutex
	read, write time.Time // as pgx set them; zero for none
}

func sooner(set time.Time) time.Time {
	own := time.Now().Add(silence)
	if !set.IsZero() && set.Before(own) {
		return set
	}
	return own
}

// Read implements net.Conn.
func (c *impatient) Read(b []byte) (int, error) {
	c.mu.Lock()
	err := c.Conn.SetReadDeadline(sooner(c.read))
	c.mu.Unlock()
	if err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

// Write implements net.Conn.
func (c *impatient) Write(b []byte) (int, error) {
	c.mu.Lock()
	err := c.Conn.SetWriteDeadline(sooner(c.write))
	c.mu.Unlock()
	if err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// SetDeadline implements net.Conn.
func (c *impatient) SetDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read, c.write = t, t
	return c.Conn.SetDeadline(t)
}

// SetReadDeadline implements net.Conn.
func (c *impatient) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read = t
	return c.Conn.SetReadDeadline(t)
}

// SetWriteDeadline implements net.Conn.
func (c *impatient) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.write = t
	return c.Conn.SetWriteDeadline(t)
}
