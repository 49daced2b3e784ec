package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/cmd/internal/datadir"
	"frontdesk/cmd/internal/runfile"
	"frontdesk/core"
	"frontdesk/knowledge"
	"frontdesk/knowledge/knowledgetest"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == datadir.Worker {
		os.Exit(program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}.run(context.Background(), os.Args[1:]))
	}
	goleak.VerifyTestMain(m)
}

const token = "fd_secret"

// server is a gateway as this command sees it.
type server struct {
	*httptest.Server
	service *knowledge.Service
	botIDs  []string // nil: the route is not there

	mu   sync.Mutex
	auth []string // headers seen
}

func memoryService() *knowledge.Service {
	return datadir.Knowledge(&knowledgetest.Memory{}, 50<<20, time.Now)
}

func serve(t *testing.T) *server {
	t.Helper()
	s := &server{service: memoryService()}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/admin/bots", func(w http.ResponseWriter, r *http.Request) {
		if s.botIDs == nil {
			http.NotFound(w, r)
			return
		}
		items := []map[string]string{}
		for _, id := range s.botIDs {
			items = append(items, map[string]string{"id": id})
		}
		answer(w, map[string]any{"items": items, "next": ""}, nil)
	})
	mux.HandleFunc("POST /api/v1/admin/bots/{bot}/documents", s.post)
	mux.HandleFunc("GET /api/v1/admin/bots/{bot}/documents", func(w http.ResponseWriter, r *http.Request) {
		l := newLocal("", nil, s.service)
		docs, err := l.list(r.Context(), r.PathValue("bot"))
		if at := slices.IndexFunc(docs, func(d document) bool { return d.Name > r.URL.Query().Get("cursor") }); at >= 0 { // pages of one
			next := ""
			if at+1 < len(docs) {
				next = docs[at].Name
			}
			answer(w, map[string]any{"items": docs[at : at+1], "next": next}, err)
			return
		}
		answer(w, map[string]any{"items": []document{}, "next": ""}, err)
	})
	mux.HandleFunc("DELETE /api/v1/admin/bots/{bot}/documents", func(w http.ResponseWriter, r *http.Request) {
		if err := s.service.Delete(r.Context(), core.DefaultWorkspace, r.PathValue("bot"), r.URL.Query().Get("name")); err != nil {
			answer(w, nil, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /api/v1/admin/bots/{bot}/search", func(w http.ResponseWriter, r *http.Request) {
		l := newLocal("", nil, s.service)
		hits, err := l.search(r.Context(), r.PathValue("bot"), r.URL.Query().Get("q"), 5)
		answer(w, map[string]any{"items": hits}, err)
	})
	s.Server = httptest.NewServer(s.guard(mux))
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
	return s
}

func (s *server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.auth = append(s.auth, r.Header.Get("Authorization"))
		s.mu.Unlock()
		if r.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *server) post(w http.ResponseWriter, r *http.Request) {
	f, head, err := r.FormFile("file")
	if err != nil {
		answer(w, nil, core.Invalid("no file"))
		return
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(f)
	if err != nil {
		answer(w, nil, err)
		return
	}
	l := newLocal("", nil, s.service)
	c, err := l.put(r.Context(), r.PathValue("bot"), upload{as: r.FormValue("as"), file: head.Filename, data: data, dry: r.FormValue("dry_run") == "true"}, func(int) {})
	answer(w, c, err)
}

func answer(w http.ResponseWriter, v any, err error) {
	var invalid *core.InputError
	code := http.StatusOK
	switch {
	case errors.Is(err, core.ErrNotFound):
		code = http.StatusNotFound
	case errors.As(err, &invalid):
		code = http.StatusUnprocessableEntity
	case err != nil:
		code = http.StatusInternalServerError
	}
	if err != nil {
		v = map[string]any{"title": http.StatusText(code), "detail": err.Error(), "status": code}
	}
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v)
}

// cli is the command in a test, in user folders of its own.
type cli struct {
	program
	out, err *bytes.Buffer
	data     string
	vars     map[string]string
}

func command(t *testing.T) *cli {
	t.Helper()
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	c := &cli{data: t.TempDir(), vars: map[string]string{}}
	c.program = program{
		env:     func(k string) string { return c.vars[k] },
		dataDir: func(string) (string, error) { return c.data, nil },
		openLocal: func(context.Context, string) (target, func() error, error) {
			return nil, nil, core.Invalid("no server runs")
		},
	}
	return c
}

func (c *cli) do(t *testing.T, args ...string) int {
	t.Helper()
	c.out, c.err = &bytes.Buffer{}, &bytes.Buffer{}
	c.stdout, c.stderr = c.out, c.err
	return c.run(t.Context(), args)
}

// want checks the exit code and words of stdout, or of stderr if the code is not 0.
func (c *cli) want(t *testing.T, code, got int, words ...string) {
	t.Helper()
	text := c.out.String()
	if code != 0 {
		text = c.err.String()
		if n := strings.Count(strings.TrimSpace(text), "\n"); n > 0 {
			t.Errorf("the error has %d lines: %s", n+1, text)
		}
	}
	if got != code {
		t.Errorf("exit code %d, want %d; stdout %s stderr %s", got, code, c.out, c.err)
	}
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q does not say %q", text, w)
		}
	}
	if strings.Contains(c.out.String()+c.err.String(), token) {
		t.Error("the token was printed")
	}
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// announce writes the run file of a server into data.
func announce(t *testing.T, data, url string) {
	t.Helper()
	f, err := runfile.Write(data, runfile.Info{URL: url, PID: os.Getpid(), Token: token, Data: data})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Remove() })
}

