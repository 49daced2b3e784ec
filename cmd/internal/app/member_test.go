package app

import (
	"testing"
	"time"

	"frontdesk/configs"
	"frontdesk/core"
	"frontdesk/core/llm"
	"frontdesk/core/llm/answer"
	"frontdesk/core/llm/anthropic"
	"frontdesk/core/llm/openai"
)

func TestMemberOf(t *testing.T) {
	for name, tc := range map[string]struct {
		p     configs.Provider
		local bool
	}{
		"the vendor's":  {configs.Provider{Kind: "openai"}, false},
		"by name":       {configs.Provider{Kind: "ollama"}, true},
		"name and host": {configs.Provider{Kind: "vllm", BaseURL: "http://127.0.0.1:1/v1"}, true},
		"cloud by name": {configs.Provider{Kind: "deepseek"}, false},
		"loopback":      {configs.Provider{Kind: "openai", BaseURL: "http://localhost:11434/v1"}, true},
		"elsewhere":     {configs.Provider{Kind: "openai", BaseURL: "https://models.example/v1"}, false},
	} {
		tc.p.Name, tc.p.Timeout, tc.p.FirstTokenTimeout = "m", 8*time.Second, 3*time.Second
		m := memberOf(tc.p)
		if _, ok := m.Provider.(*openai.Provider); !ok || m.Local != tc.local || m.Total != 8*time.Second || m.FirstToken != 3*time.Second || m.Name() != "m" {
			t.Errorf("%s: %+v", name, m)
		}
	}
	if _, ok := memberOf(configs.Provider{Kind: "anthropic", Name: "c"}).Provider.(*anthropic.Provider); !ok {
		t.Error("anthropic is not Anthropic's")
	}
}

// Every kind the configuration takes is one the router knows.
func TestKindsHavePresets(t *testing.T) {
	for kind, p := range openai.Presets() {
		if p.BaseURL == "" {
			t.Errorf("%s has no address", kind)
		}
		if why := (configs.Provider{Name: "x", Kind: kind}).Skip(); (why == "") != p.Local {
			t.Errorf("%s, local %v, is skipped without a key: %q", kind, p.Local, why)
		}
	}
}

func TestBudgets(t *testing.T) {
	a := &App{cfg: &configs.Config{Channels: []configs.Channel{{ID: "wx", Type: "wechat"}, {ID: "site", Type: "web"}, {ID: "new", Type: "carrier pigeon"}}}}
	for channel, want := range map[string]llm.Budget{"wx": {FirstToken: 3 * time.Second, Total: 4500 * time.Millisecond}, "site": budgets["web"], "new": answer.Default, "gone": answer.Default} {
		turn := core.NewTurn(core.Work{Envelope: core.Envelope{Channel: channel}}, time.Now)
		if got := a.budget(turn); got != want {
			t.Errorf("%s: %+v", channel, got)
		}
	}
}
