package configs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPrices(t *testing.T) {
	p, err := LoadPrices("")
	if err != nil || len(p.Models) < 15 || p.Rates["USD"] != 1 {
		t.Fatalf("built in: %d models, %v, %v", len(p.Models), p.Rates, err)
	}
	for text, want := range map[string]string{
		"models: [{model: a, in: 1, out: 2, currency: usd, date: 2026-01-01}]":           "three capital letters",
		"models: [{model: a, in: 1, currency: USD, date: 2026-01-01}]":                   "needs in and out",
		"models: [{model: a, in: -1, out: 2, currency: USD, date: 2026-01-01}]":          "from 0 to",
		"models: [{model: a, in: 1, out: 2, currency: USD, date: last week}]":            "2026-01-31",
		"models: [{model: a, in: 1, out: 2, currency: USD, date: 2026-01-01, extra: 1}]": "extra",
		"models: [{in: 1, out: 2, currency: USD, date: 2026-01-01}]":                     "has no model",
		"rates: {USD: 0}": "above 0",
	} {
		file := filepath.Join(t.TempDir(), "p.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadPrices(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	if _, err := LoadPrices("nowhere.yaml"); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("a file that is not there: %v", err)
	}
}
