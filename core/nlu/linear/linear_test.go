package linear

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// lessons are a small bot's examples.
func lessons() []nlu.Example {
	var out []nlu.Example
	for intent, texts := range map[string]string{
		"order":   "我的订单到哪了|查一下订单|查物流|我的快递到哪里了|订单什么时候到|我的包裹呢|where is my order|track my package|order status|when will my order arrive|has it shipped yet|check the delivery",
		"return":  "我要退货|申请退货|我想退掉这个|东西不要了想退|办理退货|不想要了|i want to return an item|send it back|start a return|please take it back|return this product|i do not want it any more",
		"invoice": "怎么开发票|我要发票|发票在哪下载|需要电子发票|开票|能开专票吗|i need an invoice|where can i download my invoice|send me the receipt|invoice please|tax invoice|a receipt for my order",
		"account": "忘记密码了|登录不上|怎么改密码|账号被锁了|注销账号|换绑手机号|i forgot my password|cannot log in|change my email|my account is locked|delete my account|reset the password",
	} {
		for text := range strings.SplitSeq(texts, "|") {
			out = append(out, nlu.Example{Text: text, Intent: intent})
		}
	}
	return out
}

func learn(t testing.TB, ex []nlu.Example) *Recognizer {
	t.Helper()
	r, err := Train(context.Background(), nlu.Task{Examples: ex})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRank(t *testing.T) {
	r := learn(t, lessons())
	for text, want := range map[string]string{
		"我的订单到哪了": "order", "請問我的訂單到哪裡了": "order", "where's my order?": "order", "WHERE IS MY PACKAGE": "order",
		"我想退货": "return", "i'd like to return it": "return", "发票怎么开": "invoice", "could I get an invoice": "invoice",
		"密码忘了": "account", "i can't log in to my account": "account",
	} {
		got := r.Rank(nlu.Normalize(text))
		if len(got) == 0 || got[0].Name != want || got[0].Score < 0.5 {
			t.Errorf("%q: %v, want %s", text, got, want)
		}
	}
	for _, text := range []string{"今天天气怎么样", "tell me a joke", "热水器多少升", "what is the capital of france", "xyzzy", "42", "🎉"} {
		if got := r.Rank(nlu.Normalize(text)); len(got) > 0 && got[0].Score > 0.5 {
			t.Errorf("%q is taken for %v", text, got[0])
		}
	}
}

func TestScoresAreProbabilities(t *testing.T) {
	r := learn(t, lessons())
	for _, text := range []string{"", "订单", "退货发票", "the", "我要退货", strings.Repeat("订单退货 invoice ", 200)} {
		sum, last := 0.0, 1.0
		for _, in := range r.Rank(text) {
			if in.Score > last || in.Score <= 0 || in.Score > 1 || math.IsNaN(in.Score) {
				t.Errorf("%.20q: %v is out of order or range", text, in)
			}
			sum, last = sum+in.Score, in.Score
		}
		if sum > 1+1e-9 {
			t.Errorf("%.20q: scores sum to %v", text, sum)
		}
	}
}

func TestSameExamplesSameRecognizer(t *testing.T) {
	a := lessons()
	b := append(slices.Clone(a), a[:7]...) // repetitions do not count
	slices.Reverse(b)
	ra, rb := learn(t, a), learn(t, b)
	for _, text := range []string{"我的订单", "return the invoice", "别的事情"} {
		if ga, gb := ra.Rank(text), rb.Rank(text); !slices.Equal(ga, gb) {
			t.Errorf("%q: %v and %v", text, ga, gb)
		}
	}
}

func TestFewExamples(t *testing.T) {
	if got := learn(t, nil).Rank("我要退货"); got != nil {
		t.Errorf("no examples give %v", got)
	}
	for name, ex := range map[string][]nlu.Example{
		"one intent":         {{Text: "我要退货", Intent: "return"}, {Text: "申请退货", Intent: "return"}},
		"one example each":   {{Text: "我要退货", Intent: "return"}, {Text: "查订单", Intent: "order"}},
		"an intent of signs": {{Text: "我要退货", Intent: "return"}, {Text: "", Intent: "order"}},
	} {
		r := learn(t, ex)
		if got := r.Rank("我要退货"); len(got) == 0 || got[0].Name != "return" || got[0].Score < 0.5 {
			t.Errorf("%s: %v", name, got)
		}
		if got := r.Rank("tell me a joke"); len(got) > 0 && got[0].Score > 0.5 {
			t.Errorf("%s: a joke is %v", name, got)
		}
	}
}

func TestMistakes(t *testing.T) {
	_, err := Train(context.Background(), nlu.Task{Examples: []nlu.Example{{Text: "我要退货"}}})
	var input *core.InputError
	if !errors.As(err, &input) || !strings.Contains(err.Error(), "我要退货") {
		t.Errorf("err = %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Train(ctx, nlu.Task{Examples: lessons()}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled training ends with %v", err)
	}
}

func TestTrainsWhileOneWaits(t *testing.T) {
	start := time.Now()
	learn(t, lessons())
	if took := time.Since(start); took > 5*time.Second { // 0.05 s on an idle core
		t.Errorf("training took %v", took)
	}
}

func TestRecognizeImplements(t *testing.T) {
	r, err := New(context.Background(), nlu.Task{Examples: lessons()})
	if err != nil {
		t.Fatal(err)
	}
	turn := core.NewTurn(core.Work{}, time.Now)
	turn.Norm = "我要退货"
	if got, err := r.Recognize(context.Background(), turn); err != nil || got[0].Name != "return" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestVectorsAreOfLengthOne(t *testing.T) {
	v := newVocabulary([]string{"where is my order", "我要退货"}, nil)
	for _, text := range []string{"where is my order", "我要退货"} {
		x, known := v.vector(text)
		sum := 0.0
		for i, it := range x {
			sum += float64(it.v) * float64(it.v)
			if i > 0 && x[i-1].id >= it.id {
				t.Errorf("%q: items are not in order", text)
			}
		}
		if math.Abs(sum-1) > 1e-5 || known != 1 {
			t.Errorf("%q: length² %v, known %v", text, sum, known)
		}
	}
	x, known := v.vector("where is the elephant")
	if known >= 0.8 || product(x, x) > 0.9 {
		t.Errorf("a text half known has length² %v, known %v", product(x, x), known)
	}
}

func TestSolve(t *testing.T) {
	h := [][]float64{{4, 1, 0, 0, 0}, {1, 3, 1, 0, 0}, {0, 1, 5, 1, 0}, {0, 0, 1, 2, 0}, {0, 0, 0, 0, 1}}
	want := []float64{1, -2, 3, 0.5, 7}
	g := make([]float64, len(h))
	for i := range h {
		g[i] = dot(h[i], want)
	}
	got := solve(h, g)
	for i := range got {
		if math.Abs(got[i]-want[i]) > 1e-9 {
			t.Errorf("solve = %v, want %v", got, want)
		}
	}
}

func TestTemperature(t *testing.T) {
	clear, vague := make([]pairGap, 200), make([]pairGap, 200)
	for i := range clear {
		clear[i], vague[i] = 0.5, 0.5
		if i%4 == 0 {
			vague[i] = -0.5
		}
	}
	if c, v := temperature(clear), temperature(vague); c <= v {
		t.Errorf("temperature %v where the best is always right, %v where it often is not", c, v)
	}
}

func FuzzRank(f *testing.F) {
	r := learn(f, lessons())
	for _, s := range []string{"", "订单", "\xff", "a\u0301b", strings.Repeat("退", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, in := range r.Rank(nlu.Normalize(s)) {
			if !(in.Score > 0 && in.Score <= 1) {
				t.Fatalf("%q: %v", s, in)
			}
		}
	})
}

func BenchmarkRank(b *testing.B) {
	r := learn(b, lessons())
	for b.Loop() {
		r.Rank("请问我的订单什么时候可以送到")
	}
}

func BenchmarkTrain(b *testing.B) {
	ex := lessons()
	for b.Loop() {
		learn(b, ex)
	}
}
