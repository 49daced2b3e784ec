package ingest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGolden(t *testing.T) {
	p := parser(t, "1", nil)
	for _, name := range []string{"specs.pdf", "policy.docx", "help.html", "guide.md", "faq.csv"} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			parsed, err := p.Parse(t.Context(), name, data)
			if err != nil {
				t.Fatal(err)
			}
			got, golden := show(parsed), filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got, -update rewrites):\n%s", diff)
			}
		})
	}
}
