package openai_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/core/llm"
	"frontdesk/core/llm/canned"
	"frontdesk/core/llm/llmtest"
	"frontdesk/core/llm/openai"
)

// fault is a way in which the first provider fails.
type fault struct {
	name   string
	script llmtest.Script
	kind   llm.Kind
	at     func(t *testing.T) string // its base URL, if no script can play it
}

// faultTable are the faults of the promise: whatever the first provider does, a
// customer gets one answer in time.
func faultTable() []fault {
	words := strings.SplitAfter("this is what the first would have said", " ")
	return []fault{
		{name: "never answers", script: llmtest.Script{Fault: llmtest.Hang}, kind: llm.Slow},
		{name: "drips a byte a second", script: llmtest.Script{Pieces: words, Fault: llmtest.Drip}, kind: llm.Slow},
		{name: "429", script: llmtest.Script{Status: 429, After: "60", Words: "too many"}, kind: llm.RateLimited},
		{name: "503", script: llmtest.Script{Status: 503, Words: "overloaded"}, kind: llm.Unavailable},
		{name: "cut mid-stream", script: llmtest.Script{Pieces: words, Fault: llmtest.Cut}, kind: llm.Malformed},
		{name: "invalid JSON", script: llmtest.Script{Pieces: words, Fault: llmtest.Garbage}, kind: llm.Malformed},
		{name: "wrong certificate", kind: llm.Unavailable, at: func(t *testing.T) string {
			return llmtest.NewTLSServer(t, llmtest.OpenAI{}, func(int) llmtest.Script { return llmtest.Script{Pieces: words} }).URL
		}},
		{name: "no such host", kind: llm.Unavailable, at: func(*testing.T) string { return "http://nowhere.invalid" }},
	}
}

// url is where the first provider is, up to /v1.
func (f fault) url(t *testing.T) string {
	if f.at != nil {
		return f.at(t) + "/v1"
	}
	return llmtest.NewServer(t, llmtest.OpenAI{}, func(int) llmtest.Script { return f.script }).URL + "/v1"
}

func provider(name, url string) llm.Provider {
	return openai.New(openai.Options{Name: name, BaseURL: url, Key: "sk-secret", Model: "m"})
}

// outcome is one turn as the customer has it.
type outcome struct {
	answer llm.Answer
	err    error
	shown  string // of the last revision
	took   time.Duration
}

func turn(t *testing.T, f *llm.Fallback, r llm.Request) outcome {
	var o outcome
	rev, start := 0, time.Now()
	o.answer, o.err = f.Generate(t.Context(), r, func(d llm.Delta) {
		if d.Rev > rev {
			rev, o.shown = d.Rev, ""
		}
		o.shown += d.Text
	})
	o.took = time.Since(start)
	return o
}

// trials runs n turns, at once of them at a time, each with a fresh breaker.
func trials(t *testing.T, n, at int, one func() outcome) []outcome {
	out := make([]outcome, n)
	places := make(chan struct{}, at)
	var wg sync.WaitGroup
	for i := range out {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			out[i] = one()
		})
	}
	wg.Wait()
	return out
}

// metronome measures what the machine itself is late by, beside a test: the
// longest that something due every 2 ms had to wait.
func metronome() (stall func() time.Duration) {
	stop, worst := make(chan struct{}), make(chan time.Duration)
	go func() {
		var most time.Duration
		for {
			due := time.Now().Add(2 * time.Millisecond)
			time.Sleep(2 * time.Millisecond)
			most = max(most, time.Since(due))
			select {
			case <-stop:
				worst <- most
				return
			default:
			}
		}
	}()
	return func() time.Duration { close(stop); return <-worst }
}

// calm is the longest stall of a machine whose times are the router's.
const calm = 25 * time.Millisecond

// quantile of the outcomes' times, q in [0,1].
func quantile(out []outcome, q float64) time.Duration {
	ts := make([]time.Duration, len(out))
	for i, o := range out {
		ts[i] = o.took
	}
	slices.Sort(ts)
	return ts[min(int(q*float64(len(ts))), len(ts)-1)]
}

