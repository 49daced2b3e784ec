package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The commands and their JSON are a promise of docs/contract.md.
func TestEval(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	rows := write("i", `{"text":"where is my order","intent":"a"}`+"\n"+`{"text":"send an invoice","intent":"b"}`)
	entities := write("e", `{"text":"15% off","entities":[{"start":0,"end":3,"type":"percent"}]}`)
	faq := write("f", `{"id":"1","standard_question":"a b","answer":"c"}`)
	passages := write("p", `{"id":"1","title":"a","text":"some text"}`)
	questions := write("q", `{"question":"some text","gold_passage_ids":["1"],"standard_id":"1","type":"answerable"}`)
	handoff := write("h", `{"text":"转人工","handoff":true}`)
	for _, c := range []struct{ args, keys string }{
		{"intent --embedding none --train " + rows + " --test " + rows, "accuracy ece macro_f1 micros_per_query oos_auroc oos_recall train_seconds"},
		{"intent --embedding none --folds 2 --train " + rows, "accuracy ece macro_f1 micros_per_query oos_auroc oos_recall train_seconds"},
		{"entities --test " + entities, "f1 precision recall"},
		{"faq --faq " + faq + " --questions " + questions, "acc_at_1 auroc_far auroc_near recall_at_3"},
		{"retrieval --limit 1 --passages " + passages + " --questions " + questions, "auroc_impossible auroc_out_of_kb index_seconds millis_per_query mrr_at_10 recall_at_1 recall_at_5"},
		{"handoff --test " + handoff, "f1 false_alarm_rate precision recall"},
	} {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"eval"}, strings.Fields(c.args)...), streams{in: strings.NewReader(""), out: &out, err: &errs})
		var got map[string]float64
		if err := json.Unmarshal(out.Bytes(), &got); err != nil || code != exitDone {
			t.Errorf("%s: exit %d, %s %s: %v", c.args, code, &out, &errs, err)
		}
		var keys []string
		for k := range got {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		if strings.Join(keys, " ") != c.keys {
			t.Errorf("%s prints %v, want %s", c.args, keys, c.keys)
		}
	}
}

func TestEvalMisuse(t *testing.T) {
	for args, code := range map[string]int{
		"intent": exitMisuse, "entities": exitMisuse, "faq --faq x": exitMisuse, "retrieval": exitMisuse, "handoff": exitMisuse,
		"answers --docs x": exitMisuse, "answers --questions x": exitMisuse, "handoff --conversations nowhere": exitFailed, "answers --docs x --questions nowhere": exitFailed, "intent --train nowhere --test nowhere": exitFailed,
	} {
		var out, errs bytes.Buffer
		got := run(t.Context(), append([]string{"eval"}, strings.Fields(args)...), streams{in: strings.NewReader(""), out: &out, err: &errs})
		if got != code || strings.Count(errs.String(), "\n") != 1 || out.Len() > 0 {
			t.Errorf("%s: exit %d, want %d: %s%s", args, got, code, &out, &errs)
		}
	}
}
