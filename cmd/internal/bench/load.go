// Package bench puts load on a frontdesk and says what came back.
//
// Users are closed loops by default: each asks, waits for the answer, thinks,
// asks again. With a rate the loop is open: messages are due at fixed times,
// and latency counts from when one was due, not from when it could be sent, so
// that a server which stalls cannot hide it (coordinated omission).
package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Options of a run.
type Options struct {
	Target    string        // http://host:port
	Channel   string        // id of the web channel
	Users     int           // conversations at once
	Rate      float64       // messages a second over all users; 0 is a closed loop
	Duration  time.Duration // measured, after Warm
	Warm      time.Duration
	Think     time.Duration // of a user between an answer and the next question
	Questions []string
	// Floor asks a bare echo server instead: there are no sessions and no
	// history to compare with.
	Floor bool
}

// Result is what a run counted.
type Result struct {
	Channel    string  `json:"channel"`
	Users      int     `json:"users"`
	Seconds    float64 `json:"seconds"`
	Sent       int64   `json:"sent"`
	OK         int64   `json:"ok"`
	Errors     int64   `json:"errors"`
	Lost       int64   `json:"lost"`       // acknowledged, and without an answer afterwards
	Duplicated int64   `json:"duplicated"` // stored or answered more than once
	Handed     int64   `json:"handed_over"`
	RPS        float64 `json:"rps"`
	Mean       float64 `json:"mean_ms"`
	P50        float64 `json:"p50_ms"`
	P95        float64 `json:"p95_ms"`
	P99        float64 `json:"p99_ms"`
	Max        float64 `json:"max_ms"`
	FirstError string  `json:"first_error,omitempty"`
	// CPU is the server's, in microseconds a message; 0 if it does not tell.
	CPU float64 `json:"server_cpu_us"`
}

// tally is one user's counts.
type tally struct {
	sent, ok, errs, lost, dup, handed, measured int64
	first                                       error
	times                                       *times
}

// times are latencies in microseconds, of some of the users: a histogram each
// would take 130 kB.
type times struct {
	mu   sync.Mutex
	hist *hdrhistogram.Histogram
}

// shards is how many share the users.
const shards = 16

func newTimes() *times { return &times{hist: hdrhistogram.New(1, patience.Microseconds(), 3)} }

func (t *times) record(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_ = t.hist.RecordValue(max(1, d.Microseconds())) // in range: patience bounds it
}

// Run puts load on o.Target until the time is up or ctx ends.
func Run(ctx context.Context, o Options) (Result, error) {
	u, err := url.Parse(o.Target)
	if err != nil || u.Scheme != "http" || u.Host == "" {
		return Result{}, fmt.Errorf("target %q: want http://host:port", o.Target)
	}
	if len(o.Questions) == 0 {
		return Result{}, errors.New("no questions")
	}
	from := time.Now().Add(o.Warm)
	users := make([]user, o.Users)
	some := make([]*times, shards)
	for i := range some {
		some[i] = newTimes()
	}
	before := newMeter(o.Target)
	var wg sync.WaitGroup
	var spent usage
	wg.Go(func() { spent = before.between(ctx, from, from.Add(o.Duration)) })
	for i := range users {
		users[i] = user{o: o, n: i, from: from, until: from.Add(o.Duration), w: wire{host: u.Host},
			tally: tally{times: some[i%shards]}}
		wg.Go(func() { users[i].run(ctx) })
	}
	wg.Wait()
	all := newTimes().hist
	for _, t := range some {
		all.Merge(t.hist)
	}
	return sum(o, users, all, spent), nil
}

