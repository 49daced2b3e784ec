package ingest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klippa-app/go-pdfium"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// wasmPage is the unit WebAssembly's memory grows by. It may have a quarter of what
// the process may: while it grows, the old one is there too, and more.
const wasmPage = 64 << 10

// pdfFileReader is an open file and the engine that reads it.
type pdfFileReader struct {
	pool   pdfium.Pool
	inst   pdfium.Pdfium
	doc    references.FPDF_DOCUMENT
	name   string
	data   []byte
	lim    Limits
	seen   int // objects looked at since it was opened
	budget int // objects that may still be looked at
}

// Objects that are looked at: the engine keeps a note of each until it is closed,
// so it is opened again after some; and beyond a number in all, tables are found
// by the places of their words alone.
const (
	mostAtOnce       = 100_000
	mostObjectsInAll = 4_000_000
)

func openPDF(name string, data []byte, lim Limits, tell func(knowledge.Progress)) (*pdfFileReader, error) {
	pool, err := openPDFium(lim)
	if err != nil {
		return nil, err
	}
	r := &pdfFileReader{pool: pool, name: name, data: data, lim: lim, budget: mostObjectsInAll}
	if r.inst, err = pool.GetInstance(lim.Time); err != nil {
		r.close()
		return nil, fmt.Errorf("start pdfium: %w", err)
	}
	tell(knowledge.Progress{}) // the engine runs
	if err := r.open(); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// renew opens the file in a fresh engine.
func (r *pdfFileReader) renew() (err error) {
	_ = r.inst.Close() // only memory is given back
	r.seen = 0
	if r.inst, err = r.pool.GetInstance(r.lim.Time); err != nil {
		return fmt.Errorf("start pdfium: %w", err)
	}
	return r.open()
}

func (r *pdfFileReader) open() error {
	doc, err := r.inst.OpenDocument(&requests.OpenDocument{File: &r.data})
	if err != nil {
		return openError(r.name, err)
	}
	r.doc = doc.Document
	return nil
}

func (r *pdfFileReader) close() { _ = r.pool.Close() }

// page reads the page of this index.
func (r *pdfFileReader) page(i int) (pageText, error) {
	if r.seen > mostAtOnce {
		if err := r.renew(); err != nil {
			return pageText{}, err
		}
	}
	before := r.budget
	out, err := readPage(r.inst, r.doc, i, &r.budget)
	r.seen += before - r.budget
	return out, err
}

// readPDF reads the text of all pages, by place on the page (layout.go).
func readPDF(name string, data []byte, lim Limits, tell func(knowledge.Progress)) (knowledge.Parsed, error) {
	r, err := openPDF(name, data, lim, tell)
	if err != nil {
		return knowledge.Parsed{}, err
	}
	defer r.close()
	count, err := r.inst.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: r.doc})
	if err != nil {
		return knowledge.Parsed{}, openError(name, err)
	}
	if count.PageCount > lim.Pages {
		return knowledge.Parsed{}, core.Invalid("%s has %d pages, more than %d: split it into several files", name, count.PageCount, lim.Pages)
	}
	out := knowledge.Parsed{MIME: "application/pdf", Pages: count.PageCount}
	pages := make([][]span, count.PageCount)
	hidden := knowledge.Omission{Why: knowledge.Hidden}
	for i := range pages {
		tell(knowledge.Progress{Done: i, Total: len(pages)})
		p, err := r.page(i)
		if err != nil {
			return out, core.Invalid("%s: page %d cannot be read (%s): print or save the file again as PDF", name, i+1, engineError(err))
		}
		if pages[i] = p.spans; p.unread {
			out.Silent = append(out.Silent, i+1)
		}
		if p.hidden > 0 {
			hidden.Characters += p.hidden
			hidden.Pieces += p.pieces
			hidden.Pages = append(hidden.Pages, i+1)
		}
	}
	tell(knowledge.Progress{Done: len(pages), Total: len(pages)})
	pages, running := withoutMargins(pages)
	for i, spans := range pages {
		if len(spans) == 0 && !slices.Contains(out.Silent, i+1) {
			out.Silent = append(out.Silent, i+1)
		}
	}
	slices.Sort(out.Silent)
	out.Left = []knowledge.Omission{hidden, running}
	out.Blocks, out.Tables = layout(pages)
	return out, nil
}

// openPDFium starts pdfium without any access to files. Compiling it takes
// seconds, so the machine code is kept in the user's cache folder if there is one.
func openPDFium(lim Limits) (pdfium.Pool, error) {
	config := wazero.NewRuntimeConfig().WithMemoryLimitPages(uint32(min(lim.Memory/4/wasmPage, 65536)))
	if dir, err := os.UserCacheDir(); err == nil {
		if cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(dir, "frontdesk", "wasm")); err == nil {
			config = config.WithCompilationCache(cache)
		}
	}
	pool, err := webassembly.Init(webassembly.Config{MinIdle: 0, MaxIdle: 1, MaxTotal: 1,
		FSConfig: wazero.NewFSConfig(), RuntimeConfig: config, Stdout: io.Discard, Stderr: io.Discard})
	if err != nil {
		return nil, fmt.Errorf("start pdfium: %w", err)
	}
	return pool, nil
}

// engineError is a line on what the engine says of itself in many.
func engineError(err error) string {
	if strings.Contains(err.Error(), "wasm error") {
		return "it is damaged or asks for too much memory"
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return first
}

func openError(name string, err error) error {
	switch {
	case errors.Is(err, pdferrors.ErrPassword), errors.Is(err, pdferrors.ErrSecurity):
		return core.Invalid("%s is protected by a password: save it without one", name)
	case errors.Is(err, pdferrors.ErrFormat), errors.Is(err, pdferrors.ErrFile):
		return core.Invalid("%s is damaged or not whole: print or save it again as PDF", name)
	}
	return core.Invalid("%s cannot be read as PDF (%s): print or save it again as PDF", name, engineError(err))
}
