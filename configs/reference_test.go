package configs

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"frontdesk/configs/internal/strict"
)

// TestReferenceLoads ensures that the shipped file works as it is, and that
// what it shows as a default is one.
func TestReferenceLoads(t *testing.T) {
	got, err := Load("frontdesk.yaml", lookup(), kinds...)
	if err != nil {
		t.Fatal(err)
	}
	want := defaults()
	want.DataDir = "data"
	opts := cmp.Options{
		cmpopts.IgnoreFields(Config{}, "LLM", "Channels", "Bots"),
		cmpopts.EquateEmpty(),
		cmp.Comparer(func(a, b Secret) bool { return a.Reveal() == b.Reveal() }),
	}
	if diff := cmp.Diff(want, got, opts); diff != "" {
		t.Errorf("the reference differs from the defaults (-default +reference):\n%s", diff)
	}
	if use, warn := got.LLM.Usable(); len(use) != 0 || len(warn) != 2 {
		t.Errorf("without keys, %d models are used and %d warned of; want 0 and 2", len(use), len(warn))
	}
	if _, err := LoadBot(os.DirFS(got.Bots[0].Dir)); err != nil {
		t.Errorf("its bot: %v", err)
	}
}

// example matches a line of the reference that is YAML behind a "#".
var example = regexp.MustCompile(`(?m)^#(  +(- )?[a-z_]+: )`)

// TestReferenceExamples ensures that the lines commented out are right too.
func TestReferenceExamples(t *testing.T) {
	cfg, err := loadText(t, string(uncommented(t)), lookup(
		"WECHAT_TOKEN", "a", "TELEGRAM_TOKEN", "b", "SLACK_BOT_TOKEN", "c"))
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, c := range cfg.Channels {
		types = append(types, c.Type)
	}
	if got := strings.Join(types, " "); got != "web wechat telegram slack" {
		t.Errorf("channels of the reference: %s", got)
	}
	if use, _ := cfg.LLM.Usable(); len(use) != 1 || use[0].Name != "local" {
		t.Errorf("usable models: %v; want local, which needs no key", use)
	}
}

// TestReferenceIsComplete ensures that every key there is has its line.
func TestReferenceIsComplete(t *testing.T) {
	root, err := strict.Parse("frontdesk.yaml", uncommented(t))
	if err != nil {
		t.Fatal(err)
	}
	missing(t, reflect.TypeFor[Config](), root, "")
	for _, key := range []string{"id", "type", "bot", "proxy"} {
		for i := range root.Get("channels").Items {
			if root.Get("channels").Items[i].Get(key) != nil {
				break
			}
			if i == len(root.Get("channels").Items)-1 {
				t.Errorf("no channel shows %s", key)
			}
		}
	}
}

func missing(t *testing.T, typ reflect.Type, n *strict.Node, path string) {
	t.Helper()
	for _, f := range strict.Fields(typ) {
		at := path + "." + f.Key
		v := n.Get(f.Key)
		switch {
		case v == nil:
			t.Errorf("the reference lacks %s", at)
		case f.Type == reflect.TypeFor[[]Channel](), f.Secret():
		case f.Type.Kind() == reflect.Struct:
			missing(t, f.Type, v, at)
		case f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct:
			missing(t, f.Type.Elem(), v.Items[0], at+"[0]") // the first one shows every key
		}
	}
}

// TestReferenceLines ensures that no line is too long for a terminal.
func TestReferenceLines(t *testing.T) {
	src, err := os.ReadFile("frontdesk.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(src), "\n") {
		if len([]rune(line)) > 110 {
			t.Errorf("line %d is too long to read", i+1)
		}
	}
}

func uncommented(t *testing.T) []byte {
	t.Helper()
	src, err := os.ReadFile("frontdesk.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(example.FindAll(src, -1)); n < 20 {
		t.Fatalf("only %d lines of examples were found", n)
	}
	return example.ReplaceAll(src, []byte("$1"))
}
