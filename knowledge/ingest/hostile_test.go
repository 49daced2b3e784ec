package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"frontdesk/core"
)

// zipped makes an Office file of its parts.
func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func document(body string) map[string]string {
	return map[string]string{"word/document.xml": `<w:document xmlns:w="w"><w:body>` + body + `</w:body></w:document>`}
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// pdf makes a PDF of n empty pages. Encrypted ones want a password.
func pdf(n int, encrypted bool) []byte {
	var b bytes.Buffer
	offsets := []int{0}
	object := func(text string) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj %s endobj\n", len(offsets)-1, text)
	}
	b.WriteString("%PDF-1.4\n")
	var kids strings.Builder
	for i := range n {
		fmt.Fprintf(&kids, "%d 0 R ", i+3)
	}
	object("<</Type/Catalog/Pages 2 0 R>>")
	object(fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", n, kids.String()))
	for range n {
		object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>")
	}
	trailer := "/Root 1 0 R"
	if encrypted {
		trailer += fmt.Sprintf("/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -44/O<%s>/U<%s>>>", strings.Repeat("41", 32), strings.Repeat("42", 32))
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets))
	for _, o := range offsets[1:] {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer <</Size %d%s>>\nstartxref\n%d\n%%%%EOF", len(offsets), trailer, start)
	return b.Bytes()
}

func xlsx(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBadFiles(t *testing.T) {
	small := func(l *Limits) { l.Unzipped, l.Pages, l.Rows, l.Blocks = 1<<20, 20, 100, 300 }
	bomb := document("<w:p><w:r><w:t>" + strings.Repeat("0", 30<<20) + "</w:t></w:r></w:p>")
	deep := document(strings.Repeat("<w:sdt>", 1000) + strings.Repeat("</w:sdt>", 1000))
	specs := sample(t, "specs.pdf")
	for _, c := range []struct {
		name, file string
		data       []byte
		want       []string // words of the error
	}{
		{"empty", "a.pdf", nil, []string{"empty"}},
		{"scanned", "scan.pdf", sample(t, "scan.pdf"), []string{"no text", "scanned", "OCR"}},
		{"password", "p.pdf", pdf(1, true), []string{"password", "without"}},
		{"truncated", "t.pdf", specs[:len(specs)/3], []string{"t.pdf", "again"}},
		{"head only", "h.pdf", []byte("%PDF-1.7\n"), []string{"h.pdf", "again"}},
		{"too many pages", "many.pdf", pdf(21, false), []string{"21 pages", "split"}},
		{"pages that are not there", "liar.pdf", bytes.Replace(pdf(1, false), []byte("/Count 1"), []byte("/Count 2000000000"), 1), []string{"liar.pdf"}},
		{"pdf named docx", "x.docx", specs, []string{"PDF", "extension"}},
		{"docx named pdf", "x.pdf", sample(t, "policy.docx"), []string{"DOCX", "extension"}},
		{"text named pdf", "x.pdf", []byte("hello there"), []string{"not a PDF", "text/plain"}},
		{"picture", "x.png", []byte("\x89PNG\r\n\x1a\n0000"), []string{"image/png", "PDF"}},
		{"old word", "x.docx", append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 4096)...), []string{"password", "old format"}},
		{"damaged docx", "x.docx", sample(t, "policy.docx")[:2000], []string{"damaged", "save it again"}},
		{"docx of no XML", "x.docx", zipped(t, map[string]string{"word/document.xml": "<w:document><w:p"}), []string{"damaged", "again"}},
		{"docx without text", "x.docx", zipped(t, document("<w:p/>")), []string{"no text"}},
		{"zip bomb", "bomb.docx", zipped(t, bomb), []string{"unpacks", "1 MB"}},
		{"deep docx", "deep.docx", zipped(t, deep), []string{"nested"}},
		{"xlsx bomb", "bomb.xlsx", zipped(t, map[string]string{"xl/workbook.xml": strings.Repeat(" ", 5<<20)}), []string{"bomb.xlsx"}},
		{"xlsx of nothing", "x.xlsx", zipped(t, map[string]string{"xl/workbook.xml": "<workbook/>"}), []string{"x.xlsx"}},
		{"too many rows", "rows.xlsx", xlsx(t, func(f *excelize.File) {
			for i := range 150 {
				_ = f.SetCellValue("Sheet1", fmt.Sprintf("A%d", i+1), i)
			}
		}), []string{"rows", "split"}},
		{"NUL bytes", "n.txt", []byte("a\x00b"), []string{"NUL", "UTF-8"}},
		{"NUL bytes in HTML", "n.html", []byte("<p>a\x00b</p>"), []string{"NUL"}},
		{"neither UTF-8 nor GB18030", "l.txt", []byte("\xff\x81\xff caf\xe9"), []string{"UTF-8", "GB18030"}},
		{"blank", "b.md", []byte("\n \n"), []string{"no text"}},
		{"half a pair", "f.csv", []byte("question,answer\n,only an answer\n"), []string{"row 2", "both"}},
		{"many rows", "m.csv", []byte(strings.Repeat("a,b\n", 200)), []string{"100 rows", "split"}},
		{"many paragraphs", "m.txt", []byte(strings.Repeat("a\n\n", 400)), []string{"400", "split"}},
		{"page without a body", "x.html", []byte("<html><script>x</script></html>"), []string{"no text"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			_, err := parser(t, "1", small).Parse(t.Context(), c.file, c.data)
			wantInvalid(t, err, c.want...)
			if took := time.Since(start); took > 30*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestDeepNestingIsRead(t *testing.T) {
	p := parser(t, "1", nil)
	for name, text := range map[string]string{
		"deep.html": strings.Repeat("<div><ul><li>", 3000) + "inner" + strings.Repeat("</li></ul></div>", 3000) + "<p>outer</p>",
		"deep.md":   strings.Repeat("> ", 3000) + "inner\n\nouter",
		"list.md":   strings.Repeat("- ", 2000) + "inner\n\nouter",
	} {
		start := time.Now()
		if _, err := p.Parse(t.Context(), name, []byte(text)); err != nil {
			t.Logf("%s: %v", name, err)
			wantInvalid(t, err)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func TestChildThatHangsIsEnded(t *testing.T) {
	p := parser(t, "hang", func(l *Limits) { l.Time = 300 * time.Millisecond })
	_, err := p.Parse(t.Context(), "slow.pdf", pdf(1, false))
	wantInvalid(t, err, "slow.pdf", "longer than 300ms", "split")
}

func TestChildThatStallsIsEnded(t *testing.T) {
	p := parser(t, "stall", func(l *Limits) { l.Silence = 300 * time.Millisecond })
	_, err := p.Parse(t.Context(), "slow.pdf", pdf(1, false))
	wantInvalid(t, err, "slow.pdf", "300ms", "again")
}

func TestChildEndsWithItsCaller(t *testing.T) {
	p := parser(t, "hang", nil)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := p.Parse(ctx, "slow.pdf", pdf(1, false)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestWaitingForTheChildEndsWithItsCaller(t *testing.T) {
	p := parser(t, "hang", func(l *Limits) { l.Time = 2 * time.Second })
	done := make(chan error, 1)
	go func() {
		_, err := p.Parse(context.Background(), "first.pdf", pdf(1, false))
		done <- err
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := p.Parse(ctx, "second.pdf", pdf(1, false)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	wantInvalid(t, <-done, "first.pdf")
}

func TestChildThatMisbehaves(t *testing.T) {
	for behaviour, words := range map[string][]string{"crash": {"x.pdf", "damaged"}, "greedy": {"MB", "split"}} {
		_, err := parser(t, behaviour, nil).Parse(t.Context(), "x.pdf", pdf(1, false))
		wantInvalid(t, err, words...)
	}
	for _, behaviour := range []string{"chatter", "flood"} {
		if _, err := parser(t, behaviour, nil).Parse(t.Context(), "x.pdf", pdf(1, false)); err == nil {
			t.Errorf("%s: no error", behaviour)
		}
	}
}

func TestWithoutAChild(t *testing.T) {
	if _, err := (&Parser{}).Parse(t.Context(), "x.pdf", pdf(1, false)); err == nil {
		t.Error("no error")
	}
	var invalid *core.InputError
	if _, err := (&Parser{}).Parse(t.Context(), "x.md", []byte("# A\n\ntext")); err != nil || errors.As(err, &invalid) {
		t.Errorf("Markdown needs no child: %v", err)
	}
}

func TestTheChildHasNobodysSecrets(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "secret")
	for _, kv := range plainEnv() {
		if strings.Contains(kv, "secret") {
			t.Errorf("passed on: %s", kv)
		}
	}
}

// Nesting makes a reader's time grow with the square of the size: such a file
// is ended in its own process, and the caller is told within the limit.
func TestDeepMarkdownIsBounded(t *testing.T) {
	p := parser(t, "", func(l *Limits) { l.Time = time.Second })
	deep := []byte(strings.Repeat("> ", 300_000) + "x")
	start := time.Now()
	_, err := p.Parse(t.Context(), "deep.md", deep)
	var invalid *core.InputError
	if !errors.As(err, &invalid) {
		t.Fatalf("Parse = %v", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	if _, err := p.Parse(t.Context(), "small.md", []byte(strings.Repeat("> ", 1000)+"x\n\ntext")); err != nil {
		t.Errorf("a small file: %v", err)
	}
}
