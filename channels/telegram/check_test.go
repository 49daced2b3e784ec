package telegram

import (
	"context"
	"strings"
	"testing"

	"frontdesk/channels"
	"frontdesk/channels/channeltest"
	sim "frontdesk/channels/sim/telegram"
)

func TestCheck(t *testing.T) {
	set := func(url string) func(*bench) {
		return func(b *bench) {
			p, err := params(map[string]any{"url": strings.ReplaceAll(url, "HERE", b.ch.hookURL())})
			if err == nil {
				err = b.ch.api.call(context.Background(), "setWebhook", p, nil)
			}
			if err != nil {
				b.t.Fatal(err)
			}
		}
	}
	fail := func(method string, f sim.Fault) func(*bench) { return func(b *bench) { b.sim.Fail(method, f) } }
	info := func(body string) func(*bench) {
		return func(b *bench) {
			body := strings.ReplaceAll(body, "HERE", b.ch.hookURL())
			b.sim.Fail("getWebhookInfo", sim.Fault{Status: 200, Raw: `{"ok":true,"result":` + body + `}`})
		}
	}
	for _, c := range []struct {
		name, mode string
		before     func(*bench)
		want       string // "" for well
	}{
		{"polling", polling, func(*bench) {}, ""},
		{"webhook, not started", webhook, func(*bench) {}, ""},
		{"webhook, started", webhook, set("HERE"), ""},
		{"webhook elsewhere", webhook, set("https://other.example/secret-path"), "points to https://other.example, not here"},
		{"polling with a webhook", polling, set("https://other.example/secret-path"), "polling gets nothing"},
		{"bad token", webhook, fail("getMe", sim.Fault{Status: 401, Description: "Unauthorized"}), "@BotFather"},
		{"no network", webhook, fail("getMe", sim.Fault{}), "check the network"},
		{"info fails", webhook, fail("getWebhookInfo", sim.Fault{Status: 500}), "500"},
		{"failing lately", webhook, info(`{"url":"HERE","pending_update_count":4,"last_error_date":1772600000,"last_error_message":"Connection refused"}`), "Connection refused, 4 updates waiting"},
		{"failed long ago", webhook, info(`{"url":"HERE","last_error_date":1772590000,"last_error_message":"Connection refused"}`), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, channeltest.Echo, sim.Options{}, map[string]any{"mode": c.mode})
			c.before(b)
			err := b.ch.Check(context.Background())
			switch {
			case c.want == "" && err != nil:
				t.Fatal(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Fatalf("got %v, want %q", err, c.want)
			case err != nil:
				secretless(t, err.Error())
				if strings.Contains(err.Error(), "secret-path") {
					t.Error("another webhook's path is told")
				}
			}
		})
	}
}

func TestConfig(t *testing.T) {
	for _, c := range []struct {
		name   string
		cfg    config
		public string
		hooked bool
		want   string // "" for well
	}{
		{"auto without https", config{Token: testToken, SecretToken: "s"}, "http://localhost:8080", false, ""},
		{"auto with https", config{Token: testToken, SecretToken: "s"}, "https://desk.example", true, ""},
		{"auto without a secret", config{Token: testToken}, "https://desk.example", false, ""},
		{"polling", config{Token: testToken, SecretToken: "s", Mode: polling}, "https://desk.example", false, ""},
		{"webhook", config{Token: testToken, SecretToken: "s", Mode: webhook}, "https://desk.example:8443", true, ""},
		{"webhook by http, own server", config{Token: testToken, SecretToken: "s", Mode: webhook, APIBaseURL: "http://bot-api:8081/"}, "http://desk:8080", true, ""},
		{"no token", config{}, "", false, "@BotFather"},
		{"half a token", config{Token: "4242"}, "", false, "does not look like"},
		{"a token with a space", config{Token: testToken + " x"}, "", false, "does not look like"},
		{"bad secret", config{Token: testToken, SecretToken: "a b"}, "", false, "openssl"},
		{"bad mode", config{Token: testToken, Mode: "push"}, "", false, `"push"`},
		{"bad base", config{Token: testToken, APIBaseURL: "bot-api:8081"}, "", false, "api_base_url"},
		{"webhook without secret", config{Token: testToken, Mode: webhook}, "https://desk.example", false, "needs a secret_token"},
		{"webhook without address", config{Token: testToken, SecretToken: "s", Mode: webhook}, "", false, "public_url"},
		{"webhook by http", config{Token: testToken, SecretToken: "s", Mode: webhook}, "http://desk.example", false, "https only"},
		{"webhook on a port", config{Token: testToken, SecretToken: "s"}, "https://desk.example:9000", false, "443, 80, 88 and 8443"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ch, err := Open(channels.Settings{ID: "tg", PublicURL: c.public,
				Decode: func(into any) error { *into.(*config) = c.cfg; return nil }})
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("got %v, want %q", err, c.want)
				}
				secretless(t, err.Error())
				return
			}
			if err != nil || ch.(*Channel).hooked != c.hooked {
				t.Fatalf("%v, hooked %v", err, ch != nil && ch.(*Channel).hooked)
			}
		})
	}
}
