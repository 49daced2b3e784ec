package configs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"frontdesk/configs/internal/strict"
)

// Tools are what bots can do besides talking. A bot may use those its own list
// of tools names, by name.
type Tools struct {
	// Allow names private places that tools may reach, "erp.internal:8443" or
	// "10.1.0.0/16"; all else that is not public is refused.
	Allow   []string  `yaml:"allow"`
	Proxy   Secret    `yaml:"proxy"` // of tools' requests; it may hold a password
	Actions []Action  `yaml:"actions"`
	OpenAPI []OpenAPI `yaml:"openapi"`
	MCP     []MCP     `yaml:"mcp"`
	Tables  []Table   `yaml:"tables"`
	Codes   []Code    `yaml:"codes"`
}

// Code is a one-time code: its tools are NAME_send and NAME_check.
type Code struct {
	Name   string `yaml:"name"`
	Arg    string `yaml:"arg"`    // of the address it is sent to
	Action string `yaml:"action"` // that sends it; its arguments are to and code
}

// Action is an HTTP request.
type Action struct {
	Name       string            `yaml:"name"`
	About      string            `yaml:"about"` // for models and people
	Method     string            `yaml:"method"`
	URL        string            `yaml:"url"` // {order} is an argument, {customer.id} the customer's
	Auth       Auth              `yaml:"auth"`
	Headers    map[string]Secret `yaml:"headers"`
	Args       map[string]any    `yaml:"args"`     // name → JSON schema of it
	Optional   []string          `yaml:"optional"` // arguments that may be missing
	Body       any               `yaml:"body"`     // JSON to send, with placeholders
	Result     map[string]string `yaml:"result"`   // slot → path in the answer
	Identity   string            `yaml:"identity"` // anonymous, claimed, verified or matched
	Match      []Match           `yaml:"match"`
	Proven     map[string]string `yaml:"proven"`     // argument → the code that proves it
	Channels   []string          `yaml:"channels"`   // whose customers it is for; none is all
	Idempotent bool              `yaml:"idempotent"` // may be sent again under the same key
	Models     *bool             `yaml:"models"`     // offered to language models
	Timeout    time.Duration     `yaml:"timeout"`
}

// SetDefaults implements strict.Defaulter.
func (a *Action) SetDefaults() {
	*a = Action{Method: "GET", Identity: "verified", Timeout: 8 * time.Second}
}

// Auth is how requests prove who sends them: a bearer token, a user with a
// password, or a header of one's own.
type Auth struct {
	Bearer   Secret `yaml:"bearer"`
	User     string `yaml:"user"`
	Password Secret `yaml:"password"`
	Header   string `yaml:"header"`
	Value    Secret `yaml:"value"`
}

// Match holds an answer to an argument: only who knows it is told.
type Match struct {
	Arg   string `yaml:"arg"`
	Field string `yaml:"field"` // path in the answer
	Tail  int    `yaml:"tail"`  // only the last so many letters and digits count
}

// OpenAPI takes operations of a description as actions.
type OpenAPI struct {
	File       string            `yaml:"file"`
	BaseURL    string            `yaml:"base_url"` // "" is the description's first server
	Auth       Auth              `yaml:"auth"`
	Headers    map[string]Secret `yaml:"headers"`
	Operations []Operation       `yaml:"operations"`
}

// Operation is one of them. Its arguments are the description's.
type Operation struct {
	ID         string            `yaml:"id"`   // its operationId
	Name       string            `yaml:"name"` // of the tool; "" is ID
	Customer   map[string]string `yaml:"customer"`
	Result     map[string]string `yaml:"result"`
	Identity   string            `yaml:"identity"`
	Match      []Match           `yaml:"match"`
	Channels   []string          `yaml:"channels"`
	Idempotent bool              `yaml:"idempotent"`
	Models     *bool             `yaml:"models"`
	Timeout    time.Duration     `yaml:"timeout"`
}

// SetDefaults implements strict.Defaulter.
func (o *Operation) SetDefaults() { *o = Operation{Identity: "verified", Timeout: 8 * time.Second} }

// MCP is a server of the Model Context Protocol: at a URL, or a command that is
// started and spoken with over its input and output.
type MCP struct {
	Name    string            `yaml:"name"`
	URL     string            `yaml:"url"`
	Auth    Auth              `yaml:"auth"`
	Command []string          `yaml:"command"`
	Env     map[string]Secret `yaml:"env"`
	Tools   []MCPTool         `yaml:"tools"`
}

// MCPTool is one tool of a server; those not listed are not used.
type MCPTool struct {
	Tool     string            `yaml:"tool"`     // as the server calls it
	Name     string            `yaml:"name"`     // as bots call it; "" is Tool
	Customer map[string]string `yaml:"customer"` // argument → id, channel, email or name of the turn's customer
	Identity string            `yaml:"identity"`
	Channels []string          `yaml:"channels"`
	ReadOnly bool              `yaml:"read_only"` // changes nothing: models may use it
	Models   *bool             `yaml:"models"`
	Timeout  time.Duration     `yaml:"timeout"`
}

// SetDefaults implements strict.Defaulter.
func (t *MCPTool) SetDefaults() { *t = MCPTool{Identity: "verified", Timeout: 8 * time.Second} }

