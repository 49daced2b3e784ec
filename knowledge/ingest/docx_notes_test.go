package ingest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/knowledge"
)

func TestDOCXNotesFollowTheirParagraph(t *testing.T) {
	doc := document(`<w:p><w:r><w:t>Returns are free</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t>.</w:t></w:r></w:p>` +
		`<w:tbl><w:tr><w:tc><w:p><w:r><w:t>A</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>B</w:t></w:r></w:p></w:tc></w:tr>` +
		`<w:tr><w:tc><w:p><w:r><w:t>1</w:t><w:endnoteReference w:id="1"/></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>2</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`)
	doc["word/footnotes.xml"] = `<w:footnotes xmlns:w="w"><w:footnote w:type="separator" w:id="0"><w:p><w:r><w:t>line</w:t></w:r></w:p></w:footnote>` +
		`<w:footnote w:id="2"><w:p><w:r><w:t>Within seven </w:t></w:r><w:del><w:r><w:delText>ten </w:delText></w:r></w:del><w:r><w:t>days.</w:t></w:r></w:p></w:footnote></w:footnotes>`
	doc["word/endnotes.xml"] = `<w:endnotes xmlns:w="w"><w:endnote w:id="1"><w:p><w:r><w:t>Estimated.</w:t></w:r></w:p></w:endnote></w:endnotes>`
	got, err := parser(t, "1", nil).Parse(t.Context(), "a.docx", zipped(t, doc))
	if err != nil {
		t.Fatal(err)
	}
	want := "text | \"Returns are free.\"\ntext | \"* Within seven days.\"\nrow | \"A: 1; B: 2\"\ntext | \"* Estimated.\"\n"
	if diff := cmp.Diff(want, show(knowledge.Parsed{Blocks: got.Blocks})[len(", 0 pages, silent []\n"):]); diff != "" {
		t.Error(diff)
	}
	if got.Tables != 1 {
		t.Errorf("%d tables", got.Tables)
	}
}

func TestDOCXUnseenTextIsLeftOut(t *testing.T) {
	run := func(props string) string {
		return "<w:p><w:r><w:t>seen</w:t></w:r><w:r><w:rPr>" + props + "</w:rPr><w:t>secret</w:t></w:r></w:p>"
	}
	for props, hidden := range map[string]bool{
		"<w:vanish/>":               true,
		`<w:color w:val="FFFFFF"/>`: true,
		`<w:sz w:val="2"/>`:         true,
		`<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="1A3C6E"/>`: false,
		`<w:color w:val="FF0000"/><w:sz w:val="18"/>`:                     false,
		`<w:color w:val="auto"/>`:                                         false,
		`<w:color w:val="FFFFFF"/><w:highlight w:val="black"/>`:           false,
	} {
		got, err := parser(t, "1", nil).Parse(t.Context(), "a.docx", zipped(t, document(run(props))))
		if err != nil {
			t.Fatal(err)
		}
		text, left := "seensecret", 0
		if hidden {
			text, left = "seen", 6
		}
		if got.Blocks[0].Text != text || got.Left[0].Characters != left {
			t.Errorf("%s: %q, %+v left out", props, got.Blocks[0].Text, got.Left)
		}
	}
	headed := "<w:tbl><w:tr><w:tc>" + run(`<w:color w:val="FFFFFF"/>`) + "</w:tc><w:tc>" + run("") + "</w:tc></w:tr></w:tbl>"
	got, err := parser(t, "1", nil).Parse(t.Context(), "a.docx", zipped(t, document(headed)))
	if err != nil || got.Blocks[0].Text != "seensecret; seensecret" {
		t.Errorf("white on a table's ground: %+v, %v", got.Blocks, err)
	}
}
