package linear

import (
	"context"
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// senses is an embedder that knows which words mean the same: a sentence is the
// mean of its words' directions, and those of one line are one direction.
type senses struct {
	asked atomic.Int32
	err   error
}

const synonyms = `order parcel package 订单 物流 快递 包裹 consignment 货物
return back 退货 退 退掉 refunded 撤销
invoice receipt 发票 票 开票 fapiao
password account log 密码 账号 登录 credentials 口令`

func (e *senses) Space() string   { return "senses" }
func (e *senses) Dimensions() int { return 256 }

func (e *senses) Embed(_ context.Context, _ core.EmbedKind, texts []string) ([][]float32, error) {
	e.asked.Add(1)
	if e.err != nil {
		return nil, e.err
	}
	out := make([][]float32, len(texts))
	for i, t := range texts {
		v := make([]float32, e.Dimensions())
		found := false
		for line := range strings.Lines(synonyms) {
			for w := range strings.FieldsSeq(line) {
				if strings.Contains(strings.ToLower(t), w) {
					direct(v, line, 1)
					found = true
				}
			}
		}
		if !found {
			direct(v, t, 1)
		}
		out[i] = about(make([]float32, len(v)), v)
	}
	return out, nil
}

// direct adds the direction of a name to v.
func direct(v []float32, name string, by float32) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // a hash never fails
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	for i := range v {
		v[i] += by * float32(r.NormFloat64())
	}
}

func asking(text string) *core.Turn {
	t := core.NewTurn(core.Work{Envelope: core.Envelope{Parts: []core.Part{{Text: text}}}}, time.Now)
	t.Norm = nlu.Normalize(text)
	return t
}

func TestMeaning(t *testing.T) {
	e := &senses{}
	r, err := Train(context.Background(), nlu.Task{Examples: lessons(), Embedder: e})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"consignment 货物": "order", "撤销": "return", "fapiao": "invoice", "my credentials": "account", "我要退货": "return"} {
		got, err := r.Recognize(context.Background(), asking(text))
		if err != nil || len(got) == 0 || got[0].Name != want || got[0].Score < 0.5 {
			t.Errorf("%q: %v, %v; want %s", text, got, err, want)
		}
		sum := 0.0
		for _, i := range got {
			sum += i.Score
		}
		if sum > 1+1e-9 {
			t.Errorf("%q: scores sum to %v", text, sum)
		}
	}
	if words := r.Rank("fapiao"); len(words) > 0 && words[0].Score > 0.5 {
		t.Errorf("words alone know %v: the test shows nothing", words)
	}
	if got, err := r.Recognize(context.Background(), asking("the capital of france")); err != nil || len(got) > 0 && got[0].Score > 0.5 {
		t.Errorf("a foreign question is %v, %v", got, err)
	}
}

func TestSureWordsNeedNoVector(t *testing.T) {
	e := &senses{}
	r, err := Train(context.Background(), nlu.Task{Examples: lessons(), Embedder: e})
	if err != nil {
		t.Fatal(err)
	}
	const sure = "where is my order order status track my package"
	if p := r.Rank(sure)[0].Score; p < surely {
		t.Fatalf("words are only %v sure of %q", p, sure)
	}
	before := e.asked.Load()
	if _, err := r.Recognize(context.Background(), asking(sure)); err != nil || e.asked.Load() != before {
		t.Errorf("asked %d times, %v", e.asked.Load()-before, err)
	}
}