// Table is a look-up table: a CSV or XLSX file whose rows are shown to those who
// know the key and every fact of one.
type Table struct {
	Name     string            `yaml:"name"`
	About    string            `yaml:"about"`
	File     string            `yaml:"file"`
	URL      string            `yaml:"url"`
	Auth     Auth              `yaml:"auth"`
	Refresh  time.Duration     `yaml:"refresh"` // of a URL
	MaxAge   time.Duration     `yaml:"max_age"` // of a URL that cannot be read any more
	Key      Column            `yaml:"key"`
	Facts    []Column          `yaml:"facts"`
	Owner    string            `yaml:"owner"` // column of the id that a verified channel gives
	OwnerOn  []string          `yaml:"owner_on"`
	Proven   map[string]string `yaml:"proven"`   // argument → the code that proves it
	Show     map[string]string `yaml:"show"`     // slot → column
	Attempts int               `yaml:"attempts"` // wrong ones an hour in a conversation
	Models   bool              `yaml:"models"`
}

// SetDefaults implements strict.Defaulter.
func (t *Table) SetDefaults() {
	*t = Table{Attempts: 5, Refresh: 10 * time.Minute, MaxAge: 24 * time.Hour}
}

// Column is a column and the argument compared with it.
type Column struct {
	Arg    string `yaml:"arg"`
	Column string `yaml:"column"`
	About  string `yaml:"about"`
	Tail   int    `yaml:"tail"` // only the last so many letters and digits count
}

// tools checks what needs no connection: names, and the bots' lists.
func (l *loader) tools(c *Config) {
	names := map[string]bool{}
	claim := func(at, name string) {
		switch {
		case name == "":
			l.fail(at, "has no name: give it one, bots call it by that")
		case names[name]:
			l.fail(at, "%q is there twice: rename one", name)
		case !named.MatchString(name):
			l.fail(at, "%q is no name: %s", name, nameRule)
		}
		names[name] = true
	}
	l.web0("tools.proxy", c.Tools.Proxy.Reveal())
	for i, a := range c.Tools.Actions {
		claim(fmt.Sprintf("tools.actions[%d]", i), a.Name)
	}
	for i, o := range c.Tools.OpenAPI {
		c.Tools.OpenAPI[i].File = l.local(o.File)
		for j, op := range o.Operations {
			claim(fmt.Sprintf("tools.openapi[%d].operations[%d]", i, j), orElse(op.Name, op.ID))
		}
	}
	for i, m := range c.Tools.MCP {
		at := fmt.Sprintf("tools.mcp[%d]", i)
		if (m.URL == "") == (len(m.Command) == 0) {
			l.fail(at, "needs either url or command")
		}
		for j, t := range m.Tools {
			claim(fmt.Sprintf("%s.tools[%d]", at, j), orElse(t.Name, t.Tool))
		}
	}
	for i, code := range c.Tools.Codes {
		at := fmt.Sprintf("tools.codes[%d]", i)
		claim(at, code.Name+"_send")
		claim(at, code.Name+"_check")
		if !slices.ContainsFunc(c.Tools.Actions, func(a Action) bool { return a.Name == code.Action }) {
			l.fail(at, "action %q is none of tools.actions: name the one that sends", code.Action)
		}
	}
	for i, t := range c.Tools.Tables {
		at := fmt.Sprintf("tools.tables[%d]", i)
		claim(at, t.Name)
		if (t.URL == "") == (t.File == "") {
			l.fail(at, "needs either file or url")
		}
		c.Tools.Tables[i].File = l.local(t.File)
	}
	for i, b := range c.Bots {
		for j, name := range b.Tools {
			if !names[name] {
				l.fail(fmt.Sprintf("bots[%d].tools[%d]", i, j), "%q is no tool: %s", name, near(name, names))
			}
		}
	}
}

// web0 checks a URL that may be empty, and hold a password.
func (l *loader) web0(path, s string) {
	if s != "" {
		l.scheme(path, s, []string{""}, "http", "https", "socks5")
	}
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// near is the cure for a name that is not there.
func near(name string, names map[string]bool) string {
	var all []string
	for n := range names {
		all = append(all, n)
	}
	slices.Sort(all)
	if n := strict.Nearest(name, all); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	if len(all) == 0 {
		return "there is none under tools"
	}
	return "there are " + strings.Join(all, ", ")
}

// tables reads the tables of a bot's folder: each YAML file is one, and names a
// file beside it.
func (l *botLoader) tables() {
	for _, name := range l.files {
		if !strings.HasPrefix(name, "tables/") || !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml") {
			continue
		}
		n := l.read(name)
		if n == nil {
			continue
		}
		var t Table
		t.SetDefaults()
		if err := strict.Decode(n, &t); err != nil {
			l.note(err)
			continue
		}
		l.claim("table", t.Name, n.Pos)
		t.File = "tables/" + t.File
		switch {
		case t.URL != "" || t.Auth != Auth{}:
			l.errs.Add(n.Pos, "table %q: a table that is fetched belongs into the configuration's tools, with its credentials", t.Name)
		case !slices.Contains(l.files, t.File):
			l.errs.Add(n.Pos, "table %q: there is no file %s", t.Name, t.File)
		}
		l.bot.Tables = append(l.bot.Tables, t)
	}
}
