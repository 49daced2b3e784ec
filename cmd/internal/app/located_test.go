package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/cmd/internal/app"
	"frontdesk/configs"
)

// Every mistake in a bot's flows and rules is named with its file and line, also
// those that only the built bot can see.
func TestMistakesHaveLines(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"flows/a.yaml", "name: a\nsteps:\n  - do: say\n    text:\n      en: Order {ordr}\n", `flows/a.yaml:4:5: flow "a", step "1", text: en: no step fills {ordr}`},
		{"flows/a.yaml", "name: a\nsteps:\n  - {do: say, text: {en: x}}\n  - id: b\n    do: if\n    when: {hours: 9 to 5}\n", `flows/a.yaml:6:5: flow "a", step "b", when: hours: "9 to 5" is no time`},
		{"flows/a.yaml", "name: a\nsteps:\n  - {do: ask, slot: s, entity: ordr_id, text: {en: x}}\n", `flows/a.yaml:3:24: flow "a", step "1", entity: entity "ordr_id" is neither defined nor built in`},
		{"flows/a.yaml", "name: a\nsteps:\n  - {do: call, action: nothing}\n", `flows/a.yaml:3:16: flow "a", step "1", action: there is no action "nothing"`},
		{"flows/a.yaml", "name: a\nsteps:\n  - {do: prompt, prompt: nothing}\n", `flows/a.yaml:3:18: flow "a", step "1", prompt: there is no prompt "nothing"`},
		{"flows/a.yaml", "name: a\nsteps:\n  - {do: ask, slot: s, valid: {pattern: '('}, text: {en: x}}\n", `flows/a.yaml:3:24: flow "a", step "1", valid: pattern:`},
		{"rules.yaml", "- name: r\n  when: {mood: sad}\n  say: {en: x}\n", `rules.yaml:2:3: rule "r", when: mood: "sad" is no mood`},
		{"intents/a.yaml", "- name: i\n  examples: {en: [hello there friend]}\n  answer: {en: 'Hi {nam}'}\n", `intents/a.yaml:3:3: intent "i", answer: en: {nam} is not known here`},
		{"bot.yaml", "languages: [en]\ntexts:\n  greeting: {en: 'Hi {'}\n", `bot.yaml:3:3: text "greeting": en: "{" is not followed by a name`},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, c.file)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg := &configs.Config{DataDir: t.TempDir(), Bots: []configs.BotSettings{{ID: "default", Dir: dir, Languages: []string{"en"}}}}
		cfg.Limits.File = 1 << 20
		found := app.Check(t.Context(), app.Options{Config: cfg, Now: time.Now, Log: quiet()}, t.TempDir(), true)
		last := found[len(found)-1]
		if last.Err == nil || !strings.Contains(last.Err.Error(), filepath.Join(dir, c.want)) {
			t.Errorf("got  %v\nwant %s", last.Err, c.want)
		}
		if !errors.As(last.Err, new(configs.Errors)) {
			t.Errorf("%v is no list of places", last.Err)
		}
	}
}
