package configs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// loadText loads src from a file in a folder of its own.
func loadText(t testing.TB, src string, env Environment) (*Config, error) {
	t.Helper()
	return Load(write(t, t.TempDir(), "frontdesk.yaml", src), env, kinds...)
}

func write(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func mustLoad(t testing.TB, src string, env Environment) *Config {
	t.Helper()
	cfg, err := loadText(t, src, env)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// Ensure that no file gives a bot that can be talked to.
func TestBuiltinDefaults(t *testing.T) {
	cfg, err := Load("", lookup(), kinds...)
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Channels) != 1 || cfg.Channels[0].Type != "web" || cfg.Channels[0].Bot != "default" || cfg.Bot("default") == nil {
		t.Errorf("channels %v, bots %v", cfg.Channels, cfg.Bots)
	}
	if cfg.DataDir != "./data" || cfg.Server.Addr != ":8080" || cfg.Server.ShutdownTimeout != 30*time.Second {
		t.Errorf("got %+v", cfg)
	}
}

func TestEmptyFileIsDefaults(t *testing.T) {
	for _, src := range []string{"", "\n\n", "# nothing\n", "---\n", "server:\nlimits:\n  text:\n"} {
		if cfg := mustLoad(t, src, lookup()); cfg.Server.Addr != ":8080" || cfg.Limits.Text != 16e3 {
			t.Errorf("%q: got %+v", src, cfg)
		}
	}
}

func TestMissingFile(t *testing.T) {
	_, err := Load("no/such.yaml", lookup())
	if err == nil || !strings.Contains(err.Error(), "no/such.yaml does not exist") {
		t.Errorf("got %v", err)
	}
}

func TestValues(t *testing.T) {
	cfg := mustLoad(t, `
server: {addr: "127.0.0.1:0", public_url: "https://chat.example.com/", shutdown_timeout: 1m30s}
limits: {text: 8KiB, body: 2MB, file: 1GB, in_flight_turns: 1_000}
llm:
  providers:
    - {name: a, model: m, api_key: "k"}
    - {name: b, model: m, api_key: ""}
    - {name: c, model: m}
    - {name: d, model: m, base_url: "http://127.0.0.1:1"}
    - {name: e, kind: anthropic, model: m, api_key:}
bots:
  - {id: shop, handoff: {threshold: 0}}
  - {id: other}
`, lookup())
	if cfg.Server.PublicURL != "https://chat.example.com" || cfg.Server.ShutdownTimeout != 90*time.Second {
		t.Errorf("server %+v", cfg.Server)
	}
	if want := (Limits{8192, 2e6, 1e9, 1000}); cfg.Limits != want {
		t.Errorf("limits %+v", cfg.Limits)
	}
	use, warn := cfg.LLM.Usable()
	if len(use) != 2 || use[0].Name != "a" || use[1].Name != "d" || use[0].Timeout != 8*time.Second || use[0].Kind != "openai" {
		t.Errorf("usable %+v", use)
	}
	if len(warn) != 3 || !strings.Contains(warn[0], "b is skipped: its api_key is empty") || !strings.Contains(warn[1], "c is skipped: it has no base_url") {
		t.Errorf("warnings %q", warn)
	}
	if th := cfg.Bots[0].Handoff.Threshold; th == nil || *th != 0 || cfg.Bots[1].Handoff.Threshold != nil {
		t.Error("a threshold of 0 and none are different things")
	}
}

func TestExpand(t *testing.T) {
	env := lookup("A", "one", "EMPTY", "", "NEST", "${A}")
	for _, tt := range []struct{ in, want string }{
		{"${A}", "one"},
		{"x${A}y${A}z", "xoneyonez"},
		{"${NONE:-two}", "two"},
		{"${NONE:-}", ""},
		{"${EMPTY}", ""},
		{"${EMPTY:-two}", "two"},
		{"$${A}", "${A}"},
		{"$$${A}", "$${A}"},
		{"$A $ $$", "$A $ $$"},
		{"${NEST}", "${A}"}, // a value is not looked at again
		{"${NONE:-a:-b}", "a:-b"},
	} {
		got, err := expandText(tt.in, env)
		if err != nil || got != tt.want {
			t.Errorf("%s: got %q, %v; want %q", tt.in, got, err, tt.want)
		}
	}
	if _, err := expandText(strings.Repeat("${A}", maxExpanded), env); err == nil {
		t.Error("an endless value is let through")
	}
}

// Ensure that a variable fills values of every type, and that keys stay.
func TestExpandTypes(t *testing.T) {
	cfg := mustLoad(t, "limits: {text: \"${SIZE}\", in_flight_turns: \"${N}\"}\nserver: {addr: \":${PORT:-7000}\"}\n",
		lookup("SIZE", "1kB", "N", "12"))
	if cfg.Limits.Text != 1000 || cfg.Limits.InFlightTurns != 12 || cfg.Server.Addr != ":7000" {
		t.Errorf("got %+v", cfg)
	}
}

func TestOverride(t *testing.T) {
	secret := write(t, t.TempDir(), "pw", "from-file\n")
	for _, tt := range []struct {
		name, src string
		env       []string
		got       func(*Config) any
		want      any
	}{
		{"over the file", "server: {addr: ':1'}", []string{"FRONTDESK_SERVER_ADDR", ":2"}, func(c *Config) any { return c.Server.Addr }, ":2"},
		{"section missing", "", []string{"FRONTDESK_SERVER_PUBLIC_URL", "https://x.example"}, func(c *Config) any { return c.Server.PublicURL }, "https://x.example"},
		{"top level", "", []string{"FRONTDESK_DATA_DIR", "there"}, func(c *Config) any { return c.DataDir }, "there"},
		{"size", "", []string{"FRONTDESK_LIMITS_IN_FLIGHT_TURNS", "7"}, func(c *Config) any { return c.Limits.InFlightTurns }, 7},
		{"duration", "", []string{"FRONTDESK_SERVER_SHUTDOWN_TIMEOUT", "7s"}, func(c *Config) any { return c.Server.ShutdownTimeout }, 7 * time.Second},
		{"emptied", "database: {url: 'postgres://h/x'}", []string{"FRONTDESK_DATABASE_URL", ""}, func(c *Config) any { return c.Database.URL.Reveal() }, ""},
		{"secret", "", []string{"FRONTDESK_ADMIN_INITIAL_PASSWORD", "pw"}, func(c *Config) any { return c.Admin.InitialPassword.Reveal() }, "pw"},
		{"secret's file", "", []string{"FRONTDESK_ADMIN_INITIAL_PASSWORD_FILE", secret}, func(c *Config) any { return c.Admin.InitialPassword.Reveal() }, "from-file"},
		{"file over value", "admin: {initial_password: x}", []string{"FRONTDESK_ADMIN_INITIAL_PASSWORD_FILE", secret}, func(c *Config) any { return c.Admin.InitialPassword.Reveal() }, "from-file"},
		{"value over file", "admin: {initial_password_file: gone}", []string{"FRONTDESK_ADMIN_INITIAL_PASSWORD", "pw"}, func(c *Config) any { return c.Admin.InitialPassword.Reveal() }, "pw"},
		{"not expanded", "", []string{"FRONTDESK_DATA_DIR", "${A}", "A", "b"}, func(c *Config) any { return c.DataDir }, "${A}"},
		{"reserved", "", []string{"FRONTDESK_SERVER", "http://x", "FRONTDESK_CONFIG", "x"}, func(c *Config) any { return c.Server.Addr }, ":8080"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.got(mustLoad(t, tt.src, lookup(tt.env...))); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestOverrideMistakes(t *testing.T) {
	for _, tt := range []struct{ name, value, want string }{
		{"FRONTDESK_SERVER_ADDR", "x", "environment variable FRONTDESK_SERVER_ADDR: server.addr: is no address"},
		{"FRONTDESK_LIMITS_IN_FLIGHT_TURNS", "secret-of-mine", "environment variable FRONTDESK_LIMITS_IN_FLIGHT_TURNS: the value is no whole number"},
		{"FRONTDESK_REDIS_URL_FILE", "gone", `FRONTDESK_REDIS_URL_FILE: url_file: file "gone" does not exist`},
	} {
		_, err := loadText(t, "", lookup(tt.name, tt.value))
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret-of-mine") {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
	both := lookup("FRONTDESK_REDIS_URL", "redis://h", "FRONTDESK_REDIS_URL_FILE", "x")
	if _, err := loadText(t, "", both); err == nil || !strings.Contains(err.Error(), "remove one") {
		t.Errorf("both given: %v", err)
	}
}

func TestStrays(t *testing.T) {
	got := Strays([]string{
		"PATH=/bin", "FRONTDESK_SERVER_ADDR=x", "FRONTDESK_TOKEN=x", "FRONTDESK_APT=1",
		"FRONTDESK_SERVER_ADRR=x", "FRONTDESK_WHATEVER_ELSE_THERE_IS=secret-of-mine",
		"FRONTDESK_SERVICE_HOST=10.0.0.1", "FRONTDESK_PORT_8080_TCP=tcp://10.0.0.1:8080",
		"FRONTDESK_DATABASE_URL_FILE=x",
	})
	want := []string{
		"environment variable FRONTDESK_SERVER_ADRR is ignored: did you mean FRONTDESK_SERVER_ADDR?",
		"environment variable FRONTDESK_WHATEVER_ELSE_THERE_IS is ignored: no setting has that name",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// Ensure that one load reports every mistake, in the order of the file's parts.
func TestAllMistakesAtOnce(t *testing.T) {
	_, err := loadText(t, `
server: {adr: x, addr: y, shutdown_timeout: z}
limits: {text: a}
channels: [{id: web, type: wep, bot: nobody}]
bots: [{id: b, time_zone: Mars/One, languages: [xx]}]
`, lookup())
	if err == nil {
		t.Fatal("loads")
	}
	for _, want := range []string{":2:10: unknown key \"adr\"", ":2:24: server.addr", ":2:45: \"z\" is no duration", ":3:16: this is no size", ":4:28: unknown channel type \"wep\"", ":4:38: channel \"web\" names bot", ":5:27: bots[0].time_zone", ":5:49: bots[0].languages[0]"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in\n%v", want, err)
		}
	}
	if n := strings.Count(err.Error(), "\n") + 1; n != 8 {
		t.Errorf("%d lines:\n%v", n, err)
	}
}

// Ensure that a folder moved as a whole still works, from wherever it is read.
func TestPathsBelongToTheFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "pw", "from-file\r\n")
	path := write(t, dir, "c.yaml", "data_dir: ./d\nadmin: {initial_password_file: pw}\nbots: [{id: a, dir: bots/a}, {id: b, dir: /abs}, {id: c}]\n")
	cfg, err := Load(path, lookup())
	if err != nil {
		t.Fatal(err)
	}
	got := []string{cfg.DataDir, cfg.Bots[0].Dir, cfg.Bots[1].Dir, cfg.Bots[2].Dir, cfg.Admin.InitialPassword.Reveal()}
	want := []string{filepath.Join(dir, "d"), filepath.Join(dir, "bots/a"), "/abs", "", "from-file"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSize(t *testing.T) {
	for in, want := range map[string]Size{"0": 0, "12": 12, "5B": 5, "16kB": 16000, "16KB": 16000, "1 MB": 1e6, "2GB": 2e9, "1KiB": 1024, "50MiB": 50 << 20, "1GiB": 1 << 30} {
		var s Size
		if err := s.UnmarshalText([]byte(in)); err != nil || s != want {
			t.Errorf("%s: got %d, %v", in, s, err)
		}
		var again Size
		if err := again.UnmarshalText([]byte(s.String())); err != nil || again != s {
			t.Errorf("%s is written as %s, which is read as %d", in, s, again)
		}
	}
	for _, in := range []string{"", "B", "-1", "1.5MB", "16 kilo", "9999999999999999999", "99999999GB", "1TB"} {
		var s Size
		if s.UnmarshalText([]byte(in)) == nil {
			t.Errorf("%q is let through as %d", in, s)
		}
	}
}

// Ensure that no way of printing a configuration shows a secret.
func TestSecretsPrintMasked(t *testing.T) {
	const mine = "secret-of-mine"
	cfg := mustLoad(t, `
database: {url: "postgres://u:secret-of-mine@h/x"}
admin: {initial_password: secret-of-mine}
llm: {providers: [{name: a, model: m, api_key: secret-of-mine}]}
channels: [{id: tg, type: telegram, bot: b, token: secret-of-mine, proxy: "http://u:secret-of-mine@h:1"}]
bots: [{id: b}]
`, lookup())
	js, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ym, err := yaml.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "cfg", cfg, "pw", cfg.Admin.InitialPassword, "ch", cfg.Channels[0])
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "cfg", cfg, "pw", cfg.Admin.InitialPassword, "ch", cfg.Channels)
	hidden := struct{ s Secret }{cfg.Admin.InitialPassword}
	for i, out := range []string{
		fmt.Sprintf("%v %+v %#v %s", cfg, cfg, cfg, cfg.Admin), fmt.Sprintf("%+v %#v", *cfg, *cfg),
		fmt.Sprintf("%v %+v %#v", hidden, hidden, hidden), string(js), string(ym), log.String(),
		fmt.Sprintf("%q %x", cfg.Admin.InitialPassword, cfg.Admin.InitialPassword),
	} {
		if strings.Contains(out, mine) || strings.Contains(out, fmt.Sprintf("%x", mine)) {
			t.Errorf("way %d shows it: %s", i, out)
		}
	}
	if cfg.Admin.InitialPassword.Reveal() != mine {
		t.Error("Reveal does not")
	}
}
