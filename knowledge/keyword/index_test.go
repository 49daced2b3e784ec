package keyword

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// docs makes the documents of a small shop.
func docs() map[string][]core.Passage {
	return map[string][]core.Passage{
		"returns.md": {
			{ID: "returns.md#0", Doc: "returns.md", Title: "退货 › 期限", Text: "签收后 7 天内可以无理由退货。超过期限只换不退。"},
			{ID: "returns.md#1", Doc: "returns.md", Title: "退货 › 运费", Text: "质量问题的退货运费由商家承担，其他情况由顾客承担。"},
		},
		"shipping.md": {
			{ID: "shipping.md#0", Doc: "shipping.md", Title: "Shipping", Text: "Orders are shipped within 24 hours. Express delivery costs 12 yuan."},
			{ID: "shipping.md#1", Doc: "shipping.md", Title: "Shipping › Abroad", Text: "We do not ship abroad, except to Hong Kong."},
		},
		"faq.csv": {
			{ID: "faq.csv#0", Doc: "faq.csv", Question: "怎么修改收货地址？", Text: "发货前在订单页点“修改地址”。"},
			{ID: "faq.csv#1", Doc: "faq.csv", Question: "How do I get an invoice?", Text: "Open the order and press Invoice."},
			{ID: "faq.csv#2", Doc: "faq.csv", Question: "发票可以重开吗？", Text: "当月可以，跨月先红冲。"},
		},
	}
}

func filled(t testing.TB) *Index {
	t.Helper()
	x := New(nlu.Normalize)
	x.Update(docs())
	return x
}

func ids(ps []core.Passage) []string {
	var out []string
	for _, p := range ps {
		out = append(out, p.ID)
	}
	return out
}

func TestSearch(t *testing.T) {
	x := filled(t)
	for query, want := range map[string]string{
		"退货运费谁承担":                        "returns.md#1",
		"退貨運費誰承擔":                        "returns.md#1", // traditional
		"签收后几天内可以退货":                     "returns.md#0",
		"HOW MUCH IS ＥＸＰＲＥＳＳ delivery?":  "shipping.md#0",
		"do you ship to hong kong":       "shipping.md#1",
		"我想改一下收货的地址":                     "faq.csv#0",
		"where can I get invoices":       "faq.csv#1",
		"换":                              "returns.md#0", // within 只换
		"发票":                             "faq.csv#2",
		"shipped orders within 24 hours": "shipping.md#0",
	} {
		got := x.Search(query, 3)
		if len(got) == 0 || got[0].ID != want {
			t.Errorf("%q finds %v, want %s first", query, ids(got), want)
		}
		for i, p := range got {
			if p.Score < 0 || p.Score > 1 || i > 0 && p.Score > got[i-1].Score {
				t.Errorf("%q: scores fall within [0,1], but number %d has %v", query, i, p.Score)
			}
		}
	}
}

func TestNothingIsFound(t *testing.T) {
	for name, x := range map[string]*Index{"empty": New(nlu.Normalize), "filled": filled(t)} {
		for _, query := range []string{"", "   ", "？！", "zzz qqq", "鱻"} {
			if got := x.Search(query, 5); len(got) > 0 {
				t.Errorf("%s: %q finds %v", name, query, ids(got))
			}
		}
	}
	if got := filled(t).Search("退货", 0); len(got) > 0 {
		t.Errorf("limit 0 gives %v", ids(got))
	}
}

func TestChanceTellsAnswerFromNone(t *testing.T) {
	x := filled(t)
	good, bad := x.Search("退货运费由谁承担", 1)[0].Score, x.Search("请问贵公司承担社会责任的情况如何", 1)
	if good < 0.6 {
		t.Errorf("a question in the words of the passage has chance %.2f", good)
	}
	if len(bad) > 0 && bad[0].Score > 0.3 {
		t.Errorf("a question of another thing has chance %.2f of %s", bad[0].Score, bad[0].ID)
	}
}

func TestUpdateReplacesAndRemoves(t *testing.T) {
	x := filled(t)
	x.Update(map[string][]core.Passage{"returns.md": {{ID: "new", Text: "退货运费一律由商家承担。"}}, "faq.csv": nil})
	if got := ids(x.Search("退货运费谁承担", 5)); len(got) != 1 || got[0] != "new" {
		t.Errorf("finds %v, want the new version alone", got)
	}
	if got := x.Search("修改收货地址", 5); len(got) > 0 {
		t.Errorf("finds %v of a document that is gone", ids(got))
	}
}

// TestIncrementalEqualsRebuilt changes documents at random and compares with an
// index made at once.
func TestIncrementalEqualsRebuilt(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	x := New(nlu.Normalize)
	now := map[string][]core.Passage{}
	for round := range 60 {
		name := fmt.Sprintf("d%d", rnd.IntN(8))
		var ps []core.Passage
		for i := range rnd.IntN(5) {
			p := core.Passage{ID: fmt.Sprintf("%s#%d", name, i), Title: words(rnd, 2), Text: words(rnd, 12)}
			if rnd.IntN(3) == 0 {
				p.Question = words(rnd, 4)
			}
			ps = append(ps, p)
		}
		x.Update(map[string][]core.Passage{name: ps})
		now[name] = ps
		fresh := New(nlu.Normalize)
		fresh.Update(now)
		for range 5 {
			query := words(rnd, 4)
			if diff := cmp.Diff(fresh.Search(query, 10), x.Search(query, 10), approx()); diff != "" {
				t.Fatalf("round %d, %q (-rebuilt +incremental):\n%s", round, query, diff)
			}
		}
		if got, want := x.snap.Load().pairs, fresh.snap.Load().pairs; got != want {
			t.Fatalf("round %d: %d pairs, want %d", round, got, want)
		}
	}
}

