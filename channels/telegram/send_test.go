package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/channels/channeltest"
	sim "frontdesk/channels/sim/telegram"
	"frontdesk/core"
)

func reply(address string, ps ...core.Part) core.Reply {
	return core.Reply{Channel: "tg", Address: address, Event: core.Event{Seq: 7, Role: core.BotRole, Parts: ps}}
}

func text(s string) core.Part { return core.Part{Text: s} }

// sender is a channel whose waits are written down, and a customer who wrote.
func sender(t *testing.T, o sim.Options) (b *bench, home sim.Place, waits *[]time.Duration) {
	t.Helper()
	b = newBench(t, channeltest.Echo, o, map[string]any{"mode": "polling"})
	waits = &[]time.Duration{}
	b.ch.wait = func(ctx context.Context, d time.Duration) error {
		*waits = append(*waits, d)
		return ctx.Err()
	}
	home = b.sim.Private(lin)
	b.sim.Say(lin, home, "hi")
	return b, home, waits
}

func secretless(t *testing.T, what string) {
	t.Helper()
	for _, s := range []string{testToken, "the-tokens-own", testSecret} {
		if strings.Contains(what, s) {
			t.Errorf("a secret shows in %q", strings.ReplaceAll(what, s, "«secret»"))
		}
	}
}

// Each way to fail, and what the outbox is told of it.
func TestSendStatus(t *testing.T) {
	for _, c := range []struct {
		name      string
		fault     sim.Fault
		permanent bool
		after     time.Duration
		cause     string
	}{
		{"blocked", sim.Fault{Status: 403, Description: "Forbidden: bot was blocked by the user"}, true, 0, "the customer blocked the bot"},
		{"deactivated", sim.Fault{Status: 403, Description: "Forbidden: user is deactivated"}, true, 0, "account is gone"},
		{"kicked", sim.Fault{Status: 403, Description: "Forbidden: bot was kicked from the supergroup chat"}, true, 0, "removed from the group"},
		{"never started", sim.Fault{Status: 403, Description: "Forbidden: bot can't initiate conversation with a user"}, true, 0, "never started"},
		{"no chat", sim.Fault{Status: 400, Description: "Bad Request: chat not found"}, true, 0, "no such chat"},
		{"no topic", sim.Fault{Status: 400, Description: "Bad Request: message thread not found"}, true, 0, "topic was deleted"},
		{"no rights", sim.Fault{Status: 400, Description: "Bad Request: not enough rights to send text messages to the chat"}, true, 0, "does not let the bot write"},
		{"another 400", sim.Fault{Status: 400, Description: "Bad Request: BUTTON_DATA_INVALID"}, true, 0, "BUTTON_DATA_INVALID"},
		{"too large", sim.Fault{Status: 413, Description: "Request Entity Too Large"}, true, 0, "413"},
		{"bad token", sim.Fault{Status: 401, Description: "Unauthorized"}, false, 0, "@BotFather"},
		{"no such bot", sim.Fault{Status: 404, Description: "Not Found"}, false, 0, "@BotFather"},
		{"too fast", sim.Fault{Status: 429, Description: "Too Many Requests: retry after 31", RetryAfter: 31}, false, 31 * time.Second, "429"},
		{"server error", sim.Fault{Status: 500, Description: "Internal Server Error"}, false, 0, "500"},
		{"bad gateway", sim.Fault{Status: 502, Raw: "<html>bad gateway</html>"}, false, 0, "HTTP 502 without"},
		{"a proxy's no", sim.Fault{Status: 403, Raw: "<html>forbidden here</html>"}, false, 0, "proxy"},
		{"a proxy's page", sim.Fault{Status: 200, Raw: "<html>sign in</html>"}, false, 0, "unreadable answer"},
		{"cut off", sim.Fault{}, false, 0, "EOF"},
		{"a talkative server", sim.Fault{Status: 400, Description: "Bad Request: I know " + testToken}, true, 0, "I know ***"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _, _ := sender(t, sim.Options{})
			b.sim.Fail("sendMessage", c.fault)
			_, err := b.ch.Send(context.Background(), reply("11", text("hello")))
			var se *core.SendError
			if !errors.As(err, &se) {
				t.Fatalf("got %v, want a SendError", err)
			}
			if se.Permanent != c.permanent || se.After != c.after || se.Done != 0 || !strings.Contains(err.Error(), c.cause) {
				t.Errorf("got permanent %v, after %v, done %d: %v", se.Permanent, se.After, se.Done, err)
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				secretless(t, e.Error())
				secretless(t, fmt.Sprintf("%+v", e))
			}
			secretless(t, b.Log.String())
		})
	}
}

