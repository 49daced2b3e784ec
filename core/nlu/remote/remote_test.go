package remote_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/core/nlu/remote"
)

// second is the fallback: always the same guess.
type second struct{ err error }

func (s second) Recognize(context.Context, *core.Turn) ([]core.Intent, error) {
	return []core.Intent{{Name: "fallback", Score: 0.5}}, s.err
}

func fallback(context.Context, nlu.Task) (nlu.IntentRecognizer, error) { return second{}, nil }

func turn(text string) *core.Turn {
	t := core.NewTurn(core.Work{Envelope: core.Envelope{Parts: []core.Part{{Text: text}}}}, time.Now)
	t.Lang, t.Bot.ID = "en", "shop"
	return t
}

func recognizer(t *testing.T, url string, o remote.Options) nlu.IntentRecognizer {
	t.Helper()
	task := nlu.Task{URL: url, Examples: []nlu.Example{{Text: "x", Intent: "order"}, {Text: "y", Intent: "invoice"}, {Text: "z", Intent: "order"}}}
	r, err := remote.Over(fallback, o)(context.Background(), task)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// serve answers GET with describe and POST with answer, and keeps the last body.
func serve(t *testing.T, describe, answer string) (url string, body *string) {
	t.Helper()
	body = new(string)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if r.Method == http.MethodGet {
			fmt.Fprint(w, describe)
			return
		}
		*body = r.URL.Path + " " + string(b)
		fmt.Fprint(w, answer)
	}))
	t.Cleanup(s.Close)
	return s.URL, body
}

