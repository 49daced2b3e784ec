package bertserver_test

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"frontdesk/core/nlu/remote/bertserver"
)

// The promise: one's own model behind HTTP in under 100 lines, gofmt'd, none
// wider than 100 columns.
func TestLines(t *testing.T) {
	b, err := os.ReadFile("bertserver.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	if len(lines) >= 100 {
		t.Errorf("%d lines", len(lines))
	}
	for i, l := range lines {
		if wide := utf8.RuneCountInString(strings.ReplaceAll(l, "\t", "    ")); wide > 100 {
			t.Errorf("line %d has %d columns", i+1, wide)
		}
	}
}

func TestServe(t *testing.T) {
	m := bertserver.Learn(map[string][]string{"order": {"where is my order", "track my order"}, "invoice": {"send me an invoice", "开发票"}})
	for text, want := range map[string]string{"where is my parcel order": "order", "要发票": "invoice"} {
		w := httptest.NewRecorder()
		m.ServeHTTP(w, httptest.NewRequest("POST", "/", strings.NewReader(`{"text":"`+text+`"}`)))
		var a struct {
			Intents []struct {
				Name  string
				Score float64
			}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, i := range a.Intents {
			sum += i.Score
			if i.Name == want && i.Score < 0.5 {
				t.Errorf("%q: %+v", text, a.Intents)
			}
		}
		if len(a.Intents) != 2 || sum < 0.99 || sum > 1.01 {
			t.Errorf("%q: %+v", text, a.Intents)
		}
	}
	w := httptest.NewRecorder()
	if m.ServeHTTP(w, httptest.NewRequest("POST", "/", strings.NewReader("no JSON"))); w.Code != 400 {
		t.Errorf("status %d", w.Code)
	}
}
