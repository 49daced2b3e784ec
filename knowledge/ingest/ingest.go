// Package ingest reads files into blocks: PDF, Word, Excel, HTML, Markdown, CSV
// and plain text.
//
// A hostile file may lead a reader into using all the time or memory there is,
// so what is unpacked, and every text that is not small, is read in a child
// process with limits of its own (worker.go). The rest is bounded here.
package ingest

import (
	"bytes"
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"frontdesk/core"
	"frontdesk/knowledge"
)

var _ knowledge.Parser = (*Parser)(nil)

// Parser reads files. Safe for concurrent use.
type Parser struct {
	// Worker makes the command of a child process that calls WorkerMain, not
	// started; its streams are set here. It must end when ctx does.
	Worker func(ctx context.Context) *exec.Cmd
	// Limits bound the work; DefaultLimits if zero.
	Limits Limits
	// OCR reads pages that hold no text from pictures of them; nil leaves them
	// unread and listed.
	OCR Recogniser

	once sync.Once
	slot chan struct{} // held while a child runs
}

// Limits bound what a file may ask for.
type Limits struct {
	Bytes    int64         // of the file
	Pages    int           // of a PDF
	Unzipped int64         // bytes of the parts of a DOCX or XLSX file that are read, together
	Rows     int           // of all tables of a spreadsheet
	Blocks   int           // read from a file
	Memory   int64         // bytes, of the child process
	Time     time.Duration // of the child process
	Silence  time.Duration // of the child process, from when it begins and from page to page
}

// DefaultLimits allow the largest manuals met and stop anything that grows
// without end: a page takes less than a second, a file without pages some.
func DefaultLimits() Limits {
	return Limits{Bytes: 64 << 20, Pages: 2000, Unzipped: 256 << 20, Rows: 50_000, Blocks: 200_000, Memory: 512 << 20, Time: 15 * time.Minute, Silence: 8 * time.Second}
}

// kind is how a file is read.
type kind string

const (
	pdfFile  kind = "PDF"
	docxFile kind = "DOCX"
	xlsxFile kind = "XLSX"
	htmlFile kind = "HTML"
	markFile kind = "Markdown"
	csvFile  kind = "CSV"
	textFile kind = "text"
)

// Parse implements knowledge.Parser.
func (p *Parser) Parse(ctx context.Context, name string, data []byte) (knowledge.Parsed, error) {
	k, err := detect(name, data)
	if err != nil {
		return knowledge.Parsed{}, err
	}
	lim := p.Limits
	if lim == (Limits{}) {
		lim = DefaultLimits()
	}
	if int64(len(data)) > lim.Bytes {
		return knowledge.Parsed{}, core.Invalid("%s has %d MB, more than %d: split it or leave out pictures", name, len(data)>>20, lim.Bytes>>20)
	}
	var out knowledge.Parsed
	if apart(k, data) {
		out, err = p.apart(ctx, request{Name: name, Kind: k, Limits: lim}, data)
	} else {
		out, err = read(k, name, data, lim)
	}
	if err != nil {
		return knowledge.Parsed{}, err
	}
	out = withoutContents(out)
	if out.Tables == 0 {
		out.Tables = countTables(out.Blocks)
	}
	return check(out, k, name, lim)
}

// countTables counts rows that follow no row with the same columns.
func countTables(blocks []knowledge.Block) int {
	n, last := 0, ""
	for _, b := range blocks {
		columns := ""
		if b.Kind == knowledge.Row && len(b.Cells) > 0 {
			columns = "\x00" + b.Cells[len(b.Cells)-1].Column // a row may lack its first cells
			if last == "" {
				n++
			}
		}
		last = columns
	}
	return n
}

// apart reads data in a child process.
func (p *Parser) apart(ctx context.Context, req request, data []byte) (knowledge.Parsed, error) {
	r, err := p.child(ctx, req, data)
	if err == nil && req.Kind == pdfFile && p.OCR != nil && len(r.Parsed.Silent) > 0 {
		return p.recognise(ctx, req, data, r.Parsed)
	}
	return r.Parsed, err
}

// inProcess is the largest text read here, in bytes: hostile nesting can make a
// reader's time grow with the square of the size, which is a blink up to this.
const inProcess = 32 << 10

