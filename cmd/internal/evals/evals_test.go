package evals_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/cmd/internal/evals"
	"frontdesk/core"
)

// file writes lines to a file; one called .gz is packed.
func file(t *testing.T, name, lines string) string {
	t.Helper()
	path, b := filepath.Join(t.TempDir(), name), []byte(lines)
	if strings.HasSuffix(name, ".gz") {
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		b = z.Bytes()
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const intents = `{"text":"where is my order","intent":"order"}
{"text":"track my order","intent":"order"}
{"text":"order status","intent":"order"}
{"text":"send me an invoice","intent":"invoice"}
{"text":"i need an invoice","intent":"invoice"}
{"text":"invoice please","intent":"invoice"}
{"text":"cancel my flight","intent":"flight"}
{"text":"book a flight","intent":"flight"}
`

func TestIntent(t *testing.T) {
	f := evals.Intent{Train: file(t, "train.jsonl.gz", intents), Test: file(t, "test.jsonl", intents),
		OOS: file(t, "oos.jsonl", `{"text":"tell me a joke"}`), Withhold: file(t, "split.json", `{"withheld_intents":["flight"]}`)}
	got, err := f.Run(context.Background(), evals.Embedding{URL: "none"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Accuracy != 1 || got.MacroF1 != 1 || got.AUROC != 1 || got.Train <= 0 || got.Micros <= 0 {
		t.Errorf("%+v", got)
	}
	for _, bad := range []evals.Intent{
		{Train: "nowhere", Test: f.Test}, {Train: f.Train, Test: file(t, "x", "no JSON")}, {Train: f.Train, Test: file(t, "x", "\n")},
		{Train: f.Train, Test: f.Test, OOS: "nowhere"}, {Train: f.Train, Test: f.Test, Withhold: file(t, "x", "{}")},
		{Train: f.Train, Test: file(t, "x", "\x1f\x8b no gzip")},
	} {
		if _, err := bad.Run(context.Background(), evals.Embedding{URL: "none"}); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

// Vectors that were kept are those that were made, questions and passages
// apart, and a second run makes none.
func TestVectorsCache(t *testing.T) {
	dir := t.TempDir()
	texts := []string{"where is my order", "我的订单到哪了"}
	var first [2][][]float32
	for round := range 2 {
		e, free, err := evals.Embedding{Cache: dir}.Open(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for i, kind := range []core.EmbedKind{core.EmbedQuery, core.EmbedPassage} {
			vs, err := e.Embed(context.Background(), kind, texts)
			if err != nil {
				t.Fatal(err)
			}
			if round == 0 {
				first[i] = vs
			}
			for j, v := range vs {
				for k := range v {
					if v[k] != first[i][j][k] {
						t.Fatalf("%s %q differs", kind, texts[j])
					}
				}
			}
		}
		if err := free(); err != nil {
			t.Fatal(err)
		}
	}
	if first[0][0][0] == first[1][0][0] {
		t.Error("a question and a passage have one vector")
	}
	plain, free, err := evals.Embedding{}.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	vs, err := plain.Embed(context.Background(), core.EmbedQuery, texts[:1])
	if err != nil || vs[0][0] != first[0][0][0] {
		t.Errorf("without a cache the vector is another: %v", err)
	}
	if err := free(); err != nil {
		t.Fatal(err)
	}
}

func TestEntities(t *testing.T) {
	test := file(t, "e.jsonl", `{"text":"手机号13812345678","entities":[{"start":3,"end":14,"type":"phone"}]}`)
	got, err := evals.Entities{Test: test}.Run(context.Background(), time.Now())
	if err != nil || got.F1 != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	train := file(t, "t.jsonl", strings.Repeat(`{"text":"from 马里恩 to garching","entities":[{"start":5,"end":8,"type":"start"},{"start":12,"end":20,"type":"dest"}]}`+"\n", 5))
	got, err = evals.Entities{Train: train, Test: train}.Run(context.Background(), time.Now())
	if err != nil || got.F1 != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestHandoff(t *testing.T) {
	got, err := evals.Messages(file(t, "h.jsonl", `{"text":"转人工","handoff":true}
{"text":"满多少包邮","handoff":false}
{"text":"i want to talk to a human","handoff":false}
{"text":"the sky is blue","handoff":true}`))
	if want := (evals.Handoff{Precision: 0.5, Recall: 0.5, F1: 0.5, FalseAlarm: 0.5}); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestFinding(t *testing.T) {
	for _, by := range []evals.Embedding{{URL: "none"}, {URL: "builtin:", Cache: t.TempDir()}} {
		t.Run(by.URL, func(t *testing.T) { finding(t, by) })
	}
}

func finding(t *testing.T, by evals.Embedding) {
	got, err := evals.Pairs(t.Context(),
		file(t, "faq.jsonl", `{"id":"1","standard_question":"怎么申请退货","answer":"点申请售后"}
{"id":"2","standard_question":"发票怎么开","answer":"在订单里"}`),
		file(t, "q.jsonl", `{"question":"申请退货怎么弄","standard_id":"1","type":"match"}
{"question":"开发票","standard_id":"2","type":"match"}
{"question":"今天天气","standard_id":null,"type":"no_match_far"}`), by)
	if err != nil || got.Acc1 != 1 || got.Recall3 != 1 || got.Far != 1 || got.Near != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	f := evals.Passages{
		Passages: file(t, "p.jsonl", `{"id":"a","title":"kettle","text":"The kettle holds 1.7 litres."}
{"id":"b","title":"oven","text":"The oven heats to 230 degrees."}
{"id":"c","title":"水壶","text":"水壶容量1.7升。"}`),
		Questions: file(t, "q.jsonl", `{"question":"How many litres does the kettle hold?","gold_passage_ids":["a"],"type":"answerable"}
{"question":"How hot is the oven?","gold_passage_ids":["b"],"type":"answerable"}
{"question":"水壶多少升","gold_passage_ids":["c","a"],"type":"answerable"}
{"question":"Who wrote Hamlet?","gold_passage_ids":[],"type":"out_of_kb"}`)}
	all, err := f.Run(t.Context(), by)
	if err != nil || all.Recall1 != 1 || all.Recall5 != 1 || all.MRR != 1 || all.OutOfKB != 1 {
		t.Errorf("%+v, %v", all, err)
	}
	f.QueryLang, f.PassageLang = "zh", "en"
	want := 0.0 // by words
	if by.URL != "none" {
		want = 1
	}
	if crossed, err := f.Run(t.Context(), by); err != nil || crossed.Recall1 != want {
		t.Errorf("across languages: %+v, %v", crossed, err)
	}
	f.PassageLang = "fr"
	if _, err := f.Run(t.Context(), by); err == nil {
		t.Error("no passages are left and nothing is said")
	}
}
