package ingest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/knowledge"
)

// at puts text on a page; letters are as wide as half their height.
func at(left, top float64, text string) span {
	return sized(10, left, top, text)
}

func sized(size, left, top float64, text string) span {
	return span{text: text, left: left, right: left + float64(len([]rune(text)))*size*0.6, top: top, bottom: top + size, size: size}
}

func laid(pages ...[]span) string {
	pages, _ = withoutMargins(pages)
	blocks, _ := layout(pages)
	return strings.TrimPrefix(show(knowledge.Parsed{Blocks: blocks}), ", 0 pages, silent []\n")
}

func expect(t *testing.T, want, got string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLinesBecomeParagraphs(t *testing.T) {
	expect(t, `text p1 | "Returns are free within seven days of delivery."
text p1 | "第二段的文字很长所以换行了，到此为止。"
`, laid([]span{
		at(50, 100, "Returns are free within seven"), at(50, 115, "days of delivery."),
		at(50, 150, "第二段的文字很长所以换"), at(50, 165, "行了，到此为止。"),
	}))
}

func TestAFullStopAndAnIndentBeginAParagraph(t *testing.T) {
	expect(t, `text p1 | "第一段到这里就结束了，这里是它的末尾。"
text p1 | "第二段从缩进开始，也有两行文字在里面。"
`, laid([]span{
		at(70, 100, "第一段到这里就结束了，"), at(50, 115, "这里是它的末尾。"),
		at(70, 130, "第二段从缩进开始，也有"), at(50, 145, "两行文字在里面。"),
	}))
}

func TestColumnsOfTextAreNoTable(t *testing.T) {
	left, right := []span{}, []span{}
	for i, line := range []string{"The left column tells of returns and", "how they are sent back to the shop.", "The shop pays for them if the goods", "are at fault and not otherwise, ever."} {
		left = append(left, at(50, 100+15*float64(i), line))
		right = append(right, at(320, 100+15*float64(i), strings.ToUpper(line)))
	}
	got := laid(append(left, right...))
	if strings.Contains(got, "row") || strings.Count(got, "\n") != 2 {
		t.Errorf("got\n%s", got)
	}
}

func TestHeadingsBySize(t *testing.T) {
	body := strings.Repeat("some words of text that go on ", 4)
	expect(t, `heading1 p1 | "Manual"
heading2 p1 | "1. Returns"
text p1 | "`+strings.TrimSpace(body)+`"
heading2 p1 | "2. Warranty"
text p1 | "`+strings.TrimSpace(body)+`"
`, laid([]span{
		sized(24, 50, 50, "Manual"), sized(14, 50, 100, "1. Returns"), at(50, 130, strings.TrimSpace(body)),
		sized(14, 50, 160, "2. Warranty"), at(50, 190, strings.TrimSpace(body)),
	}))
}

func TestRunningHeadsAreDropped(t *testing.T) {
	page := func(text, number string) []span {
		return []span{at(50, 20, "Shop manual, chapter "+number), at(50, 100, text), at(300, 800, number)}
	}
	expect(t, "text p1 | \"First text.\"\ntext p2 | \"Second text.\"\ntext p3 | \"Third text.\"\n",
		laid(page("First text.", "1"), page("Second text.", "2"), page("Third text.", "3")))
}

func TestNumbersOnTopOfAPageAreKept(t *testing.T) {
	got := laid([]span{at(50, 20, "K3"), at(200, 20, "405"), at(300, 20, "7"), at(50, 60, "K4"), at(200, 60, "410"), at(300, 60, "8"), at(50, 300, "End of it.")},
		[]span{at(50, 100, "Next page.")})
	if !strings.Contains(got, "405") {
		t.Errorf("a table's first row is taken for page numbers:\n%s", got)
	}
}

func TestATableGoesOnOverThePage(t *testing.T) {
	expect(t, `row p1 | "Model: K3; Litres: 1.2; Watts: 1500"
row p1 | "Model: K4; Litres: 1.7; Watts: 1800"
row p2 | "Model: K5; Litres: 2.0; Watts: 2000"
row p2 | "Model: K6; Litres: 2.2; Watts: 2100"
`, laid([]span{
		at(50, 100, "Model"), at(200, 100, "Litres"), at(350, 100, "Watts"),
		at(50, 130, "K3"), at(200, 130, "1.2"), at(350, 130, "1500"),
		at(50, 160, "K4"), at(200, 160, "1.7"), at(350, 160, "1800"),
	}, []span{
		at(50, 100, "K5"), at(200, 100, "2.0"), at(350, 100, "2000"),
		at(50, 130, "K6"), at(200, 130, "2.2"), at(350, 130, "2100"),
	}))
}

func TestAMissingCellStaysMissing(t *testing.T) {
	expect(t, `row p1 | "Model: K3; Litres: 1.2; Watts: 1500"
row p1 | "Model: K4; Watts: 1800"
row p1 | "Model: K5; Litres: 2.0; Watts: 2000"
`, laid([]span{
		at(50, 100, "Model"), at(200, 100, "Litres"), at(350, 100, "Watts"),
		at(50, 130, "K3"), at(200, 130, "1.2"), at(350, 130, "1500"),
		at(50, 160, "K4"), at(350, 160, "1800"),
		at(50, 190, "K5"), at(200, 190, "2.0"), at(350, 190, "2000"),
	}))
}

func TestMergedDoesNotGuess(t *testing.T) {
	rows := []float64{100, 130, 160, 190}
	cell := func(y float64) box { return box{span: span{top: y - 5, bottom: y + 5}} }
	for _, c := range []struct {
		name  string
		cells []box
		want  bool
	}{
		{"two of two, centred", []box{cell(115), cell(175)}, true},
		{"one of all", []box{cell(145)}, true},
		{"three and one", []box{cell(130), cell(190)}, true},
		{"at the top of their rows", []box{cell(100), cell(160)}, false},
		{"one empty", []box{cell(100), cell(130), cell(190)}, false},
		{"all there", []box{cell(100), cell(130), cell(160), cell(190)}, false},
		{"between", []box{cell(122)}, false},
	} {
		if _, ok := merged(c.cells, rows); ok != c.want {
			t.Errorf("%s: merged %v, want %v", c.name, ok, c.want)
		}
	}
}

func TestAParagraphGoesOnOverThePage(t *testing.T) {
	expect(t, "text p1 | \"This sentence begins on one page and ends on the next.\"\ntext p2 | \"Another.\"\n",
		laid([]span{at(50, 100, "This sentence begins on one page")}, []span{at(50, 100, "and ends on the next."), at(50, 150, "Another.")}))
}