func TestTheLineOfTheContract(t *testing.T) {
	s, c := serve(t), command(t)
	announce(t, c.data, s.URL)
	specs, err := os.ReadFile("../../knowledge/ingest/testdata/specs.pdf")
	if err != nil {
		t.Fatal(err)
	}
	path := file(t, "latest_product_specs.pdf", string(specs))
	for _, dash := range []string{"-", "--", "–", "—", "——"} {
		code := c.do(t, dash+"action=update", dash+"file="+path)
		c.want(t, 0, code, "talking to "+s.URL, "bot default", "latest_product_specs.pdf is version", "answers draw from it", "8 passages", "version 1")
	}
	c.want(t, 0, c.do(t, "-action=search", "K3-17", "的功率"), "latest_product_specs.pdf, page 1", "1850")
	if !strings.Contains(c.err.String()+c.out.String(), "talking to") {
		t.Error("it does not say what it talks to")
	}
}

func TestUpdateListSearchDelete(t *testing.T) {
	s, c := serve(t), command(t)
	c.vars["FRONTDESK_SERVER"], c.vars["FRONTDESK_TOKEN"] = s.URL, token
	v1, v2 := file(t, "policy_v1.md", "# 退货\n\n七天内可退。\n"), file(t, "policy_v2.md", "# 退货\n\n十天内可退。\n")
	c.want(t, 0, c.do(t, "-action=update", "-file="+v1, "-as=policy"), "policy is version 1", "1 added")
	c.want(t, 0, c.do(t, "-action=update", "-file="+v2, "-as=policy", "-dry-run"), "would change", "1 added, 1 removed")
	c.want(t, 0, c.do(t, "-action", "search", "几天内可退"), "policy_v1.md", "七天")
	c.want(t, 0, c.do(t, "-action=update", "-file="+v2, "-as=policy"), "policy is version 2")
	c.want(t, 0, c.do(t, "-action=search", "-q=几天内可退"), "policy_v2.md", "十天")
	c.want(t, 0, c.do(t, "-action=update", "-file="+v1), "policy_v1.md is version 1")
	c.want(t, 0, c.do(t, "-action=list"), "policy ", "policy_v1.md", "policy_v2.md")
	c.want(t, 0, c.do(t, "-action=delete", "-as=policy"), "policy is deleted")
	c.want(t, 1, c.do(t, "-action=delete", "-as=policy"), "no document policy", "-action=list")
	c.want(t, 0, c.do(t, "-action=search", "nothing of the kind"), "nothing found")
}

func TestJSON(t *testing.T) {
	s, c := serve(t), command(t)
	c.vars["FRONTDESK_SERVER"], c.vars["FRONTDESK_TOKEN"] = s.URL, token
	path := file(t, "a.md", "# 退货\n\n七天内可退。\n")
	for _, args := range [][]string{{"-action=update", "-file=" + path}, {"-action=list"}, {"-action=search", "退货"}} {
		c.want(t, 0, c.do(t, append(args, "-json")...))
		var got struct {
			Items []map[string]any `json:"items"`
		}
		if err := json.Unmarshal(c.out.Bytes(), &got); err != nil || len(got.Items) != 1 {
			t.Errorf("%v: %v, %s", args, err, c.out)
		}
		if !strings.HasPrefix(c.err.String(), "talking to ") {
			t.Errorf("%v: stderr %q", args, c.err)
		}
	}
}

