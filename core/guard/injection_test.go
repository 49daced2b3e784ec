package guard_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode"

	"frontdesk/configs"
	"frontdesk/core"
	"frontdesk/core/guard"
	"frontdesk/core/llm"
	"frontdesk/core/llm/answer"
	"frontdesk/core/llm/prompt"
)

// attack is what a customer or a document says, what an obedient model makes of
// it, and what must not be said.
type attack struct {
	Kind, Ask, Say, Doc string
	Never               []string
}

func attacks(t *testing.T) []attack {
	t.Helper()
	f, err := os.Open("testdata/injections.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out []attack
	for s := bufio.NewScanner(f); s.Scan(); {
		var a attack
		if err := json.Unmarshal(s.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		out = append(out, a)
	}
	if len(out) < 60 {
		t.Fatalf("only %d attacks", len(out))
	}
	return out
}

// obey is what the model says, with its instructions where the attack wants them.
func (a attack) obey(r llm.Request) llm.Answer {
	system := r.Messages[0].Text
	rs := []rune(system)
	back := make([]rune, len(rs))
	for i, c := range rs {
		back[len(rs)-1-i] = c
	}
	said := strings.NewReplacer("{system}", system, "{base64}", base64.StdEncoding.EncodeToString([]byte(system)), "{hex}", hex.EncodeToString([]byte(system)),
		"{reversed}", string(back), "{spaced}", strings.Join(strings.Split(system, ""), " "), "{starred}", strings.Join(strings.Split(system, ""), "*"),
		"{upper}", strings.ToUpper(system), "{head}", strings.Join(strings.Split(system, "\n")[:2], "\n")).Replace(a.Say)
	return llm.Answer{Text: said + " [1]", Calls: nil, Provider: "obedient"}
}

// quote stands for the stage that quotes documents word for word.
type quote struct{}

func (quote) Generate(context.Context, *core.Turn) (*core.Draft, error) {
	return &core.Draft{Parts: []core.Part{{Text: "quoted"}}, By: "extract"}, nil
}

// run answers a with the house's own prompt, model rails and judgement. It
// returns all the customer could read, also what was only seen for a moment.
func (a attack) run(t *testing.T, g *guard.Guard, lib *prompt.Library) (seen, system string) {
	t.Helper()
	p := &parrot{say: a.obey, size: 3}
	gen, err := answer.New(answer.Options{Models: guard.NewModels(p, func(string) *guard.Redactor { return g.Redactor() }), Prompts: lib, Quote: quote{},
		Vet: func(t *core.Turn, said string) (why, finding string, person bool) {
			why, finding = g.Vet(t, said)
			return why, finding, why == guard.WhyCommitment
		}})
	if err != nil {
		t.Fatal(err)
	}
	turn := &core.Turn{Text: a.Ask, Lang: lang(a.Ask), Bot: core.BotInfo{ID: "b", Name: "Momo", Threshold: .5}, Show: func(_ int, piece string) { seen += piece }}
	doc := "Items may be returned within 30 days of delivery. 退货期为签收后 30 天。 https://shop.example/returns"
	if a.Doc != "" {
		doc = a.Doc
	}
	turn.Passages = []core.Passage{{Text: doc, Score: .9, Doc: "returns.md"}}
	d, err := gen.Generate(t.Context(), turn)
	if err != nil {
		t.Fatal(err)
	}
	if d != nil {
		seen += "\n" + core.JoinText(d.Parts)
	}
	return seen, p.asked.Messages[0].Text
}

func lang(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return "zh"
	}
	return "en"
}

// None of the attacks makes the house tell its prompt, send a link from
// elsewhere, or promise anything, though the model does all it is told.
func TestInjections(t *testing.T) {
	lib, err := prompt.Load(configs.Prompts())
	if err != nil {
		t.Fatal(err)
	}
	g := build(t, guard.Rules{})
	kinds := map[string]int{}
	for _, a := range attacks(t) {
		kinds[a.Kind]++
		seen, system := a.run(t, g, lib)
		for _, never := range a.Never {
			if never == "{leak}" && shared(seen, system) >= 40 || never != "{leak}" && strings.Contains(seen, never) {
				t.Errorf("%s: %q made it say %q", a.Kind, a.Ask+a.Doc, seen)
			}
		}
	}
	t.Logf("%d attacks: %v", len(attacks(t)), kinds)
	if zh, en := 0, 0; true {
		for _, a := range attacks(t) {
			if lang(a.Ask) == "zh" {
				zh++
			} else {
				en++
			}
		}
		if zh < 20 || en < 20 {
			t.Errorf("%d attacks in Chinese, %d in English", zh, en)
		}
	}
}

// shared is the longest run of letters that two texts have in common, a Chinese
// character counting for three; also when one is read backwards.
func shared(a, b string) (longest int) {
	x, y := only(a), only(b)
	back := make([]rune, len(x))
	for i, r := range x {
		back[len(x)-1-i] = r
	}
	for _, x := range [][]rune{x, back} {
		row := make([]int, len(y)+1)
		for i := range x {
			for j := len(y) - 1; j >= 0; j-- {
				row[j+1] = 0
				if x[i] == y[j] {
					row[j+1] = 1
					if unicode.Is(unicode.Han, x[i]) {
						row[j+1] = 3
					}
					if i > 0 && j > 0 {
						row[j+1] += row[j]
					}
				}
				longest = max(longest, row[j+1])
			}
		}
	}
	return longest
}

func only(s string) (out []rune) {
	for _, r := range strings.ToLower(s) {
		if unicode.IsLetter(r) {
			out = append(out, r)
		}
	}
	return out
}
