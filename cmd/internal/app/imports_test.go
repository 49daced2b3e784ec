package app_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// room is a folder and what may be imported there, besides the standard
// library: folders of this module ("core" is that package alone, "core/..."
// with all below it) and modules of others. The first that matches counts.
type room struct {
	of  string
	may []string
}

// table is the import table of docs/design.md: arrows point to core, siblings
// do not know each other, cmd/internal/app knows all.
var table = []room{
	{"core", nil},
	{"core/engine", []string{"core"}},
	{"core/bus/mem", []string{"core"}},
	{"core/bus/redis", []string{"core", "core/bus/mem", "github.com/redis/go-redis"}},
	{"core/bus/bustest", []string{"core"}},
	{"core/pattern", nil},
	{"core/guard", []string{"core", "core/llm", "core/nlu"}},
	{"core/nlu", []string{"core", "golang.org/x/text"}},
	{"core/nlu/llm", []string{"core", "core/nlu", "core/llm"}},
	{"core/nlu/...", []string{"core", "core/nlu", "core/pattern"}},
	{"core/llm", []string{"core"}},
	{"core/llm/canned", []string{"core", "core/llm"}},
	{"core/llm/openai", []string{"core", "core/llm", "github.com/openai/openai-go"}},
	{"core/llm/anthropic", []string{"core", "core/llm", "github.com/anthropics/anthropic-sdk-go"}},
	{"core/llm/prompt", []string{"core/llm"}},
	{"core/llm/answer", []string{"core", "core/llm", "core/llm/prompt"}},
	{"core/llm/cache", []string{"core", "core/llm", "golang.org/x/sync"}},
	{"core/llm/cost", []string{"core", "core/llm"}},
	{"core/llm/llmtest", []string{"core/llm"}},
	{"core/handoff", []string{"core", "core/nlu", "core/pattern"}},
	{"core/dialog", []string{"core", "core/nlu", "core/handoff"}},
	{"core/bot", []string{"core/..."}},
	{"core/fetch", []string{"core"}},
	{"core/tool", []string{"core", "core/llm", "github.com/google/jsonschema-go"}},
	{"core/tool/lookup", []string{"core", "core/fetch", "core/tool", "github.com/xuri/excelize", "golang.org/x/text"}},
	{"core/tool/httpaction", []string{"core", "core/fetch", "core/tool"}},
	{"core/tool/openapi", []string{"core", "core/tool", "core/tool/httpaction", "github.com/goccy/go-yaml"}},
	{"core/tool/mcp", []string{"core", "core/fetch", "core/tool", "github.com/modelcontextprotocol/go-sdk"}},
	{"core/store", []string{"core"}},
	{"core/store/sqlite", []string{"core", "core/store", "core/store/sqlstore", "modernc.org/sqlite"}},
	{"core/store/sqlstore", []string{"core", "core/store"}},
	{"core/store/postgres", []string{"core", "core/store", "core/store/sqlstore", "github.com/jackc/pgx", "github.com/pressly/goose"}},
	{"core/store/faultnet", nil},
	{"core/store/postgres/pgtest", []string{"github.com/jackc/pgx"}},
	{"core/store/mem", []string{"core", "core/store"}},
	{"core/store/storetest", []string{"core", "core/store", "github.com/google/go-cmp"}},
	{"core/store/modeltest", []string{"core", "core/store", "core/store/mem", "pgregory.net/rapid"}},
	{"channels", []string{"core"}},
	{"channels/problem", nil},
	{"channels/runner", []string{"core", "channels"}},
	{"channels/builtin", []string{"channels/..."}},
	{"channels/channeltest", []string{"core/...", "channels", "github.com/goccy/go-yaml", "go.uber.org/goleak"}},
	{"channels/sim/wechat", nil},
	{"channels/sim/telegram", nil},
	{"channels/sim/slack", []string{"github.com/coder/websocket"}},
	{"channels/web/...", []string{"core", "channels", "channels/problem", "channels/web/...", "github.com/coder/websocket"}},
	{"channels/wechat/...", []string{"core", "channels", "channels/problem", "channels/wechat/...", "github.com/silenceper/wechat", "golang.org/x/sync"}},
	{"channels/telegram/...", []string{"core", "channels", "channels/problem", "channels/telegram/...", "github.com/go-telegram-bot-api"}},
	{"channels/slack/...", []string{"core", "channels", "channels/problem", "channels/slack/...", "github.com/slack-go/slack", "github.com/gorilla/websocket"}},
	{"knowledge", []string{"core"}},
	{"knowledge/ingest", []string{"core", "knowledge", "github.com/klippa-app/go-pdfium", "github.com/tetratelabs/wazero", "github.com/xuri/excelize",
		"github.com/JohannesKaufmann/html-to-markdown", "github.com/PuerkitoBio/goquery", "github.com/yuin/goldmark",
		"github.com/gabriel-vasile/mimetype", "golang.org/x/net", "golang.org/x/text", "golang.org/x/sys"}},
	{"knowledge/faq", []string{"core", "knowledge", "github.com/xuri/excelize", "golang.org/x/text"}},
	{"knowledge/crawl", []string{"core", "golang.org/x/net"}},
	{"knowledge/knowledgetest", []string{"core", "knowledge", "github.com/google/go-cmp"}},
	{"knowledge/embed", []string{"core", "golang.org/x/text"}},
	{"knowledge/embed/embedtest", []string{"core"}},
	{"knowledge/embed/openai", []string{"core", "knowledge/embed"}},
	{"knowledge/embed/builtin/...", []string{"core", "knowledge/embed", "knowledge/embed/builtin/...", "golang.org/x/sys"}},
	{"knowledge/hybrid", []string{"core", "knowledge", "knowledge/embed"}},
	{"knowledge/vectortest", []string{"core", "knowledge"}},
	{"knowledge/vector/milvus", []string{"core", "knowledge", "github.com/milvus-io/milvus-sdk-go"}},
	{"scripts/packmodel", []string{"knowledge/embed", "knowledge/embed/builtin/..."}},
	{"knowledge/...", []string{"core", "knowledge"}},
	{"admin/auth", []string{"core", "golang.org/x/crypto", "golang.org/x/text"}},
	{"admin/api", []string{"core", "admin/auth", "github.com/labstack/echo"}},
	{"admin/ui", []string{"core"}},
	{"admin/admintest", []string{"core/...", "admin/..."}},
	{"configs/...", []string{"configs/...", "github.com/goccy/go-yaml"}},
	{"cmd/internal/app", []string{"..."}},
	{"cmd/...", []string{"..."}},
}

