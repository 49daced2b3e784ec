// Package knowledgetest holds what every core.Library must do, as tests, and a
// Library in memory for the tests of others.
package knowledgetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"frontdesk/core"
)

const ws, bot = core.DefaultWorkspace, "shop"

// RunLibrary holds open's libraries, each empty, to the contract.
func RunLibrary(t *testing.T, open func(t *testing.T) core.Library) {
	for name, test := range map[string]func(*testing.T, core.Library){
		"an empty library has nothing":                      empty,
		"what is put is what is read":                       roundTrip,
		"a new version takes the place of the one before":   replaces,
		"versions count on, also over a deletion's shadow":  counts,
		"the knowledge version grows with every change":     grows,
		"published is the version that brought the passage": published,
		"bots and workspaces are apart":                     apart,
		"deleting what is not there":                        missing,
		"a context that has ended changes nothing":          ended,
		"a failed put leaves the version before":            failed,
		"readers see one version, whole":                    whole,
		"many passages":                                     many,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// Document makes a document of n passages, all of them saying text.
func Document(name, text string, n int) (core.Document, []core.Chunk) {
	d := core.Document{Workspace: ws, Bot: bot, Name: name, File: "v-" + name, MIME: "text/plain", Bytes: 10, Pages: 2,
		Passages: n, SHA256: text, Updated: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)}
	chunks := make([]core.Chunk, n)
	for i := range chunks {
		chunks[i] = core.Chunk{Document: name, Ordinal: i, Hash: fmt.Sprintf("%s-%d", text, i),
			Passage: core.Passage{ID: fmt.Sprintf("%s#%d", name, i), Doc: d.File, Title: "标题 › Title", Page: i + 1, Text: text, Question: "问？"}}
	}
	return d, chunks
}

func put(t *testing.T, l core.Library, name, text string, n int) core.Document {
	t.Helper()
	d, chunks := Document(name, text, n)
	out, err := l.PutDocument(t.Context(), d, chunks)
	if err != nil {
		t.Fatalf("put %s: %v", name, err)
	}
	return out
}

func version(t *testing.T, l core.Library) int64 {
	t.Helper()
	v, err := l.KnowledgeVersion(t.Context(), ws, bot)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func chunksOf(t *testing.T, l core.Library, name string) []core.Chunk {
	t.Helper()
	out, err := l.Chunks(t.Context(), ws, bot, name)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func documents(t *testing.T, l core.Library) []core.Document {
	t.Helper()
	out, err := l.Documents(t.Context(), ws, bot)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Errorf("%s: got\n%+v, want\n%+v", what, got, want)
	}
}

func empty(t *testing.T, l core.Library) {
	same(t, "documents", len(documents(t, l)), 0)
	same(t, "chunks", len(chunksOf(t, l, "")), 0)
	same(t, "version", version(t, l), int64(0))
}

func roundTrip(t *testing.T, l core.Library) {
	want, chunks := Document("b.txt", "text", 3)
	got := put(t, l, "b.txt", "text", 3)
	want.Version = 1
	same(t, "stored", got, want)
	put(t, l, "a.txt", "other", 1)
	docs := documents(t, l)
	same(t, "order", []string{docs[0].Name, docs[1].Name}, []string{"a.txt", "b.txt"})
	same(t, "listed", docs[1], want)
	for i := range chunks {
		chunks[i].Published = 1
	}
	same(t, "chunks of one", chunksOf(t, l, "b.txt"), chunks)
	same(t, "chunks of all", len(chunksOf(t, l, "")), 4)
}

func replaces(t *testing.T, l core.Library) {
	put(t, l, "a.txt", "old", 3)
	put(t, l, "a.txt", "new", 2)
	got := chunksOf(t, l, "a.txt")
	same(t, "count", len(got), 2)
	same(t, "text", got[0].Passage.Text, "new")
	same(t, "documents", len(documents(t, l)), 1)
}

func counts(t *testing.T, l core.Library) {
	for want := 1; want <= 4; want++ {
		same(t, "version", put(t, l, "a.txt", fmt.Sprint(want), 1).Version, want)
	}
	if err := l.DeleteDocument(t.Context(), ws, bot, "a.txt"); err != nil {
		t.Fatal(err)
	}
	same(t, "gone", len(documents(t, l))+len(chunksOf(t, l, "")), 0)
	put(t, l, "a.txt", "again", 1)
	same(t, "again", chunksOf(t, l, "a.txt")[0].Passage.Text, "again")
}

func grows(t *testing.T, l core.Library) {
	last := version(t, l)
	for i, change := range []func(){
		func() { put(t, l, "a.txt", "1", 1) },
		func() { put(t, l, "a.txt", "1", 1) },
		func() { put(t, l, "b.txt", "1", 1) },
		func() {
			if err := l.DeleteDocument(t.Context(), ws, bot, "a.txt"); err != nil {
				t.Fatal(err)
			}
		},
	} {
		change()
		if now := version(t, l); now <= last {
			t.Errorf("change %d: version %d after %d", i, now, last)
		} else {
			last = now
		}
	}
}

func published(t *testing.T, l core.Library) {
	put(t, l, "a.txt", "x", 2)
	first := version(t, l)
	d, chunks := Document("a.txt", "x", 2)
	chunks[1].Hash, chunks[1].Passage.Text = "changed", "changed"
	if _, err := l.PutDocument(t.Context(), d, chunks); err != nil {
		t.Fatal(err)
	}
	got := chunksOf(t, l, "a.txt")
	same(t, "kept, changed", []int64{got[0].Published, got[1].Published}, []int64{first, version(t, l)})
}

func apart(t *testing.T, l core.Library) {
	put(t, l, "a.txt", "x", 1)
	for _, k := range [][2]string{{string(ws), "other"}, {"other", bot}} {
		w, b := core.WorkspaceID(k[0]), k[1]
		docs, err1 := l.Documents(t.Context(), w, b)
		chunks, err2 := l.Chunks(t.Context(), w, b, "")
		v, err3 := l.KnowledgeVersion(t.Context(), w, b)
		if err := errors.Join(err1, err2, err3); err != nil || len(docs)+len(chunks) > 0 || v != 0 {
			t.Errorf("%v sees %d documents, %d chunks, version %d, %v", k, len(docs), len(chunks), v, err)
		}
		if err := l.DeleteDocument(t.Context(), w, b, "a.txt"); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("%v: delete: %v", k, err)
		}
	}
	same(t, "still there", len(documents(t, l)), 1)
}

func missing(t *testing.T, l core.Library) {
	if err := l.DeleteDocument(t.Context(), ws, bot, "none"); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	same(t, "version", version(t, l), int64(0))
}

func ended(t *testing.T, l core.Library) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d, chunks := Document("a.txt", "x", 1)
	if _, err := l.PutDocument(ctx, d, chunks); err == nil {
		t.Error("put with an ended context: no error")
	}
	same(t, "documents", len(documents(t, l)), 0)
}

