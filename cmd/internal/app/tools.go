package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"frontdesk/configs"
	"frontdesk/core"
	"frontdesk/core/bot"
	"frontdesk/core/dialog"
	"frontdesk/core/fetch"
	"frontdesk/core/llm/answer"
	"frontdesk/core/tool"
	"frontdesk/core/tool/httpaction"
	"frontdesk/core/tool/lookup"
	"frontdesk/core/tool/mcp"
)

// allowKey is the setting that errors name as the cure.
const allowKey = "tools.allow"

// maxAnswer bounds what an action may answer, in bytes.
const maxAnswer = 1 << 20

// toolbox is the tools of one configuration.
type toolbox struct {
	all     map[string]tool.Tool
	clients []*fetch.Client
	servers []*mcp.Server
}

// box is the toolbox of cfg, opened at the first call. setBots closes others.
func (a *App) box(ctx context.Context, cfg *configs.Config) (*toolbox, error) {
	if b := a.boxes[cfg]; b != nil {
		return b, nil
	}
	b := &toolbox{all: map[string]tool.Tool{}}
	if err := a.fillBox(ctx, b, cfg.Tools); err != nil {
		b.close()
		return nil, err
	}
	if a.boxes == nil {
		a.boxes = map[*configs.Config]*toolbox{}
	}
	a.boxes[cfg] = b
	return b, nil
}

// closeBoxes closes all toolboxes but cfg's.
func (a *App) closeBoxes(cfg *configs.Config) {
	for c, b := range a.boxes {
		if c != cfg {
			b.close()
			delete(a.boxes, c)
		}
	}
}

func (b *toolbox) close() {
	for _, s := range b.servers {
		s.Close()
	}
	for _, c := range b.clients {
		c.Close()
	}
}

// client makes a guarded client of the configuration's allowances.
func (b *toolbox) client(t configs.Tools, o fetch.Options) (*fetch.Client, error) {
	o.Allow, o.Setting = t.Allow, allowKey
	if p := t.Proxy.Reveal(); p != "" {
		u, err := url.Parse(p)
		if err != nil {
			return nil, errors.New("tools.proxy is no URL")
		}
		o.Proxy = u
	}
	c, err := fetch.New(o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", allowKey, err)
	}
	b.clients = append(b.clients, c)
	return c, nil
}

func (a *App) fillBox(ctx context.Context, b *toolbox, t configs.Tools) error {
	asks, err := b.client(t, fetch.Options{MaxBody: maxAnswer, Redirects: -1})
	if err != nil {
		return err
	}
	loads, err := b.client(t, fetch.Options{MaxBody: lookup.MaxBytes})
	if err != nil {
		return err
	}
	var errs []error
	add := func(name string, one tool.Tool, err error) {
		if err == nil {
			b.all[name] = one
		}
		errs = append(errs, err)
	}
	for _, c := range t.Actions {
		one, err := httpaction.New(actionOf(c, asks))
		add(c.Name, one, err)
	}
	for _, c := range t.OpenAPI {
		describe(c, asks, add)
	}
	for _, c := range t.Tables {
		one, err := a.openTable(ctx, c, loaderOf(c, loads))
		add(c.Name, one, err)
	}
	for _, c := range t.Codes {
		errs = append(errs, a.openCode(b, c))
	}
	for _, c := range t.MCP {
		errs = append(errs, a.openMCP(b, c, asks))
	}
	return errors.Join(errs...)
}

// actionOf is an action of the configuration as its package knows it.
func actionOf(c configs.Action, client *fetch.Client) httpaction.Options {
	o := httpaction.Options{Method: c.Method, URL: c.URL, Body: c.Body, Result: c.Result, Client: client, Header: headerOf(c.Auth, c.Headers), Match: matchesOf(c.Match)}
	required := slices.DeleteFunc(slices.Sorted(maps.Keys(c.Args)), func(n string) bool { return slices.Contains(c.Optional, n) })
	args := c.Args
	if args == nil {
		args = map[string]any{}
	}
	schema, _ := json.Marshal(map[string]any{"type": "object", "properties": args, "required": required}) // it came from YAML: it cannot fail
	o.Spec = tool.Spec{Name: c.Name, Description: c.About, Schema: schema, Identity: tool.Identity(c.Identity), Channels: c.Channels,
		Repeats: c.Idempotent, Models: c.Models, Timeout: c.Timeout, Proven: c.Proven}
	return o
}

func matchesOf(in []configs.Match) (out []httpaction.Match) {
	for _, m := range in {
		out = append(out, httpaction.Match{Arg: m.Arg, Path: m.Field, Tail: m.Tail})
	}
	return out
}

