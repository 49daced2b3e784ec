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
	// Unpacked twice, once for its size: a buffer that grows takes several times it.
	size, err := unpack(f, io.Discard, p.left+1)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if p.left -= size; p.left < 0 {
		return nil, errBomb
	}
	out := bytes.NewBuffer(make([]byte, 0, size))
	if _, err := unpack(f, out, size); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return out.Bytes(), nil
}

// unpack writes at most limit bytes of f to w and returns how many there were.
func unpack(f *zip.File, w io.Writer, limit int64) (int64, error) {
	r, err := f.Open()
	if err != nil {
		return 0, err
	}
	defer func() { _ = r.Close() }()
	return io.Copy(w, io.LimitReader(r, limit))
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