const module = "frontdesk/"

// allows reports whether path, of this module or another's, is in may.
func (r room) allows(path string) bool {
	own, ours := strings.CutPrefix(path, module)
	for _, m := range r.may {
		tree, below := strings.CutSuffix(m, "/...")
		switch {
		case m == "...":
			return true
		case ours && below && (own == tree || strings.HasPrefix(own, tree+"/")), ours && own == m:
			return true
		case !ours && (path == m || strings.HasPrefix(path, m+"/")):
			return true
		}
	}
	return false
}

func roomOf(dir string) (room, bool) {
	for _, r := range table {
		tree, below := strings.CutSuffix(r.of, "/...")
		if dir == r.of || below && (dir == tree || strings.HasPrefix(dir, tree+"/")) {
			return r, true
		}
	}
	return room{}, false
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func list(t *testing.T) (out []pkg) {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "frontdesk/...")
	cmd.Stderr = os.Stderr
	b, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(strings.NewReader(string(b))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
}

func TestImports(t *testing.T) {
	seen := 0
	for _, p := range list(t) {
		dir := strings.TrimPrefix(p.ImportPath, module)
		r, ok := roomOf(dir)
		if !ok {
			t.Errorf("%s is in no room of the house: give it one here and in docs/design.md", dir)
			continue
		}
		seen++
		for _, imp := range p.Imports {
			first, _, _ := strings.Cut(imp, "/")
			standard := !strings.Contains(first, ".") && !strings.HasPrefix(imp, module)
			if !standard && !r.allows(imp) {
				t.Errorf("%s imports %s", dir, imp)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d packages were looked at", seen)
	}
}

// The table itself is tried: what it must refuse, it refuses.
func TestTable(t *testing.T) {
	for _, bad := range [][2]string{
		{"core", "golang.org/x/text/unicode/norm"}, {"core/engine", "frontdesk/core/store"}, {"channels/slack", "frontdesk/channels/telegram"},
		{"channels/web", "github.com/labstack/echo/v4"}, {"knowledge", "frontdesk/configs"}, {"core/nlu/linear", "frontdesk/core/nlu/rules"},
	} {
		if r, ok := roomOf(bad[0]); !ok || r.allows(bad[1]) {
			t.Errorf("%s may import %s", bad[0], bad[1])
		}
	}
	if r, _ := roomOf("channels/slack/desk"); !r.allows("frontdesk/core") || !r.allows("github.com/slack-go/slack/slackevents") {
		t.Error("channels/slack/desk may not import what it needs")
	}
}

// No platform is named in core, outside tests: what is special about one lives
// in its own folder.
func TestCoreNamesNoPlatform(t *testing.T) {
	names := regexp.MustCompile(`(?i)telegram|wechat|slack`)
	files, err := filepath.Glob("../../../core/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"*", "*/*"} {
		more, err := filepath.Glob("../../../core/" + dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	files = slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") })
	if len(files) < 20 {
		t.Fatalf("only %d files of core found", len(files))
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if found := names.Find(b); found != nil {
			t.Errorf("%s names %s", f, found)
		}
	}
}
