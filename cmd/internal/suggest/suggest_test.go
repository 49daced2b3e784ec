package suggest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"frontdesk/cmd/internal/datadir"
	"frontdesk/core"
	"frontdesk/knowledge/knowledgetest"
)

func TestQuestionsWithTheAnswerThatIsGiven(t *testing.T) {
	s := datadir.Knowledge(&knowledgetest.Memory{}, 1<<20, time.Now)
	w := core.DefaultWorkspace
	if _, err := s.Ingest(t.Context(), w, "shop", "", "prices.csv", []byte("型号,名称,保修\nA1,空气炸锅,24个月\nB2,电饭煲,12个月\nC3,风扇,6个月\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Ingest(t.Context(), w, "shop", "", "faq.csv", []byte("question,answer\n几点开门,九点。\n")); err != nil {
		t.Fatal(err)
	}
	qs, err := Of(t.Context(), s, nil, w, "shop", "prices.csv", 10)
	if err != nil || len(qs) == 0 {
		t.Fatalf("%+v, %v", qs, err)
	}
	for _, q := range qs {
		if q.Answer == "" || !q.Own || q.Doc != "prices.csv" {
			t.Errorf("%+v", q)
		}
	}
	qs, err = Of(t.Context(), s, nil, w, "shop", "faq.csv", 10)
	if err != nil || len(qs) != 1 || qs[0].Text != "几点开门" || qs[0].Answer != "九点。" || !qs[0].Own {
		t.Errorf("%+v, %v", qs, err)
	}
	if _, err := Of(t.Context(), s, nil, w, "shop", "none", 10); !errors.Is(err, core.ErrNotFound) || !strings.Contains(err.Error(), "none") {
		t.Errorf("%v", err)
	}
}
