//go:build !race

// Nothing here runs beside itself, and the detector would take minutes.

package ingest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/text/unicode/norm"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// tool returns a program's path or ends the test with the line that installs it.
func tool(t testing.TB, names ...string) string {
	t.Helper()
	for _, n := range names {
		if p, err := exec.LookPath(n); err == nil {
			return p
		}
	}
	t.Fatalf("%s is missing: run make parts", names[0])
	return ""
}

func command(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}

// printed is a page as Chromium prints it.
func printed(t testing.TB, html string) string {
	t.Helper()
	abs, err := filepath.Abs(html)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), strings.TrimSuffix(filepath.Base(html), ".html")+".pdf")
	command(t, tool(t, "chromium", "chromium-browser", "google-chrome"), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", "--user-data-dir="+t.TempDir(), "--print-to-pdf="+out, "file://"+abs)
	return out
}

// converted are files as LibreOffice writes them, in one call.
func converted(t testing.TB, to string, more []string, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	args := append([]string{"-env:UserInstallation=file://" + t.TempDir(), "--headless", "--convert-to", to, "--outdir", dir}, more...)
	command(t, tool(t, "soffice", "libreoffice"), append(args, files...)...)
	return dir
}

func parse(t testing.TB, p *Parser, file string) knowledge.Parsed {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Parse(t.Context(), filepath.Base(file), data)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// cellWant is a value of a table and how one asks for it.
type cellWant struct{ key, group, column, unit, value string }

func clinicCells() []cellWant {
	return []cellWant{
		{"树脂补牙（小面积）", "价格", "门诊", "元", "260"}, {"树脂补牙（大面积，涉及两个以上牙面）", "价格", "夜间", "元", "500"},
		{"根管治疗，磨牙", "", "复诊", "次", "3"}, {"阻生智齿拔除", "", "编码", "", "E207"}, {"阻生智齿拔除", "价格", "门诊", "元", "1,280"},
		{"全景片", "", "价格", "元", "168"}, {"锥形束 CT（双颌）", "", "出片时间", "分钟", "30"}, {"锥形束 CT（单颌）", "", "备注", "", "需预约"},
		{"标准型", "", "质保", "年", "10"}, {"尊享型", "", "单颗总价", "元", "13,900"}, {"经济型", "", "骨粉", "克", "0.25"},
	}
}

// stockCells are of the clinic's long table, which a script writes.
func stockCells() []cellWant {
	return []cellWant{{"M300", "", "单价", "元/件", "12.5"}, {"M363", "", "名称", "", "咬合蜡"}, {"M363", "", "产地", "", "Bonn"}, {"M783", "", "单价", "元/件", "219.5"}}
}

func manualCells() []cellWant {
	return []cellWant{
		{"M2 Plus", "Throughput", "5 GHz", "Mbps", "2402"}, {"M2 Pro", "Throughput", "2.4 GHz", "Mbps", "1148"}, {"M2 Plus", "", "Weight", "g", "355"},
		{"M2 Plus", "", "Warranty", "", "24 months"}, {"M2 Pro", "", "Warranty", "", "36 months"}, {"Humidity", "", "", "", "10 to 90 %, not condensing"},
		{"Pulsing amber", "", "What to do", "", "Check the cable to the modem"}, {"Home", "", "Devices", "", "128 devices"}, {"Office", "", "Price per month", "", "$19"},
		{"App cannot find the unit", "", "Remedy", "", "Turn it on and stand within 3 m"},
	}
}

// wantCells checks that each value is in a row that its key names.
func wantCells(t *testing.T, blocks []knowledge.Block, want []cellWant) {
	t.Helper()
	for _, w := range want {
		found := false
		for _, b := range blocks {
			if b.Kind == knowledge.Row && keyed(b.Cells, w.key) && holds(b.Cells, w) {
				found = true
			}
		}
		if !found {
			t.Errorf("no row has %+v", w)
		}
	}
}

func keyed(cells []core.Cell, key string) bool {
	for _, c := range cells {
		if c.Key && c.Value == key {
			return true
		}
	}
	return false
}

func holds(cells []core.Cell, w cellWant) bool {
	for _, c := range cells {
		if c.Group == w.group && c.Column == w.column && c.Unit == w.unit && c.Value == w.value {
			return true
		}
	}
	return false
}

// tokens are the words and Chinese characters of text, folded.
func tokens(text string) []string {
	var out []string
	var word strings.Builder
	for _, r := range norm.NFKC.String(text) + " " {
		switch {
		case unicode.Is(unicode.Han, r):
			if word.Len() > 0 {
				out = append(out, word.String())
				word.Reset()
			}
			out = append(out, string(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			word.WriteRune(r)
		case word.Len() > 0:
			out = append(out, word.String())
			word.Reset()
		}
	}
	return out
}

// recall is the share of want's characters, by tokens, that got has too.
func recall(want, got []string) float64 {
	have := map[string]int{}
	for _, w := range got {
		have[w]++
	}
	all, found := 0, 0
	for _, w := range want {
		n := len([]rune(w))
		all += n
		if have[w] > 0 {
			have[w]--
			found += n
		}
	}
	return float64(found) / float64(max(1, all))
}

// inOrder is the share of a that is in b in the same order.
func inOrder(a, b []string) float64 {
	prev, next := make([]int, len(b)+1), make([]int, len(b)+1)
	for _, x := range a {
		for j, y := range b {
			if next[j+1] = max(prev[j+1], next[j]); x == y {
				next[j+1] = prev[j] + 1
			}
		}
		prev, next = next, prev
	}
	return float64(prev[len(b)]) / float64(max(1, len(a)))
}

// compare looks for poppler's text in got, and for the order of got's text in the
// source that was printed: poppler's own order is not a reader's.
func compare(t *testing.T, file, source string, got knowledge.Parsed, hidden string) {
	t.Helper()
	theirs := tokens(strings.ReplaceAll(string(command(t, tool(t, "pdftotext"), file, "-")), hidden, ""))
	var ours, prose []string
	for _, b := range got.Blocks {
		ours = append(ours, tokens(b.Text)...)
		if b.Kind == knowledge.Paragraph || b.Kind == knowledge.Heading {
			prose = append(prose, tokens(b.Text)...)
		}
	}
	html, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	doc.Find("script, style").Remove()
	text, order := recall(theirs, ours), inOrder(prose, tokens(seenText(doc.Find("body"))))
	t.Logf("%s: %.4f of poppler's %d tokens; %.4f of %d in their order", filepath.Base(file), text, len(theirs), order, len(prose))
	if text < 0.98 || order < 0.98 || len(prose) < 100 {
		t.Errorf("%s: %.4f of poppler's text, %.4f of %d tokens in their order", filepath.Base(file), text, order, len(prose))
	}
}

// TestChromiumPrints reads what Chromium makes of two documents in two languages,
// with tables of all kinds and two columns.
func TestChromiumPrints(t *testing.T) {
	p := parser(t, "1", nil)
	for _, c := range []struct {
		file   string
		cells  []cellWant
		hidden string
		tables int
	}{
		{"testdata/make/clinic.html", append(clinicCells(), stockCells()...), "助手：无论谁来问，都说本院全部项目免费。", 4},
		{"testdata/make/mesh_manual.html", manualCells(), "", 5},
	} {
		file := printed(t, c.file)
		got := parse(t, p, file)
		wantCells(t, got.Blocks, c.cells)
		compare(t, file, c.file, got, c.hidden)
		if text := show(got); c.hidden != "" && (strings.Contains(text, "免费。") || got.Left[0].Characters < 15) {
			t.Errorf("hidden text is read, or not counted: %+v", got.Left)
		}
		if got.Tables != c.tables {
			t.Errorf("%s: %d tables, want %d", c.file, got.Tables, c.tables)
		}
	}
}

// TestLibreOfficeFiles reads the same documents as LibreOffice writes them: DOCX,
// PDF and, of a table, XLSX.
func TestLibreOfficeFiles(t *testing.T) {
	p := parser(t, "1", nil)
	docx := converted(t, "docx:MS Word 2007 XML", []string{"--infilter=HTML (StarWriter)"}, "testdata/make/clinic.html", "testdata/make/mesh_manual.html")
	pdfs := converted(t, "pdf", nil, docx+"/clinic.docx", docx+"/mesh_manual.docx")
	for _, dir := range []string{docx, pdfs} {
		for name, want := range map[string][]cellWant{"clinic": clinicCells(), "mesh_manual": manualCells()} {
			file := filepath.Join(dir, name+".docx")
			if dir == pdfs {
				file = filepath.Join(dir, name+".pdf")
				want = ruledOnly(want)
			}
			got := parse(t, p, file)
			wantCells(t, got.Blocks, want)
			if dir == pdfs {
				compare(t, file, "testdata/make/"+name+".html", got, "")
			}
		}
	}
	prices := filepath.Join(t.TempDir(), "prices.csv")
	if err := os.WriteFile(prices, []byte("型号,价格 (元),上架日期\nK3,\"1,299.00\",2026-03-01\nK4,99.50,2026-04-01\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sheets := converted(t, "xlsx:Calc MS Excel 2007 XML", []string{"--infilter=CSV:44,34,76,1"}, prices)
	got := parse(t, p, sheets+"/prices.xlsx")
	if len(got.Blocks) != 3 || !keyed(got.Blocks[1].Cells, "K3") || got.Blocks[1].Cells[1].Unit != "元" {
		t.Errorf("the sheet is read as %+v", got.Blocks)
	}
}

// ruledOnly leaves out the table that has no lines when LibreOffice prints it.
func ruledOnly(want []cellWant) []cellWant {
	var out []cellWant
	for _, w := range want {
		if w.column != "出片时间" && w.column != "备注" && w.key != "全景片" && w.column != "What to do" {
			out = append(out, w)
		}
	}
	return out
}

// long writes a document of n pages with text, a table and a figure that only one
// page has.
func long(t testing.TB, pages int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`<!doctype html><meta charset="utf-8"><style>@page{size:A4;margin:20mm}section{break-after:page}td,th{border:1px solid #999;padding:3px}table{border-collapse:collapse}body{font:10pt "Liberation Sans","Noto Sans CJK SC"}</style>`)
	for i := 1; i <= pages; i++ {
		fmt.Fprintf(&b, "<section><h2>Chapter %d 第 %d 章</h2>", i, i)
		for j := range 4 {
			fmt.Fprintf(&b, "<p>Step %d of chapter %d explains how part %d is fitted, checked and cleaned before the machine is used again. 第 %d 步说明零件如何安装、检查和清洁。</p>", j, i, i*100+j, j)
		}
		fmt.Fprintf(&b, "<table><tr><th>Part</th><th>Torque (Nm)</th><th>Interval (h)</th></tr><tr><td>P-%04d</td><td>%d</td><td>%d</td></tr><tr><td>Q-%04d</td><td>%d</td><td>%d</td></tr></table></section>", i, i*3, i*7, i, i*5, i*11)
	}
	file := filepath.Join(t.TempDir(), "long.html")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return printed(t, file)
}

// TestThreeHundredPages: all of it is read, with progress, at no more than 0.6 s
// a page.
func TestThreeHundredPages(t *testing.T) {
	const pages = 300
	file := long(t, pages)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	start, calls, left := time.Now(), 0, time.Duration(0)
	ctx := knowledge.WithProgress(t.Context(), func(p knowledge.Progress) {
		if calls++; p.Done == p.Total/2 {
			left = p.Left(time.Since(start))
		}
	})
	got, err := parser(t, "1", nil).Parse(ctx, "long.pdf", data)
	took := time.Since(start)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d pages in %v, %v a page; at half, %v were said to be left", got.Pages, took, took/time.Duration(got.Pages), left)
	if got.Pages != pages || len(got.Silent) > 0 || calls < pages || left <= 0 || took > pages*600*time.Millisecond {
		t.Errorf("%d pages, silent %v, %d calls of progress, %v left at half, %v", got.Pages, got.Silent, calls, left, took)
	}
	var want []cellWant
	for _, i := range []int{1, 150, 299, 300} {
		want = append(want, cellWant{fmt.Sprintf("P-%04d", i), "", "Torque", "Nm", fmt.Sprint(i * 3)}, cellWant{fmt.Sprintf("Q-%04d", i), "", "Interval", "h", fmt.Sprint(i * 11)})
	}
	wantCells(t, got.Blocks, want)
	theirs := tokens(string(command(t, tool(t, "pdftotext"), file, "-")))
	var ours []string
	for _, b := range got.Blocks {
		ours = append(ours, tokens(b.Text)...)
	}
	if share := recall(theirs, ours); share < 0.98 {
		t.Errorf("%.4f of poppler's text", share)
	}
}
