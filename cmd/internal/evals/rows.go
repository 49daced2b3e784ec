package evals

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"frontdesk/core"
)

// longest bounds a line, in bytes.
const longest = 4 << 20

// Rows reads a file of JSON objects, one a line; gzip is told by its first bytes.
func Rows[T any](path string) (out []T, err error) {
	r, done, err := unpacked(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	s := bufio.NewScanner(r)
	s.Buffer(nil, longest)
	for n := 1; s.Scan(); n++ {
		if len(bytes.TrimSpace(s.Bytes())) == 0 {
			continue
		}
		var row T
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			return nil, core.Invalid("%s, line %d: %v", path, n, err)
		}
		out = append(out, row)
	}
	if err := s.Err(); err != nil {
		return nil, core.Invalid("%s: %v", path, err)
	}
	if len(out) == 0 {
		return nil, core.Invalid("%s has no rows: want one JSON object a line", path)
	}
	return out, nil
}

// withheld are the intents that a file lists: {"withheld_intents": […]}.
func withheld(path string) (names []string, err error) {
	if path == "" {
		return nil, nil
	}
	r, done, err := unpacked(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	var list struct {
		Names []string `json:"withheld_intents"`
	}
	if err := json.NewDecoder(r).Decode(&list); err != nil {
		return nil, core.Invalid("%s: %v", path, err)
	}
	if len(list.Names) == 0 {
		return nil, core.Invalid(`%s lists no intents: want {"withheld_intents": ["…"]}`, path)
	}
	return list.Names, nil
}

func unpacked(path string) (io.Reader, func() error, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read rows: %w", err)
	}
	b := bufio.NewReader(f)
	if magic, _ := b.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) { // too short a file is not gzip
		return b, f.Close, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, nil, errors.Join(core.Invalid("%s: %v", path, err), f.Close())
	}
	return z, func() error { return errors.Join(z.Close(), f.Close()) }, nil
}
