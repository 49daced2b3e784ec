package slack_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	sim "frontdesk/channels/sim/slack"
	"frontdesk/core"
)

func card(mode core.Mode) core.Card {
	return core.Card{Conversation: "conv-1", Case: "case-1", Channel: "web", Bot: "shop", Mode: mode, Epoch: 3, Reason: core.ReasonUnsure,
		Contact: core.Contact{Name: "Zoe <!channel> & co", Level: core.Claimed}, Since: time.Unix(1_700_000_000, 0),
		Signals: []core.Signalled{{Name: "confidence", Value: 0.312, Limit: 0.45}, {Name: "asked again", Value: 2}},
		Asked:   "can I <https://evil.test|return it>?\n<!here> & hello", Tried: "Within 30 days.", Slots: map[string]string{"order": "A12", "colour": "red"}}
}

// deskRig has one open case.
func deskRig(t *testing.T, o sim.Options) (*rig, core.DeskRef) {
	t.Helper()
	r := newRig(t, o, nil)
	ref := core.DeskRef{Channel: "sl", Room: "C0DESK"}
	ts, err := r.ch.Desk().Show(t.Context(), core.DeskPost{Action: core.DeskOpen, Ref: ref, Card: card(core.Waiting)})
	if err != nil {
		t.Fatal(err)
	}
	ref.Thread = ts
	r.house.open(ref)
	return r, ref
}

func (r *rig) show(p core.DeskPost) {
	r.t.Helper()
	if _, err := r.ch.Desk().Show(r.t.Context(), p); err != nil {
		r.t.Fatal(err)
	}
}

func actions(m sim.Seen) string {
	var ids []string
	for _, b := range m.Buttons {
		ids = append(ids, strings.TrimPrefix(b.ActionID, "frontdesk_"))
	}
	return strings.Join(ids, " ")
}

func TestCardSaysWhatAPersonNeeds(t *testing.T) {
	r, ref := deskRig(t, sim.Options{})
	m := r.Transcript("C0DESK")[0]
	for _, want := range []string{"A person is wanted · waiting for a person", "Zoe !channel co (says so)", "web → shop",
		"the bot is not sure enough", "2023-11-14 22:13 UTC", "confidence 0.312 (limit 0.45)", "asked again 2",
		"> can I <https://evil.test|return it>?", "> <!here> & hello", "Within 30 days.", "• colour: red\n• order: A12", ">>"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("the card lacks %q:\n%s", want, m.Text)
		}
	}
	if len(m.Pings) > 0 || len(m.Links) > 0 {
		t.Errorf("a customer's words ping %v and link %v", m.Pings, m.Links)
	}
	if m.TS != ref.Thread || actions(m) != "take reply return resolve" {
		t.Errorf("%s has %s", m.TS, actions(m))
	}
	for _, b := range m.Buttons {
		if b.Value != `{"c":"conv-1","e":3,"l":"en"}` {
			t.Errorf("%s carries %s", b.ActionID, b.Value)
		}
	}
	if ping := r.Calls("chat.postMessage")[0].Args["text"]; strings.Contains(ping, "<") {
		t.Errorf("the notification is not escaped: %s", ping)
	}
}

func TestCardIsRedrawn(t *testing.T) {
	r, ref := deskRig(t, sim.Options{})
	for _, c := range []struct {
		mode            core.Mode
		action          core.DeskAction
		status, buttons string
	}{
		{core.ByAgent, core.DeskUpdate, "with Bo", "take reply return resolve"},
		{core.ByBot, core.DeskUpdate, "back with the bot", "take reply resolve"},
		{core.Closed, core.DeskClose, "resolved", ""},
	} {
		k := card(c.mode)
		k.Owner, k.Epoch = "Bo", 4
		r.show(core.DeskPost{Action: c.action, Ref: ref, Card: k})
		m := r.Transcript("C0DESK")[0]
		if !strings.Contains(m.Text, c.status) || actions(m) != c.buttons {
			t.Errorf("%s shows %q with %q", c.mode, m.Text, actions(m))
		}
		if len(m.Buttons) > 0 && !strings.Contains(m.Buttons[0].Value, `"e":4`) {
			t.Errorf("the buttons carry %s", m.Buttons[0].Value)
		}
	}
	if n := len(r.Transcript("C0DESK")); n != 1 {
		t.Errorf("%d messages in the room", n)
	}
}

