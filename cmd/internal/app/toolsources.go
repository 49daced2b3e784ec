package app

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"frontdesk/configs"
	"frontdesk/core/fetch"
	"frontdesk/core/tool"
	"frontdesk/core/tool/httpaction"
	"frontdesk/core/tool/lookup"
	"frontdesk/core/tool/mcp"
	"frontdesk/core/tool/openapi"
)

// describe hands the operations of a description to add.
func describe(c configs.OpenAPI, client *fetch.Client, add func(name string, one tool.Tool, err error)) {
	data, err := os.ReadFile(c.File)
	if err != nil {
		add("", nil, fmt.Errorf("tools.openapi: %w", err))
		return
	}
	doc, err := openapi.Parse(data)
	if err != nil {
		add("", nil, fmt.Errorf("tools.openapi, %s: %w", c.File, err))
		return
	}
	for _, op := range c.Operations {
		one, err := operationOf(doc, c, op, client)
		if err != nil {
			err = fmt.Errorf("tools.openapi, %s: %w", c.File, err)
		}
		add(cmp.Or(op.Name, op.ID), one, err)
	}
}

func operationOf(doc *openapi.Document, c configs.OpenAPI, op configs.Operation, client *fetch.Client) (*httpaction.Action, error) {
	o, err := doc.Action(op.ID, c.BaseURL, op.Customer)
	if err != nil {
		return nil, err
	}
	o.Client, o.Header, o.Result, o.Match = client, headerOf(c.Auth, c.Headers), op.Result, matchesOf(op.Match)
	s := &o.Spec
	s.Name, s.Identity, s.Channels = cmp.Or(op.Name, op.ID), tool.Identity(op.Identity), op.Channels
	s.Repeats, s.Models, s.Timeout = op.Idempotent, op.Models, op.Timeout
	return httpaction.New(o)
}

// openMCP begins to connect to a server and puts its tools into b.
func (a *App) openMCP(b *toolbox, c configs.MCP, client *fetch.Client) error {
	o := mcp.Options{Name: c.Name, URL: c.URL, Header: headerOf(c.Auth, nil), Client: client, Command: c.Command, Log: a.log}
	for k, v := range c.Env {
		o.Env = append(o.Env, k+"="+v.Reveal())
	}
	for _, t := range c.Tools {
		o.Tools = append(o.Tools, mcp.Tool{Remote: t.Tool, Customer: t.Customer, Spec: tool.Spec{Name: cmp.Or(t.Name, t.Tool), Identity: tool.Identity(t.Identity),
			Channels: t.Channels, Writes: !t.ReadOnly, Models: t.Models, Timeout: t.Timeout}})
	}
	s, err := mcp.Open(o)
	if err != nil {
		return err
	}
	b.servers = append(b.servers, s)
	for _, one := range s.Tools() {
		b.all[one.(tool.Changing).Called()] = one
	}
	return nil
}

// tryTools reports on what tools lead to, unless offline.
func (a *App) tryTools(ctx context.Context, offline bool) (out []Finding) {
	box := a.boxes[a.cfg]
	if box == nil || offline {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	for i, s := range box.servers {
		out = append(out, Finding{Part: "tools " + a.cfg.Tools.MCP[i].Name, OK: "the server offers all tools that are listed", Err: s.Ready(ctx)})
	}
	for _, t := range a.cfg.Tools.Tables {
		if one, ok := box.all[t.Name].(*lookup.Table); ok {
			out = append(out, Finding{Part: "tools " + t.Name, OK: "the table can be read", Err: one.Ready(ctx)})
		}
	}
	return out
}

// openCode puts a one-time code's tools into b.
func (a *App) openCode(b *toolbox, c configs.Code) error {
	one := b.all[c.Action]
	if one == nil {
		return nil // the action's own mistake is told
	}
	code, err := tool.NewCode(tool.Code{Name: c.Name, Arg: c.Arg, Calls: a.store, Sender: sender{one}})
	if err != nil {
		return err
	}
	for _, t := range code.Tools() {
		b.all[t.Spec().Name] = t
	}
	return nil
}

// sender delivers codes with an action of the business.
type sender struct{ action tool.Tool }

// Send implements tool.Sender.
func (s sender) Send(ctx context.Context, to, code string, c tool.Call) error {
	c.Args = map[string]any{"to": to, "code": code}
	_, err := s.action.Call(ctx, c)
	return err
}
