package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// stage is a running `demo --sim` and its page's API.
type stage struct {
	t   *testing.T
	url string // of the page
}

// The part of the page's snapshot that the test reads.
type seen struct {
	WeChat   []struct{ From, Via, Text string }
	Telegram struct {
		Messages []struct {
			ID      int64
			Bot     bool
			Text    string
			Buttons [][]struct{ Text string }
		}
	}
	Slack []slackPost
	Desk  struct {
		Messages, Whispers []slackPost
		Windows            []struct{ ID string }
	}
}

type slackPost struct {
	TS, Thread, Author, Text string
	App                      bool
	Reactions                []string
	Buttons                  []struct{ Action, Text string }
	Replies                  []slackPost
}

func startStage(t *testing.T) *stage {
	t.Helper()
	cmd := program("demo", "--sim", "--addr", "127.0.0.1:0", "--data", filepath.Join(t.TempDir(), "demo"))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the demo ended with %v", err)
		}
	})
	stuck := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer stuck.Stop()
	s := &stage{t: t}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "sim "); ok {
			s.url = strings.TrimSpace(rest)
		}
		if strings.HasPrefix(lines.Text(), "token ") { // the last line
			break
		}
	}
	if s.url == "" {
		t.Fatal("the demo did not say where its page is")
	}
	return s
}

func (s *stage) act(path string, body map[string]string) {
	s.t.Helper()
	var problems struct{ Problems map[string]string }
	if _, err := call("POST", s.url+"api/"+path, "", body, &problems); err != nil || len(problems.Problems) > 0 {
		s.t.Fatalf("%s %v: %v %v", path, body, err, problems)
	}
}

// until waits for what the page shows to be as want says, and returns it.
func (s *stage) until(what string, want func(seen) bool) seen {
	s.t.Helper()
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		var v seen
		if _, err := call("GET", s.url+"api/state", "", nil, &v); err != nil {
			s.t.Fatal(err)
		}
		if want(v) {
			return v
		}
		if time.Since(start) > 20*time.Second {
			s.t.Fatalf("this did not come: %s; seen: %+v", what, v)
		}
	}
}

func (v seen) wechatSaw(via, words string) bool {
	for _, l := range v.WeChat {
		if l.From == "account" && l.Via == via && strings.Contains(l.Text, words) {
			return true
		}
	}
	return false
}

// card is the desk's card number i; its zero value is none.
func (v seen) card(i int) slackPost {
	if i >= len(v.Desk.Messages) {
		return slackPost{}
	}
	return v.Desk.Messages[i]
}

// reply is the answer in c's thread that says words.
func (c slackPost) reply(words string) (slackPost, bool) {
	i := slices.IndexFunc(c.Replies, func(r slackPost) bool { return strings.Contains(r.Text, words) })
	if i < 0 {
		return slackPost{}, false
	}
	return c.Replies[i], true
}

// TestSimulators is the whole product from outside: `demo --sim` as a process,
// the three platforms as people see them.
func TestSimulators(t *testing.T) {
	s := startStage(t)
	t.Run("customers are answered", s.customers)
	t.Run("a colleague takes over", s.takeover)
	t.Run("a reply by the window", s.window)
	t.Run("a browser", s.browser)
}

func (s *stage) with(t *testing.T) *stage { return &stage{t, s.url} }

func (s *stage) customers(t *testing.T) {
	s = s.with(t)
	s.act("wechat/follow", nil)
	s.until("a welcome", func(v seen) bool { return v.wechatSaw("passive", "暖檐生活") })
	s.act("wechat/say", map[string]string{"text": "满多少包邮？"})
	s.until("an answer on WeChat", func(v seen) bool { return v.wechatSaw("passive", "99 元包邮") })
	s.act("wechat/voice", map[string]string{"text": "几天内可以无理由退货？"})
	s.until("an answer to a voice", func(v seen) bool { return v.wechatSaw("passive", "15 天") })
	s.act("telegram/say", map[string]string{"text": "When will I get my refund?", "lang": "en"})
	s.until("an answer on Telegram", func(v seen) bool {
		m := v.Telegram.Messages
		return len(m) == 2 && m[1].Bot && strings.Contains(m[1].Text, "3 working days")
	})
	s.act("slack/say", map[string]string{"text": "Do you ship overseas?"})
	s.until("an answer on Slack", func(v seen) bool {
		return len(v.Slack) == 2 && v.Slack[1].App && strings.Contains(v.Slack[1].Text, "do not deliver overseas")
	})
	// A menu click begins a flow; in Telegram one chooses by a button.
	s.act("wechat/click", map[string]string{"text": "申请退货"})
	s.until("a question for the order", func(v seen) bool { return v.wechatSaw("passive", "订单号") })
	s.act("telegram/say", map[string]string{"text": "I want to return an item", "lang": "en"})
	s.until("the same on Telegram", func(v seen) bool { return len(v.Telegram.Messages) == 4 })
	s.act("telegram/say", map[string]string{"text": "20251103118", "lang": "en"})
	v := s.until("buttons", func(v seen) bool { m := v.Telegram.Messages; return len(m) == 6 && len(m[5].Buttons) == 3 })
	m := v.Telegram.Messages[5]
	s.act("telegram/press", map[string]string{"message": fmt.Sprint(m.ID), "button": m.Buttons[1][0].Text, "lang": "en"})
	s.until("what the button leads to", func(v seen) bool {
		last := v.Telegram.Messages[len(v.Telegram.Messages)-1]
		return last.Bot && last.ID > m.ID && strings.Contains(last.Text, "phone")
	})
}

