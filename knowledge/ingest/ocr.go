package ingest

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"slices"
	"strings"

	"github.com/klippa-app/go-pdfium/requests"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// Recogniser reads the text of a picture of a page, a JPEG, such as a model that
// sees does. Safe for concurrent use is not needed: pages come one at a time.
type Recogniser func(ctx context.Context, picture []byte) (string, error)

// MostRecognised is how many pages of a document are given to a Recogniser, which
// mostly costs money; the rest stays listed as unreadable.
const MostRecognised = 100

const (
	pageDPI      = 150 // small print can be read, and a page has some 200 KB
	pageQuality  = 80  // of the JPEG
	mostPerChild = 20  // pages drawn by one child
)

// recognise reads the pages of out that hold no text from pictures of them. A
// page whose picture holds no text either, or cannot be read, stays silent: an
// error of the recogniser is said only if it read nothing at all.
func (p *Parser) recognise(ctx context.Context, req request, data []byte, out knowledge.Parsed) (knowledge.Parsed, error) {
	var failed error
	silent := out.Silent
	out.Silent = nil
	read := 0
	for pages := range slices.Chunk(silent, mostPerChild) {
		if read+len(out.Silent) >= MostRecognised {
			out.Silent = append(out.Silent, pages...)
			continue
		}
		req.Draw = pages
		drawn, err := p.child(ctx, req, data)
		if err != nil {
			return out, err
		}
		for i, page := range pages {
			text := ""
			if i < len(drawn.Pictures) && len(drawn.Pictures[i]) > 0 {
				if text, err = p.OCR(ctx, drawn.Pictures[i]); err != nil {
					failed = err
				}
			}
			if ctx.Err() != nil {
				return out, ctx.Err()
			}
			if strings.TrimSpace(text) == "" {
				out.Silent = append(out.Silent, page)
				continue
			}
			read++
			out.Recognised = append(out.Recognised, page)
			out.Blocks = insert(out.Blocks, page, plain(text))
		}
	}
	if read == 0 && failed != nil && len(out.Blocks) == 0 {
		return out, fmt.Errorf("recognise the text of %s: %w", req.Name, failed)
	}
	return out, nil
}

// insert puts the blocks of a page between those of the pages beside it.
func insert(blocks []knowledge.Block, page int, fresh []knowledge.Block) []knowledge.Block {
	for i := range fresh {
		fresh[i].Page = page
	}
	at := slices.IndexFunc(blocks, func(b knowledge.Block) bool { return b.Page > page })
	if at < 0 {
		at = len(blocks)
	}
	return slices.Insert(blocks, at, fresh...)
}

// draw makes pictures of pages, from 1. A page that cannot be drawn has none.
func draw(req request, data []byte, tell func(knowledge.Progress)) ([][]byte, error) {
	f, err := openPDF(req.Name, data, req.Limits, tell)
	if err != nil {
		return nil, err
	}
	defer f.close()
	out := make([][]byte, len(req.Draw))
	for i, page := range req.Draw {
		tell(knowledge.Progress{})
		r, err := f.inst.RenderPageInDPI(&requests.RenderPageInDPI{DPI: pageDPI, Page: requests.Page{ByIndex: &requests.PageByIndex{Document: f.doc, Index: page - 1}}})
		if err != nil {
			continue
		}
		var b bytes.Buffer
		if w, h := r.Result.Image.Rect.Dx(), r.Result.Image.Rect.Dy(); w*h <= mostPixels {
			err = jpeg.Encode(&b, r.Result.Image, &jpeg.Options{Quality: pageQuality})
		}
		r.Cleanup()
		if err != nil {
			return nil, core.Invalid("%s: page %d cannot be drawn (%v)", req.Name, page, err)
		}
		out[i] = b.Bytes()
	}
	return out, nil
}

// mostPixels is a page of A2.
const mostPixels = 20_000_000