func TestPlain(t *testing.T) {
	url, body := serve(t, "", `{"intents":[{"name":"invoice","score":0.2},{"name":"order","score":0.7}]}`)
	got, err := recognizer(t, url+"/guess", remote.Options{}).Recognize(context.Background(), turn("Where is it?"))
	if want := []core.Intent{{Name: "order", Score: 0.7}, {Name: "invoice", Score: 0.2}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if want := `/guess {"text":"Where is it?","lang":"en","bot":"shop"}`; *body != want {
		t.Errorf("asked %s", *body)
	}
}

func TestTensors(t *testing.T) {
	const input = `{"name":"m","inputs":[{"name":"text","datatype":"BYTES","shape":[-1,1]}]}`
	for _, c := range []struct{ name, answer, best string }{
		{"names", `{"outputs":[{"name":"label","datatype":"BYTES","shape":[1,2],"data":["order","other"]},{"name":"p","datatype":"FP32","shape":[1,2],"data":[0.1,0.9]}]}`, "other 0.90"},
		{"no names", `{"outputs":[{"name":"p","datatype":"FP32","shape":[1,2],"data":[0.8,0.2]}]}`, "invoice 0.80"},
		{"logits", `{"outputs":[{"name":"p","datatype":"FP64","shape":[1,2],"data":[-1,1]}]}`, "order 0.88"},
	} {
		url, body := serve(t, input, c.answer)
		for _, path := range []string{"/v2/models/m", "/v2/models/m/versions/1/infer"} {
			got, err := recognizer(t, url+path, remote.Options{}).Recognize(context.Background(), turn("hi"))
			if err != nil || fmt.Sprintf("%s %.2f", got[0].Name, got[0].Score) != c.best {
				t.Errorf("%s: %+v, %v", c.name, got, err)
			}
			want := strings.TrimSuffix(path, "/infer") + `/infer {"inputs":[{"name":"text","datatype":"BYTES","shape":[1,1],"data":["hi"]}]}`
			if *body != want {
				t.Errorf("%s asked %s", c.name, *body)
			}
		}
	}
}

// What a model may get wrong: the fallback answers, and the error says why.
func TestFallback(t *testing.T) {
	const input = `{"inputs":[{"name":"text","datatype":"BYTES","shape":[1]}]}`
	for _, c := range []struct{ path, describe, answer, want string }{
		{"/", "", "no JSON", "not the JSON expected"},
		{"/", "", `{"intents":[{"name":"a","score":7}]}`, "number in [0,1]"},
		{"/", "", `{"intents":[{"name":"","score":0.7}]}`, "want a name"},
		{"/", "", `{"x":"` + strings.Repeat("x", 1<<20) + `"}`, "longer than"},
		{"/v2/models/m", `{"inputs":[]}`, "", "want one, of datatype BYTES"},
		{"/v2/models/m", input, `{"outputs":[]}`, "no floating point output"},
		{"/v2/models/m", input, `{"outputs":[{"datatype":"FP32","data":[1]}]}`, "1 scores for 2 intents"},
		{"/v2/models/m", input, `{"outputs":[{"name":"p","datatype":"FP32","data":["a"]}]}`, `output "p"`},
	} {
		url, _ := serve(t, c.describe, c.answer)
		got, err := recognizer(t, url+c.path, remote.Options{}).Recognize(context.Background(), turn("hi"))
		if err == nil || !strings.Contains(err.Error(), c.want) || len(got) != 1 || got[0].Name != "fallback" {
			t.Errorf("want %q: got %+v, %v", c.want, got, err)
		}
	}
	r := recognizer(t, "http://user:secret@127.0.0.1:1/x", remote.Options{})
	if got, err := r.Recognize(context.Background(), turn("hi")); err == nil || strings.Contains(err.Error(), "secret") || len(got) != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestTimeoutAndRest(t *testing.T) {
	asked, slow := make(chan bool, 10), make(chan bool)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- true
		select {
		case <-slow:
			fmt.Fprint(w, `{"intents":[{"name":"order","score":1}]}`)
		case <-r.Context().Done():
		}
	}))
	defer s.Close()
	now := time.Unix(0, 0)
	r := recognizer(t, s.URL, remote.Options{Timeout: 5 * time.Millisecond, Now: func() time.Time { return now }})
	for range 5 {
		if got, err := r.Recognize(context.Background(), turn("hi")); err == nil || got[0].Name != "fallback" {
			t.Fatalf("got %+v, %v", got, err)
		}
	}
	if n := len(asked); n != 3 {
		t.Errorf("asked %d times, want 3 and then a rest", n)
	}
	close(slow)
	r = recognizer(t, s.URL, remote.Options{Now: func() time.Time { return now }})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for range 4 { // who left tells nothing about the model
		if _, err := r.Recognize(ctx, turn("hi")); !errors.Is(err, context.Canceled) {
			t.Errorf("err = %v", err)
		}
	}
	if got, err := r.Recognize(context.Background(), turn("hi")); err != nil || got[0].Name != "order" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestRestEnds(t *testing.T) {
	broken := true
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if broken {
			w.WriteHeader(http.StatusTeapot)
		}
		fmt.Fprint(w, `{"intents":[{"name":"order","score":1}]}`)
	}))
	defer s.Close()
	now := time.Unix(0, 0)
	r := recognizer(t, s.URL, remote.Options{Now: func() time.Time { return now }})
	for range 3 {
		if _, err := r.Recognize(context.Background(), turn("hi")); err == nil || !strings.Contains(err.Error(), "418") {
			t.Errorf("err = %v", err)
		}
	}
	broken = false
	if _, err := r.Recognize(context.Background(), turn("hi")); err == nil {
		t.Error("it was asked while it rested")
	}
	now = now.Add(time.Minute)
	for range 2 {
		if got, err := r.Recognize(context.Background(), turn("hi")); err != nil || got[0].Name != "order" {
			t.Errorf("got %+v, %v", got, err)
		}
	}
}

func TestNoRedirects(t *testing.T) {
	var reached bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer other.Close()
	s := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer s.Close()
	if _, err := recognizer(t, s.URL, remote.Options{}).Recognize(context.Background(), turn("hi")); err == nil || reached {
		t.Errorf("err = %v, reached %v", err, reached)
	}
}

func TestMistakes(t *testing.T) {
	for _, url := range []string{"", "model:8000", "ftp://model/", "http://"} {
		if _, err := remote.Over(fallback, remote.Options{})(context.Background(), nlu.Task{URL: url}); err == nil || !strings.Contains(err.Error(), "nlu.url") {
			t.Errorf("%q: %v", url, err)
		}
	}
	fails := func(context.Context, nlu.Task) (nlu.IntentRecognizer, error) { return nil, errors.New("no examples") }
	if _, err := remote.Over(fails, remote.Options{})(context.Background(), nlu.Task{URL: "http://m"}); err == nil {
		t.Error("a broken fallback is no error")
	}
}
