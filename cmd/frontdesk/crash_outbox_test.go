package main

import (
	"fmt"
	"math/rand"
	"net/http/httptest"
	"testing"
	"time"

	"frontdesk/channels/sim/telegram"
	"frontdesk/cmd/internal/bench"
)

// outboxRounds is how often TestCrashOutbox kills the gateway.
const outboxRounds = 12

// TestCrashOutbox kills the gateway while answers leave to a platform. Every
// question is answered there, in order; a send that a kill cut off may arrive
// twice, next to itself, and nothing else may.
func TestCrashOutbox(t *testing.T) {
	sim := telegram.New(telegram.Options{Token: "700:sim", Retry: 50 * time.Millisecond})
	defer sim.Close()
	api := httptest.NewServer(sim)
	defer api.Close()
	config, data := shop(t, fmt.Sprintf("  - {id: tg, type: telegram, bot: default, token: \"700:sim\", mode: polling, api_base_url: %q}\n"+
		"embedding: {url: \"none:\"}\n", api.URL)) // answers must not change while meaning is learnt
	g := launch(t, config, data)

	users := make([]telegram.User, 6)
	for i := range users {
		users[i] = telegram.User{ID: int64(100 + i), FirstName: fmt.Sprint("U", i), Language: "en"}
	}
	calm := telegram.User{ID: 99, FirstName: "Calm", Language: "en"}
	qs := bench.Sample()
	want := make([]string, len(qs))
	for k, q := range qs {
		sim.Say(calm, sim.Private(calm), q)
		want[k] = eventually(t, sim, calm, k+1)[k]
	}

	for round := range outboxRounds {
		for _, u := range users {
			sim.Say(u, sim.Private(u), qs[round%len(qs)])
		}
		time.Sleep(time.Duration(rand.Intn(250)) * time.Millisecond)
		g.kill()
		g = launch(t, config, data)
	}
	twice := 0
	for _, u := range users {
		twice += inOrder(t, sim, u, want)
	}
	g.stop(t)
	t.Logf("%d kills, %d questions, all answered in order; %d sends arrived twice", outboxRounds, outboxRounds*len(users), twice)
	if twice > outboxRounds*len(users)/4 {
		t.Errorf("%d of %d sends arrived twice: that is no last hop", twice, outboxRounds*len(users))
	}
}

// eventually waits until the bot has said at least n things to u.
func eventually(t *testing.T, sim *telegram.Server, u telegram.User, n int) []string {
	t.Helper()
	for start := time.Now(); time.Since(start) < time.Minute; time.Sleep(5 * time.Millisecond) {
		if said := botSaid(sim, u); len(said) >= n {
			return said
		}
	}
	t.Fatalf("%s has %d answers, want %d", u.FirstName, len(botSaid(sim, u)), n)
	return nil
}

func botSaid(sim *telegram.Server, u telegram.User) (out []string) {
	for _, m := range sim.Transcript(sim.Private(u)) {
		if m.Bot {
			out = append(out, m.Text)
		}
	}
	return out
}

// inOrder waits for the last answer and returns how many came twice.
func inOrder(t *testing.T, sim *telegram.Server, u telegram.User, want []string) (twice int) {
	t.Helper()
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		said, k := botSaid(sim, u), 0
		twice = 0
		for i, text := range said {
			switch {
			case k < outboxRounds && text == want[k]:
				k++
			case i > 0 && text == said[i-1]:
				twice++
			default:
				t.Fatalf("%s: answer %d is %q, want %q", u.FirstName, i, text, want[min(k, len(want)-1)])
			}
		}
		if k == outboxRounds {
			return twice
		}
		if time.Since(start) > time.Minute {
			t.Fatalf("%s: %d of %d answers", u.FirstName, k, outboxRounds)
		}
	}
}
