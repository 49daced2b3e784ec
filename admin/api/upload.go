package api

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"frontdesk/core"
)

// formOverhead is what a form may have beside its file, in bytes.
const formOverhead = 64 << 10

// change is what an upload did, or would do.
type change struct {
	Document   document    `json:"document"`
	Added      int         `json:"added"`
	Removed    int         `json:"removed"`
	Unchanged  int         `json:"unchanged"`
	Embedded   int         `json:"embedded"`
	Edits      []core.Edit `json:"edits,omitempty"`
	Unreadable []int       `json:"unreadable,omitempty"`
	Recognised []int       `json:"recognised,omitempty"`
	Tables     int         `json:"tables"`
	Left       []Omission  `json:"left,omitempty"`
	Warnings   []string    `json:"warnings,omitempty"`
}

func (a *api) upload(c echo.Context) error {
	bot, err := a.bot(c)
	if err != nil {
		return err
	}
	select {
	case a.uploads <- struct{}{}:
		defer func() { <-a.uploads }()
	default:
		return core.ErrBusy
	}
	f, err := a.readForm(c)
	if err != nil {
		return err
	}
	u := Upload{Workspace: me(c).Workspace, Bot: bot, Name: f.as, File: f.file, Data: f.data, Origin: f.origin()}
	if u.Name == "" {
		u.Name = u.File
	}
	do := a.Documents.Ingest
	if f.dryRun {
		do = a.Documents.Preview
	}
	t := a.tell(c)
	defer t.end() // also if there is a panic
	if t != nil {
		u.Progress = t.at
	}
	ch, err := do(c.Request().Context(), u)
	t.end()
	if err != nil {
		return a.finish(c, t, ch, err)
	}
	a.Log.Info("document taken in", "bot", bot, "document", ch.Document.Name, "version", ch.Document.Version,
		"dry_run", f.dryRun, "by", me(c).Name)
	return a.finish(c, t, ch, nil)
}

type form struct {
	file, as  string
	url, etag string
	data      []byte
	dryRun    bool
	replace   bool // of the FAQ: what the file lacks goes
}

// origin is where the file comes from: a page of the web if its address is given.
func (f form) origin() core.Origin {
	if f.url == "" {
		return core.Origin{}
	}
	return core.Origin{Kind: core.OriginPage, URL: f.url, ETag: f.etag}
}

// readForm reads the multipart body part by part: nothing touches the disk,
// and nothing unknown is ignored.
func (a *api) readForm(c echo.Context) (f form, err error) {
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response(), r.Body, a.MaxFile+formOverhead)
	mr, err := r.MultipartReader()
	if err != nil {
		return f, no(http.StatusUnsupportedMediaType, "send the file as multipart/form-data, in the field file")
	}
	for seen := map[string]bool{}; ; {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return f, unread(err)
		}
		name := part.FormName()
		if seen[name] {
			return f, no(http.StatusBadRequest, "the field %q is there twice", name)
		}
		seen[name] = true
		if err := a.readPart(&f, name, part); err != nil {
			return f, err
		}
	}
	if f.file == "" {
		return f, no(http.StatusBadRequest, "the field file is missing")
	}
	if len(f.data) == 0 {
		return f, no(http.StatusBadRequest, "the file is empty")
	}
	return f, nil
}

func (a *api) readPart(f *form, name string, part *multipart.Part) (err error) {
	switch name {
	case "file":
		f.file = baseName(part.FileName())
		if !fileName(f.file) {
			return no(http.StatusBadRequest, "the file needs a name of at most 255 bytes without control characters")
		}
		f.data, err = readUpTo(part, a.MaxFile)
	case "as":
		var b []byte
		b, err = readUpTo(part, 1024)
		f.as = strings.TrimSpace(string(b))
		if err == nil && f.as != "" && !fileName(f.as) {
			return no(http.StatusBadRequest, "as must be a name of at most 255 bytes without control characters")
		}
	case "dry_run":
		f.dryRun, err = readSwitch(part, name)
	case "replace":
		f.replace, err = readSwitch(part, name)
	case "url":
		f.url, err = readLine(part, 2048)
		if u, perr := url.Parse(f.url); err == nil && f.url != "" && (perr != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			return no(http.StatusBadRequest, "url must be the address of a page, with http or https")
		}
	case "etag":
		f.etag, err = readLine(part, 512)
	default:
		return no(http.StatusBadRequest, "unknown field %q: the form has file, as, url, etag, replace and dry_run", shorten(name))
	}
	return err
}

// readSwitch reads a field that is true or false, false if empty.
func readSwitch(part io.Reader, name string) (bool, error) {
	b, err := readUpTo(part, 16)
	if err != nil || len(b) == 0 {
		return false, err
	}
	on, err := strconv.ParseBool(string(b))
	if err != nil {
		return false, no(http.StatusBadRequest, "%s must be true or false", name)
	}
	return on, nil
}

// readLine reads a field of one line.
func readLine(part io.Reader, limit int64) (string, error) {
	b, err := readUpTo(part, limit)
	if err == nil && !plain(string(b), "") {
		err = no(http.StatusBadRequest, "a field holds control characters")
	}
	return strings.TrimSpace(string(b)), err
}

// baseName cuts the folders off a name, also those of Windows browsers.
func baseName(s string) string { return s[strings.LastIndexAny(s, `/\`)+1:] }

func fileName(s string) bool {
	return s != "" && s != "." && s != ".." && len(s) <= 255 && plain(s, "")
}

// readUpTo reads all of r, at most limit bytes.
func readUpTo(r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil && !errors.Is(err, context.Canceled):
		return nil, unread(err)
	case err != nil:
		return nil, err
	case int64(len(b)) > limit:
		return nil, &http.MaxBytesError{Limit: limit}
	}
	return b, nil
}