// apart reports whether a file is read by a process of its own, with limits of
// time and memory: what is unpacked, and what is large.
func apart(k kind, data []byte) bool {
	return k == pdfFile || k == xlsxFile || k == docxFile || len(data) > inProcess
}

// check refuses what holds nothing to answer from, or too much.
func check(out knowledge.Parsed, k kind, name string, lim Limits) (knowledge.Parsed, error) {
	if len(out.Blocks) > lim.Blocks {
		return out, core.Invalid("%s has %d paragraphs and rows, more than %d: split it into several files", name, len(out.Blocks), lim.Blocks)
	}
	for _, b := range out.Blocks {
		if strings.TrimSpace(b.Text) != "" {
			return out, nil
		}
	}
	if k == pdfFile {
		return out, core.Invalid("%s has %d pages and no text: it seems to be scanned; run text recognition (OCR) over it first", name, out.Pages)
	}
	return out, core.Invalid("%s holds no text", name)
}

// read reads what needs no engine of its own.
func read(k kind, name string, data []byte, lim Limits) (knowledge.Parsed, error) {
	if k == docxFile {
		return readDOCX(name, data, lim)
	}
	text, err := decode(name, data)
	if err != nil {
		return knowledge.Parsed{}, err
	}
	switch k {
	case htmlFile:
		return readHTML(name, text)
	case markFile:
		return knowledge.Parsed{MIME: "text/markdown", Blocks: markdown(text)}, nil
	case csvFile:
		return readCSV(name, text, lim)
	}
	return knowledge.Parsed{MIME: "text/plain", Blocks: plain(text)}, nil
}

// detect tells the kind from the content, and from the extension what text is.
func detect(name string, data []byte) (kind, error) {
	if len(data) == 0 {
		return "", core.Invalid("%s is empty", name)
	}
	ext := strings.ToLower(filepath.Ext(name))
	named, known := byExtension(ext)
	found := byContent(data)
	switch {
	case found != "" && (!known || named == found):
		return found, nil
	case found != "":
		return "", core.Invalid("%s is a %s file by its content: name it with the extension .%s", name, found, strings.ToLower(string(found)))
	case named == pdfFile || named == docxFile || named == xlsxFile:
		return "", notWhat(name, named, data)
	case known:
		return named, nil
	}
	what := mimetype.Detect(data)
	if strings.HasPrefix(what.String(), "text/html") {
		return htmlFile, nil
	}
	if ext == "" && strings.HasPrefix(what.String(), "text/") {
		return textFile, nil
	}
	return "", core.Invalid("%s is %s, which cannot be read: give a PDF, DOCX, XLSX, HTML, Markdown, CSV or text file", name, what)
}

func byExtension(ext string) (kind, bool) {
	switch ext {
	case ".pdf":
		return pdfFile, true
	case ".docx":
		return docxFile, true
	case ".xlsx":
		return xlsxFile, true
	case ".html", ".htm", ".xhtml":
		return htmlFile, true
	case ".md", ".markdown":
		return markFile, true
	case ".csv", ".tsv":
		return csvFile, true
	case ".txt", ".text":
		return textFile, true
	}
	return "", false
}

// byContent names the formats that show what they are, else "".
func byContent(data []byte) kind {
	if bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")) {
		return pdfFile
	}
	if !bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return ""
	}
	names := partNames(data)
	switch {
	case names["word/document.xml"]:
		return docxFile
	case names["xl/workbook.xml"]:
		return xlsxFile
	}
	return ""
}

// notWhat says why data is not of the kind its name promises.
func notWhat(name string, k kind, data []byte) error {
	what := mimetype.Detect(data)
	switch {
	case what.Is("application/x-ole-storage") || what.Is("application/msword") || what.Is("application/vnd.ms-excel"):
		return core.Invalid("%s is protected by a password or of an old format: save it as %s without a password", name, k)
	case bytes.HasPrefix(data, []byte("PK")):
		return core.Invalid("%s is damaged or not a %s file: open it, save it again as %s and try once more", name, k, k)
	}
	return core.Invalid("%s is not a %s file but %s: give the file its right extension or save it as %s", name, k, what, k)
}