func approx() cmp.Option {
	return cmp.Comparer(func(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 })
}

func words(rnd *rand.Rand, n int) string {
	vocabulary := strings.Fields("退货 运费 保修 发票 地址 订单 invoice order ship return refund 换新 two years 两年。 cost. 免费")
	var b strings.Builder
	for range n {
		b.WriteString(vocabulary[rnd.IntN(len(vocabulary))] + " ")
	}
	return b.String()
}

// TestSearchBesideUpdates: a search sees one state, all of a document or nothing.
func TestSearchBesideUpdates(t *testing.T) {
	x := New(nlu.Normalize)
	version := func(i int) map[string][]core.Passage {
		out := make([]core.Passage, 20)
		for k := range out {
			out[k] = core.Passage{ID: fmt.Sprint(k), Doc: fmt.Sprint(i), Text: "退货运费"}
		}
		return map[string][]core.Passage{"d": out}
	}
	x.Update(version(0))
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				got := x.Search("退货运费", 30)
				if len(got) != 20 || got[0].Doc != got[19].Doc {
					t.Errorf("%d passages, of versions %s to %s", len(got), got[0].Doc, got[len(got)-1].Doc)
					return
				}
			}
		})
	}
	for i := range 200 {
		x.Update(version(i))
	}
	close(stop)
	wg.Wait()
}

func TestTiesKeepTheirOrder(t *testing.T) {
	x := New(nlu.Normalize)
	for i := range 40 {
		x.Update(map[string][]core.Passage{fmt.Sprintf("d%02d", i): {{ID: fmt.Sprintf("d%02d", i), Text: "same words"}}})
	}
	want := ids(x.Search("same words", 10))
	for range 20 {
		if diff := cmp.Diff(want, ids(x.Search("same words", 10))); diff != "" {
			t.Fatal(diff)
		}
	}
	if want[0] != "d00" || want[9] != "d09" {
		t.Errorf("order %v, want by id", want)
	}
}

func TestWeight(t *testing.T) {
	x := filled(t)
	never, rare, often, asks := x.Weight("zzz"), x.Weight("invoic"), x.Weight("退货"), x.Weight("how")
	if never != 1 || rare >= never || often >= rare || asks >= rare || asks <= 0 {
		t.Errorf("never %.2f > rare %.2f > often %.2f, asks %.2f", never, rare, often, asks)
	}
}

func TestAQueryIsBounded(t *testing.T) {
	x := filled(t)
	var b strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&b, "w%d ", i)
	}
	if q := x.snap.Load().ask(b.String()); q.terms > maxTerms {
		t.Errorf("%d terms", q.terms)
	}
}

// TestForgottenWordsAreDropped: documents that come and go do not fill the memory.
func TestForgottenWordsAreDropped(t *testing.T) {
	x := filled(t)
	for round := range 8 {
		var text strings.Builder
		for i := range 2 * mostDead / 3 {
			fmt.Fprintf(&text, "r%dw%d ", round, i)
		}
		x.Update(map[string][]core.Passage{"changing": {{ID: "c", Text: text.String()}}})
	}
	if n := len(x.snap.Load().posts); n > 3*mostDead {
		t.Errorf("%d terms are kept", n)
	}
	if got := ids(x.Search("退货运费谁承担", 1)); len(got) != 1 || got[0] != "returns.md#1" {
		t.Errorf("finds %v after words were dropped", got)
	}
}

// big is an index of n passages of 60 words each.
func big(n int) *Index {
	rnd := rand.New(rand.NewPCG(3, 4))
	vocabulary := make([]string, 20_000)
	for i := range vocabulary {
		vocabulary[i] = fmt.Sprintf("%c%c%c", 0x4e00+rnd.IntN(3000), 0x4e00+rnd.IntN(3000), 0x4e00+rnd.IntN(3000))
	}
	ps := make([]core.Passage, n)
	for i := range ps {
		var text strings.Builder
		for range 60 {
			text.WriteString(vocabulary[int(float64(len(vocabulary))*rnd.Float64()*rnd.Float64())])
			if rnd.IntN(10) == 0 {
				text.WriteString("。")
			}
		}
		ps[i] = core.Passage{ID: fmt.Sprint(i), Text: text.String()}
	}
	x := New(nlu.Normalize)
	x.Update(map[string][]core.Passage{"big": ps})
	return x
}

func BenchmarkSearch10k(b *testing.B) {
	x := big(10_000)
	query := string([]rune(x.snap.Load().entries[77].passage.Text)[10:34])
	b.ReportAllocs()
	for b.Loop() {
		if x.Search(query, 5)[0].ID != "77" {
			b.Fatal("not found")
		}
	}
}

func BenchmarkUpdateOneOf10k(b *testing.B) {
	x := big(10_000)
	p := []core.Passage{{ID: "x", Text: "退货运费由商家承担。"}}
	for b.Loop() {
		x.Update(map[string][]core.Passage{"x": p})
	}
}
