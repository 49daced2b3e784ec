// Package httpaction makes tools of HTTP requests that a business describes:
// method, URL, headers, the JSON to send, and what of the answer counts.
//
// Values come from the arguments ("{order}") and from the turn's customer
// ("{customer.id}"). They stand in paths, queries and bodies, each escaped for
// its place; never in the host, so that no argument leads elsewhere.
package httpaction

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"frontdesk/core"
	"frontdesk/core/fetch"
	"frontdesk/core/tool"
)

// tries is how often a request that may be repeated is sent at most.
const tries = 3

// pause is the time before the second try; it doubles.
const pause = 200 * time.Millisecond

// Match is a fact to hold the answer to: the argument Arg against the answer's
// field at Path. Tail compares only the last so many letters and digits.
type Match struct {
	Arg, Path string
	Tail      int
}

// Options of an Action.
type Options struct {
	Spec   tool.Spec
	Method string // "" is GET
	URL    string // https://erp.example/orders/{order}?lang={lang}
	// Header holds credentials too; its values are sent as they are.
	Header http.Header
	// Body is the JSON to send, its strings with placeholders; a string that is
	// one placeholder takes the argument's type. nil sends none.
	Body any
	// Result names what flows get: slot → path in the answer, "data.items.0.state".
	// nil: the answer's own plain fields. Models read the same.
	Result map[string]string
	// Match must all hold before anything of the answer is told.
	Match  []Match
	Client *fetch.Client
	// Wait is how the pause between tries is spent; nil is a timer.
	Wait func(ctx context.Context, d time.Duration) error
}

// Action is an Options' tool. Safe for concurrent use.
type Action struct {
	o     Options
	url   template
	names []string // of all placeholders
}

var _ tool.Tool = (*Action)(nil)

// New checks o and makes its tool.
func New(o Options) (*Action, error) {
	o.Method = cmp.Or(strings.ToUpper(o.Method), http.MethodGet)
	bad := func(format string, args ...any) error {
		return core.Invalid("action %q: %s", o.Spec.Name, fmt.Sprintf(format, args...))
	}
	a := &Action{o: o}
	var err error
	switch {
	case !slices.Contains([]string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, o.Method):
		return nil, bad("method %q is none of GET, POST, PUT, PATCH, DELETE", o.Method)
	case o.Body != nil && o.Method == http.MethodGet:
		return nil, bad("a GET has no body: put the values into the URL")
	}
	if a.url, err = parse(o.URL); err != nil {
		return nil, bad("url: %v", err)
	}
	if err := o.Client.Check(a.url.example()); err != nil {
		return nil, bad("url: %v", err)
	}
	if o.Result != nil {
		a.o.Spec.Results = slices.Sorted(maps.Keys(o.Result))
	}
	a.names = append(a.url.names(), namesIn(o.Body)...)
	if err := a.check(); err != nil {
		return nil, bad("%v", err)
	}
	if a.o.Wait == nil {
		a.o.Wait = wait
	}
	return a, nil
}

// check looks at what belongs together.
func (a *Action) check() error {
	if a.o.Method != http.MethodGet {
		a.o.Spec.Writes = true
	}
	known := properties(a.o.Spec.Schema)
	for _, n := range a.names {
		if rest, ok := strings.CutPrefix(n, customerPrefix); ok {
			if !slices.Contains(customerFields, rest) {
				return fmt.Errorf("{%s} is not known; of the customer there are %s", n, strings.Join(customerFields, ", "))
			}
			if err := a.knowsWhose(rest); err != nil {
				return err
			}
			if v := cmp.Or(a.o.Spec.Identity, tool.Verified); rest == "email" && v == tool.Verified && slices.Contains(a.url.names(), n) {
				return fmt.Errorf("{customer.email} is what the customer says, whoever they are verified to be: ask by {customer.id}, or let a one-time code prove the address")
			}
			continue
		}
		if !slices.Contains(known, n) {
			return fmt.Errorf("{%s} is none of its arguments", n)
		}
	}
	if a.o.Spec.Identity == tool.Matched {
		return a.checkMatch(known)
	}
	if len(a.o.Match) > 0 {
		return fmt.Errorf("match is for identity: matched")
	}
	return nil
}

