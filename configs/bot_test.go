package configs

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

func folder(files map[string]string) fs.FS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestLoadBot(t *testing.T) {
	got, err := LoadBot(folder(map[string]string{
		"bot.yaml":         "name: Ada\nlanguages: [en]\ntime_zone: Europe/London\nnlu: {recognizer: remote, url: 'http://m'}\nhandoff: {threshold: 0.6, limits: {misses: 3}, keywords: [{name: vip, words: [gold]}]}\ntexts: {greeting: {en: Hi}}\nmedia: {image: person}\n",
		"intents/a.yaml":   "- name: fee\n  title: {en: Fees}\n  examples: {en: [how much, price]}\n  answer: {en: A lot}\n",
		"intents/b.yml":    "- {name: bye, small_talk: true, handoff: true}\n",
		"entities/e.yaml":  "- {name: o, rule: order_id}\n- {name: p, pattern: 'x(y)'}\n- {name: v, values: [{value: a, synonyms: [b]}]}\n",
		"flows/f.yaml":     "name: f\nintents: [fee]\nsteps:\n  - {id: q, do: ask, slot: s, entity: o, text: {en: Which?}}\n  - {do: handoff, when: {s: ''}, next: q}\n",
		"faq.csv":          "question,answer\n\"a, b|c\",d\n",
		"knowledge/x.md":   "# X\n",
		"knowledge/d/y.md": "# Y\n",
		"knowledge/.keep":  "",
		"tests/t.yaml":     "name: one\nturns: [{user: hi, contains: Hi, handoff: false}]\n",
		"README.md":        "notes are fine\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Version) != 12 {
		t.Errorf("version %q", got.Version)
	}
	got.Version, got.Places = "", nil
	want := &Bot{
		Name: "Ada", Languages: []string{"en"}, TimeZone: "Europe/London",
		Recognizer: "remote", RecognizerURL: "http://m", Threshold: 0.6,
		Intents: []Intent{
			{Name: "fee", Title: Wording{"en": "Fees"}, Examples: map[string][]string{"en": {"how much", "price"}}, Answer: Wording{"en": "A lot"}},
			{Name: "bye", SmallTalk: true, Handoff: true},
		},
		Entities: []Entity{{Name: "o", Rule: "order_id"}, {Name: "p", Pattern: "x(y)"}, {Name: "v", Values: []Value{{"a", []string{"b"}}}}},
		Flows: []Flow{{Name: "f", Intents: []string{"fee"}, Steps: []Step{
			{ID: "q", Do: "ask", Slot: "s", Entity: "o", Text: Wording{"en": "Which?"}},
			{Do: "handoff", When: Condition{"s": {""}}, Next: "q"},
		}}},
		Texts: map[string]Wording{"greeting": {"en": "Hi"}}, Media: map[string]string{"image": "person"},
		Handoff:   HandoffRules{Limits: HandoffLimits{Misses: 3}, Keywords: []Keyword{{"vip", []string{"gold"}}}},
		FAQ:       []Pair{{"a, b|c", "d"}},
		Documents: []string{"faq.csv", "knowledge/d/y.md", "knowledge/x.md"},
		Tests:     []Conversation{{Name: "one", Turns: []Turn{{User: "hi", Contains: Texts{"Hi"}, Handoff: "false"}}, Place: "tests/t.yaml:1:1"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLoadBotMistakes(t *testing.T) {
	for _, tt := range []struct{ name, file, text, want string }{
		{"not a bot", "x.txt", "", "this is no bot's folder"},
		{"mistyped folder", "intent/a.yaml", "", "intent: is no part of a bot's folder: did you mean intents?"},
		{"other folder", "stuff/a.yaml", "", "stuff: is no part of a bot's folder: move it elsewhere"},
		{"unknown key", "bot.yaml", "nam: x\n", `bot.yaml:1:1: unknown key "nam": did you mean "name"?`},
		{"threshold", "bot.yaml", "handoff: {threshold: 45}\n", "bot.yaml:1:22: handoff.threshold: 45 is outside 0 to 1"},
		{"language", "bot.yaml", "languages: [cn]\n", "bot.yaml:1:13: languages[0]: \"cn\" is no language"},
		{"media", "bot.yaml", "media: {image: agent}\n", `bot.yaml:1:16: media.image: "agent" is neither line nor person`},
		{"extension", "intents/a.json", "", "intents/a.json: is no .yaml file"},
		{"intent without name", "intents/a.yaml", "- {answer: {en: x}}\n", "intents/a.yaml:1:4: this intent has no name"},
		{"intent twice", "intents/a.yaml", "- {name: a}\n- {name: a}\n", "intents/a.yaml:2:4: intent \"a\" is there already, at intents/a.yaml:1:4"},
		{"wording's language", "intents/a.yaml", "- {name: a, answer: {fr: x}}\n", "intents/a.yaml:1:22: \"fr\" is not among the bot's languages, [zh en]"},
		{"intent is a mapping", "intents/a.yaml", "name: a\n", "intents/a.yaml:1:1: a list is wanted here, not a mapping"},
		{"entity of nothing", "entities/a.yaml", "- {name: a}\n", "needs exactly one of rule, pattern and values"},
		{"entity of two", "entities/a.yaml", "- {name: a, rule: b, pattern: c}\n", "needs exactly one of rule, pattern and values"},
		{"pattern", "entities/a.yaml", "- {name: a, pattern: 'x('}\n", "entities/a.yaml:1:22: pattern of entity \"a\": error parsing regexp"},
		{"flow without steps", "flows/a.yaml", "name: a\n", "flow \"a\" has no steps"},
		{"step of nothing", "flows/a.yaml", "name: a\nsteps: [{do: dance}]\n", `flows/a.yaml:2:10: "dance" is nothing a step can do`},
		{"ask without slot", "flows/a.yaml", "name: a\nsteps: [{do: ask, text: {en: x}}]\n", `a step that does "ask" needs slot`},
		{"step twice", "flows/a.yaml", "name: a\nsteps: [{id: s, do: done}, {id: s, do: done}]\n", `step "s" is there twice`},
		{"unknown step", "flows/a.yaml", "name: a\nsteps: [{do: done, next: gone}]\n", `flows/a.yaml:2:26: flow "a" has no step "gone"`},
		{"option without value", "flows/a.yaml", "name: a\nsteps: [{do: choose, slot: s, text: {en: x}, options: [{label: {en: x}}]}]\n", "an option needs value"},
		{"step mistyped", "flows/a.yaml", "name: a\nsteps: [{do: jmp, next: x}]\n", `"jmp" is nothing a step can do (did you mean jump?)`},
		{"key of another step", "flows/a.yaml", "name: a\nsteps: [{do: say, text: {en: x}, slot: s}]\n", `flows/a.yaml:2:34: a step that does "say" has no slot: that is for ask, choose`},
		{"jump to nowhere", "flows/a.yaml", "name: a\nsteps: [{do: jump}]\n", `a step that does "jump" needs flow or next`},
		{"jump to no flow", "flows/a.yaml", "name: a\nsteps: [{do: jump, flow: b}]\n", `flows/a.yaml:2:10: there is no flow "b" to go to`},
		{"else to no step", "flows/a.yaml", "name: a\nsteps: [{do: if, when: {s: x}, else: b}]\n", `flow "a" has no step "b"`},
		{"if without when", "flows/a.yaml", "name: a\nsteps: [{do: if}]\n", `a step that does "if" needs when`},
		{"confirm when", "flows/a.yaml", "name: a\nsteps: [{do: ask, slot: s, text: {en: x}, confirm_when: never}]\n", `"never" is neither always nor unsure`},
		{"duration", "flows/a.yaml", "name: a\nexpires: soon\nsteps: [{do: done}]\n", `flows/a.yaml:2:10: "soon" is no duration`},
		{"channel mistyped", "flows/a.yaml", "name: a\nsteps: [{do: say, text: {en: x, en@wechatt: y}}]\n", `"wechatt" is no channel: did you mean wechat?`},
		{"language of a channel", "flows/a.yaml", "name: a\nsteps: [{do: say, text: {fr@web: y}}]\n", `"fr" is not among the bot's languages`},
		{"language of a text", "bot.yaml", "texts: {greeting: {fr: x}}\n", `bot.yaml:1:20: "fr" is not among the bot's languages`},
		{"rule without when", "rules.yaml", "- {name: r, say: {en: x}}\n", `rules.yaml:1:4: rule "r" needs when`},
		{"rule of nothing", "rules.yaml", "- {name: r, when: {text: x}}\n", `rule "r" does nothing`},
		{"rule twice", "rules.yaml", "- {name: r, when: {text: x}, tags: a}\n- {name: r, when: {text: x}, tags: a}\n", `rule "r" is there already`},
		{"rule's flow", "rules.yaml", "- {name: r, when: {text: x}, start: f}\n", `rule "r" starts flow "f", which is in no file of flows/`},
		{"answers", "bot.yaml", "answers: aproved\n", `bot.yaml:1:10: answers: "aproved" is neither any nor approved`},
		{"unknown intent", "flows/a.yaml", "name: a\nintents: [gone]\nsteps: [{do: done}]\n", `flow "a" starts with intent "gone"`},
		{"faq header", "faq.csv", "q,a\n", "faq.csv:1:1: the first line must be question,answer"},
		{"faq columns", "faq.csv", "question,answer\na,b,c\n", "faq.csv:2:1: not a row of two columns"},
		{"faq empty answer", "faq.csv", "question,answer\na,b\nc,\n", "faq.csv:3:1: a row needs a question and an answer"},
		{"test without turns", "tests/a.yaml", "name: a\n", `conversation "a" has no turns`},
		{"test without user", "tests/a.yaml", "- {name: a, turns: [{contains: x}]}\n", "a turn needs user"},
		{"test with two acts", "tests/a.yaml", "- {name: a, turns: [{user: x, press: y}]}\n", "a turn needs user"},
		{"test's wait", "tests/a.yaml", "- {name: a, turns: [{user: x, after: 10000h}]}\n", "after must be from 0s to"},
		{"test's time", "tests/a.yaml", "- {name: a, at: noon, turns: [{user: x}]}\n", `"noon" is no time: write one like 2026-05-01 22:00`},
		{"test's handoff", "tests/a.yaml", "- {name: a, turns: [{user: x, handoff: askd}]}\n", `"askd" is no word known here: did you mean "asked"?`},
		{"test's outcome", "tests/a.yaml", "- {name: a, turns: [{user: x, outcome: answer}]}\n", `did you mean "answered"?`},
		{"test's key", "tests/a.yaml", "- {name: a, turns: [{usr: x}]}\n", `unknown key "usr" in turns[0]: did you mean "user"?`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bot, err := LoadBot(folder(map[string]string{tt.file: tt.text}))
			if err == nil {
				t.Fatalf("loads: %+v", bot)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestDocumentsOfOneName(t *testing.T) {
	_, err := LoadBot(folder(map[string]string{"knowledge/a/x.md": "", "knowledge/b/x.md": ""}))
	if err == nil || !strings.Contains(err.Error(), "knowledge/b/x.md: has the same name as knowledge/a/x.md") {
		t.Errorf("got %v", err)
	}
}

// A flow and a rule with everything in them, and where they are written.
func TestLoadFlowsAndRules(t *testing.T) {
	b, err := LoadBot(folder(map[string]string{
		"bot.yaml":     "answers: approved\nhours: mon-fri 09:00-18:00\nholidays: [2026-10-01]\n",
		"flows/f.yaml": "name: f\nevents: follow\nbuttons: [A]\nexpires: 10m\nsteps:\n  - id: q\n    do: ask\n    slot: s\n    text: {en: x, en@web: y}\n    valid: {min: 1, max: today+3}\n    confirm: {en: '{s}?'}\n    confirm_when: unsure\n    reuse: 5m\n    expires: 2h\n  - {do: call, action: a, with: {n: '{s}'}, save: [x, y], timeout: 3s, on_error: q}\n  - {do: prompt, prompt: p, save: {m: text}}\n  - {do: if, when: {s: [a, b], hours: open}, next: q}\n",
		"rules.yaml":   "- {name: r, when: {text: x}, tags: t, say: {en: z}, continue: true, once: true, start: f}\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []Flow{{Name: "f", Events: Texts{"follow"}, Buttons: Texts{"A"}, Expires: 10 * time.Minute, Steps: []Step{
		{ID: "q", Do: "ask", Slot: "s", Text: Wording{"en": "x", "en@web": "y"}, Valid: Valid{Min: "1", Max: "today+3"}, Confirm: Wording{"en": "{s}?"},
			Confirms: "unsure", Reuse: 5 * time.Minute, Expires: 2 * time.Hour},
		{Do: "call", Action: "a", With: map[string]string{"n": "{s}"}, Save: Saved{"x": "x", "y": "y"}, Timeout: 3 * time.Second, OnError: "q"},
		{Do: "prompt", Prompt: "p", Save: Saved{"m": "text"}},
		{Do: "if", When: Condition{"s": {"a", "b"}, "hours": {"open"}}, Next: "q"},
	}}}
	if diff := cmp.Diff(want, b.Flows); diff != "" {
		t.Error(diff)
	}
	rules := []Rule{{Name: "r", When: Condition{"text": {"x"}}, Tags: Texts{"t"}, Say: Wording{"en": "z"}, Start: "f", Continue: true, Once: true}}
	if diff := cmp.Diff(rules, b.Rules); diff != "" || !b.Approved || len(b.Hours) != 1 || len(b.Holidays) != 1 {
		t.Errorf("%s%+v", diff, b)
	}
	for path, line := range map[string]int{"flow f": 1, "flow f/q": 6, "flow f/q/text": 9, "flow f/3": 16, "rule r/say": 1} {
		if b.Places[path].Line != line {
			t.Errorf("%s is at %v, want line %d", path, b.Places[path], line)
		}
	}
}

// Ensure that the version follows the files that make the bot.
func TestBotVersion(t *testing.T) {
	files := map[string]string{"bot.yaml": "name: a\n", "knowledge/x.md": "x"}
	version := func() string {
		t.Helper()
		b, err := LoadBot(folder(files))
		if err != nil {
			t.Fatal(err)
		}
		return b.Version
	}
	one := version()
	files["knowledge/x.md"] = "y"
	if version() != one {
		t.Error("a document is no part of the version")
	}
	files["bot.yaml"] = "name: b\n"
	if version() == one {
		t.Error("bot.yaml is part of the version")
	}
}

func TestUnder(t *testing.T) {
	folder := &Bot{Name: "Ada", Languages: []string{"en"}, TimeZone: "Europe/London", Recognizer: "linear", Threshold: 0.6}
	if got := folder.Under(BotSettings{ID: "x"}); got.Name != "Ada" || got.Threshold != 0.6 || got.TimeZone != "Europe/London" {
		t.Errorf("nothing written: got %+v", got)
	}
	zero := 0.0
	got := folder.Under(BotSettings{
		ID: "x", Name: "Bo", Languages: []string{"zh"}, TimeZone: "UTC",
		NLU: NLU{"remote", "http://m"}, Handoff: Handoff{&zero, Desk{"sl", "C1"}},
	})
	want := &Bot{Name: "Bo", Languages: []string{"zh"}, TimeZone: "UTC", Recognizer: "remote", RecognizerURL: "http://m", Desk: Desk{"sl", "C1"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := NewBot().Under(BotSettings{ID: "x"}); got.Name != "x" || got.Threshold != DefaultThreshold {
		t.Errorf("an empty bot: got %+v", got)
	}
}

func TestParseConversations(t *testing.T) {
	got, err := ParseConversations("t.yaml", strings.NewReader("- name: a\n  turns:\n    - {user: hi, contains: [x, y], cites: d.pdf, slots: {s: ''}}\n"))
	want := []Conversation{{Name: "a", Place: "t.yaml:1:3", Turns: []Turn{{User: "hi", Contains: Texts{"x", "y"}, Cites: Texts{"d.pdf"}, Slots: map[string]string{"s": ""}}}}}
	if err != nil || !cmp.Equal(want, got) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := ParseConversations("t.yaml", strings.NewReader("a: [")); !errors.As(err, new(Errors)) {
		t.Errorf("got %v", err)
	}
}

// TestShop ensures that the sample bot is whole: both languages everywhere,
// enough to learn from, and tests that speak of what is there.
func TestShop(t *testing.T) {
	bot, err := LoadBot(Shop())
	if err != nil {
		t.Fatal(err)
	}
	if len(bot.Intents) < 12 || len(bot.Flows) < 4 || len(bot.FAQ) < 25 || len(bot.Documents) < 7 || len(bot.Tests) < 12 {
		t.Errorf("%d intents, %d flows, %d pairs, %d documents, %d tests", len(bot.Intents), len(bot.Flows), len(bot.FAQ), len(bot.Documents), len(bot.Tests))
	}
	names := map[string]bool{}
	for _, it := range bot.Intents {
		names[it.Name] = true
		for _, lang := range bot.Languages {
			if n := len(it.Examples[lang]); n < 10 {
				t.Errorf("intent %s has %d examples in %s", it.Name, n, lang)
			}
		}
		both(t, "title of "+it.Name, it.Title)
		both(t, "answer of "+it.Name, it.Answer)
	}
	for _, f := range bot.Flows {
		both(t, "title of "+f.Name, f.Title)
		for _, s := range f.Steps {
			both(t, f.Name+" "+s.ID, s.Text)
			both(t, f.Name+" "+s.ID, s.Retry)
			for _, o := range s.Options {
				both(t, f.Name+" "+o.Value, o.Label)
			}
		}
	}
	shopTests(t, bot, names)
}

func shopTests(t *testing.T, bot *Bot, intents map[string]bool) {
	t.Helper()
	for _, c := range bot.Tests {
		for _, turn := range c.Turns {
			if turn.Intent != "" && !intents[turn.Intent] {
				t.Errorf("%s: no intent %q", c.Place, turn.Intent)
			}
			for _, doc := range turn.Cites {
				if !hasDocument(bot, doc) {
					t.Errorf("%s: no document %q", c.Place, doc)
				}
			}
		}
	}
}

func hasDocument(bot *Bot, name string) bool {
	for _, d := range bot.Documents {
		if path.Base(d) == name {
			return true
		}
	}
	return false
}

func both(t *testing.T, what string, w Wording) {
	t.Helper()
	if len(w) == 0 {
		return
	}
	if w["zh"] == "" || w["en"] == "" {
		t.Errorf("%s lacks a language: %v", what, w)
	}
	if strings.ContainsFunc(w["en"], func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		t.Errorf("%s has Chinese in English: %s", what, w["en"])
	}
}

// TestShopExamplesAreUnique ensures that no sentence teaches two intents.
func TestShopExamplesAreUnique(t *testing.T) {
	bot, err := LoadBot(Shop())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, it := range bot.Intents {
		for _, texts := range it.Examples {
			for _, s := range texts {
				key := strings.ToLower(s)
				if other, ok := seen[key]; ok {
					t.Errorf("%q teaches %s and %s", s, other, it.Name)
				}
				seen[key] = it.Name
			}
		}
	}
}

// figures are what the shop promises in numbers; each must stand in every file
// named, so that an answer does not depend on where it was found.
var figures = []struct {
	text  string
	files []string
}{
	{"满 99 元包邮", []string{"faq.csv", "knowledge/shipping-guide.html"}},
	{"满 299 元包邮", []string{"faq.csv", "knowledge/shipping-guide.html"}},
	{"5 至 8 天", []string{"faq.csv", "knowledge/shipping-guide.html"}},
	{"5 to 8 days", []string{"knowledge/shipping-guide.html"}},
	{"15 天内", []string{"faq.csv", "knowledge/returns-policy.zh.md", "flows/returns.yaml"}},
	{"within 15 days of delivery", []string{"faq.csv", "knowledge/returns-policy.en.md", "flows/returns.yaml"}},
	{"运费 12 元", []string{"faq.csv", "flows/returns.yaml"}},
	{"24 小时内", []string{"faq.csv", "flows/invoice.yaml", "flows/cancel_order.yaml", "knowledge/returns-policy.zh.md"}},
	{"8%", []string{"faq.csv", "knowledge/price-list.md"}},
	{"30 分钟内未付款", []string{"faq.csv", "knowledge/price-list.md"}},
	{"100 points are worth ¥1", []string{"faq.csv", "knowledge/membership.md"}},
	{"满 5,000 元升级为树会员", []string{"faq.csv", "knowledge/membership.md"}},
}

func TestShopFigures(t *testing.T) {
	for _, f := range figures {
		for _, name := range f.files {
			src, err := fs.ReadFile(Shop(), name)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(src), f.text) {
				t.Errorf("%s lacks %q", name, f.text)
			}
		}
	}
}

// pdfPages counts the page objects of a PDF.
var pdfPages = regexp.MustCompile(`/Type\s*/Page\b`)

func TestShopSize(t *testing.T) {
	total := 0
	err := fs.WalkDir(Shop(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		src, err := fs.ReadFile(Shop(), name)
		if err != nil {
			return err
		}
		total += len(src)
		if path.Ext(name) == ".pdf" && len(pdfPages.FindAll(src, -1)) < 2 {
			t.Errorf("%s has fewer than two pages", name)
		}
		return nil
	})
	if err != nil || total > 600<<10 {
		t.Errorf("%d bytes, %v", total, err)
	}
}

// What would be read without an end, or not at all, is named; the size counted
// is that of what a link leads to.
func TestLoadBotIrregular(t *testing.T) {
	for name, mode := range map[string]fs.FileMode{"intents/pipe.yaml": fs.ModeNamedPipe, "knowledge/zero": fs.ModeDevice | fs.ModeCharDevice} {
		fsys := fstest.MapFS{"bot.yaml": {Data: []byte("name: Momo")}, name: {Mode: mode | 0o644}}
		if _, err := LoadBot(fsys); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	dir := t.TempDir()
	big := filepath.Join(dir, "big")
	if err := os.WriteFile(big, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, maxBotBytes+1); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "bot", "knowledge"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(big, filepath.Join(dir, "bot", "knowledge", "big.md")); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadBot(os.DirFS(filepath.Join(dir, "bot"))); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("a link to a huge file: %v", err)
	}
}
