package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"frontdesk/core/fetch"
	"frontdesk/core/tool"
)

// remote is a server's tool.
type remote struct {
	s *Server
	t Tool
}

var _ tool.Changing = (*remote)(nil)

// Called implements tool.Changing.
func (r *remote) Called() string { return r.t.Spec.Name }

// Spec implements tool.Tool: the owner's words with the server's description and
// schema; the zero Spec while the server is away.
func (r *remote) Spec() tool.Spec {
	_, listed := r.s.now()
	t := listed[r.t.Remote]
	if t == nil {
		return tool.Spec{}
	}
	out := r.t.Spec
	out.Description = t.Description
	schema, err := without(t.InputSchema, r.t.Customer)
	if err != nil {
		return tool.Spec{}
	}
	out.Schema = schema
	return out
}

// without is a schema that does not show the arguments that come from the turn.
func without(schema any, hidden map[string]string) (json.RawMessage, error) {
	b, err := json.Marshal(schema)
	if err != nil {
		return nil, err
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, err
	}
	if m == nil {
		m = map[string]any{"type": "object"}
	}
	if props, ok := m["properties"].(map[string]any); ok {
		for arg := range hidden {
			delete(props, arg)
		}
	}
	if need, ok := m["required"].([]any); ok {
		m["required"] = slices.DeleteFunc(need, func(v any) bool { s, _ := v.(string); _, h := hidden[s]; return h })
	}
	return json.Marshal(m)
}

// Call implements tool.Tool.
func (r *remote) Call(ctx context.Context, c tool.Call) (tool.Result, error) {
	session, _ := r.s.now()
	if session == nil {
		return tool.Result{}, fmt.Errorf("%w, %w: MCP server %s is away", tool.ErrUnavailable, tool.ErrUndone, r.s.o.Name)
	}
	args := maps.Clone(c.Args)
	if args == nil {
		args = map[string]any{}
	}
	for arg, field := range r.t.Customer {
		args[arg] = map[string]string{"id": c.Customer.Native, "channel": c.Customer.Channel, "email": c.Customer.Email, "name": c.Customer.Name}[field]
	}
	res, err := session.CallTool(ctx, &sdk.CallToolParams{Name: r.t.Remote, Arguments: args, Meta: sdk.Meta{"frontdesk/key": c.Key}})
	if err != nil {
		if ctx.Err() == nil {
			_ = session.Close() // a session that fails is made anew
		}
		return tool.Result{}, fmt.Errorf("%w: MCP server %s: %w", tool.ErrUnavailable, r.s.o.Name, cause(err))
	}
	if res.IsError {
		return tool.Result{}, fmt.Errorf("%w: MCP server %s says that it failed", tool.ErrUnavailable, r.s.o.Name)
	}
	return result(res), nil
}

// result is what a server answered: its texts, and the plain fields of its
// structure as values.
func result(res *sdk.CallToolResult) tool.Result {
	out := tool.Result{Values: map[string]string{}}
	var texts []string
	for _, c := range res.Content {
		if t, ok := c.(*sdk.TextContent); ok {
			texts = append(texts, t.Text)
		}
	}
	out.Text = strings.Join(texts, "\n")
	fields, _ := res.StructuredContent.(map[string]any)
	if fields == nil && json.Unmarshal([]byte(out.Text), &fields) != nil {
		return out // no structure
	}
	for k, v := range fields {
		switch x := v.(type) {
		case string:
			out.Values[k] = x
		case float64, bool:
			b, _ := json.Marshal(x) // a number or a truth: it cannot fail
			out.Values[k] = string(b)
		}
	}
	return out
}

// cause is what may be told of an error: what this program found out, not the
// server's words.
func cause(err error) error {
	switch {
	case errors.Is(err, fetch.ErrRefused), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return plain(err)
	case errors.Is(err, sdk.ErrConnectionClosed), errors.Is(err, sdk.ErrSessionMissing):
		return errors.New("the connection was lost")
	}
	return errors.New("the exchange failed")
}

func plain(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
