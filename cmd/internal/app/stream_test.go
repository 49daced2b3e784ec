package app_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	slacksim "frontdesk/channels/sim/slack"
	tgsim "frontdesk/channels/sim/telegram"
	"frontdesk/core/llm/llmtest"
)

// written is how long the model of TestAnswersAreSeenWhileTheyAreWritten takes
// for a piece: several changes of a message, at a second's pace, are needed.
const written = 120 * time.Millisecond

// A model's answer is seen on the web piece by piece, on Telegram and Slack in
// one message that grows; then it is the answer, once, with its source.
func TestAnswersAreSeenWhileTheyAreWritten(t *testing.T) {
	words := "Heavy goods can be sent back to the place where they were made if they are complete and clean. You have 30 days for it [1]."
	model := llmtest.NewServer(t, llmtest.OpenAI{}, func(int) llmtest.Script {
		return llmtest.Script{Pieces: strings.SplitAfter(words, "e"), In: 100, Out: 12, Every: written}
	})
	tg := tgsim.New(tgsim.Options{Token: "700:sim", Retry: 50 * time.Millisecond})
	tgAPI := httptest.NewServer(tg)
	sl, err := slacksim.New(slacksim.Options{BotToken: "xoxb-sim-bot", AppToken: "xapp-sim-app"})
	if err != nil {
		t.Fatal(err)
	}
	sl.AddPerson(slacksim.Person{ID: "U1", Name: "Ann", Locale: "en-GB"})
	sl.AddRoom(slacksim.Room{ID: "C1", Name: "general"})
	config := strings.Replace(strings.ReplaceAll(fmt.Sprintf(knowing, model.URL, model.URL, botFolder(t)), "300ms", "5s"), "bots:\n", fmt.Sprintf(
		"  - {id: tg, type: telegram, bot: default, token: \"700:sim\", mode: polling, api_base_url: %q}\n"+
			"  - {id: sl, type: slack, bot: default, bot_token: xoxb-sim-bot, app_token: xapp-sim-app, api_base_url: %q}\nbots:\n", tgAPI.URL, sl.APIURL()), 1)
	h := runHouse(t, config)
	t.Cleanup(func() { h.stop(); tg.Close(); tgAPI.Close(); sl.Close() })
	question := "Within how many days may I send heavy goods such as washing machines back?"

	token := session(t, h.url)
	pieces := deltas(t, h.url, token)
	lin := tgsim.User{ID: 11, FirstName: "Lin", Language: "en"}
	tg.Say(lin, tg.Private(lin), question)
	for sl.Links() == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	if _, err := sl.As("U1").DM(question); err != nil {
		t.Fatal(err)
	}
	tgSaw, slSaw := growth(func() (out []string) {
		for _, m := range tg.Transcript(tg.Private(lin)) {
			if m.Bot {
				out = append(out, m.Text)
			}
		}
		return out
	}), growth(func() (out []string) {
		for _, m := range sl.Transcript("D1") {
			if m.Author == "frontdesk" {
				out = append(out, m.Text)
			}
		}
		return out
	})
	status, body := ask(t, h.url, token, "1", question)
	if status != 200 || !strings.Contains(body, "You have 30 days for it.") || strings.Count(body, `"role":"bot"`) != 1 {
		t.Fatalf("%d %s", status, body)
	}
	if got := <-pieces; len(got) < 5 || !strings.HasPrefix(strings.Join(got, ""), "Heavy goods can be sent back to the place") || strings.Contains(strings.Join(got, ""), "[1]") {
		t.Errorf("the web saw %q", got)
	}
	for name, saw := range map[string]func() []string{"Telegram": tgSaw, "Slack": slSaw} {
		got := saw()
		last := got[len(got)-1]
		if len(got) < 3 || !strings.HasPrefix(got[0], "Heavy goods ") || !strings.HasSuffix(got[0], " …") || !strings.Contains(last, "You have 30 days for it.") {
			t.Errorf("%s saw %q", name, got)
		}
	}
}

// growth watches one bot's message; what is returned waits for the answer and
// tells all the message was. Two messages are a mistake.
func growth(read func() []string) func() []string {
	done := make(chan []string, 1)
	go func() {
		var seen []string
		for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			now := read()
			if len(now) == 0 || len(seen) > 0 && seen[len(seen)-1] == now[0] {
				continue
			}
			seen = append(seen, strings.Join(now, " | "))
			if strings.Contains(seen[len(seen)-1], "30 days") {
				break
			}
		}
		done <- append(seen, "")[:max(1, len(seen))]
	}()
	return func() []string { return <-done }
}

// deltas collects the pieces an event stream shows before the answer.
func deltas(t *testing.T, url, token string) <-chan []string {
	t.Helper()
	res, err := http.Get(url + "/api/v1/web/web/events?access_token=" + token)
	if err != nil {
		t.Fatal(err)
	}
	out := make(chan []string, 1)
	t.Cleanup(func() { _ = res.Body.Close() })
	go func() {
		var got []string
		for sc := bufio.NewScanner(res.Body); sc.Scan(); {
			data, ok := strings.CutPrefix(sc.Text(), "data: ")
			var f struct{ Type, Role, Text string }
			if !ok || json.Unmarshal([]byte(data), &f) != nil {
				continue
			}
			if f.Type == "delta" {
				got = append(got, f.Text)
			}
			if f.Type == "message" && f.Role == "bot" {
				break
			}
		}
		out <- got
	}()
	return out
}