// TestFaults: deadlines are a tenth of real ones, times slower. The faults come
// in an order that seed decides.
func TestFaults(t *testing.T) {
	const seed = 20
	budget := llm.Budget{FirstToken: slower * 100 * time.Millisecond, Total: slower * 400 * time.Millisecond}
	second := llmtest.NewServer(t, llmtest.OpenAI{}, func(int) llmtest.Script {
		return llmtest.Script{Pieces: []string{"the ", "second ", "answers"}, Every: time.Millisecond, In: 5, Out: 3}
	})
	table := faultTable()
	rand.New(rand.NewPCG(seed, seed)).Shuffle(len(table), func(i, j int) { table[i], table[j] = table[j], table[i] })
	began := time.Now()
	for _, f := range table {
		t.Run(f.name, func(t *testing.T) {
			first, next := provider("first", f.url(t)), provider("second", second.URL+"/v1")
			stall := metronome()
			out := trials(t, faultTrials, 16, func() outcome {
				fb, err := llm.NewFallback(llm.Options{}, llm.Member{Provider: first, FirstToken: budget.FirstToken, Total: budget.Total}, llm.Member{Provider: next})
				if err != nil {
					t.Fatal(err)
				}
				defer fb.Close()
				return turn(t, fb, llm.Request{Messages: user("hello").Messages, Budget: budget})
			})
			check(t, f, out, "the second answers", budget.Total+300*time.Millisecond, stall())
		})
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("the table took %s", took)
	}
}

// check: one answer each, whole, in time, and the trace says why. Where the
// machine stalls, because other tests run beside, its stall is added, and a turn
// may find its time over: the router says so, and who asked it quotes the
// documents instead, which is an answer in time as well.
func check(t *testing.T, f fault, out []outcome, want string, within, stall time.Duration) {
	t.Helper()
	late, other := 0, 0
	for _, o := range out {
		if o.err != nil && llm.KindOf(o.err) == llm.Slow {
			late++
			continue
		}
		if o.err != nil || want != "" && o.answer.Text != want || o.shown != o.answer.Text || o.answer.Provider != "second" {
			t.Fatalf("%v, %+v, shown %q", o.err, o.answer, o.shown)
		}
		tries := o.answer.Tries
		if len(tries) != 2 || tries[0].Provider != "first" || tries[0].Kind == "" || !tries[1].Won {
			t.Errorf("tries %+v", tries)
		} else if tries[0].Kind != f.kind {
			other++
		}
	}
	if p99 := quantile(out, .99); p99 > within+stall {
		t.Errorf("p99 is %s, more than %s", p99, within)
	}
	if stall < calm && late+other > 0 {
		t.Errorf("of %d turns %d had no time for the second, %d did not see the fault", len(out), late, other)
	}
	t.Logf("%d turns: time to answer p50 %s, p99 %s; the machine stalled for %s", len(out), quantile(out, .5).Round(time.Millisecond),
		quantile(out, .99).Round(time.Millisecond), stall.Round(time.Millisecond))
}