func (s *stage) takeover(t *testing.T) {
	s = s.with(t)
	s.act("wechat/say", map[string]string{"text": "转人工"})
	v := s.until("a card", func(v seen) bool { return len(v.Desk.Messages) == 1 && v.wechatSaw("passive", "人工客服") })
	card := v.card(0)
	if !strings.Contains(card.Text, "客户要求人工服务") || len(card.Buttons) != 4 {
		t.Errorf("the card: %+v", card)
	}
	s.act("desk/press", map[string]string{"message": card.TS, "button": "frontdesk_take"})
	s.until("the case with Ann", func(v seen) bool { return strings.Contains(v.card(0).Text, "由 Ann 处理") })

	s.act("desk/say", map[string]string{"thread": card.TS, "text": "这位客户好像很着急"})
	s.act("desk/say", map[string]string{"thread": card.TS, "text": ">> 您好，我是客服 Ann。"})
	v = s.until("the agent's words on WeChat", func(v seen) bool {
		r, _ := v.card(0).reply("我是客服 Ann")
		return v.wechatSaw("custom", "您好，我是客服 Ann。") && slices.Contains(r.Reactions, "white_check_mark")
	})
	before := len(v.WeChat)
	s.act("wechat/say", map[string]string{"text": "我的订单还没有发货，满多少包邮？"})
	v = s.until("the customer's words in the thread", func(v seen) bool {
		r, ok := v.card(0).reply("还没有发货")
		return ok && r.App
	})
	if v.wechatSaw("", "着急") || v.wechatSaw("passive", "着急") || v.wechatSaw("custom", "着急") || v.wechatSaw("custom", ">>") {
		t.Errorf("an internal word reached the customer: %+v", v.WeChat)
	}
	if len(v.WeChat) != before+1 {
		t.Errorf("the bot spoke while a person had the case: %+v", v.WeChat[before:])
	}
	s.act("desk/press", map[string]string{"message": card.TS, "button": "frontdesk_resolve"})
	s.until("a closed card", func(v seen) bool { return len(v.card(0).Buttons) == 0 && strings.Contains(v.card(0).Text, "已解决") })
	s.act("wechat/say", map[string]string{"text": "可以分期付款吗？"})
	s.until("the bot again", func(v seen) bool { return v.wechatSaw("passive", "3 期免息") })
}

func (s *stage) window(t *testing.T) {
	s = s.with(t)
	s.act("slack/say", map[string]string{"text": "I want to talk to a person"})
	card := s.until("a second card", func(v seen) bool { return len(v.Desk.Messages) == 2 }).card(1)
	s.act("desk/press", map[string]string{"message": card.TS, "button": "frontdesk_reply"})
	open := s.until("a window", func(v seen) bool { return len(v.Desk.Windows) == 1 }).Desk.Windows[0].ID
	s.act("desk/close", map[string]string{"window": open})
	s.until("no window", func(v seen) bool { return len(v.Desk.Windows) == 0 })
	s.act("desk/press", map[string]string{"message": card.TS, "button": "frontdesk_reply"})
	next := s.until("a window again", func(v seen) bool { return len(v.Desk.Windows) == 1 && v.Desk.Windows[0].ID != open }).Desk.Windows[0].ID
	s.act("desk/submit", map[string]string{"window": next, "text": "Ann here, how can I help?"})
	s.until("the reply on Slack", func(v seen) bool {
		last := v.Slack[len(v.Slack)-1]
		return last.App && strings.Contains(last.Text, "Ann here") && len(v.Desk.Windows) == 0
	})
	s.act("desk/say", map[string]string{"text": ">> to whom?"})
	v := s.until("a whisper", func(v seen) bool { return len(v.Desk.Whispers) > 0 })
	if w := v.Desk.Whispers[0]; !strings.Contains(w.Text, "nothing was sent") {
		t.Errorf("the whisper: %+v", w)
	}
	s.act("desk/press", map[string]string{"message": card.TS, "button": "frontdesk_return"})
	s.until("the case with the bot", func(v seen) bool { return strings.Contains(v.card(1).Text, "back with the bot") })
}

// browser drives the page in a real Chromium; what it does is in
// testdata/sim.mjs. FRONTDESK_SHOTS=DIR keeps screenshots.
func (s *stage) browser(t *testing.T) {
	parts, err := filepath.Abs("../../.cache/parts/playwright")
	if err != nil {
		t.Fatal(err)
	}
	chromium, err := exec.LookPath("chromium")
	if _, serr := os.Stat(filepath.Join(parts, "node_modules", "playwright-core")); err != nil || serr != nil {
		t.Fatal("playwright-core or chromium is missing; run: make parts")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "testdata/sim.mjs", parts, chromium, s.url, os.Getenv("FRONTDESK_SHOTS"))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
}
