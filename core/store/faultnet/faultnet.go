// Package faultnet is a network that fails on demand, for tests: a TCP proxy that
// delays, cuts and swallows.
package faultnet

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Way is a direction.
type Way int

// The ways of a connection.
const (
	ToServer Way = iota
	ToClient
)

// Proxy passes connections on to one server. Safe for concurrent use.
type Proxy struct {
	ln     net.Listener
	target string
	wg     sync.WaitGroup

	mu    sync.Mutex
	open  map[net.Conn]struct{}
	delay time.Duration
	shut  bool             // refuse everything
	held  [2]chan struct{} // closed when a way is free again; nil while it is
}

// Start makes a proxy before target, "127.0.0.1:5432", that ends with the test.
func Start(t testing.TB, target string) *Proxy {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{ln: ln, target: target, open: map[net.Conn]struct{}{}}
	p.wg.Go(p.accept)
	t.Cleanup(func() {
		_ = ln.Close()
		p.Heal()
		p.Cut()
		p.wg.Wait()
	})
	return p
}

// Addr is where to connect instead.
func (p *Proxy) Addr() string { return p.ln.Addr().String() }

// Delay holds each piece back for d, both ways.
func (p *Proxy) Delay(d time.Duration) { p.mu.Lock(); defer p.mu.Unlock(); p.delay = d }

// Cut breaks all connections off, and refuses new ones until Heal.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shut = true
	for c := range p.open {
		_ = c.Close()
	}
}

// Swallow lets nothing through in the given ways, and tells nobody: what is sent
// arrives after Heal, if anybody still listens.
func (p *Proxy) Swallow(ways ...Way) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range ways {
		if p.held[w] == nil {
			p.held[w] = make(chan struct{})
		}
	}
}

// Heal ends all faults.
func (p *Proxy) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shut, p.delay = false, 0
	for w, ch := range p.held {
		if ch != nil {
			close(ch)
			p.held[w] = nil
		}
	}
}

func (p *Proxy) accept() {
	for {
		c, err := p.ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		} else if err != nil {
			continue
		}
		s, err := net.DialTimeout("tcp", p.target, 5*time.Second)
		if err != nil || !p.keep(c, s) {
			_ = c.Close()
			if s != nil {
				_ = s.Close()
			}
			continue
		}
		p.wg.Go(func() { p.pump(s, c, ToServer) })
		p.wg.Go(func() { p.pump(c, s, ToClient) })
	}
}

func (p *Proxy) keep(cs ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shut {
		return false
	}
	for _, c := range cs {
		p.open[c] = struct{}{}
	}
	return true
}

// pump carries one way until an end is closed.
func (p *Proxy) pump(to io.WriteCloser, from net.Conn, w Way) {
	defer func() {
		_ = to.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.open, from)
	}()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		p.mu.Lock()
		held, delay := p.held[w], p.delay
		p.mu.Unlock()
		if held != nil {
			<-held
		}
		time.Sleep(delay)
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