func TestCardInChinese(t *testing.T) {
	for _, c := range []struct {
		locale, asked string
		chinese       bool
	}{{"zh-CN", "hello", true}, {"", "怎么退货", true}, {"en-GB", "怎么退货", false}, {"", "hello", false}, {"fr", "", false}} {
		r := newRig(t, sim.Options{}, nil)
		k := card(core.Waiting)
		k.Contact.Locale, k.Asked = c.locale, c.asked
		r.show(core.DeskPost{Action: core.DeskOpen, Ref: core.DeskRef{Channel: "sl", Room: "C0DESK"}, Card: k})
		text := r.Transcript("C0DESK")[0].Text
		if strings.Contains(text, "需要人工接待") != c.chinese || strings.Contains(text, "置信度 0.312 (阈值 0.45)") != c.chinese {
			t.Errorf("%+v: %s", c, text)
		}
		// What a press leads to speaks as the card does.
		if v := r.Transcript("C0DESK")[0].Buttons[0].Value; strings.Contains(v, `"l":"zh"`) != c.chinese {
			t.Errorf("%+v: the buttons carry %s", c, v)
		}
	}
}

// A case that was back with the bot and waits again is told in the room: a
// redrawn card notifies nobody.
func TestHandedOverAgain(t *testing.T) {
	r, ref := deskRig(t, sim.Options{})
	r.show(core.DeskPost{Action: core.DeskUpdate, Ref: ref, Card: card(core.ByBot)})
	r.show(core.DeskPost{Action: core.DeskOpen, Ref: ref, Card: card(core.Waiting)})
	m := r.Transcript("C0DESK")[0]
	if !strings.Contains(m.Text, "waiting for a person") {
		t.Errorf("the card shows %q", m.Text)
	}
	told := r.Thread("C0DESK", ref.Thread)
	if last := told[len(told)-1]; !strings.Contains(last.Text, "A person is wanted again") || len(last.Pings) > 0 {
		t.Errorf("the thread ends with %+v", last)
	}
	if post := r.Calls("chat.postMessage"); post[len(post)-1].Args["reply_broadcast"] != "true" {
		t.Error("the room is not told")
	}
}

func TestWhatIsSaidIsShownUnderItsAuthor(t *testing.T) {
	r, ref := deskRig(t, sim.Options{})
	for _, c := range []struct {
		role         core.Role
		author, text string
		want         string
	}{
		{core.Customer, "Zoe (agent)", "<!channel> see <http://x|y> & z", "Zoe (agent) (Customer)"},
		{core.Customer, "", "hello", "Customer"},
		{core.BotRole, "", "I am here", "bot"},
		{core.Agent, "Bo", "let me see", "Bo (agent → Customer)"},
	} {
		r.show(core.DeskPost{Action: core.DeskSay, Ref: ref, Role: c.role, Author: c.author, Parts: []core.Part{{Text: c.text}}})
		thread := r.Thread("C0DESK", ref.Thread)
		m := thread[len(thread)-1]
		if m.Author != c.want || m.Text != c.text || m.Thread != ref.Thread {
			t.Errorf("%v is shown as %+v", c, m)
		}
		if len(m.Pings)+len(m.Links) > 0 {
			t.Errorf("%q pings %v and links %v", c.text, m.Pings, m.Links)
		}
	}
	r.show(core.DeskPost{Action: core.DeskSay, Ref: ref, Role: core.Customer, Parts: []core.Part{
		{Kind: core.Image, Text: "p.png", URL: "https://files.test/p.png"}, {Kind: core.Choice, Text: "Keep it"}}})
	thread := r.Thread("C0DESK", ref.Thread)
	if got := thread[len(thread)-1].Text; got != "📎 p.png https://files.test/p.png\n▸ Keep it" {
		t.Errorf("shown as %q", got)
	}
}

func TestThreadTextStaysInside(t *testing.T) {
	r, ref := deskRig(t, sim.Options{})
	for i, text := range []string{"who is this?", "> quoted, not sent", ">>> quoted too", "a >> b", "@frontdesk what do you think"} {
		do(t)(r.As("U2").Reply("C0DESK", ref.Thread, text))
		r.idle()
		acts := r.house.done()
		last := acts[len(acts)-1]
		if last.Do != core.DoNote || last.Text != strings.Replace(text, "@frontdesk", "@U0BOT", 1) || last.Ref != ref || last.Agent != "U2" || last.Name != "Bo" || last.Epoch != 0 {
			t.Errorf("%q became %+v", text, last)
		}
		if i < 4 && len(acts) != i+1 {
			t.Errorf("%q: %d acts", text, len(acts))
		}
	}
	if len(r.house.got()) != 0 {
		t.Errorf("the desk is no customer: %s", summary(r.house.got()))
	}
	for _, m := range r.Thread("C0DESK", ref.Thread) {
		if len(m.Reactions) > 0 {
			t.Errorf("a note is marked: %+v", m)
		}
	}
}

