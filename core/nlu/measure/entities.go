package measure

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// Entities is how good an extractor is: spans and types must both be right.
type Entities struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// Extractor asks x for the entities of rows. Names that no row has do not
// count against it: the labels do not speak of them.
func Extractor(ctx context.Context, x nlu.EntityExtractor, rows []Row, now time.Time) (Entities, error) {
	labelled := map[string]bool{}
	for _, r := range rows {
		for _, e := range r.Entities {
			labelled[e.Type] = true
		}
	}
	right, extra, missed := 0, 0, 0
	for _, r := range rows {
		turn := core.NewTurn(core.Work{Envelope: core.Envelope{Parts: []core.Part{{Text: r.Text}}}}, func() time.Time { return now })
		got, err := x.Extract(ctx, turn)
		if err != nil {
			return Entities{}, fmt.Errorf("extract from %q: %w", r.Text, err)
		}
		want := map[Span]bool{}
		for _, e := range r.Entities {
			want[Span{e.Start, e.End, e.Type}] = true
		}
		for _, e := range got {
			s := Span{utf8.RuneCountInString(r.Text[:e.Start]), utf8.RuneCountInString(r.Text[:e.End]), e.Name}
			switch {
			case want[s]:
				right++
				delete(want, s)
			case labelled[e.Name]:
				extra++
			}
		}
		missed += len(want)
	}
	return Entities{Precision: share(right, right+extra), Recall: share(right, right+missed), F1: F1(right, extra, missed)}, nil
}