// knowsWhose: an id alone is ambiguous between channels.
func (a *Action) knowsWhose(field string) error {
	if field == "id" && len(a.o.Spec.Channels) == 0 && !slices.Contains(a.names, customerPrefix+"channel") {
		return fmt.Errorf("{customer.id} may be one person's id on one channel and another's on the next: name its channels, or send {customer.channel} too")
	}
	return nil
}

// checkMatch: the facts are what the request asks by and what the answer is
// held to.
func (a *Action) checkMatch(known []string) error {
	facts := slices.DeleteFunc(slices.Clone(a.names), func(n string) bool { return strings.HasPrefix(n, customerPrefix) })
	for _, m := range a.o.Match {
		switch {
		case !slices.Contains(known, m.Arg) || m.Path == "":
			return fmt.Errorf("match: %q is none of its arguments, or has no field of the answer", m.Arg)
		case m.Tail != 0 && m.Tail < tool.MinTail:
			return fmt.Errorf("match: a tail of %d is soon guessed, use %d or more", m.Tail, tool.MinTail)
		}
		facts = append(facts, m.Arg)
	}
	for _, f := range facts {
		if !slices.Contains(a.o.Spec.Facts, f) {
			a.o.Spec.Facts = append(a.o.Spec.Facts, f)
		}
	}
	if len(a.o.Match) == 0 || len(a.o.Spec.Facts) < 2 {
		return fmt.Errorf("identity: matched needs match: an argument that the answer is held to, besides the one it is asked by")
	}
	return nil
}

// Spec implements tool.Tool.
func (a *Action) Spec() tool.Spec { return a.o.Spec }

// Call implements tool.Tool.
func (a *Action) Call(ctx context.Context, c tool.Call) (tool.Result, error) {
	values := valuesOf(c)
	for _, who := range []string{customerPrefix + "id", customerPrefix + "email"} {
		if slices.Contains(a.names, who) && values[who] == "" {
			return tool.Result{}, tool.ErrIdentity // asked for nobody's, a system may tell everybody's
		}
	}
	address, err := a.url.fill(values)
	if err != nil {
		return tool.Result{}, err
	}
	var body []byte
	if a.o.Body != nil {
		if body, err = json.Marshal(fillBody(a.o.Body, values)); err != nil {
			return tool.Result{}, fmt.Errorf("%w: no JSON", tool.ErrArguments)
		}
	}
	answer, err := a.exchange(ctx, address, body, c.Key)
	if err != nil {
		return tool.Result{}, err
	}
	return a.read(answer, c)
}

// exchange sends the request, again where that is harmless.
func (a *Action) exchange(ctx context.Context, address string, body []byte, key string) ([]byte, error) {
	again := a.o.Method == http.MethodGet || a.o.Spec.Repeats
	for n, d := 1, pause; ; n, d = n+1, 2*d {
		answer, after, err := a.send(ctx, address, body, key)
		if err == nil || !again || after < 0 || n == tries {
			return answer, err
		}
		if a.o.Wait(ctx, max(d, after)) != nil {
			return nil, err
		}
	}
}

// send is one try. after is when another may help, negative if none will.
func (a *Action) send(ctx context.Context, address string, body []byte, key string) (answer []byte, after time.Duration, err error) {
	var in io.Reader
	if body != nil {
		in = bytes.NewReader(body)
	}
	r, err := http.NewRequestWithContext(ctx, a.o.Method, address, in)
	if err != nil {
		return nil, -1, fmt.Errorf("%w: the address is no URL", tool.ErrArguments)
	}
	r.Header = a.o.Header.Clone()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if a.o.Method != http.MethodGet {
		r.Header.Set("Idempotency-Key", key)
	}
	res, err := a.o.Client.Do(r)
	if err != nil {
		return nil, 0, failed(err)
	}
	return judge(res)
}
