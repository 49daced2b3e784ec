package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/cmd/internal/app"
	"frontdesk/configs"
)

// endpoint speaks as OpenAI's embeddings do once it is up: a text's vector is
// its letters, counted.
type endpoint struct {
	up    atomic.Bool
	asked atomic.Int64
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !e.up.Load() {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	e.asked.Add(1)
	var in struct{ Input []string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	type row struct {
		Index     int       `json:"index"`
		Embedding []float32 `json:"embedding"`
	}
	out := struct {
		Data []row `json:"data"`
	}{}
	for i, text := range in.Input {
		v := make([]float32, 32)
		for _, r := range text {
			v[r%32]++
		}
		v[0]++ // no vector of nothing
		out.Data = append(out.Data, row{i, v})
	}
	_ = json.NewEncoder(w).Encode(out)
}

func houseOf(embedding string) string {
	return strings.Replace(fourChannels, "data_dir: ./data\n", "data_dir: ./data\n"+embedding, 1)
}

// TestEmbeddingsThatComeLater: an endpoint that is away does not keep the
// gateway from starting, and is used once it answers.
func TestEmbeddingsThatComeLater(t *testing.T) {
	e := &endpoint{}
	srv := httptest.NewServer(e)
	defer srv.Close()
	h := runHouse(t, houseOf(fmt.Sprintf("embedding: {url: %q, model: letters}\n", srv.URL+"/v1")))
	if h.Embeddings() != "" {
		t.Fatalf("it embeds with %s, which is away", h.Embeddings())
	}
	e.up.Store(true)
	for end := time.Now().Add(20 * time.Second); h.Embeddings() == ""; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the endpoint is back, and is not used")
		}
	}
	if h.Embeddings() != "letters/32" {
		t.Errorf("the space is %s", h.Embeddings())
	}
	if err := h.Settle(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestClosingWhileEmbeddingsAreAway: the asking ends with the gateway.
func TestClosingWhileEmbeddingsAreAway(t *testing.T) {
	srv := httptest.NewServer(&endpoint{})
	defer srv.Close()
	h := runHouse(t, houseOf(fmt.Sprintf("embedding: {url: %q, model: letters}\n", srv.URL+"/v1")))
	start := time.Now()
	h.stop()
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("closing took %v", took)
	}
	if err := h.Settle(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestAnotherEmbedder: a configuration that names another is taken at a reload.
func TestAnotherEmbedder(t *testing.T) {
	e := &endpoint{}
	e.up.Store(true)
	srv := httptest.NewServer(e)
	defer srv.Close()
	h := runHouse(t, houseOf("embedding: {url: \"none:\"}\n"))
	for _, c := range []struct{ url, want string }{{srv.URL + "/v1", "letters/32"}, {"none:", ""}, {srv.URL + "/v1", "letters/32"}} {
		if err := os.WriteFile(h.file, []byte(houseOf(fmt.Sprintf("embedding: {url: %q, model: letters}\n", c.url))), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := h.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := h.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if h.Embeddings() != c.want {
			t.Errorf("%s: the space is %q, want %q", c.url, h.Embeddings(), c.want)
		}
	}
}

func TestCheckOfEmbeddings(t *testing.T) {
	e := &endpoint{}
	srv := httptest.NewServer(e)
	defer srv.Close()
	for name, c := range map[string]struct {
		url  string
		up   bool
		want string
		fail bool
	}{
		"builtin":          {"builtin:", false, "ms a question", false},
		"none":             {"none:", false, "words alone", false},
		"endpoint":         {srv.URL + "/v1", true, "letters/32", false},
		"endpoint is away": {srv.URL + "/v1", false, "503", true},
	} {
		t.Run(name, func(t *testing.T) {
			e.up.Store(c.up)
			cfg := configured(t, houseOf(fmt.Sprintf("embedding: {url: %q, model: letters, api_key: geheim}\n", c.url)))
			cfg.Channels = nil
			for _, f := range app.Check(context.Background(), app.Options{Config: cfg, Version: "test", Log: quiet(), Now: time.Now}, t.TempDir(), true) {
				if f.Part != "embedding" {
					continue
				}
				if !strings.Contains(f.Line(), c.want) || (f.Err != nil) != c.fail || strings.Contains(f.Line(), "geheim") {
					t.Errorf("it says %q, %v", f.Line(), f.Err)
				}
				return
			}
			t.Error("nothing is said of embeddings")
		})
	}
}

func configured(t *testing.T, text string) *configs.Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "frontdesk.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := configs.Load(file, func(string) (string, bool) { return "", false }, "web", "wechat", "telegram", "slack")
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// TestVectorsAway: without its server of vectors the gateway starts and answers,
// and check says what is missing.
func TestVectorsAway(t *testing.T) {
	h := runHouse(t, houseOf("vectors: {url: \"milvus://127.0.0.1:1\"}\n"))
	start := time.Now()
	status, body := ask(t, h.url, session(t, h.url), "1", "满多少包邮？")
	if status != http.StatusOK || body == "" {
		t.Errorf("status %d: %s", status, body)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("an answer took %v", took)
	}
	cfg := configured(t, houseOf("vectors: {url: \"milvus://127.0.0.1:1\"}\n"))
	cfg.Channels = nil
	for _, f := range app.Check(context.Background(), app.Options{Config: cfg, Version: "test", Log: quiet(), Now: time.Now}, t.TempDir(), false) {
		if f.Part == "vectors" && f.Err != nil {
			return
		}
	}
	t.Error("check does not say that the server is away")
}
