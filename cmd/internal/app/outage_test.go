package app_test

import (
	"fmt"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/core/store/faultnet"
	"frontdesk/core/store/postgres/pgtest"
)

// redisServer starts a real Redis on a free port of loopback and returns its address.
func redisServer(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	_, port, _ := net.SplitHostPort(addr)
	cmd := exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
	if err := cmd.Start(); err != nil {
		t.Fatalf("no Redis: run make parts, or apt-get install redis-server: %v", err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			_ = c.Close()
			return addr
		}
		if time.Now().After(end) {
			t.Fatal("Redis does not start")
		}
	}
}

// faulty is two replicas that reach PostgreSQL and Redis over networks that fail.
type faulty struct {
	*cluster
	server    *pgtest.Server
	db, redis *faultnet.Proxy
}

func newFaulty(t *testing.T) faulty {
	server := pgtest.Start(t)
	url, addr := server.Fresh(t), fmt.Sprintf("127.0.0.1:%d", server.Port())
	f := faulty{newCluster(t), server, faultnet.Start(t, addr), faultnet.Start(t, redisServer(t))}
	dir := botFolder(t)
	for range 2 {
		f.all = append(f.all, runHouse(t, fmt.Sprintf(replica, strings.Replace(url, addr, f.db.Addr(), 1), "", dir,
			fmt.Sprintf("redis: {url: \"redis://%s/0\"}\n", f.redis.Addr()))))
	}
	return f
}

// talkUntil lets customers ask through the proxy until the fault is over, each
// message until it is taken; it returns how long the slowest took and how many
// were asked. All must be answered, once, in order.
func (f faulty) talkUntil(t *testing.T, over <-chan struct{}) (slowest time.Duration, n int) {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 4 {
		token := session(t, f.proxy.URL)
		wg.Go(func() {
			asked := 0
			for last := false; !last; asked++ {
				select {
				case <-over:
					last = true
				default:
				}
				start := time.Now()
				took := f.until(t, token, asked, start.Add(40*time.Second))
				mu.Lock()
				slowest, n = max(slowest, took), n+1
				mu.Unlock()
				time.Sleep(100 * time.Millisecond)
			}
			if status, body := get(t, f.all[0].url+"/api/v1/web/web/messages?after=0", token); status != 200 || strings.Count(body, `"role":"bot"`) != asked {
				t.Errorf("%d asked: %d %s", asked, status, body)
			}
		})
	}
	wg.Wait()
	return slowest, n
}

// until asks message k until it has its answer.
func (f faulty) until(t *testing.T, token string, k int, end time.Time) time.Duration {
	start := time.Now()
	question, want := "Within how many days may I send heavy goods such as washing machines back?", "within 30 days of delivery"
	if k%2 == 1 { // the same again and again would be a call for help
		question, want = "How long is the warranty of the K3 kettle?", "two years"
	}
	for {
		status, body := ask(t, f.proxy.URL, token, fmt.Sprint(k), question)
		if status == 200 && strings.Contains(body, want) {
			return time.Since(start)
		}
		if time.Now().After(end) || status >= 400 && status < 500 {
			t.Errorf("question %d: %d %s", k, status, body)
			return time.Since(start)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// TestOutages: with Redis away nothing but speed is lost, and hardly that; with
// PostgreSQL away nothing that was acknowledged is, and service is back soon
// after it is.
func TestOutages(t *testing.T) {
	f := newFaulty(t)
	for _, tc := range []struct {
		name  string
		begin func()
		end   func()
		most  time.Duration // from the question to its answer
	}{
		{"redis cut", f.redis.Cut, f.redis.Heal, 3 * time.Second},
		{"redis silent", func() { f.redis.Swallow(faultnet.ToServer, faultnet.ToClient) }, f.redis.Heal, 3 * time.Second},
		{"redis one way", func() { f.redis.Swallow(faultnet.ToClient) }, f.redis.Heal, 3 * time.Second},
		{"database slow", func() { f.db.Delay(10 * time.Millisecond) }, f.db.Heal, 15 * time.Second},
		{"database cut", f.db.Cut, f.db.Heal, outage + 15*time.Second},
		{"database silent", func() { f.db.Swallow(faultnet.ToServer, faultnet.ToClient) }, f.db.Heal, outage + 20*time.Second},
		{"database restarted", f.server.Kill, f.server.Up, outage + 15*time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			over := make(chan struct{})
			time.AfterFunc(300*time.Millisecond, tc.begin)
			time.AfterFunc(300*time.Millisecond+outage, func() { tc.end(); close(over) })
			slowest, n := f.talkUntil(t, over)
			t.Logf("%s for %v: %d questions, all answered once; the slowest took %v", tc.name, outage, n, slowest.Round(10*time.Millisecond))
			if slowest > tc.most {
				t.Errorf("the slowest answer took %v", slowest)
			}
		})
	}
}