func TestSendToNobody(t *testing.T) {
	b, _, _ := sender(t, sim.Options{})
	for _, a := range []string{"", "0", "lin", "11/x", "11/2/3"} {
		if _, err := b.ch.Send(context.Background(), reply(a, text("x"))); !core.IsPermanent(err) {
			t.Errorf("address %q: %v", a, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := b.ch.Send(ctx, reply("11", text("x")))
	if !errors.Is(err, context.Canceled) || core.IsPermanent(err) {
		t.Errorf("an ended context: %v", err)
	}
	secretless(t, err.Error())
}

// The token is in the URL: it must not be carried to wherever a redirect says.
func TestSendFollowsNoRedirect(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was called", r.Method)
	}))
	defer elsewhere.Close()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	defer api.Close()
	c := opened(t, &fake{}, config{Token: testToken, APIBaseURL: api.URL})
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	_, err := c.Send(context.Background(), reply("11", text("x")))
	if err == nil || core.IsPermanent(err) || !strings.Contains(err.Error(), "HTTP 307") {
		t.Errorf("got %v", err)
	}
	secretless(t, err.Error())
}

func TestSendSplits(t *testing.T) {
	b, home, _ := sender(t, sim.Options{})
	long := strings.Repeat("一二三四五六七八九。", 900) // 9,000 units
	native, err := b.ch.Send(context.Background(), reply("11", text(long), core.Part{Kind: core.Choice, Text: "OK", Value: "ok"}))
	if err != nil {
		t.Fatal(err)
	}
	got := b.sim.Transcript(home)[1:]
	var joined string
	for i, m := range got {
		joined += m.Text
		if buttons := len(m.Buttons); buttons != i/(len(got)-1) {
			t.Errorf("piece %d of %d has %d buttons", i, len(got), buttons)
		}
	}
	if len(got) != 3 || joined != long || native != fmt.Sprint(got[2].ID) {
		t.Errorf("%d pieces, id %s", len(got), native)
	}
}

