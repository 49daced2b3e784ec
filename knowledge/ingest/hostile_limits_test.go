//go:build !race

// Memory and time are promised of the program, not of one with the detector in it.

package ingest

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// The bounds that are promised: a clear error within them.
const (
	promisedTime   = 10 * time.Second
	promisedMemory = 512 << 20 // of the child
)

// zeros reads as much of one byte.
type zeros struct {
	b    byte
	left int64
}

// Read implements io.Reader.
func (z *zeros) Read(p []byte) (int, error) {
	n := int(min(int64(len(p)), z.left))
	if n == 0 {
		return 0, io.EOF
	}
	for i := range p[:n] {
		p[i] = z.b
	}
	z.left -= int64(n)
	return n, nil
}

// zipBomb is an Office file of one part that unpacks to size bytes and lies about it.
func zipBomb(t testing.TB, part, before, after string, size int64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	w, err := z.Create(part)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, io.MultiReader(strings.NewReader(before), &zeros{'0', size}, strings.NewReader(after))); err != nil {
		t.Fatal(err)
	}
	if part != "xl/workbook.xml" && strings.HasPrefix(part, "xl/") {
		for name, text := range map[string]string{
			"xl/workbook.xml":            `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`,
			"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		} {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(w, text); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// entities is an XML bomb: each entity is ten of the one before.
func entities() string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><!DOCTYPE w:document [<!ENTITY a0 "lol">`)
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&b, `<!ENTITY a%d "%s">`, i, strings.Repeat(fmt.Sprintf("&a%d;", i-1), 10))
	}
	b.WriteString(`]><w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&a11;</w:t></w:r></w:p></w:body></w:document>`)
	return b.String()
}

// pdfStream is a PDF of one page whose content unpacks to size bytes.
func pdfStream(t testing.TB, size int64) []byte {
	t.Helper()
	var packed bytes.Buffer
	packed.Write([]byte{0x78, 0x9c})
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, &zeros{' ', size}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	offsets := []int{}
	object := func(text string) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj %s endobj\n", len(offsets), text)
	}
	b.WriteString("%PDF-1.4\n")
	object("<</Type/Catalog/Pages 2 0 R>>")
	object("<</Type/Pages/Count 1/Kids[3 0 R]>>")
	object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>")
	object(fmt.Sprintf("<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream", packed.Len(), packed.String()))
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 5\n0000000000 65535 f \n")
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer <</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF", start)
	return b.Bytes()
}

// peak runs f and returns the most memory that the children which it starts had,
// looked at every 2 ms: what the kernel says at their end counts this process too.
func peak(f func()) int64 {
	var most atomic.Int64
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			most.Store(max(most.Load(), children()))
			select {
			case <-done:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	f()
	close(done)
	<-ended
	return most.Load()
}

// children is the most memory that a child of this process had so far.
func children() int64 {
	var most int64
	tasks, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		return 0
	}
	var list []byte
	for _, task := range tasks {
		more, _ := os.ReadFile(task) // a thread may have ended
		list = append(append(list, more...), ' ')
	}
	for _, pid := range strings.Fields(string(list)) {
		env, _ := os.ReadFile("/proc/" + pid + "/environ") // it may have ended
		if !strings.Contains(string(env), WorkerEnv+"=") {
			continue // it did not begin yet: the memory is this process's
		}
		status, _ := os.ReadFile("/proc/" + pid + "/status")
		for line := range strings.Lines(string(status)) {
			if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
				n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64) // a number of the kernel's
				most = max(most, n<<10)
			}
		}
	}
	return most
}

// TestHostileFiles: with the limits that are shipped, each is refused with what to
// do about it, in time and memory, and the next file is read as ever.
func TestHostileFiles(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Log("memory is measured on Linux alone")
	}
	const mb = 1 << 20
	random := make([]byte, 200*mb)
	for i, x := 0, uint32(1); i < len(random); i++ {
		x = x*1664525 + 1013904223
		random[i] = byte(x >> 24)
	}
	specs := sample(t, "specs.pdf")
	p := parser(t, "1", nil)
	for _, c := range []struct {
		name, file string
		data       []byte
		want       []string
	}{
		{"zip bomb, 700 MB", "bomb.docx", zipBomb(t, "word/document.xml", "<w:document xmlns:w='w'><w:body><w:p><w:r><w:t>", "</w:t></w:r></w:p></w:body></w:document>", 700*mb), []string{"unpacks to more than", "MB"}},
		{"zip bomb as a sheet", "bomb.xlsx", zipBomb(t, "xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>`, "</t></is></c></row></sheetData></worksheet>", 700*mb), []string{"unpacks to more than"}},
		{"entity bomb", "lol.docx", zipped(t, map[string]string{"word/document.xml": entities()}), []string{"damaged", "entity"}},
		{"entity bomb in the styles", "lol.docx", zipped(t, map[string]string{"word/document.xml": document("<w:p/>")["word/document.xml"], "word/styles.xml": entities()}), []string{"damaged"}},
		{"10,000 pages", "many.pdf", pdf(10_000, false), []string{"10000 pages", "more than 2000", "split"}},
		{"a page of 1 GB", "stream.pdf", pdfStream(t, 1<<30), []string{"stream.pdf", "page 1", "too much memory"}},
		{"truncated PDF", "cut.pdf", specs[:len(specs)*2/3], []string{"damaged", "again"}},
		{"truncated DOCX", "cut.docx", sample(t, "policy.docx")[:3000], []string{"damaged", "again"}},
		{"wrong extension", "report.docx", specs, []string{"PDF file by its content", ".pdf"}},
		{"a program", "setup.pdf", []byte("MZ\x90\x00" + strings.Repeat("\x00", 500)), []string{"not a PDF file"}},
		{"200 MB of noise as PDF", "noise.pdf", append([]byte("%PDF-1.7\n"), random...), []string{"200 MB", "more than 64", "split"}},
		{"60 MB of noise as PDF", "noise.pdf", append([]byte("%PDF-1.7\n"), random[:60*mb]...), []string{"noise.pdf", "again"}},
		{"60 MB of noise as DOCX", "noise.docx", append([]byte("PK\x03\x04"), random[:60*mb]...), []string{"damaged"}},
		{"200 MB of text", "big.txt", bytes.Repeat([]byte("Some words of a text that does not end.\n"), 5*mb), []string{"200 MB", "more than 64", "split"}},
		{"60 MB of paragraphs", "big.txt", bytes.Repeat([]byte("Some words of a text that does not end.\n\n"), 3*mb/2), []string{"big.txt", "split"}},
		{"60 MB of lines", "big.csv", bytes.Repeat([]byte("a,b,c,d,e,f,g,h\n"), 60*mb/16), []string{"50000 rows", "split"}},
		{"60 MB of markup", "big.html", bytes.Repeat([]byte("<div><p>a</p>"), 60*mb/13), []string{"big.html"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			var err error
			used := peak(func() { _, err = p.Parse(t.Context(), c.file, c.data) })
			took := time.Since(start)
			wantInvalid(t, err, c.want...)
			t.Logf("%v, %d MB: %v", took.Round(time.Millisecond), used>>20, err)
			if took > promisedTime || used > promisedMemory {
				t.Errorf("it took %v and %d MB", took, used>>20)
			}
		})
	}
	used := peak(func() {
		if _, err := p.Parse(t.Context(), "specs.pdf", specs); err != nil {
			t.Errorf("the next file: %v", err)
		}
	})
	t.Logf("the next file, a sound one: %d MB", used>>20)
	if used == 0 && runtime.GOOS == "linux" {
		t.Error("no child was looked at")
	}
}
