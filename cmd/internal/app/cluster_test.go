package app_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	wxsim "frontdesk/channels/sim/wechat"
	"frontdesk/core/llm/llmtest"
	"frontdesk/core/store/postgres/pgtest"
)

// replica is one of several gateways on one database; %s are its database, its
// bot's folder and what else is configured.
const replica = `
server: {addr: "127.0.0.1:0", public_url: "https://desk.example", shutdown_timeout: 10s}
data_dir: ./data
database: {url: %q}
embedding: {url: "none:"}
channels:
  - {id: web, type: web, bot: default, allowed_origins: ["*"]}
%sbots:
  - {id: default, dir: %q}
%s`

// cluster is n replicas and a proxy that gives each request to the next of them.
type cluster struct {
	all   []house
	proxy *httptest.Server
	asked atomic.Int64
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{}
	c.proxy = httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		to, err := url.Parse(c.all[int(c.asked.Add(1)-1)%len(c.all)].url)
		if err != nil {
			t.Error(err)
		}
		r.SetURL(to)
	}})
	t.Cleanup(c.proxy.Close)
	return c
}

func (c *cluster) run(t *testing.T, n int, channels, more string) *cluster {
	t.Helper()
	db, dir := pgtest.Start(t).Fresh(t), botFolder(t)
	for range n {
		c.all = append(c.all, runHouse(t, fmt.Sprintf(replica, db, channels, dir, more)))
	}
	return c
}

// A customer may meet another replica with every request: the session, the
// answer, the history and the stream are the same.
func TestReplicasAreOneGateway(t *testing.T) {
	c := newCluster(t).run(t, 3, "", "")
	token := session(t, c.proxy.URL)
	pieces := deltas(t, c.all[2].url, token) // ends with the bot's message, on a replica that did not write it
	for i := range 6 {
		question, want := "Within how many days may I send heavy goods such as washing machines back?", "within 30 days of delivery"
		if i%2 == 1 { // the same again and again would be a call for help
			question, want = "How long is the warranty of the K3 kettle?", "two years"
		}
		status, body := ask(t, c.proxy.URL, token, fmt.Sprint(i), question)
		if status != 200 || !strings.Contains(body, want) {
			t.Fatalf("question %d: %d %s", i, status, body)
		}
	}
	select {
	case <-pieces:
	case <-time.After(10 * time.Second):
		t.Error("a replica does not hear what another wrote")
	}
	for i, h := range c.all {
		if status, body := get(t, h.url+"/api/v1/web/web/messages?after=0", token); status != 200 || strings.Count(body, `"role":"bot"`) != 6 {
			t.Errorf("replica %d: %d %s", i, status, body)
		}
	}
}

// What replica A is taught, replica B answers from within a second, with Redis
// and without.
func TestKnowledgeReachesEveryReplica(t *testing.T) {
	t.Run("without redis", func(t *testing.T) { knowledgeReaches(t, "") })
	t.Run("with redis", func(t *testing.T) {
		knowledgeReaches(t, fmt.Sprintf("redis: {url: \"redis://%s/0\"}\n", redisServer(t)))
	})
}

func knowledgeReaches(t *testing.T, more string) {
	c := newCluster(t).run(t, 2, "", more)
	upload := func(to house, text string) {
		t.Helper()
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		part, err := w.CreateFormFile("file", "price.md")
		if err == nil {
			_, err = io.WriteString(part, "# Prices\n\nThe Orbit blender costs "+text+" dollars.\n")
		}
		if err = firstOf(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequest("POST", to.url+"/api/v1/admin/bots/default/documents", &b)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", w.FormDataContentType())
		req.Header.Set("Authorization", "Bearer "+to.AgentToken())
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		if out, _ := io.ReadAll(res.Body); res.StatusCode >= 300 {
			t.Fatalf("upload: %d %s", res.StatusCode, out)
		}
	}
	for i, price := range []string{"140", "155"} {
		upload(c.all[0], price)
		time.Sleep(time.Second)
		if status, body := ask(t, c.all[1].url, session(t, c.all[1].url), fmt.Sprint(i), "How much does the Orbit blender cost?"); status != 200 || !strings.Contains(body, price+" dollars") {
			t.Errorf("the other replica answers %d %s", status, body)
		}
	}
}

// The three deliveries of one message reach three replicas while the model thinks:
// one turn, one call of the model, one answer.
func TestDeliveriesOnThreeReplicas(t *testing.T) {
	var calls atomic.Int64
	model := llmtest.NewServer(t, llmtest.OpenAI{}, func(int) llmtest.Script {
		calls.Add(1)
		return llmtest.Script{Pieces: []string{"You have 30 days ", "for it [1]."}, In: 100, Out: 12, Every: 3 * time.Second}
	})
	c := newCluster(t)
	sim, err := wxsim.New(wxsim.Options{Webhook: c.proxy.URL + "/webhooks/wechat/wx", Token: "wxtoken", AESKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", AppID: "wx1", AppSecret: "s", Verified: true})
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(sim.Handler())
	t.Cleanup(func() { sim.Close(); api.Close() })
	c.run(t, 3, fmt.Sprintf("  - {id: wx, type: wechat, bot: default, token: wxtoken, encoding_aes_key: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG, app_id: wx1, app_secret: s, api_base_url: %q, answer_time: {first_token: 10s, total: 20s}}\n", api.URL),
		fmt.Sprintf("llm:\n  providers:\n    - {name: main, kind: openai, base_url: \"%s/v1\", api_key: sk, model: m, timeout: 20s, first_token_timeout: 15s}\n", model.URL))
	sim.Say("o1", "Within how many days may I send heavy goods such as washing machines back?")
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if said := botLines(sim, "o1"); len(said) > 0 {
			if len(said) != 1 || !strings.Contains(said[0], "You have 30 days for it.") || calls.Load() != 1 || c.asked.Load() < 2 {
				t.Errorf("said %q, %d calls of the model, %d deliveries", said, calls.Load(), c.asked.Load())
			}
			return
		}
		if time.Now().After(end) {
			t.Fatalf("no answer after %d deliveries", c.asked.Load())
		}
	}
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func botLines(sim *wxsim.Server, openid string) (out []string) {
	for _, l := range sim.Transcript(openid) {
		if l.From != wxsim.FromUser {
			out = append(out, l.Text)
		}
	}
	return out
}