// What has arrived is not sent again, and a failure says how much has.
func TestSendGoesOn(t *testing.T) {
	b, home, _ := sender(t, sim.Options{})
	r := reply("11", text(strings.Repeat("a", 4096)+strings.Repeat("b", 4096)+"c"))
	b.sim.Fail("sendMessage", sim.Fault{Status: 500}) // the first piece of the first try
	for _, want := range []int{0, 2} {
		_, err := b.ch.Send(context.Background(), r)
		var se *core.SendError
		if !errors.As(err, &se) || se.Done != want {
			t.Fatalf("got %+v, want %d pieces done", err, want)
		}
		r.Done = se.Done
		if want == 0 { // the third piece of the second try
			b.sim.Fail("sendMessage", ok, ok, sim.Fault{Status: 502, Raw: "x"})
		}
	}
	if _, err := b.ch.Send(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	if got := b.seen(home); len(got) != 4 || got[3] != "> c" {
		t.Fatalf("%d messages, the last %q", len(got), got[len(got)-1])
	}
}

func TestSendAgainAsPlainText(t *testing.T) {
	b, home, _ := sender(t, sim.Options{})
	b.sim.Fail("sendMessage", sim.Fault{Status: 400, Description: "Bad Request: can't parse entities: oh no"})
	if _, err := b.ch.Send(context.Background(), reply("11", text("**free** & easy"))); err != nil {
		t.Fatal(err)
	}
	if m := b.sim.Transcript(home)[1]; m.Text != "**free** & easy" || m.ParseMode != "" {
		t.Errorf("sent %+v", m)
	}
	refusal := sim.Fault{Status: 400, Description: "Bad Request: can't parse entities: still"}
	b.sim.Fail("sendMessage", refusal, refusal)
	if _, err := b.ch.Send(context.Background(), reply("11", text("**x**"))); !core.IsPermanent(err) {
		t.Errorf("twice: %v", err)
	}
	if n := b.sim.Calls("sendMessage"); n != 4 {
		t.Errorf("%d calls, want 4: plain text is tried once", n)
	}
}

func TestSendFormats(t *testing.T) {
	b, home, _ := sender(t, sim.Options{})
	cites := []core.Citation{{Doc: "returns.md", Page: 3}, {Doc: "returns.md", Page: 3}, {Doc: "x", Title: "Shipping", URL: "https://shop.example/s"}}
	said := reply("11", text("**Seven days.** 1 < 2"), core.Part{Kind: core.Link, Text: "Form", URL: "https://shop.example/form"})
	said.Event.Citations = cites
	agent := reply("11", text("use **2** and <b>"))
	agent.Event.Role = core.Agent
	for _, r := range []core.Reply{said, agent} {
		if _, err := b.ch.Send(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
	got := b.sim.Transcript(home)
	want := "Seven days. 1 < 2\nForm\nhttps://shop.example/form\n\n📄 returns.md, p. 3\n📄 Shipping"
	if got[1].Text != want || got[1].ParseMode != "HTML" || !strings.Contains(got[1].Raw, `<a href="https://shop.example/s">`) {
		t.Errorf("the bot: %+v", got[1])
	}
	if got[2].Text != "use **2** and <b>" || got[2].ParseMode != "" {
		t.Errorf("a person's words must stay as written: %+v", got[2])
	}
}

func TestSendNothing(t *testing.T) {
	b, home, _ := sender(t, sim.Options{})
	for _, r := range []core.Reply{reply("11"), reply("11", text(" \n")), reply("11", core.Part{Kind: core.Signal, Value: "x"})} {
		if n, err := b.ch.Send(context.Background(), r); n != "" || err != nil {
			t.Errorf("%q, %v", n, err)
		}
	}
	blank := text("a" + strings.Repeat("\n", 5000) + "b") // its middle piece is blank
	if _, err := b.ch.Send(context.Background(), reply("11", blank, core.Part{Kind: core.Choice, Text: "OK"})); err != nil {
		t.Fatal(err)
	}
	if got := b.seen(home); !slices.Equal(got, []string{"hi", "> a", "> b"}) {
		t.Errorf("seen %q", got)
	}
	if _, err := b.ch.Send(context.Background(), reply("11", core.Part{Kind: core.Choice, Text: "OK"})); err != nil {
		t.Fatal(err)
	}
	if got := b.seen(home); got[3] != "> "+pointer {
		t.Errorf("buttons alone: %q", got[3])
	}
}

func TestSendToGroupsAndTopics(t *testing.T) {
	b, _, _ := sender(t, sim.Options{})
	group := b.sim.Group(-100200, "Shop")
	topic := b.sim.Topic(group, 9)
	asked := b.sim.Say(lin, topic, "hello")
	in := reply("-100200/9", text("hi"))
	in.Meta = map[string]string{metaReply: fmt.Sprint(asked)}
	gone := reply("-100200", text("well"))
	gone.Meta = map[string]string{metaReply: "999"} // deleted since
	for _, r := range []core.Reply{in, gone} {
		if _, err := b.ch.Send(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.sim.Transcript(topic); len(got) != 2 || got[1].Text != "hi" || got[1].ReplyTo != asked {
		t.Errorf("topic: %+v", got)
	}
	if got := b.sim.Transcript(group); len(got) != 1 || got[0].ReplyTo != 0 {
		t.Errorf("group: %+v", got)
	}
}

func TestSendFollowsAMovedGroup(t *testing.T) {
	b, _, _ := sender(t, sim.Options{})
	old := b.sim.Group(-55, "Small")
	big := b.sim.Migrate(old, -100300)
	if _, err := b.ch.Send(context.Background(), reply("-55", text(strings.Repeat("a", 5000)))); err != nil {
		t.Fatal(err)
	}
	if got := b.seen(big); len(got) != 2 || len(b.seen(old)) != 0 {
		t.Errorf("%d pieces in the supergroup, %d in the group", len(got), len(b.seen(old)))
	}
}

// ok lets one call pass: a fault that comes after the call was carried out.
var ok = sim.Fault{Late: true, Status: 200, Raw: `{"ok":true,"result":{"message_id":1}}`}

// A short pause in the middle of a long reply is waited out; one before it, or
// a long one, goes back to the outbox.
func TestSendWaitsShortlyWithinAReply(t *testing.T) {
	b, home, waits := sender(t, sim.Options{})
	long := reply("11", text(strings.Repeat("a", 4096)+"b"))
	slow := sim.Fault{Status: 429, RetryAfter: 2}
	b.sim.Fail("sendMessage", ok, slow)
	if _, err := b.ch.Send(context.Background(), long); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(*waits, []time.Duration{2 * time.Second}) || len(b.seen(home)) != 3 {
		t.Fatalf("waited %v, %d seen", *waits, len(b.seen(home)))
	}
	short, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	for _, c := range []struct {
		name   string
		ctx    context.Context
		faults []sim.Fault
		done   int
	}{
		{"first piece", context.Background(), []sim.Fault{slow}, 0},
		{"twice", context.Background(), []sim.Fault{ok, slow, slow}, 1},
		{"long", context.Background(), []sim.Fault{ok, {Status: 429, RetryAfter: 6}}, 1},
		{"no time left", short, []sim.Fault{ok, slow}, 1},
	} {
		b.sim.Fail("sendMessage", c.faults...)
		_, err := b.ch.Send(c.ctx, long)
		var se *core.SendError
		if !errors.As(err, &se) || se.After == 0 || se.Done != c.done || se.Permanent {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestChoices(t *testing.T) {
	long := "intent:" + strings.Repeat("退", 40)
	for _, c := range []struct {
		name string
		part core.Part
		want button
		ok   bool
	}{
		{"short", core.Part{Text: "Yes", Value: "y"}, button{Text: "Yes", Data: "y"}, true},
		{"no value", core.Part{Text: "Yes"}, button{Text: "Yes", Data: "Yes"}, true},
		{"no label", core.Part{Value: "y"}, button{Text: "y", Data: "y"}, true},
		{"nothing", core.Part{}, button{}, false},
		{"a link", core.Part{Text: "Open", URL: "https://a.example"}, button{Text: "Open", URL: "https://a.example"}, true},
		{"64 bytes", core.Part{Text: "a", Value: strings.Repeat("v", 64)}, button{Text: "a", Data: strings.Repeat("v", 64)}, true},
		{"too long", core.Part{Text: "a", Value: long}, button{Text: "a", Data: "~1z.3." + digest(long)}, true},
		{"looks like a long one", core.Part{Text: "a", Value: "~x"}, button{Text: "a", Data: "~1z.3." + digest("~x")}, true},
	} {
		got, ok := choice(71, 3, c.part)
		if ok != c.ok || ok && got != c.want || len(got.Data) > maxData {
			t.Errorf("%s: %+v, %v", c.name, got, ok)
		}
	}
	many := make([]core.Part, maxButtons+1)
	for i := range many {
		many[i] = core.Part{Kind: core.Choice, Text: fmt.Sprint("n", i)}
	}
	if r := render(core.Event{Parts: many}); len(r.buttons) != maxButtons || r.text != "n100" {
		t.Errorf("%d buttons, text %q", len(r.buttons), r.text)
	}
}