func failed(t *testing.T, l core.Library) {
	put(t, l, "a.txt", "old", 3)
	before := version(t, l)
	d, chunks := Document("a.txt", "new", 1200)
	chunks[1100].Ordinal = 7 // a place that is taken
	if _, err := l.PutDocument(t.Context(), d, chunks); err == nil {
		t.Fatal("two passages in one place: no error")
	}
	same(t, "text", chunksOf(t, l, "a.txt")[0].Passage.Text, "old")
	same(t, "count", len(chunksOf(t, l, "")), 3)
	same(t, "version", version(t, l), before)
	same(t, "next", put(t, l, "a.txt", "newer", 1).Version, 2)
}

func whole(t *testing.T, l core.Library) {
	put(t, l, "a.txt", "0", 700)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	wg.Go(func() {
		defer close(stop)
		for i := 1; i <= 5; i++ {
			put(t, l, "a.txt", fmt.Sprint(i), 700)
		}
	})
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				got := chunksOf(t, l, "a.txt")
				if len(got) != 700 || got[0].Passage.Text != got[699].Passage.Text {
					t.Errorf("%d passages, of %q to %q", len(got), got[0].Passage.Text, got[len(got)-1].Passage.Text)
					return
				}
			}
		})
	}
	wg.Wait()
}

func many(t *testing.T, l core.Library) {
	put(t, l, "a.txt", "x", 5001)
	got := chunksOf(t, l, "a.txt")
	same(t, "count", len(got), 5001)
	for i, c := range got {
		if c.Ordinal != i {
			t.Fatalf("passage %d has ordinal %d", i, c.Ordinal)
		}
	}
}
