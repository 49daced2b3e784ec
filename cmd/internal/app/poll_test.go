package app_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	tgsim "frontdesk/channels/sim/telegram"
)

// Of two replicas one polls Telegram, which would end the poll of the other; when
// it stops the other polls, and nothing is answered twice.
func TestOneReplicaPolls(t *testing.T) {
	tg := tgsim.New(tgsim.Options{Token: "700:sim", Retry: 50 * time.Millisecond})
	api := httptest.NewServer(tg)
	t.Cleanup(func() { tg.Close(); api.Close() })
	c := newCluster(t).run(t, 2, fmt.Sprintf("  - {id: tg, type: telegram, bot: default, token: \"700:sim\", mode: polling, api_base_url: %q}\n", api.URL), "")
	lin := tgsim.User{ID: 11, FirstName: "Lin", Language: "en"}
	home := tg.Private(lin)
	answers := func(want int) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			n := 0
			for _, m := range tg.Transcript(home) {
				if m.Bot && strings.Contains(m.Text, "two years") {
					n++
				}
			}
			if n == want {
				return
			}
			if n > want || time.Now().After(end) {
				t.Fatalf("%d answers, want %d", n, want)
			}
		}
	}
	time.Sleep(2 * time.Second) // the replicas have shared out what there is to do
	before := tg.Calls("getUpdates")
	for range 8 {
		tg.Say(lin, home, "hello") // each ends one poll and begins the next
		time.Sleep(500 * time.Millisecond)
	}
	n := tg.Calls("getUpdates") - before
	if t.Logf("%d polls for 8 messages", n); n > 9 {
		t.Error("the replicas fight")
	}
	question := "How long is the warranty of the K3 kettle?"
	tg.Say(lin, home, question)
	answers(1)
	c.all[0].stop()
	tg.Say(lin, home, question)
	answers(2)
	time.Sleep(500 * time.Millisecond)
	answers(2)
}
