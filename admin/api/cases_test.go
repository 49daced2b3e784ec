package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/admin/admintest"
	"frontdesk/core"
)

type conversation struct {
	ID, Channel, Bot, Mode, Owner, Reason, Preview string
	Epoch                                          int64
	LastSeq                                        int64  `json:"last_seq"`
	PreviewRole                                    string `json:"preview_role"`
	Contact                                        core.Contact
}

type messages struct {
	Items []struct {
		ID, Kind, Role, Author, Text, Outcome string
		Seq, Turn                             int64
		Internal                              bool
		Citations                             []core.Citation
		Confidence                            *float64
	}
	Next string
}

func path(id core.ConversationID, rest string) string {
	return "/api/v1/admin/conversations/" + string(id) + rest
}

func (d desk) conversation(id core.ConversationID) (c conversation) {
	d.Helper()
	d.want(d.as(core.RoleViewer, "GET", path(id, ""), ""), 200, &c)
	return c
}

func TestConversationShape(t *testing.T) {
	d := newDesk(t)
	id := d.waiting("li")
	r := d.as(core.RoleViewer, "GET", path(id, ""), "")
	got := d.conversation(id)
	want := conversation{ID: string(id), Channel: "web", Bot: "default", Mode: "waiting", Reason: "asked", Preview: "One moment.",
		PreviewRole: "bot", Epoch: got.Epoch, LastSeq: 4, Contact: core.Contact{Name: "Li Hua"}}
	if diff := cmp.Diff(want, got); diff != "" || got.Epoch < 1 {
		t.Fatal(diff)
	}
	if etag := r.header.Get("ETag"); etag != fmt.Sprintf("%q", fmt.Sprint(got.Epoch)) {
		t.Fatalf("ETag %s, epoch %d", etag, got.Epoch)
	}
	for _, key := range []string{`"id":`, `"channel":`, `"bot":`, `"mode":`, `"epoch":`, `"owner":""`, `"contact":{`, `"last_seq":`, `"updated":"`, `"reason":`, `"preview":`} {
		if !strings.Contains(r.body, key) {
			t.Errorf("%s is missing in %s", key, r.body)
		}
	}
}

