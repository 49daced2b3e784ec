package sqlite

import (
	"database/sql"
	"regexp"
	"strings"
	"testing"
)

// wide are the statements that read more than one conversation's rows, by the
// step that does, and the only such steps allowed.
var wide = map[string]string{
	"open":     "SCAN e USING INDEX open",      // all that is open
	"died":     "SCAN events USING INDEX open", // the same
	"unclaim":  "SCAN outbox USING INDEX live", // what is not sent yet, once at start
	"backlog":  "SCAN events USING INDEX open SCAN outbox USING INDEX live",
	"outgoing": "SCAN o USE TEMP B-TREE FOR GROUP BY", // nothing but tests asks
	"passive":  "USE TEMP B-TREE FOR ORDER BY",        // of one answer's replies
}

// by are those that another index would also answer, from far more rows.
var by = map[string]string{"listmode": "INDEX held (mode=? AND conv<?)", "list": "PRIMARY KEY (rowid<?)", "listbot": "PRIMARY KEY (rowid<?)"}

var (
	argument = regexp.MustCompile(`\?\d*`)
	broad    = regexp.MustCompile(`^SCAN (events|conversations|outbox|notes|threads|sources|[a-z])\b|TEMP B-TREE`)
)

// Every statement finds what it needs by an index: at a million rows none reads
// through all events, conversations or replies, or sorts them for one page.
func TestPlans(t *testing.T) {
	s, _ := world(t)
	for _, texts := range []map[string]string{commands, queries} {
		for name, text := range texts {
			if !strings.Contains("SELECT INSERT UPDATE", strings.Fields(text)[0]) {
				continue // of the transaction itself
			}
			steps := plan(t, s, text)
			if index := by[name]; !strings.Contains(strings.Join(steps, "\n"), index) {
				t.Errorf("%s: not by %s but %v", name, index, steps)
			}
			for _, step := range steps {
				if broad.MatchString(step) && !strings.Contains(wide[name], step) {
					t.Errorf("%s: %s", name, step)
				}
			}
		}
	}
}

func plan(t *testing.T, s *Store, text string) (steps []string) {
	t.Helper()
	rows, err := s.read.Query("EXPLAIN QUERY PLAN " + argument.ReplaceAllString(text, "NULL"))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, parent, unused sql.NullInt64
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}
