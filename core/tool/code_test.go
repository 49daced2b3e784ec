package tool_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/store/mem"
	"frontdesk/core/tool"
)

// mailbox is where codes arrive.
type mailbox struct {
	to, code string
	n        int
	err      error
}

func (m *mailbox) Send(_ context.Context, to, code string, _ tool.Call) error {
	if m.err == nil {
		m.to, m.code = to, code
		m.n++
	}
	return m.err
}

// lobby is a set with a code and a tool that wants its proof.
type lobby struct {
	*tool.Set
	box  *mailbox
	tool *scripted
	turn *core.Turn // the last one
	seq  int64
	now  time.Time
}

func newLobby(t *testing.T) *lobby {
	t.Helper()
	l := &lobby{box: &mailbox{}, now: day, tool: &scripted{spec: tool.Spec{Name: "orders", Identity: tool.Anonymous, Proven: map[string]string{"phone": "sms"},
		Schema: json.RawMessage(`{"type":"object","properties":{"phone":{"type":"string"},"order":{"type":"string"}},"required":["phone"]}`)}}}
	calls := mem.NewCalls()
	c, err := tool.NewCode(tool.Code{Name: "sms", Arg: "phone", Calls: calls, Sender: l.box})
	if err != nil {
		t.Fatal(err)
	}
	l.Set = set(t, calls, append(c.Tools(), l.tool)...)
	return l
}

func (l *lobby) do(conversation, name string, kv ...string) error {
	l.seq++
	now := l.now
	l.turn = core.NewTurn(core.Work{Turn: core.TurnID{Conversation: core.ConversationID(conversation), Seq: l.seq}}, func() time.Time { return now })
	slots := map[string]string{}
	for i := 0; i+1 < len(kv); i += 2 {
		slots[kv[i]] = kv[i+1]
	}
	_, err := l.Action(name).Call(context.Background(), l.turn, slots)
	return err
}

func TestCode(t *testing.T) {
	l := newLobby(t)
	if err := l.do("c", "orders", "phone", "13800138000"); !errors.Is(err, tool.ErrIdentity) || len(l.tool.calls) > 0 {
		t.Errorf("without a code: %v", err)
	}
	if err := l.do("c", "sms_send", "phone", "13800138000"); err != nil || l.box.to != "13800138000" || len(l.box.code) != 6 {
		t.Fatalf("%v, %+v", err, l.box)
	}
	trace, _ := json.Marshal(l.turn.Trace)
	if strings.Contains(string(trace), l.box.code) || strings.Contains(strings.Join(l.turn.Found, ""), l.box.code) {
		t.Errorf("the code is told: %s", trace)
	}
	if err := l.do("c", "orders"); !errors.Is(err, tool.ErrIdentity) {
		t.Errorf("sent and not typed: %v", err)
	}
	if err := l.do("c", "sms_check", "code", "x"+l.box.code[1:]); err == nil {
		t.Error("a wrong code does")
	}
	if err := l.do("other", "sms_check", "code", l.box.code); err == nil {
		t.Error("it does in another conversation")
	}
	for range 2 { // a turn may be run again
		if err := l.do("c", "sms_check", "code", " "+l.box.code[:3]+" "+l.box.code[3:]); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.do("c", "orders", "phone", "13900139000"); err != nil || l.tool.calls[0].Args["phone"] != "13800138000" {
		t.Errorf("%v, called with %v: what is proven counts", err, l.tool.calls)
	}
	if err := l.do("other", "orders"); !errors.Is(err, tool.ErrIdentity) {
		t.Errorf("it is proven elsewhere: %v", err)
	}
	if _, found := l.Answer(t.Context(), l.turn, call("orders", `{"phone":"13900139000"}`)); found {
		t.Error("a model says what is proven")
	}
	for _, f := range l.Functions(l.turn) {
		if f.Name != "orders" || strings.Contains(string(f.Schema), "phone") {
			t.Errorf("a model is offered %s %s", f.Name, f.Schema)
		}
	}
	l.now = day.Add(31 * time.Minute)
	if err := l.do("c", "orders"); !errors.Is(err, tool.ErrIdentity) {
		t.Errorf("half an hour later: %v", err)
	}
}

func TestCodesAreNotGuessed(t *testing.T) {
	l := newLobby(t)
	if err := l.do("c", "sms_send", "phone", "13800138000"); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if err := l.do("c", "sms_check", "code", fmt.Sprintf("x%05d", i)); !errors.Is(err, tool.ErrNoMatch) {
			t.Fatal(err)
		}
	}
	if err := l.do("c", "sms_check", "code", l.box.code); !errors.Is(err, tool.ErrTooOften) {
		t.Errorf("the right one after five wrong ones: %v", err)
	}
	l = newLobby(t)
	if err := l.do("c", "sms_send", "phone", "13800138000"); err != nil {
		t.Fatal(err)
	}
	l.now = day.Add(11 * time.Minute)
	if err := l.do("c", "sms_check", "code", l.box.code); !errors.Is(err, tool.ErrNoMatch) {
		t.Errorf("after its time: %v", err)
	}
	if err := l.do("never", "sms_check", "code", "123456"); !errors.Is(err, tool.ErrNoMatch) {
		t.Errorf("none was sent: %v", err)
	}
}

// Nobody's phone is flooded: not from one chat, not from many.
func TestCodesAreNotSentTooOften(t *testing.T) {
	l := newLobby(t)
	for i := range 5 {
		if err := l.do("c", "sms_send", "phone", fmt.Sprint("1380013800", i)); (err == nil) != (i < 3) {
			t.Errorf("send %d: %v", i, err)
		}
	}
	l = newLobby(t)
	for i := range 30 {
		_ = l.do(fmt.Sprint("c", i), "sms_send", "phone", "138 0013 8000")
	}
	if l.box.n != 10 {
		t.Errorf("%d messages to one phone", l.box.n)
	}
	l.box.err = tool.ErrUnavailable
	if err := l.do("x", "sms_send", "phone", "13900139000"); !errors.Is(err, tool.ErrUnavailable) {
		t.Error(err)
	}
}
