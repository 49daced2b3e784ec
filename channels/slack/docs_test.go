package slack_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"frontdesk/channels/slack"
)

// TestManifest holds the manifests of the documentation to the code: they are
// YAML, ask for the scopes `check` wants, and name the routes there are.
func TestManifest(t *testing.T) {
	for _, name := range []string{"slack.md", "slack.zh-CN.md"} {
		doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "channels", name))
		if err != nil {
			t.Fatal(err)
		}
		block := regexp.MustCompile("(?s)   ```yaml\n   display_information.*?```").FindString(string(doc))
		block = strings.TrimSuffix(strings.TrimPrefix(strings.ReplaceAll(block, "\n   ", "\n"), "   ```yaml"), "```")
		var m struct {
			OAuth struct {
				Scopes struct{ Bot []string }
			} `yaml:"oauth_config"`
			Settings struct {
				Events struct {
					Bot []string `yaml:"bot_events"`
					URL string   `yaml:"request_url"`
				} `yaml:"event_subscriptions"`
				Interactivity struct {
					URL string `yaml:"request_url"`
				}
			}
		}
		if err := yaml.Unmarshal([]byte(block), &m); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, scope := range slack.Needed() {
			if !slices.Contains(m.OAuth.Scopes.Bot, scope) {
				t.Errorf("%s: the manifest lacks %s", name, scope)
			}
		}
		for _, event := range []string{"app_mention", "message.im", "message.channels", "message.groups"} {
			if !slices.Contains(m.Settings.Events.Bot, event) {
				t.Errorf("%s: the manifest lacks %s", name, event)
			}
		}
		if !strings.HasSuffix(m.Settings.Events.URL, "/webhooks/slack/sl/events") || !strings.HasSuffix(m.Settings.Interactivity.URL, "/webhooks/slack/sl/interactions") {
			t.Errorf("%s: %+v", name, m.Settings)
		}
	}
}
