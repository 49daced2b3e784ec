package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/core/store/postgres/pgtest"
)

// balancer is what stands before replicas: it asks each whether it is ready,
// five times a second, and gives requests to those that are, in turn. One that
// fails a request gets none until it is ready again.
type balancer struct {
	*httptest.Server
	mu    sync.Mutex
	all   []*gateway
	ready []*url.URL
	next  atomic.Int64
	stop  chan struct{}
	done  chan struct{}
}

func balance(t *testing.T, all ...*gateway) *balancer {
	b := &balancer{all: all, stop: make(chan struct{}), done: make(chan struct{})}
	b.look()
	b.Server = httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(b.pick()) },
		Transport: &http.Transport{MaxIdleConnsPerHost: 500, DisableCompression: true},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, _ error) {
			b.failed(r.URL.Host)
			w.WriteHeader(http.StatusBadGateway)
		}})
	go func() {
		defer close(b.done)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-b.stop:
				return
			case <-tick.C:
				b.look()
			}
		}
	}()
	t.Cleanup(func() { close(b.stop); <-b.done; b.Close() })
	return b
}

func (b *balancer) look() {
	b.mu.Lock()
	all := slices.Clone(b.all)
	b.mu.Unlock()
	var ready []*url.URL
	for _, g := range all {
		if res, err := (&http.Client{Timeout: time.Second}).Get(g.url + "/readyz"); err == nil {
			_ = res.Body.Close()
			if u, err := url.Parse(g.url); err == nil && res.StatusCode == http.StatusOK {
				ready = append(ready, u)
			}
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ready = ready
}

func (b *balancer) pick() *url.URL {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.ready) == 0 {
		return &url.URL{Scheme: "http", Host: "127.0.0.1:1"}
	}
	return b.ready[int(b.next.Add(1))%len(b.ready)]
}

func (b *balancer) failed(host string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ready = slices.DeleteFunc(slices.Clone(b.ready), func(u *url.URL) bool { return u.Host == host })
}

func (b *balancer) replace(old, fresh *gateway) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = append(slices.DeleteFunc(b.all, func(g *gateway) bool { return g == old }), fresh)
}

// availability counts requests as a customer sees them, who tries twice.
type availability struct{ requests, again, failed atomic.Int64 }

// visit is a customer of the cluster: asks, thinks, asks.
func (k *talk) visit(base string, think time.Duration, n *availability, stop *atomic.Bool) {
	for !stop.Load() {
		text, err := ask(base, k.token, "?wait=10s", k.acked)
		n.requests.Add(1)
		if err != nil {
			n.again.Add(1)
			if text, err = ask(base, k.token, "?wait=10s", k.acked); err != nil {
				n.failed.Add(1)
				continue // it asks the same again: nothing was acknowledged
			}
		}
		if text != "" {
			k.seen[k.acked] = text
		}
		k.acked++
		time.Sleep(think)
	}
}

// TestReplicasDie: three replicas behind a balancer, of which one is killed or
// drained every ten seconds while another starts. No message is lost, doubled
// or out of order, and of the requests hardly one fails twice.
func TestReplicasDie(t *testing.T) {
	db := pgtest.Start(t).Fresh(t)
	start := func() *gateway {
		config, data := shop(t, fmt.Sprintf("embedding: {url: \"none:\"}\ndatabase: {url: %q}\n", db))
		return launch(t, config, data)
	}
	replicas := []*gateway{start(), start(), start()}
	want := learn(t, replicas[0].url)
	b := balance(t, replicas...)
	var n availability
	var stop atomic.Bool
	var wg sync.WaitGroup
	talks := make([]talk, chaosUsers)
	for i := range talks {
		talks[i] = talk{n: i, token: session(t, b.URL), seen: map[int]string{}}
		wg.Go(func() {
			time.Sleep(time.Duration(i) * time.Second / time.Duration(chaosUsers)) // not all at once
			talks[i].visit(b.URL, time.Second, &n, &stop)
		})
	}
	for i := range chaosEvents {
		time.Sleep(chaosEvery)
		victim := replicas[i%3]
		if i%2 == 0 {
			victim.kill()
		} else {
			victim.stop(t)
		}
		replicas[i%3] = start()
		b.replace(victim, replicas[i%3])
	}
	time.Sleep(3 * time.Second)
	stop.Store(true)
	wg.Wait()
	sent, apologies := 0, atomic.Int64{}
	results := make([]error, len(talks))
	for i := range talks {
		sent += talks[i].acked
		wg.Go(func() {
			n, err := talks[i].check(b.URL, want)
			results[i] = err
			apologies.Add(int64(n))
		})
	}
	wg.Wait()
	if err := errors.Join(results...); err != nil {
		t.Fatal(err)
	}
	for _, g := range replicas {
		g.stop(t)
	}
	share := 100 - 100*float64(n.failed.Load())/float64(n.requests.Load())
	t.Logf("%d replicas killed or drained under %d users: %d messages acknowledged, all answered once and in order, %d with an apology; %d requests, %d tried again, %d failed twice: %.3f %%",
		chaosEvents, chaosUsers, sent, apologies.Load(), n.requests.Load(), n.again.Load(), n.failed.Load(), share)
	if share < 99.99 || n.requests.Load() < int64(chaosUsers)*10 {
		t.Errorf("%.3f %% of %d requests", share, n.requests.Load())
	}
}