func sum(o Options, users []user, all *hdrhistogram.Histogram, spent usage) Result {
	r := Result{Channel: o.Channel, Users: o.Users, Seconds: o.Duration.Seconds()}
	var measured int64
	for i := range users {
		t := &users[i].tally
		r.Sent, r.OK, r.Errors = r.Sent+t.sent, r.OK+t.ok, r.Errors+t.errs
		r.Lost, r.Duplicated, r.Handed = r.Lost+t.lost, r.Duplicated+t.dup, r.Handed+t.handed
		measured += t.measured
		if t.first != nil && r.FirstError == "" {
			r.FirstError = t.first.Error()
		}
	}
	ms := func(us int64) float64 { return float64(us) / 1000 }
	r.RPS = float64(measured) / o.Duration.Seconds()
	r.Mean, r.P50, r.P95 = all.Mean()/1000, ms(all.ValueAtQuantile(50)), ms(all.ValueAtQuantile(95))
	r.P99, r.Max = ms(all.ValueAtQuantile(99)), ms(all.Max())
	if measured > 0 {
		r.CPU = spent.cpu.Seconds() * 1e6 / float64(measured)
	}
	return r
}

// user is one customer: a conversation and a connection.
type user struct {
	o           Options
	n           int
	from, until time.Time
	w           wire
	tally

	token string
	asked []string // client ids that were acknowledged, in order
}

func (u *user) run(ctx context.Context) {
	defer u.w.close()
	if !u.o.Floor {
		if err := u.begin(); err != nil {
			u.fail(fmt.Errorf("session: %w", err))
			return
		}
	}
	for i := 0; ctx.Err() == nil; i++ {
		due, ok := u.wait(ctx, i)
		if !ok {
			break
		}
		u.ask(i, due)
	}
	if !u.o.Floor {
		u.check()
	}
}

// wait returns when message i is due; false when the time is up.
func (u *user) wait(ctx context.Context, i int) (due time.Time, ok bool) {
	due = time.Now()
	switch {
	case u.o.Rate > 0:
		every := time.Duration(float64(u.o.Users) / u.o.Rate * float64(time.Second))
		due = u.from.Add(-u.o.Warm).Add(every * time.Duration(i)).Add(every * time.Duration(u.n) / time.Duration(u.o.Users))
	case u.o.Think > 0 && i > 0:
		due = due.Add(u.o.Think)
	}
	if due.After(u.until) {
		return due, false
	}
	if d := time.Until(due); d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
			return due, false
		}
	}
	return due, time.Now().Before(u.until)
}

func (u *user) begin() error {
	status, body, err := u.w.do("POST", "/api/v1/web/"+u.o.Channel+"/sessions", "", []byte("{}"))
	if err != nil {
		return err
	}
	var s struct{ Token string }
	if status != 201 {
		return fmt.Errorf("status %d: %s", status, body)
	}
	err = json.Unmarshal(body, &s)
	u.token = s.Token
	return err
}

type reply struct {
	ID      string `json:"id"`
	Replies []struct {
		Role    string `json:"role"`
		Text    string `json:"text"`
		Outcome string `json:"outcome"`
	} `json:"replies"`
}

// ask sends question i and wants its answer.
func (u *user) ask(i int, due time.Time) {
	id := fmt.Sprintf("%d-%d", u.n, i)
	body, err := json.Marshal(map[string]string{"id": id, "text": u.o.Questions[(u.n*7+i)%len(u.o.Questions)]})
	if err != nil {
		u.fail(err)
		return
	}
	u.sent++
	path := "/api/v1/web/" + u.o.Channel + "/messages?wait=30s"
	status, answer, err := u.w.do("POST", path, u.token, body)
	took := time.Since(due)
	var r reply
	if err == nil && status != 200 {
		err = fmt.Errorf("status %d: %.200s", status, answer)
	}
	if err == nil {
		err = json.Unmarshal(answer, &r)
	}
	if err == nil && r.ID != id {
		err = fmt.Errorf("asked %q, got the answer to %q", id, r.ID)
	}
	if err != nil {
		u.fail(err)
		return
	}
	u.asked = append(u.asked, id)
	for _, say := range r.Replies {
		if say.Outcome == "handed_over" {
			u.handed++
		}
	}
	u.ok++
	if due.After(u.from) {
		u.measured++
		u.times.record(took)
	}
}

func (u *user) fail(err error) {
	u.errs++
	if u.first == nil {
		u.first = err
	}
}
