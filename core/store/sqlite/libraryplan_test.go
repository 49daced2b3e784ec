package sqlite

import (
	"context"
	"database/sql"
	"regexp"
	"strings"
	"sync"
	"testing"

	"frontdesk/core"
	"frontdesk/core/store/sqlstore"
	"frontdesk/knowledge/knowledgetest"
)

// recorder notes the words of the statements that have no name.
type recorder struct {
	*db
	texts *sync.Map
}

func (r recorder) Do(ctx context.Context, f func(sqlstore.Tx) error) error {
	return r.db.Do(ctx, func(t sqlstore.Tx) error { return f(recorded{t, r.texts}) })
}

func (r recorder) Ask() sqlstore.Tx { return recorded{r.db.Ask(), r.texts} }

type recorded struct {
	sqlstore.Tx
	texts *sync.Map
}

func (r recorded) Row(ctx context.Context, words string, args ...any) *sql.Row {
	r.texts.Store(words, nil)
	return r.Tx.Row(ctx, words, args...)
}

func (r recorded) Rows(ctx context.Context, words string, args ...any) (*sql.Rows, error) {
	r.texts.Store(words, nil)
	return r.Tx.Rows(ctx, words, args...)
}

func (r recorded) Exec(ctx context.Context, words string, args ...any) (sql.Result, error) {
	r.texts.Store(words, nil)
	return r.Tx.Exec(ctx, words, args...)
}

// many are the tables that grow with what is written in documents; documents and
// files themselves are few, and may be read through where they are swept.
var many = regexp.MustCompile(`^SCAN (chunks|pieces|c|p)\b`)

// TestPlansOfTheLibrary: whatever is done with documents, no statement reads
// through all passages or pieces of files, and questions find documents by an
// index.
func TestPlansOfTheLibrary(t *testing.T) {
	var texts sync.Map
	fresh := func(t *testing.T) *sqlstore.Store {
		s, _ := world(t)
		return sqlstore.New(recorder{s.db, &texts}, false) // world closes it
	}
	t.Run("library", func(t *testing.T) {
		knowledgetest.RunLibrary(t, func(t *testing.T) core.Library { return fresh(t) })
	})
	t.Run("archive", func(t *testing.T) {
		knowledgetest.RunArchive(t, func(t *testing.T) core.Archive { return fresh(t) })
	})
	s, _ := world(t)
	n := 0
	texts.Range(func(k, _ any) bool {
		words := k.(string)
		if !strings.Contains(words, " ") {
			return true // a name: see TestPlans
		}
		n++
		for _, step := range plan(t, s, words) {
			switch {
			case many.MatchString(step):
				t.Errorf("%s: %s", words, step)
			case strings.HasPrefix(words, "SELECT") && strings.HasPrefix(step, "SCAN ") && !strings.HasPrefix(step, "SCAN ("):
				t.Errorf("a question reads all: %s: %s", words, step)
			}
		}
		return true
	})
	if n < 25 {
		t.Errorf("only %d statements were seen", n)
	}
	t.Logf("%d statements", n)
}
