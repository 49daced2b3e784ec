package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

var _ target = (*remote)(nil)

// remote is a server, by its admin API.
type remote struct {
	base  *url.URL
	token string
	note  string
	http  *http.Client
}

// patience is how long a server may take to read one document.
const patience = 10 * time.Minute

// mostAnswer bounds what is read of a server's answer.
const mostAnswer = 64 << 20

func newRemote(base *url.URL, token, note string) *remote {
	return &remote{base: base, token: token, note: note, http: &http.Client{
		Timeout: patience,
		// A redirect could take the token elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (r *remote) name() string { return r.base.String() + r.note }

func (r *remote) bots(ctx context.Context) ([]string, error) {
	var list struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	err := r.call(ctx, http.MethodGet, "/bots", nil, "", nil, &list)
	var status *statusError
	if errors.As(err, &status) && (status.code == http.StatusNotFound || status.code == http.StatusMethodNotAllowed) {
		return nil, nil // an older server: the default then
	}
	var out []string
	for _, b := range list.Items {
		out = append(out, b.ID)
	}
	return out, err
}

func (r *remote) put(ctx context.Context, bot string, u upload, sent func(int)) (change, error) {
	var out change
	err := r.send(ctx, documents(bot), u.file, u.data, [][2]string{{"as", u.as}, {"url", u.origin.URL}, {"etag", u.origin.ETag}, {"dry_run", on(u.dry)}}, sent, &progressive{&out})
	return out, err
}

// send posts a file with fields, those left out that are "".
func (r *remote) send(ctx context.Context, path, file string, data []byte, fields [][2]string, sent func(int), out any) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", file)
	if err == nil {
		_, err = part.Write(data)
	}
	for _, f := range fields {
		if f[1] != "" {
			err = errors.Join(err, form.WriteField(f[0], f[1]))
		}
	}
	if err = errors.Join(err, form.Close()); err != nil {
		return err
	}
	return r.call(ctx, http.MethodPost, path, nil, form.FormDataContentType(), &counted{&body, sent}, out)
}

// on is a switch of a form.
func on(set bool) string {
	if set {
		return "true"
	}
	return ""
}

// counted tells how many bytes were read of it.
type counted struct {
	from *bytes.Buffer
	sent func(int)
}

// Read implements io.Reader.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p[:min(len(p), 64<<10)])
	c.sent(n)
	return n, err
}

func documents(bot string) string { return "/bots/" + url.PathEscape(bot) + "/documents" }

func (r *remote) list(ctx context.Context, bot string) ([]document, error) {
	return pages[document](ctx, r, documents(bot), url.Values{})
}

// pages reads all pages of a list.
func pages[T any](ctx context.Context, r *remote, path string, query url.Values) ([]T, error) {
	var out []T
	for next := ""; ; {
		var page struct {
			Items []T    `json:"items"`
			Next  string `json:"next"`
		}
		if next != "" {
			query.Set("cursor", next)
		}
		if err := r.call(ctx, http.MethodGet, path, query, "", nil, &page); err != nil {
			return nil, err
		}
		out = append(out, page.Items...)
		if page.Next == "" || page.Next == next {
			return out, nil
		}
		next = page.Next
	}
}

func (r *remote) remove(ctx context.Context, bot, name string) error {
	return r.call(ctx, http.MethodDelete, documents(bot), url.Values{"name": {name}}, "", nil, nil)
}

func (r *remote) search(ctx context.Context, bot, query string, limit int) ([]hit, error) {
	var page struct {
		Items []hit `json:"items"`
	}
	err := r.call(ctx, http.MethodGet, "/bots/"+url.PathEscape(bot)+"/search", url.Values{"q": {query}, "limit": {strconv.Itoa(limit)}}, "", nil, &page)
	return page.Items, err
}

// call makes one request and decodes the answer into out, if that is not nil.
func (r *remote) call(ctx context.Context, method, path string, query url.Values, kind string, body io.Reader, out any) error {
	u := r.base.String() + "/api/v1/admin" + path
	if len(query) > 0 {
		u += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, u, body)
	if err != nil {
		return err
	}
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	told, _ := out.(*progressive)
	if told != nil {
		req.Header.Set("Accept", ndjson+", application/json")
	}
	resp, err := r.http.Do(req)
	if err != nil {
		return r.unreached(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if into, ok := out.(io.Writer); ok && resp.StatusCode == http.StatusOK { // as it comes
		if _, err := io.Copy(into, resp.Body); err != nil {
			return r.unreached(ctx, err)
		}
		return nil
	}
	if told != nil && strings.HasPrefix(resp.Header.Get("Content-Type"), ndjson) {
		return r.follow(ctx, resp.Body, told)
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer))
	if err != nil {
		return r.unreached(ctx, err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return r.refused(resp.StatusCode, answer)
	}
	switch out := out.(type) {
	case nil:
		return nil
	case *[]byte: // as it is
		*out = answer
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%s does not answer as frontdesk does: check the address", r.base)
	}
	return nil
}

// unreached explains a request that got no answer.
func (r *remote) unreached(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errors.New("interrupted: the document may or may not be updated; see -action=list")
	}
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Errorf("%s did not answer within %v: see its log", r.base, patience)
	}
	var wrapped *url.Error // its text would repeat the address and its query
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return fmt.Errorf("%s cannot be reached (%w): check that the server runs and the address", r.base, err)
}

// statusError is an answer that says no.
type statusError struct {
	code int
	msg  string
}

// Error implements error.
func (e *statusError) Error() string { return e.msg }

// refused explains an answer that says no, in the server's own words if it has any.
func (r *remote) refused(code int, answer []byte) error {
	var problem struct {
		Title  string `json:"title"`
		Detail string `json:"detail"`
	}
	_ = json.Unmarshal(answer, &problem) // not a problem document: the status must do
	text := problem.Detail
	if text == "" {
		text = problem.Title
	}
	if text == "" {
		text = fmt.Sprintf("%s answers %d %s", r.base, code, http.StatusText(code))
	}
	switch {
	case code == http.StatusUnauthorized:
		text = fmt.Sprintf("%s wants a token: give -token or FRONTDESK_TOKEN (frontdesk token create makes one)", r.base)
	case code == http.StatusForbidden:
		text += ": the token needs the role editor"
	case code >= 300 && code < 400:
		text = fmt.Sprintf("%s sends elsewhere (%d): give the address it sends to", r.base, code)
	}
	return &statusError{code, text}
}