// Busy, hurried or broken: words alone decide, and the error says why.
func TestWithoutMeaning(t *testing.T) {
	e := &senses{}
	r, err := Train(context.Background(), nlu.Task{Examples: lessons(), Embedder: e})
	if err != nil {
		t.Fatal(err)
	}
	words := r.Rank("parcel this")
	if len(words) == 0 || words[0].Score >= surely {
		t.Fatalf("words say %v: the test shows nothing", words)
	}
	e.err = errors.New("the embedder is busy")
	got, err := r.Recognize(context.Background(), asking("parcel this"))
	if !errors.Is(err, e.err) || len(got) == 0 || got[0] != words[0] {
		t.Errorf("busy: %v, %v", got, err)
	}
	before := e.asked.Load()
	ctx, cancel := context.WithTimeout(context.Background(), spare/2)
	defer cancel()
	if got, err = r.Recognize(ctx, asking("parcel this")); !errors.Is(err, errHurry) || len(got) == 0 || e.asked.Load() != before {
		t.Errorf("hurry: %v, %v", got, err)
	}
	turn := asking("parcel this")
	if err := nlu.Intents(r).Run(context.Background(), turn); err != nil || len(turn.Intents) == 0 || !strings.Contains(string(encode(turn)), "by words alone: the embedder is busy") {
		t.Errorf("%v; the trace: %s", err, encode(turn))
	}
}

func encode(t *core.Turn) []byte { return t.Trace.Encode() }

func TestLearnsLater(t *testing.T) {
	var work func(context.Context)
	e := &senses{}
	task := nlu.Task{Examples: lessons(), Embedder: e, Later: func(w func(context.Context)) { work = w }}
	r, err := Train(context.Background(), task)
	if err != nil || e.asked.Load() != 0 {
		t.Fatalf("asked %d times, %v", e.asked.Load(), err)
	}
	if got, err := r.Recognize(context.Background(), asking("我要退货")); err != nil || got[0].Name != "return" {
		t.Errorf("before: %v, %v", got, err)
	}
	work(context.Background())
	if got, err := r.Recognize(context.Background(), asking("fapiao")); err != nil || got[0].Name != "invoice" {
		t.Errorf("after: %v, %v", got, err)
	}
	e.err = errors.New("gone")
	if r, err = Train(context.Background(), task); err != nil {
		t.Fatal(err)
	}
	work(context.Background())
	if got, err := r.Recognize(context.Background(), asking("我要退货")); err != nil || got[0].Name != "return" {
		t.Errorf("with a broken embedder: %v, %v", got, err)
	}
	task.Later = nil
	if _, err := Train(context.Background(), task); !errors.Is(err, e.err) {
		t.Errorf("err = %v", err)
	}
}

// Which order it is says nothing of what is wanted.
func TestNumbersDoNotCount(t *testing.T) {
	r := learn(t, lessons())
	for text, plain := range map[string]string{"我要退货 20251103118": "我要退货", "track my package SF1234567890": "track my package", "return jd-1234567": "return"} {
		if a, b := r.Rank(text), r.Rank(plain); len(a) == 0 || a[0] != b[0] {
			t.Errorf("%q: %v, without the number %v", text, a, b)
		}
	}
	if got := r.Rank("20251103118"); len(got) > 0 && got[0].Score > 0.5 {
		t.Errorf("a bare number is %v", got)
	}
}

// An intent of that name is what a bot is not for.
func TestRefusal(t *testing.T) {
	ex := append(lessons(), nlu.Example{Text: "tell me a joke", Intent: "None"}, nlu.Example{Text: "what is the weather", Intent: "None"})
	r := learn(t, ex)
	for text, want := range map[string]string{"the capital of france": "None", "我要退货": "return"} {
		got := r.Rank(text)
		sum := 0.0
		for _, i := range got {
			sum += i.Score
		}
		if got[0].Name != want || sum > 1+1e-9 {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestSoftmaxSeparates(t *testing.T) {
	var xs [][]float32
	var ys []int
	for i := range 60 {
		v := make([]float32, 8)
		direct(v, string(rune('a'+i%3)), 1)
		direct(v, string(rune(i)), 0.3)
		xs, ys = append(xs, v), append(ys, i%3)
	}
	mean := centre(xs)
	for i := range xs {
		xs[i] = about(mean, xs[i])
	}
	m := fitSoftmax(mean, xs, ys, 3)
	for i, x := range xs {
		z := m.logits(x)
		soften(z)
		if z[ys[i]] < 0.9 {
			t.Errorf("row %d of class %d: %v", i, ys[i], z)
		}
	}
	if v := about(mean, mean); inner(v, v) != 0 {
		t.Errorf("the mean lies at %v", v)
	}
}