func TestConversationsByModeAndPage(t *testing.T) {
	d := newDesk(t)
	var want []string
	for i := range 5 {
		id := d.waiting(fmt.Sprint("c", i))
		want = append(want, string(id))
	}
	slices.Reverse(want) // newest first
	d.Ask("web", "bot", "Ann", "hello", admintest.Answered("Hi!", "a.pdf", 0.9))
	var got []string
	for cursor, pages := "", 0; ; pages++ {
		var p struct {
			Items []conversation
			Next  string
		}
		d.want(d.as(core.RoleViewer, "GET", "/api/v1/admin/conversations?mode=waiting&limit=2&cursor="+cursor, ""), 200, &p)
		for _, c := range p.Items {
			got = append(got, c.ID)
		}
		if cursor = p.Next; cursor == "" {
			break
		}
		if pages > 3 {
			t.Fatal("the pages do not end")
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	for mode, n := range map[string]int{"": 6, "bot": 1, "agent": 0, "closed": 0} {
		r := d.as(core.RoleViewer, "GET", "/api/v1/admin/conversations?mode="+mode, "")
		var p struct{ Items []conversation }
		d.want(r, 200, &p)
		if len(p.Items) != n || !strings.Contains(r.body, `"items":[`) || !strings.Contains(r.body, `"next":""`) {
			t.Errorf("mode %q: %s", mode, r.body)
		}
	}
}

func TestMessagesMergeNotes(t *testing.T) {
	d := newDesk(t)
	id := d.waiting("li")
	say := func(mid, text string, internal bool) {
		d.want(d.as(core.RoleAgent, "POST", path(id, "/messages"), fmt.Sprintf(`{"id":%q,"text":%q,"internal":%v}`, mid, text, internal)), 200, nil)
	}
	say("1", "asked twice already", true) // behind 4
	say("2", "Hello, this is Ann.", false)
	say("3", "prefers email", true)
	var m messages
	d.want(d.as(core.RoleViewer, "GET", path(id, "/messages"), ""), 200, &m)
	line := func(m messages) (out []string) {
		for _, x := range m.Items {
			out = append(out, fmt.Sprintf("%s %d %s %s %s %v %s", x.ID, x.Seq, x.Kind, x.Role, x.Author, x.Internal, x.Text))
		}
		return out
	}
	want := []string{
		"m1 1 message customer  false Can I return an opened blender?",
		"m2 2 message bot  false Within 30 days.",
		"m3 3 message customer  false 人工客服",
		"m4 4 message bot  false One moment.",
		"n1 4 note agent agent-program true asked twice already",
		"m5 5 taken system agent-program false ",
		"m6 6 message agent agent-program false Hello, this is Ann.",
		"n2 6 note agent agent-program true prefers email",
	}
	if diff := cmp.Diff(want, line(m)); diff != "" || m.Next != "" {
		t.Fatal(diff, m.Next)
	}
	if c := m.Items[1].Citations; len(c) != 1 || c[0].Doc != "returns.pdf" || *m.Items[1].Confidence != 0.8 || m.Items[1].Outcome != "answered" || m.Items[1].Turn != 1 {
		t.Fatalf("%+v", m.Items[1])
	}
	var paged []string
	for after, n := "0", 0; after != ""; n++ {
		var p messages
		d.want(d.as(core.RoleViewer, "GET", path(id, "/messages?limit=2&after="+after), ""), 200, &p)
		paged = append(paged, line(p)...)
		if after = p.Next; n > 4 {
			t.Fatal("the pages do not end")
		}
	}
	if diff := cmp.Diff(want, paged); diff != "" {
		t.Fatal(diff)
	}
	var tail messages // who keeps up gets the notes behind what they have again
	d.want(d.as(core.RoleViewer, "GET", path(id, "/messages?after=6"), ""), 200, &tail)
	if diff := cmp.Diff(want[7:], line(tail)); diff != "" {
		t.Fatal(diff)
	}
}

func TestSpeakIsIdempotent(t *testing.T) {
	d := newDesk(t)
	id, other := d.waiting("li"), d.waiting("other")
	post := func(c core.ConversationID, body string) reply {
		return d.as(core.RoleAgent, "POST", path(c, "/messages"), body)
	}
	first := d.want(post(id, `{"id":"a","text":"Hello"}`), 200, nil)
	if again := d.want(post(id, `{"id":"a","text":"Hello"}`), 200, nil); again.body != first.body {
		t.Fatalf("%s, then %s", first.body, again.body)
	}
	d.want(post(id, `{"id":"a","text":"Good bye"}`), 409, nil)
	d.want(post(id, `{"id":"a","text":"Hello","internal":true}`), 409, nil)
	d.want(post(other, `{"id":"a","text":"Good bye"}`), 200, nil) // ids are a conversation's
	note := d.want(post(id, `{"id":"n","text":"a note","internal":true}`), 200, nil)
	if again := d.want(post(id, `{"id":"n","text":"a note","internal":true}`), 200, nil); again.body != note.body || !strings.Contains(note.body, `"seq":0`) {
		t.Fatalf("%s, then %s", note.body, again.body)
	}
	d.want(post(id, `{"id":"n","text":"another","internal":true}`), 409, nil)
	var m messages
	d.want(d.as(core.RoleViewer, "GET", path(id, "/messages?after=4"), ""), 200, &m)
	if len(m.Items) != 3 { // taken, Hello, the note
		t.Fatalf("%+v", m)
	}
}

// TestNoteChangesNothing: a note neither takes the case nor reaches the customer.
func TestNoteChangesNothing(t *testing.T) {
	d := newDesk(t)
	id := d.waiting("li")
	before := d.conversation(id)
	d.want(d.as(core.RoleAgent, "POST", path(id, "/messages"), `{"id":"n","text":"careful","internal":true}`), 200, nil)
	if diff := cmp.Diff(before, d.conversation(id)); diff != "" {
		t.Fatal(diff)
	}
	evs, err := d.Ledger.Events(t.Context(), id, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, ev := range evs {
		if strings.Contains(ev.Text(), "careful") {
			t.Fatal("the customer sees the note")
		}
	}
}

func TestMovesNeedTheEpoch(t *testing.T) {
	for _, verb := range []string{"take", "return", "resolve"} {
		t.Run(verb, func(t *testing.T) {
			d := newDesk(t)
			id := d.waiting("li")
			epoch := d.conversation(id).Epoch
			move := func(match string) reply {
				var h []string
				if match != "" {
					h = []string{"If-Match", match}
				}
				return d.as(core.RoleAgent, "POST", path(id, "/"+verb), "", h...)
			}
			for match, status := range map[string]int{
				"": 428, "x": 400, `""`: 400, `W/"1"`: 400, "0": 400, "-1": 400, "1.5": 400, "99999999999999999999": 400,
				fmt.Sprint(epoch + 1): 409, fmt.Sprintf(`"%d"`, epoch+7): 409,
			} {
				if r := move(match); r.status != status {
					t.Errorf("If-Match %s: %d, want %d", match, r.status, status)
				}
			}
			if c := d.conversation(id); c.Mode != "waiting" || c.Epoch != epoch {
				t.Fatalf("a refused move moved: %+v", c)
			}
			var got conversation
			r := d.want(move(fmt.Sprintf(`"%d"`, epoch)), 200, &got)
			want := map[string]string{"take": "agent", "return": "bot", "resolve": "closed"}[verb]
			if got.Mode != want || got.Epoch != epoch+1 || (verb == "take") != (got.Owner == "agent-program") {
				t.Fatalf("%+v", got)
			}
			if etag := r.header.Get("ETag"); etag != fmt.Sprintf(`"%d"`, epoch+1) {
				t.Fatalf("ETag %s", etag)
			}
			d.want(move(fmt.Sprint(epoch)), 409, nil) // the same click again, as it was
			var again conversation
			d.want(move(fmt.Sprint(epoch+1)), 200, &again) // and as it is: nothing to do
			if diff := cmp.Diff(got, again); diff != "" {
				t.Fatal(diff)
			}
			d.want(move("*"), 200, nil)
		})
	}
}

// TestTwoTakeAtOnce: one has it, the other is told.
func TestTwoTakeAtOnce(t *testing.T) {
	d := newDesk(t)
	id := d.waiting("li")
	match := fmt.Sprint(d.conversation(id).Epoch)
	got := make(chan int, 2)
	for _, r := range []core.UserRole{core.RoleAgent, core.RoleEditor} {
		go func() { got <- d.as(r, "POST", path(id, "/take"), "", "If-Match", match).status }()
	}
	if a, b := <-got, <-got; a+b != 200+409 {
		t.Fatalf("%d and %d", a, b)
	}
}

func TestTrace(t *testing.T) {
	d := newDesk(t)
	id := d.waiting("li")
	var tr core.Trace
	r := d.want(d.as(core.RoleViewer, "GET", path(id, "/turns/3/trace"), ""), 200, &tr)
	if len(tr.Steps) != 6 || tr.Steps[5].Notes[0].Value != "asked" || r.header.Get("Content-Type") != "application/json" {
		t.Fatalf("%+v", tr)
	}
}
