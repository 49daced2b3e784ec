package sqlite

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"frontdesk/core"
	"frontdesk/knowledge/knowledgetest"
)

// bound lets the file grow by so many pages more; 0 is no bound.
func bound(t *testing.T, s *Store, more int) {
	t.Helper()
	err := s.w.do(t.Context(), func(t tx) error {
		rows, err := t.query("PRAGMA page_count")
		if err != nil {
			return err
		}
		var pages int
		for rows.Next() {
			err = errors.Join(err, rows.Scan(&pages))
		}
		if err = errors.Join(err, rows.Close()); err != nil {
			return err
		}
		if more == 0 {
			pages = 1 << 30
		}
		_, err = t.exec(fmt.Sprintf("PRAGMA max_page_count=%d", pages+more))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A disk that fills up while a document is written leaves the version before,
// whole; what else is written meanwhile is written again when there is room.
func TestADiskThatIsFull(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "desk.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx, w, bot := t.Context(), core.DefaultWorkspace, "shop"
	old, chunks := knowledgetest.Document("a.txt", "old", 50)
	if _, err := s.PutDocument(ctx, old, chunks); err != nil {
		t.Fatal(err)
	}
	before, err := s.KnowledgeVersion(ctx, w, bot)
	if err != nil {
		t.Fatal(err)
	}
	bound(t, s, 60)
	fresh, many := knowledgetest.Document("a.txt", "new", 5000)
	for range 3 {
		if _, err := s.PutDocument(ctx, fresh, many); !errors.Is(err, core.ErrFull) {
			t.Fatalf("a full disk: %v", err)
		}
		data := make([]byte, 4<<20)
		if err := s.PutFile(ctx, w, knowledgetest.Sum(data), data); !errors.Is(err, core.ErrFull) {
			t.Fatalf("a file on a full disk: %v", err)
		}
		got, err := s.Chunks(ctx, w, bot, "a.txt")
		now, err2 := s.KnowledgeVersion(ctx, w, bot)
		if err := errors.Join(err, err2); err != nil || len(got) != 50 || got[49].Passage.Text != "old" || now != before {
			t.Fatalf("the version before: %d passages, knowledge version %d after %d, %v", len(got), now, before, err)
		}
	}
	bound(t, s, 0)
	d, err := s.PutDocument(ctx, fresh, many)
	if err != nil || d.Version != 2 {
		t.Fatalf("with room again: %+v, %v", d, err)
	}
	if got, err := s.Chunks(ctx, w, bot, "a.txt"); err != nil || len(got) != 5000 {
		t.Fatalf("%d passages, %v", len(got), err)
	}
}