func TestAFolder(t *testing.T) {
	s, c := serve(t), command(t)
	c.vars["FRONTDESK_SERVER"], c.vars["FRONTDESK_TOKEN"] = s.URL, token
	dir := t.TempDir()
	for name, text := range map[string]string{"a.md": "# A\n\ntext a\n", "sub/b.txt": "text b", ".hidden.md": "x", ".git/c.md": "x", "d.png": "x", "bad.pdf": "no PDF"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c.want(t, 1, c.do(t, "-action=update", "-file="+dir), "bad.pdf", "not a PDF")
	if got := c.out.String(); !strings.Contains(got, "a.md is version 1") || !strings.Contains(got, "b.txt is version 1") || strings.Contains(got, "hidden") {
		t.Errorf("one bad file keeps the others back, or too much is read: %s", got)
	}
	c.want(t, 2, c.do(t, "-action=update", "-file="+dir, "-as=x"), "-as names one document")
	c.want(t, 1, c.do(t, "-action=update", "-file="+t.TempDir()), "holds no PDF")
}

func TestMisuse(t *testing.T) {
	c := command(t)
	for _, x := range []struct {
		args []string
		want string
	}{
		{nil, "no -action"},
		{[]string{"-action=fly"}, "unknown -action=fly"},
		{[]string{"-action=rollback"}, "-as"},
		{[]string{"-action=show", "-as=a", "-version=-1"}, "from 1"},
		{[]string{"-action=list", "-version=1"}, "show or rollback"},
		{[]string{"-action=update", "-file=a", "-explain"}, "search"},
		{[]string{"-action=update"}, "-file"},
		{[]string{"-action=delete"}, "-as"},
		{[]string{"-action=search"}, "words"},
		{[]string{"-action=list", "stray"}, "stray"},
		{[]string{"-action=list", "-nope"}, "nope"},
		{[]string{"-action=list", "-dry-run"}, "-dry-run"},
		{[]string{"-action=search", "x", "-limit=0"}, "-limit"},
		{[]string{"-action=search", "x", "-limit=101"}, "from 1 to 100"},
		{[]string{"-action=list", "-server=ftp://x"}, "address"},
		{[]string{"-action=list", "-server=http://u:p@x"}, "-token"},
	} {
		c.want(t, 2, c.do(t, x.args...), x.want)
	}
	for _, help := range []string{"--help", "-h", "—help"} {
		c.want(t, 0, c.do(t, help), "knowledge-cli -action=update -file=latest_product_specs.pdf")
	}
}

func TestErrorsNameCauseAndCure(t *testing.T) {
	s, c := serve(t), command(t)
	c.vars["FRONTDESK_SERVER"] = s.URL
	c.want(t, 1, c.do(t, "-action=list", "-bot=x"), "wants a token", "-token", "token create")
	c.want(t, 1, c.do(t, "-action=update", "-bot=x", "-token="+token, "-file=nowhere.pdf"), "no file nowhere.pdf")
	c.want(t, 1, c.do(t, "-action=update", "-bot=x", "-token="+token, "-file="+file(t, "e.txt", "")), "e.txt is empty")
	s.Close()
	c.want(t, 1, c.do(t, "-action=list", "-bot=x", "-token="+token), "cannot be reached", "check")
	elsewhere := httptest.NewServer(http.RedirectHandler("http://192.0.2.1/", http.StatusFound))
	defer elsewhere.Close()
	c.want(t, 1, c.do(t, "-action=list", "-bot=x", "-token="+token, "-server="+elsewhere.URL), "sends elsewhere")
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }))
	defer other.Close()
	c.want(t, 1, c.do(t, "-action=list", "-bot=x", "-server="+other.URL), "does not answer as frontdesk")
}

func TestWhichBot(t *testing.T) {
	s, c := serve(t), command(t)
	c.vars["FRONTDESK_SERVER"], c.vars["FRONTDESK_TOKEN"] = s.URL, token
	for _, x := range []struct {
		bots []string
		args []string
		want string
	}{{nil, nil, "bot default"}, {[]string{"shop"}, nil, "bot shop"}, {[]string{"a", "b"}, nil, "bot default"}, {[]string{"a"}, []string{"-bot=b"}, "bot b"}} {
		s.botIDs = x.bots
		c.want(t, 0, c.do(t, append([]string{"-action=list"}, x.args...)...), x.want)
	}
}

