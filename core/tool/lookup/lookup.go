// Package lookup answers from a table: the orders of a shop that has no system
// to ask, as a CSV or XLSX file that is refreshed now and then.
//
// A row is shown to who knows it: its key and every fact, or its key where the
// channel proves that the customer is its owner. Whatever does not fit, the
// answer is the same, and after a few wrong attempts there is none for a while:
// for the conversation, and for the key whoever asks.
package lookup

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"frontdesk/core"
	"frontdesk/core/tool"
)

// Column is a column of the table, and the argument compared with it.
type Column struct {
	Arg    string // name of the argument and of the slot
	Column string // header in the table
	About  string // for models
	Tail   int    // only the last so many letters and digits count; 0: all
}

// Options of a Table.
type Options struct {
	Name  string
	About string // for models and people
	Key   Column
	Facts []Column // all of them must fit
	// Owner is the column that holds the id of the customer whose row it is, as
	// a verified channel gives it; "" if there is none. OwnerOn are the channels
	// whose ids these are: on others the same id is another's.
	Owner   string
	OwnerOn []string
	Show    map[string]string // slot → column: all that is ever told
	Load    Loader
	// Models offers the table to language models too.
	Models   bool
	Proven   map[string]string // argument → the one-time code that proves it
	Attempts int               // wrong ones an hour in a conversation; 0 is the default
}

// Table is an Options' tool. Safe for concurrent use.
type Table struct {
	o      Options
	spec   tool.Spec
	secret []byte // compares without telling by the time it takes
	rows   *fresh
}

var _ tool.Tool = (*Table)(nil)

// New makes a table; the error names the mistake. The file is read with Ready,
// or at the first call.
func New(o Options) (*Table, error) {
	bad := func(format string, args ...any) error {
		return core.Invalid("table %q: %s", o.Name, fmt.Sprintf(format, args...))
	}
	switch {
	case o.Key.Arg == "" || o.Key.Column == "":
		return nil, bad("key needs an argument and a column")
	case len(o.Facts) == 0 && o.Owner == "":
		return nil, bad("needs a second fact besides the key, such as the phone number's last %d digits: a key alone shows anybody's row", tool.MinTail)
	case o.Owner != "" && len(o.OwnerOn) == 0:
		return nil, bad("name the channels whose customers' ids column %q holds: the same id may be somebody else's on another", o.Owner)
	case len(o.Show) == 0:
		return nil, bad("shows nothing: name at least one column")
	}
	for _, f := range o.Facts {
		switch {
		case f.Arg == "" || f.Column == "":
			return nil, bad("a fact needs an argument and a column")
		case f.Column == o.Key.Column || f.Arg == o.Key.Arg:
			return nil, bad("%q is the key, and no second fact", f.Arg)
		case f.Tail != 0 && f.Tail < tool.MinTail:
			return nil, bad("fact %q: a tail of %d is soon guessed, use %d or more", f.Arg, f.Tail, tool.MinTail)
		}
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // it never fails
	t := &Table{o: o, secret: secret}
	t.rows = &fresh{load: o.Load, index: t.index}
	t.spec = t.describe()
	return t, nil
}

// describe is the tool's Spec: without facts the key is still wanted, and the
// owner proven.
func (t *Table) describe() tool.Spec {
	props := map[string]any{}
	need := []string{t.o.Key.Arg}
	s := tool.Spec{Name: t.o.Name, Description: t.o.About, Identity: tool.Verified, Models: &t.o.Models, Attempts: t.o.Attempts, Proven: t.o.Proven,
		Results: slices.Sorted(maps.Keys(t.o.Show))}
	for _, c := range append([]Column{t.o.Key}, t.o.Facts...) {
		p := map[string]any{"type": "string", "minLength": 1, "maxLength": 64}
		if c.About != "" {
			p["description"] = c.About
		}
		props[c.Arg] = p
	}
	if len(t.o.Facts) == 0 {
		s.Channels = t.o.OwnerOn
	} else {
		s.Identity, s.Facts = tool.Matched, []string{t.o.Key.Arg}
		for _, f := range t.o.Facts {
			s.Facts = append(s.Facts, f.Arg)
			if t.o.Owner == "" {
				need = append(need, f.Arg)
			}
		}
	}
	s.Schema, _ = json.Marshal(map[string]any{"type": "object", "properties": props, "required": need}) // strings and numbers: it cannot fail
	return s
}

// Spec implements tool.Tool.
func (t *Table) Spec() tool.Spec { return t.spec }

// Ready reads the table, if that was not done yet; the error says what is wrong
// with it.
func (t *Table) Ready(ctx context.Context) error {
	_, err := t.rows.get(ctx, zero)
	return err
}

// Call implements tool.Tool.
func (t *Table) Call(ctx context.Context, c tool.Call) (tool.Result, error) {
	key := tool.Canonical(text(c.Args[t.o.Key.Arg]))
	sheet, err := t.rows.get(ctx, c.Now)
	if err != nil {
		return tool.Result{}, fmt.Errorf("%w: %w", tool.ErrUnavailable, err)
	}
	var found []row
	for _, r := range sheet.of(key, len(t.o.Facts)) {
		if t.fits(r, c) {
			found = append(found, r)
		}
	}
	if len(found) == 0 || key == "" {
		return tool.Result{}, tool.ErrNoMatch
	}
	return t.shown(found), nil
}

// fits reports whether the customer may see r: by its owner, or by every fact.
// All are compared, whichever is wrong.
func (t *Table) fits(r row, c tool.Call) bool {
	if t.o.Owner != "" && c.Customer.Level == core.Verified && slices.Contains(t.o.OwnerOn, c.Customer.Channel) && t.same(r.owner, c.Customer.Native) {
		return true
	}
	ok := len(t.o.Facts) > 0 && r.key != ""
	for i, f := range t.o.Facts {
		given, have := tool.Tail(tool.Canonical(text(c.Args[f.Arg])), f.Tail), tool.Tail(r.facts[i], f.Tail)
		ok = t.same(have, given) && ok
	}
	return ok
}

// same compares in constant time. What is empty equals nothing.
func (t *Table) same(a, b string) bool {
	x, y := hmac.New(sha256.New, t.secret), hmac.New(sha256.New, t.secret)
	x.Write([]byte(a))
	y.Write([]byte(b))
	return hmac.Equal(x.Sum(nil), y.Sum(nil)) && a != "" && b != ""
}

// shown is what is told of rows: a column's different values, joined.
func (t *Table) shown(rows []row) tool.Result {
	out := tool.Result{Values: map[string]string{}}
	for slot := range t.o.Show {
		var vs []string
		for _, r := range rows {
			if v := r.show[slot]; v != "" && !slices.Contains(vs, v) {
				vs = append(vs, v)
			}
		}
		out.Values[slot] = strings.Join(vs, "; ")
	}
	return out
}

func text(v any) string {
	s, _ := v.(string)
	return s
}
