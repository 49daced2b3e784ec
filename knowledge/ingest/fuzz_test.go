package ingest

import (
	"testing"
	"unicode/utf8"

	"frontdesk/knowledge"
)

// sound checks what every reader must keep: valid text, known kinds, and levels
// and questions only where they belong.
func sound(t *testing.T, blocks []knowledge.Block) {
	t.Helper()
	for _, b := range blocks {
		switch {
		case !utf8.ValidString(b.Text) || !utf8.ValidString(b.Question):
			t.Fatalf("invalid UTF-8 in %+v", b)
		case (b.Kind == knowledge.Heading) != (b.Level > 0):
			t.Fatalf("level %d of a %q", b.Level, b.Kind)
		case (b.Kind == knowledge.Pair) != (b.Question != ""):
			t.Fatalf("question %q of a %q", b.Question, b.Kind)
		}
	}
}

func lim() Limits {
	l := DefaultLimits()
	l.Unzipped = 1 << 20
	return l
}

func FuzzDOCX(f *testing.F) {
	f.Add([]byte(`<w:document xmlns:w="w"><w:body><w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>a</w:t></w:r></w:p></w:body></w:document>`))
	f.Add([]byte(`<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:tr></w:tc>`))
	f.Add([]byte(`<w:p><w:r><w:txbxContent><w:p/></w:txbxContent></w:txbxContent></w:r><w:del><w:p></w:del>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		parsed, err := readDOCX("a.docx", zipped(t, map[string]string{"word/document.xml": string(body)}), lim())
		if err == nil {
			sound(t, parsed.Blocks)
		}
	})
}

func FuzzCSV(f *testing.F) {
	f.Add("question,answer\nq|r,\"a\n\"\n")
	f.Add("a;b\n1;2;3\n")
	f.Fuzz(func(t *testing.T, text string) {
		if text, err := decode("a.csv", []byte(text)); err == nil {
			if parsed, err := readCSV("a.csv", text, lim()); err == nil {
				sound(t, parsed.Blocks)
			}
		}
	})
}

func FuzzHTML(f *testing.F) {
	f.Add("<table><tr><td rowspan=9 colspan=9>a</table><ul><li>b<ol><li>c")
	f.Add("<main><h1>x</h1><p style='display:none'>y</p>")
	f.Fuzz(func(t *testing.T, text string) {
		if text, err := decode("a.html", []byte(text)); err == nil {
			if parsed, err := readHTML("a.html", text); err == nil {
				sound(t, parsed.Blocks)
			}
		}
	})
}

func FuzzMarkdown(f *testing.F) {
	f.Add("# a\n\n- b\n  - c\n\n| d |\n|---|\n| e |\n")
	f.Fuzz(func(t *testing.T, text string) {
		if text, err := decode("a.md", []byte(text)); err == nil {
			sound(t, markdown(text))
		}
	})
}

func FuzzLayout(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24})
	f.Fuzz(func(t *testing.T, places []byte) {
		var spans []span
		for len(places) >= 4 && len(spans) < 200 {
			spans = append(spans, sized(float64(places[0]%30), float64(places[1])*3, float64(places[2])*4, []string{"a", "12", "长一点的文字。", "(℃)"}[places[3]%4]))
			places = places[4:]
		}
		pages, _ := withoutMargins([][]span{spans, spans})
		blocks, _ := layout(pages)
		sound(t, blocks)
	})
}