func TestReplyByPrefix(t *testing.T) {
	r, ref := deskRig(t, sim.Options{})
	ts := do(t)(r.As("U2").Reply("C0DESK", ref.Thread, ">>  It is <on> its way & see example.com"))
	r.until("marked", func() bool { return slices.Equal(r.message("C0DESK", ts).Reactions, []string{"white_check_mark"}) })
	acts := r.house.done()
	if len(acts) != 1 || acts[0].Do != core.DoReply || acts[0].Text != "It is <on> its way & see example.com" ||
		acts[0].Native != "C0DESK/"+ts || acts[0].Name != "Bo" || acts[0].Ref != ref {
		t.Errorf("%+v", acts)
	}
}

func (r *rig) message(channel, ts string) sim.Seen {
	for _, m := range r.Thread(channel, ts) {
		if m.TS == ts {
			return m
		}
	}
	for _, root := range r.Transcript(channel) {
		for _, m := range r.Thread(channel, root.TS) {
			if m.TS == ts {
				return m
			}
		}
	}
	return sim.Seen{}
}

func TestReplyThatIsNotSentSaysWhy(t *testing.T) {
	for _, c := range []struct {
		name, text string
		err        error
		want       string
	}{
		{"empty", ">>", nil, "no text"},
		{"refused", ">> hello", core.Invalid("the window of <48> hours is over"), "the window of <48> hours is over"},
		{"no case", ">> hello", core.ErrNotFound, "no open case"},
		{"stale", ">> hello", fmt.Errorf("moved: %w", core.ErrStale), "changed hands"},
		{"too long", ">> " + strings.Repeat("x", 16001), nil, "too long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, ref := deskRig(t, sim.Options{})
			r.house.say(c.err)
			ts := do(t)(r.As("U2").Reply("C0DESK", ref.Thread, c.text))
			r.until("marked and told", func() bool {
				w := r.Whispers("U2")
				return slices.Equal(r.message("C0DESK", ts).Reactions, []string{"warning"}) && len(w) == 1 && strings.Contains(w[0].Text, c.want)
			})
			if len(r.Whispers("U1")) > 0 || len(r.house.done()) > 0 {
				t.Error("others hear of it, or it was sent after all")
			}
		})
	}
}

func TestReplyIsDeliveredAgainAfterAFault(t *testing.T) {
	after := make(chan time.Time)
	r, ref := deskRig(t, sim.Options{After: func(time.Duration) <-chan time.Time { return after }})
	r.house.say(errDisk)
	ts := do(t)(r.As("U2").Reply("C0DESK", ref.Thread, ">> hello"))
	r.until("marked", func() bool { return slices.Equal(r.message("C0DESK", ts).Reactions, []string{"warning"}) })
	if w := r.Whispers("U2"); len(w) == 0 || strings.Contains(w[0].Text, "disk") {
		t.Errorf("told %+v", w)
	}
	r.house.say(nil)
	select { // the second try may have come before the fault was mended
	case after <- time.Time{}:
	case <-marked(r, ts):
	}
	r.until("sent", func() bool { return slices.Equal(r.message("C0DESK", ts).Reactions, []string{"white_check_mark"}) })
	if n := len(r.house.done()); n != 1 {
		t.Errorf("%d replies", n)
	}
}

// marked is closed once ts carries its check mark.
func marked(r *rig, ts string) <-chan struct{} {
	c := make(chan struct{})
	go func() {
		defer close(c)
		_ = r.Await(r.t.Context(), func() bool { return slices.Contains(r.message("C0DESK", ts).Reactions, "white_check_mark") })
	}()
	return c
}

func TestOneReplyDeliveredThreeTimesIsSentOnce(t *testing.T) {
	r, ref := deskRig(t, sim.Options{})
	body := []byte(`{"type":"event_callback","event_id":"Ev7","event":{"type":"message","channel":"C0DESK","user":"U2","text":"&gt;&gt; hi","ts":"1700000000.000100","thread_ts":"` + ref.Thread + `"}}`)
	for range 3 {
		if w := post(r.ch.Hook(), "/events", "application/json", body, time.Now()); w.Code != 200 {
			t.Fatalf("status %d", w.Code)
		}
	}
	natives := map[string]bool{} // the ledger knows a repetition by it
	for _, a := range r.house.done() {
		natives[a.Native] = true
	}
	if len(natives) != 1 {
		t.Errorf("natives %v", natives)
	}
}

