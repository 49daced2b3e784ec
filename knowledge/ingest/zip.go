package ingest

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// mostParts is more than any real file of Office has.
const mostParts = 20_000

var errBomb = errors.New("unpacks to more than is allowed")

// parts are the files within an Office file, read within one allowance.
type parts struct {
	files map[string]*zip.File
	left  int64 // bytes still allowed
}

func openParts(data []byte, allowed int64) (*parts, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	if len(r.File) > mostParts {
		return nil, fmt.Errorf("%d parts", len(r.File))
	}
	p := &parts{files: make(map[string]*zip.File, len(r.File)), left: allowed}
	for _, f := range r.File {
		p.files[f.Name] = f
	}
	return p, nil
}

// read returns the part, nil if there is none. What the directory says of sizes
// is not believed.
func (p *parts) read(name string) ([]byte, error) {
	f := p.files[name]
	if f == nil {
		return nil, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer func() { _ = r.Close() }()
	out, err := io.ReadAll(io.LimitReader(r, p.left+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if p.left -= int64(len(out)); p.left < 0 {
		return nil, errBomb
	}
	return out, nil
}

// partNames lists what is in a zip file; none if it is damaged.
func partNames(data []byte) map[string]bool {
	out := map[string]bool{}
	p, err := openParts(data, 0)
	if err != nil {
		return out
	}
	for name := range p.files {
		out[name] = true
	}
	return out
}