// The provider that failed is asked again after its cool-down, once well it
// answers, and in between nobody waits for it.
func TestProbedBack(t *testing.T) {
	for _, f := range faultTable() {
		if f.at != nil {
			continue // a host that is not there does not recover
		}
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			f.script.After = "" // the cool-down decides
			first := llmtest.NewServer(t, llmtest.OpenAI{}, func(n int) llmtest.Script {
				if n == 0 {
					return f.script
				}
				return llmtest.Script{Pieces: []string{"well ", "again"}}
			})
			rules := llm.Breaker{Failures: 1, CoolDown: 300 * time.Millisecond}
			fb, err := llm.NewFallback(llm.Options{Breaker: rules}, llm.Member{Provider: provider("first", first.URL+"/v1"), FirstToken: 200 * time.Millisecond},
				llm.Member{Provider: canned.New("second", func(llm.Request) string { return "here I am" })})
			if err != nil {
				t.Fatal(err)
			}
			defer fb.Close()
			r := llm.Request{Messages: user("hello").Messages, Budget: llm.Budget{FirstToken: 200 * time.Millisecond, Total: time.Second}}
			if o := turn(t, fb, r); o.err != nil || o.answer.Provider != "second" {
				t.Fatalf("%+v", o)
			}
			if o := turn(t, fb, r); o.err != nil || o.answer.Tries[0].Kind != llm.Resting || first.Count() != 1 {
				t.Errorf("while it rests: %+v, asked %d times", o, first.Count())
			}
			deadline := time.Now().Add(20 * time.Second)
			for turn(t, fb, r).answer.Text != "well again" {
				if time.Now().After(deadline) {
					t.Fatal("it was not asked again")
				}
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
}

// Two hundred turns at once while the first is blocked: those begun before the
// breaker opens wait for one first-token deadline and the second's time; those
// begun after do not wait, and of them one a cool-down asks the first.
func TestBlocked(t *testing.T) {
	const turns, firstToken, second = 200, slower * 300 * time.Millisecond, 50 * time.Millisecond
	blocked := llmtest.NewServer(t, llmtest.OpenAI{}, func(int) llmtest.Script { return llmtest.Script{Fault: llmtest.Hang} })
	other := llmtest.NewServer(t, llmtest.OpenAI{}, func(int) llmtest.Script {
		return llmtest.Script{Pieces: []string{"the ", "second"}, Every: second / 2}
	})
	const coolDown = slower * 3 * time.Second
	fb, err := llm.NewFallback(llm.Options{Breaker: llm.Breaker{CoolDown: coolDown}}, llm.Member{Provider: provider("first", blocked.URL+"/v1"), FirstToken: firstToken},
		llm.Member{Provider: provider("second", other.URL+"/v1")})
	if err != nil {
		t.Fatal(err)
	}
	defer fb.Close()
	r := llm.Request{Messages: user("hello").Messages, Budget: llm.Budget{FirstToken: firstToken, Total: slower * 4 * time.Second}}
	one := func() outcome { return turn(t, fb, r) }

	alone, err := llm.NewFallback(llm.Options{}, llm.Member{Provider: provider("second", other.URL+"/v1")})
	if err != nil {
		t.Fatal(err)
	}
	defer alone.Close()
	usual := quantile(trials(t, turns, turns, func() outcome { return turn(t, alone, llm.Request{Messages: r.Messages}) }), 1)

	stall := metronome()
	before := trials(t, turns, turns, one)
	asked := blocked.Count()
	opened := time.Now()
	after := trials(t, turns, 32, one)
	probes, late := blocked.Count()-asked, stall()
	for _, o := range slices.Concat(before, after) {
		if late > calm && llm.KindOf(o.err) == llm.Slow {
			continue // the machine had no time for it
		}
		if o.err != nil || o.answer.Text != "the second" || o.shown != "the second" {
			t.Fatalf("%+v", o)
		}
	}
	if slowest := quantile(before, 1); slowest > firstToken+300*time.Millisecond+usual+late {
		t.Errorf("before the breaker opened the slowest took %s, the second alone %s", slowest, usual)
	}
	if may := int(time.Since(opened)/coolDown) + 1; probes > may || probes == 0 && time.Since(opened) > 2*coolDown {
		t.Errorf("%d of the later turns asked the blocked one, %d might", probes, may)
	}
	resting := 0
	for _, o := range after {
		if o.answer.Tries[0].Kind == llm.Resting {
			resting++
		}
	}
	if resting != turns-probes {
		t.Errorf("%d turns were not spared", turns-probes-resting)
	}
	t.Logf("the machine stalled for %s; the second alone: max %s; before: p50 %s, max %s; after: p50 %s, max %s; %d probes", late, usual, quantile(before, .5), quantile(before, 1), quantile(after, .5), quantile(after, 1), probes)
}

// Real inference behind real deadlines: each fault before the llama.cpp server.
func faultsBeforeLlama(t *testing.T, local string) {
	for _, f := range faultTable() {
		t.Run(f.name, func(t *testing.T) {
			first := provider("first", f.url(t))
			r := user("Say hello.")
			r.MaxTokens, r.Budget = 3, llm.Budget{Total: time.Minute}
			stall := metronome()
			out := trials(t, llamaTrials, 1, func() outcome {
				fb, err := llm.NewFallback(llm.Options{}, llm.Member{Provider: first, FirstToken: 500 * time.Millisecond, Total: 2 * time.Second}, llm.Member{Provider: provider("second", local), Local: true})
				if err != nil {
					t.Fatal(err)
				}
				defer fb.Close()
				return turn(t, fb, r)
			})
			check(t, f, out, "", r.Budget.Total, stall())
			for _, o := range out {
				if u := o.answer.Usage; o.err == nil && (!u.Known || u.Out < 1 || u.Out > 3 || o.answer.Model != "smollm2-135m") {
					t.Errorf("%+v", o.answer)
				}
			}
		})
	}
}

// The trace of a turn holds nothing of what providers say.
func TestTraceTellsNoSecrets(t *testing.T) {
	s := llmtest.NewServer(t, llmtest.OpenAI{}, func(int) llmtest.Script {
		return llmtest.Script{Status: 401, Code: "invalid_api_key", Words: "Incorrect API key: sk-secret"}
	})
	fb, err := llm.NewFallback(llm.Options{}, llm.Member{Provider: provider("first", s.URL+"/v1")})
	if err != nil {
		t.Fatal(err)
	}
	defer fb.Close()
	o := turn(t, fb, user("hello"))
	if all := fmt.Sprintf("%+v %v", o.answer, o.err); o.err == nil || strings.Contains(all, "sk-secret") || strings.Contains(all, "Incorrect") || strings.Contains(all, s.URL) {
		t.Error(all)
	}
}