// headerOf are the headers that prove who asks.
func headerOf(c configs.Auth, own map[string]configs.Secret) http.Header {
	h := http.Header{}
	for k, v := range own {
		h.Set(k, v.Reveal())
	}
	switch {
	case c.Bearer.Reveal() != "":
		h.Set("Authorization", "Bearer "+c.Bearer.Reveal())
	case c.User != "":
		r := http.Request{Header: h}
		r.SetBasicAuth(c.User, c.Password.Reveal())
	case c.Header != "":
		h.Set(c.Header, c.Value.Reveal())
	}
	return h
}

// loaderOf brings a table of the configuration.
func loaderOf(c configs.Table, client *fetch.Client) lookup.Loader {
	if c.URL != "" {
		return &lookup.URL{Client: client, Address: c.URL, Header: headerOf(c.Auth, nil), Refresh: c.Refresh, MaxAge: c.MaxAge}
	}
	return &lookup.File{FS: os.DirFS(filepath.Dir(c.File)), Name: filepath.Base(c.File)}
}

// openTable opens a table. A file that cannot be read is a mistake; a server
// that does not answer now may do so later.
func (a *App) openTable(ctx context.Context, c configs.Table, load lookup.Loader) (*lookup.Table, error) {
	o := lookup.Options{Name: c.Name, About: c.About, Key: lookup.Column(c.Key), Owner: c.Owner, OwnerOn: c.OwnerOn, Show: c.Show, Load: load,
		Models: c.Models, Attempts: c.Attempts, Proven: c.Proven}
	for _, f := range c.Facts {
		o.Facts = append(o.Facts, lookup.Column(f))
	}
	t, err := lookup.New(o)
	if err != nil {
		return nil, err
	}
	if err := t.Ready(ctx); err != nil {
		if c.URL == "" {
			return nil, err
		}
		a.log.Warn("a table cannot be read yet", "table", c.Name, "err", err)
	}
	return t, nil
}

// folder is a bot's folder that is opened anew for each file: a link in it
// leads nowhere outside.
type folder string

// Open implements fs.FS.
func (f folder) Open(name string) (fs.File, error) {
	root, err := os.OpenRoot(string(f))
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // the file stays open
	return root.FS().Open(name)
}

// toolsOf are the tools of one bot: those its settings name, and the tables of
// its folder.
func (a *App) toolsOf(ctx context.Context, cfg *configs.Config, s configs.BotSettings, b *configs.Bot) (*tool.Set, error) {
	box, err := a.box(ctx, cfg)
	if err != nil {
		return nil, err
	}
	var tools []tool.Tool
	for _, name := range s.Tools {
		one := box.all[name]
		if one == nil {
			return nil, fmt.Errorf("bot %s: there is no tool %q", s.ID, name)
		}
		tools = append(tools, one)
	}
	for _, c := range b.Tables {
		one, err := a.openTable(ctx, c, &lookup.File{FS: folder(s.Dir), Name: c.File})
		if err != nil {
			return nil, fmt.Errorf("bot %s: %w", s.ID, err)
		}
		tools = append(tools, one)
	}
	set, err := tool.NewSet(a.store, tools...)
	if err != nil {
		return nil, fmt.Errorf("bot %s: %w", s.ID, err)
	}
	return set, nil
}

// equip gives a bot's flows and its language models its tools.
func (a *App) equip(p bot.Parts, set *tool.Set) bot.Parts {
	p.Actions = map[string]dialog.Action{}
	for _, name := range set.Names() {
		p.Actions[name] = set.Action(name)
	}
	p.Generator = a.doer(p.Generator, set)
	return p
}

// nothing is what customers read when a model asked tools in vain.
var nothing = dialog.Wording{
	"zh": "没有找到与您提供的信息相符的记录。请核对后再发一次，或回复“转人工”。",
	"en": "I found nothing that fits the details you gave. Please check them and try again, or reply \"human\".",
}

// doer lets models use set where there are models; else next answers alone.
func (a *App) doer(next core.Generator, set *tool.Set) core.Generator {
	m := &a.models
	if len(set.Names()) == 0 || m.err != nil || m.speaks == nil {
		return next
	}
	d, err := answer.NewDoer(answer.ToolOptions{Tools: set, Nothing: func(t *core.Turn) string { return nothing.In(t.Lang, t.Bot.Languages...) },
		Options: answer.Options{Models: m.speaks, Prompts: m.prompts, Quote: next, Budget: a.budget, Vet: a.vet}})
	if err != nil {
		a.log.Error("language models use no tools", "err", err)
		return next
	}
	return d
}