func TestButtons(t *testing.T) {
	r, ref := deskRig(t, sim.Options{})
	for action, do := range map[string]core.DeskDo{"take": core.DoTake, "return": core.DoReturn, "resolve": core.DoResolve} {
		if err := r.As("U2").Press("C0DESK", ref.Thread, "frontdesk_"+action); err != nil {
			t.Fatal(err)
		}
		acts := r.house.done()
		last := acts[len(acts)-1]
		if last.Do != do || last.Epoch != 3 || last.Ref != ref || last.Name != "Bo" || last.Native == "" {
			t.Errorf("%s became %+v", action, last)
		}
	}
	natives := map[string]bool{}
	for _, a := range r.house.done() {
		natives[a.Native] = true
	}
	if len(natives) != 3 {
		t.Errorf("natives %v", natives)
	}
}

// TestActOnACardJustShown is quicker than the ledger, which notes the thread
// once it has Slack's answer.
func TestActOnACardJustShown(t *testing.T) {
	r, ref := deskRig(t, sim.Options{})
	r.house.notYet = 2
	if err := r.As("U2").Press("C0DESK", ref.Thread, "frontdesk_take"); err != nil {
		t.Fatal(err)
	}
	r.house.notYet = 2
	do(t)(r.As("U2").Reply("C0DESK", ref.Thread, "a note"))
	r.idle()
	if acts := r.house.done(); len(acts) != 2 || acts[0].Do != core.DoTake || acts[1].Do != core.DoNote {
		t.Errorf("%+v", acts)
	}
}

func TestStaleButtons(t *testing.T) {
	r, ref := deskRig(t, sim.Options{})
	r.house.say(core.ErrStale)
	press := func(want string) {
		t.Helper()
		before := len(r.Whispers("U2"))
		if err := r.As("U2").Press("C0DESK", ref.Thread, "frontdesk_take"); err != nil {
			t.Fatal(err)
		}
		r.until("told", func() bool { return len(r.Whispers("U2")) == before+1 })
		if got := r.Whispers("U2")[before].Text; !strings.Contains(got, want) {
			t.Errorf("told %q", got)
		}
	}
	press("changed hands meanwhile")
	k := card(core.ByAgent)
	k.Owner = "Cy"
	r.show(core.DeskPost{Action: core.DeskUpdate, Ref: ref, Card: k})
	press("with Cy already")
	r.house.say(errDisk)
	press("try again")
	if len(r.Whispers("U1")) > 0 {
		t.Error("only who pressed is told")
	}
}

func TestReplyByWindow(t *testing.T) {
	r, ref := deskRig(t, sim.Options{})
	bo := r.As("U2")
	if err := bo.Press("C0DESK", ref.Thread, "frontdesk_reply"); err != nil {
		t.Fatal(err)
	}
	r.until("opened", func() bool { return len(bo.Windows()) == 1 })
	w := bo.Windows()[0]
	if w.Title != "Reply to customer" || len(w.Inputs) != 1 || len(r.As("U1").Windows()) != 0 {
		t.Errorf("%+v", w)
	}
	r.house.say(core.Invalid("not now"))
	if p, err := bo.Submit(w.ID, "It is <here>"); err != nil || len(p) != 1 || !strings.Contains(fmt.Sprint(p), "not now") {
		t.Errorf("problems %v, %v", p, err)
	}
	if len(bo.Windows()) != 1 {
		t.Error("the window stays open, with what was written")
	}
	r.house.say(nil)
	if p, err := bo.Submit(w.ID, "It is <here>"); err != nil || len(p) != 0 || len(bo.Windows()) != 0 {
		t.Errorf("problems %v, %v", p, err)
	}
	acts := r.house.done()
	if len(acts) != 1 || acts[0].Do != core.DoReply || acts[0].Text != "It is <here>" || acts[0].Ref != ref || acts[0].Name != "Bo" || acts[0].Epoch != 0 {
		t.Errorf("%+v", acts)
	}
	r.until("shown to colleagues", func() bool {
		thread := r.Thread("C0DESK", ref.Thread)
		last := thread[len(thread)-1]
		return last.Text == "It is <here>" && last.Author == "Bo (agent → Customer)" && slices.Equal(last.Reactions, []string{"white_check_mark"})
	})
	r.idle()
	if n := len(r.house.done()); n != 1 {
		t.Errorf("%d acts: what the app shows itself is nobody's", n)
	}
}