func TestFindingTheTarget(t *testing.T) {
	s := serve(t)
	t.Run("the configuration's server", func(t *testing.T) {
		c := command(t)
		announce(t, c.data, s.URL)
		c.want(t, 0, c.do(t, "-action=list"), "talking to "+s.URL, fmt.Sprintf("pid %d", os.Getpid()))
	})
	t.Run("a server of this user", func(t *testing.T) {
		c := command(t)
		announce(t, t.TempDir(), s.URL)
		c.want(t, 0, c.do(t, "-action=list"), "talking to "+s.URL)
	})
	t.Run("a named configuration means its own data", func(t *testing.T) {
		c := command(t)
		announce(t, t.TempDir(), s.URL)
		c.want(t, 1, c.do(t, "-action=list", "-config=x.yaml"), "no server runs")
	})
	t.Run("several servers", func(t *testing.T) {
		c := command(t)
		announce(t, t.TempDir(), s.URL)
		sleeper := exec.Command(os.Args[0], datadir.Worker) // a process that is there: it waits for its input
		in, err := sleeper.StdinPipe()
		if err != nil || sleeper.Start() != nil {
			t.Fatal(err)
		}
		defer func() { _ = in.Close(); _ = sleeper.Wait() }()
		if _, err := runfile.Write(t.TempDir(), runfile.Info{URL: "http://127.0.0.1:9", PID: sleeper.Process.Pid, Token: token}); err != nil {
			t.Fatal(err)
		}
		c.want(t, 2, c.do(t, "-action=list"), s.URL, "http://127.0.0.1:9", "-server")
	})
	t.Run("none: the data folder itself", func(t *testing.T) {
		c := command(t)
		closed := false
		c.openLocal = func(context.Context, string) (target, func() error, error) {
			return newLocal("/data", []string{"shop"}, memoryService()), func() error { closed = true; return nil }, nil
		}
		c.want(t, 0, c.do(t, "-action=update", "-file="+file(t, "a.md", "# A\n\ntext\n")), "the data folder /data", "bot shop", "version 1")
		if !closed {
			t.Error("the folder is left open")
		}
	})
}

func TestATokenGoesToItsOwnServerOnly(t *testing.T) {
	s, c := serve(t), command(t)
	announce(t, c.data, s.URL)
	c.want(t, 0, c.do(t, "-action=list", "-server="+s.URL+"/"), "talking to")
	c.want(t, 0, c.do(t, "-action=list", "-server="+strings.Replace(s.URL, "127.0.0.1", "localhost", 1)), "talking to")
	other := serve(t)
	c.want(t, 1, c.do(t, "-action=list", "-bot=x", "-server="+other.URL), "wants a token")
	if other.auth[0] != "" {
		t.Errorf("another server was sent %q", other.auth[0])
	}
	for _, url := range []string{"http://192.0.2.1:8080", "http://127.0.0.1.example.com", "https://shop.example"} {
		u, err := address(url)
		if err != nil || loopback(u) {
			t.Errorf("%s is taken for this machine, or %v", url, err)
		}
		announce(t, c.data, url)
		if got := c.tokenFor(u, options{}); got != "" {
			t.Errorf("%s is given %q", url, got)
		}
	}
}

func TestInterrupted(t *testing.T) {
	s, c := serve(t), command(t)
	c.vars["FRONTDESK_SERVER"], c.vars["FRONTDESK_TOKEN"] = s.URL, token
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c.out, c.err = &bytes.Buffer{}, &bytes.Buffer{}
	c.stdout, c.stderr = c.out, c.err
	c.want(t, 1, c.run(ctx, []string{"-action=list", "-bot=x"}), "interrupted")
}

func TestProgressOnATerminalOnly(t *testing.T) {
	s, c := serve(t), command(t)
	c.vars["FRONTDESK_SERVER"], c.vars["FRONTDESK_TOKEN"] = s.URL, token
	path := file(t, "big.txt", strings.Repeat("text. ", 100_000))
	c.want(t, 0, c.do(t, "-action=update", "-file="+path))
	if c.err.Len() > 0 {
		t.Errorf("not on a terminal: %q", c.err)
	}
	c.terminal = true
	c.want(t, 0, c.do(t, "-action=update", "-file="+path))
	if !strings.Contains(c.err.String(), "big.txt") {
		t.Errorf("on a terminal: %q", c.err)
	}
}
