package guard_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"frontdesk/core"
	"frontdesk/core/guard"
)

// The sentences of the sample shop's own documents, each said from the
// paragraph it stands in, are no unsupported commitments.
func TestDocumentsMayBeSaid(t *testing.T) {
	g := build(t, guard.Rules{})
	files, err := filepath.Glob("../../configs/bots/shop/knowledge/*.md")
	if err != nil || len(files) == 0 {
		t.Fatal("no documents", err)
	}
	files = append(files, "../../configs/bots/shop/faq.csv")
	said, cut := 0, 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, par := range regexp.MustCompile(`\n\s*\n|\n#+ `).Split(string(b), -1) {
			if strings.HasSuffix(f, ".csv") {
				for line := range strings.Lines(par) {
					s, c := tell(t, g, line, line)
					said, cut = said+s, cut+c
				}
				continue
			}
			for _, s := range regexp.MustCompile(`[^。！？\n]+[。！？]?`).FindAllString(par, -1) {
				n, c := tell(t, g, s, par)
				said, cut = said+n, cut+c
			}
		}
	}
	t.Logf("%d of %d sentences are cut", cut, said)
	if said < 100 || cut*50 > said {
		t.Errorf("%d of %d sentences are cut, want 2 %% at most of 100 or more", cut, said)
	}
}

func tell(t *testing.T, g *guard.Guard, said, passage string) (n, cut int) {
	t.Helper()
	if strings.TrimSpace(said) == "" {
		return 0, 0
	}
	if why, finding := g.Vet(&core.Turn{Passages: []core.Passage{{Text: passage}}}, said); why != "" {
		t.Logf("%q: %s: %s", said, why, finding)
		return 1, 1
	}
	return 1, 0
}