// TestRoles is the table of who is a customer and who works here.
func TestRoles(t *testing.T) {
	r, ref := deskRig(t, sim.Options{})
	r.AddRoom(sim.Room{ID: "C9", Name: "old-desk"}) // a case's thread outside any desk room
	old := do(t)(r.As("U2").Say("C9", "an old card"))
	r.house.open(core.DeskRef{Channel: "sl", Room: "C9", Thread: old})
	plain := do(t)(r.As("U2").Say("C0DESK", "morning all"))
	turns, acts := len(r.house.got()), len(r.house.done())
	for _, c := range []struct {
		name         string
		say          func() (string, error)
		turns, notes int
	}{
		{"in a case's thread", func() (string, error) { return r.As("U2").Reply("C0DESK", ref.Thread, "hm") }, 0, 1},
		{"a customer's words in a case's thread", func() (string, error) { return r.As("U1").Reply("C0DESK", ref.Thread, "@frontdesk hi") }, 0, 2},
		{"in a case's thread elsewhere", func() (string, error) { return r.As("U2").Reply("C9", old, "hm") }, 0, 1},
		{"in the desk room", func() (string, error) { return r.As("U2").Say("C0DESK", "lunch?") }, 0, 0},
		{"a mention in the desk room", func() (string, error) { return r.As("U2").Say("C0DESK", "@frontdesk lunch?") }, 0, 0},
		{"another thread in the desk room", func() (string, error) { return r.As("U2").Reply("C0DESK", plain, "morning") }, 0, 0},
		{"a mention elsewhere", func() (string, error) { return r.As("U2").Say("C9", "@frontdesk hi") }, 1, 0},
		{"chatter elsewhere", func() (string, error) { return r.As("U2").Say("C9", "hi") }, 0, 0},
		{"an agent's direct message", func() (string, error) { return r.As("U2").DM("hi") }, 1, 0},
	} {
		do(t)(c.say())
		r.idle()
		gotTurns, gotActs := len(r.house.got())-turns, len(r.house.done())-acts
		turns, acts = len(r.house.got()), len(r.house.done())
		if gotTurns != c.turns || gotActs != c.notes {
			t.Errorf("%s: %d turns and %d acts, want %d and %d", c.name, gotTurns, gotActs, c.turns, c.notes)
		}
	}
}

func TestDeskErrors(t *testing.T) {
	r, ref := deskRig(t, sim.Options{})
	d := r.ch.Desk()
	for _, c := range []struct {
		name string
		post core.DeskPost
		want string
		perm bool
	}{
		{"no room", core.DeskPost{Action: core.DeskOpen}, "names no room", true},
		{"no thread", core.DeskPost{Action: core.DeskSay, Ref: core.DeskRef{Room: "C0DESK"}}, "no thread", true},
		{"wrong room", core.DeskPost{Action: core.DeskOpen, Ref: core.DeskRef{Room: "C404"}, Card: card(core.Waiting)}, "channel_not_found", true},
		{"card deleted", core.DeskPost{Action: core.DeskUpdate, Ref: core.DeskRef{Room: "C0DESK", Thread: "1.000001"}, Card: card(core.ByBot)}, "message_not_found", true},
	} {
		if _, err := d.Show(t.Context(), c.post); err == nil || !strings.Contains(err.Error(), c.want) || core.IsPermanent(err) != c.perm {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	r.Fail("chat.update", sim.Fault{Status: 502})
	if _, err := d.Show(t.Context(), core.DeskPost{Action: core.DeskUpdate, Ref: ref, Card: card(core.ByBot)}); err == nil || core.IsPermanent(err) {
		t.Errorf("%v may pass", err)
	}
}

// TestCardHoldsAnything draws cards full of what makes Slack refuse a block.
func TestCardHoldsAnything(t *testing.T) {
	r := newRig(t, sim.Options{}, nil)
	long := strings.Repeat("&<>一\n", 4000)
	k := core.Card{Conversation: "c", Contact: core.Contact{Name: long, Locale: long[:5]}, Channel: "web", Bot: "b", Mode: core.Waiting,
		Asked: long, Tried: long, Slots: map[string]string{}}
	for i := range 40 {
		k.Slots[fmt.Sprint(long, i)] = long
		k.Signals = append(k.Signals, core.Signalled{Name: long, Value: 1e9})
	}
	ref := core.DeskRef{Room: "C0DESK"}
	for _, c := range []core.Card{k, {}} {
		ts, err := r.ch.Desk().Show(t.Context(), core.DeskPost{Action: core.DeskOpen, Ref: ref, Card: c})
		if err != nil {
			t.Fatal(err)
		}
		ref.Thread = ts
		r.show(core.DeskPost{Action: core.DeskSay, Ref: ref, Role: core.Customer, Author: long, Parts: []core.Part{{Text: long}}})
		r.show(core.DeskPost{Action: core.DeskUpdate, Ref: ref, Card: c})
		ref.Thread = ""
	}
}
