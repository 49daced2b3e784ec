package knowledgetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"

	"frontdesk/core"
)

// RunArchive holds open's archives, each empty, to the contract.
func RunArchive(t *testing.T, open func(t *testing.T) core.Archive) {
	for name, test := range map[string]func(*testing.T, core.Archive){
		"versions are kept, newest first":            history,
		"an old version's passages":                  oldPassages,
		"origins are kept":                           origins,
		"numbers given are kept":                     numbered,
		"a number below the current changes nothing": below,
		"a number that is taken":                     taken,
		"history is bounded":                         bounded,
		"a deletion takes the past along":            forgets,
		"files":                                      files,
		"what is not there":                          nothing,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func numbers(t *testing.T, l core.Archive, name string) (out []int) {
	t.Helper()
	ds, err := l.Versions(t.Context(), ws, bot, name)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ds {
		out = append(out, d.Version)
	}
	return out
}

func history(t *testing.T, l core.Archive) {
	for _, text := range []string{"one", "two", "three"} {
		put(t, l, "a.txt", text, 2)
	}
	put(t, l, "b.txt", "other", 1)
	same(t, "versions", numbers(t, l, "a.txt"), []int{3, 2, 1})
	ds, err := l.Versions(t.Context(), ws, bot, "a.txt")
	if err != nil {
		t.Fatal(err)
	}
	want, _ := Document("a.txt", "two", 2)
	want.Version = 2
	same(t, "the second", ds[1], want)
}

func oldPassages(t *testing.T, l core.Archive) {
	put(t, l, "a.txt", "one", 3)
	put(t, l, "a.txt", "two", 2)
	for version, text := range map[int]string{1: "one", 2: "two"} {
		got, err := l.VersionChunks(t.Context(), ws, bot, "a.txt", version)
		if err != nil || len(got) != 4-version || got[0].Passage.Text != text || got[1].Ordinal != 1 || got[0].Document != "a.txt" {
			t.Errorf("version %d: %+v, %v", version, got, err)
		}
	}
}

func origins(t *testing.T, l core.Archive) {
	d, chunks := Document("a.html", "x", 1)
	d.Origin = core.Origin{Kind: core.OriginPage, URL: "https://shop.example/a", ETag: `W/"1"`, Note: "crawl"}
	if _, err := l.PutDocument(t.Context(), d, chunks); err != nil {
		t.Fatal(err)
	}
	same(t, "origin", documents(t, l)[0].Origin, d.Origin)
}

func putAt(t *testing.T, l core.Archive, text string, version int) error {
	t.Helper()
	d, chunks := Document("a.txt", text, 2)
	d.Version = version
	got, err := l.PutDocument(t.Context(), d, chunks)
	if err == nil && got.Version != version {
		t.Errorf("version %d was stored as %d", version, got.Version)
	}
	return err
}

func numbered(t *testing.T, l core.Archive) {
	if err := putAt(t, l, "seven", 7); err != nil {
		t.Fatal(err)
	}
	same(t, "next", put(t, l, "a.txt", "eight", 1).Version, 8)
	same(t, "versions", numbers(t, l, "a.txt"), []int{8, 7})
}

func below(t *testing.T, l core.Archive) {
	if err := putAt(t, l, "seven", 7); err != nil {
		t.Fatal(err)
	}
	before := version(t, l)
	for _, n := range []int{5, 6} {
		if err := putAt(t, l, "older", n); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "knowledge version", version(t, l), before)
	same(t, "answers", chunksOf(t, l, "a.txt")[0].Passage.Text, "seven")
	same(t, "versions", numbers(t, l, "a.txt"), []int{7, 6, 5})
}

func taken(t *testing.T, l core.Archive) {
	put(t, l, "a.txt", "one", 1)
	put(t, l, "a.txt", "two", 1)
	for _, n := range []int{1, 2} {
		var invalid *core.InputError
		if err := putAt(t, l, "again", n); !errors.As(err, &invalid) {
			t.Errorf("version %d twice: %v", n, err)
		}
	}
	same(t, "versions", numbers(t, l, "a.txt"), []int{2, 1})
}

func bounded(t *testing.T, l core.Archive) {
	for i := range core.KeptVersions + 3 {
		put(t, l, "a.txt", fmt.Sprint(i), 1)
	}
	got := numbers(t, l, "a.txt")
	same(t, "count", len(got), core.KeptVersions)
	same(t, "newest", got[0], core.KeptVersions+3)
	for i := range 4 { // large files: the current one and the one before
		d, chunks := Document("b.txt", fmt.Sprint(i), 1)
		d.Bytes = core.KeptBytes
		if _, err := l.PutDocument(t.Context(), d, chunks); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "large", numbers(t, l, "b.txt"), []int{4, 3})
}

func forgets(t *testing.T, l core.Archive) {
	put(t, l, "a.txt", "one", 1)
	put(t, l, "a.txt", "two", 1)
	if err := l.DeleteDocument(t.Context(), ws, bot, "a.txt"); err != nil {
		t.Fatal(err)
	}
	if ds, err := l.Versions(t.Context(), ws, bot, "a.txt"); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("%v, %v", ds, err)
	}
}

// Sum is the digest files are kept by.
func Sum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func files(t *testing.T, l core.Archive) {
	data := bytes.Repeat([]byte("0123456789abcde\n"), 100_000)
	for range 2 { // the same again is no error
		if err := l.PutFile(t.Context(), ws, Sum(data), data); err != nil {
			t.Fatal(err)
		}
	}
	d, chunks := Document("a.txt", "x", 1)
	d.SHA256 = Sum(data)
	if _, err := l.PutDocument(t.Context(), d, chunks); err != nil {
		t.Fatal(err)
	}
	got, err := l.File(t.Context(), ws, Sum(data))
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if _, err := l.File(t.Context(), "other", Sum(data)); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("another workspace: %v", err)
	}
}

func nothing(t *testing.T, l core.Archive) {
	put(t, l, "a.txt", "one", 1)
	_, err1 := l.Versions(t.Context(), ws, bot, "b.txt")
	_, err2 := l.VersionChunks(t.Context(), ws, bot, "a.txt", 9)
	_, err3 := l.File(t.Context(), ws, Sum(nil))
	for i, err := range []error{err1, err2, err3} {
		if !errors.Is(err, core.ErrNotFound) {
			t.Errorf("%d: %v", i, err)
		}
	}
}
