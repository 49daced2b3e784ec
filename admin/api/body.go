package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
)

type clock = func() time.Time

// read decodes the body, strictly: one JSON object of known fields.
func (a *api) read(c echo.Context, into any) error {
	r := c.Request()
	ct, _, _ := strings.Cut(r.Header.Get(echo.HeaderContentType), ";")
	switch strings.ToLower(strings.TrimSpace(ct)) {
	case "", "application/json", "application/x-www-form-urlencoded": // the last is what curl -d says of anything
	default:
		return no(http.StatusUnsupportedMediaType, "the body must be JSON: Content-Type: application/json")
	}
	b, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, a.MaxBody))
	if err != nil {
		return unread(err)
	}
	if !utf8.Valid(b) {
		return no(http.StatusBadRequest, "the body is not valid UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return no(http.StatusBadRequest, "the body is not the JSON wanted: %s", mistake(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return no(http.StatusBadRequest, "the body goes on after the JSON object")
	}
	return nil
}

// unread says why a body could not be read: too long, or broken off.
func unread(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return no(http.StatusBadRequest, "the body broke off")
}

// mistake shortens a decoder's error to what a client can act on.
func mistake(err error) string {
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return "wrong type at " + strconv.Quote(kind.Field)
	case errors.Is(err, io.EOF):
		return "it is empty"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends too early"
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// answer writes v as JSON.
func answer(c echo.Context, v any) error {
	return c.JSON(http.StatusOK, v)
}

// page is a list as every route gives it.
type page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"` // cursor; "" at the end
}

// list is page with [] for no items.
func list[T any](items []T, next string) page[T] {
	if items == nil {
		items = []T{}
	}
	return page[T]{items, next}
}

// param returns a path's part as it was meant.
func param(c echo.Context, name string) string {
	v := c.Param(name)
	if c.Request().URL.RawPath == "" {
		return v
	}
	if plain, err := url.PathUnescape(v); err == nil {
		return plain
	}
	return v
}

// number reads a query's whole number between low and high.
func number(c echo.Context, name string, missing, low, high int64) (int64, error) {
	s := c.QueryParam(name)
	if s == "" {
		return missing, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < low || n > high {
		return 0, no(http.StatusBadRequest, "%s must be a whole number from %d to %d", name, low, high)
	}
	return n, nil
}

// plain reports whether s is text without control characters, but for those
// that allowed holds.
func plain(s, allowed string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < ' ' || r == 0x7f) && !strings.ContainsRune(allowed, r)
	})
}
