package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"
)

// message is what a customer sends.
type message struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	// Choice is the value of an offered choice that was pressed; Text is then
	// what the button said.
	Choice string `json:"choice"`
}

// The longest ids and choices, in bytes. Ids are kept with every message.
const (
	maxID     = 128
	maxChoice = 1024
)

const wantMessage = `want {"id":"<unique>","text":"…"} and nothing else`

// body reads a request's body up to the channel's limit.
func (c *Channel) body(w http.ResponseWriter, r *http.Request) ([]byte, *refusal) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, c.s.MaxBody))
	var big *http.MaxBytesError
	switch {
	case err == nil:
		return raw, nil
	case errors.As(err, &big):
		return nil, &refusal{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", big.Limit)}
	}
	return nil, bad("the body could not be read to its end")
}

// strict decodes exactly one JSON object of known fields. encoding/json mends
// invalid UTF-8 silently, so that is looked for first; it ends at a depth of
// 10,000 by itself, and unknown fields, where nesting would hide, are refused.
func strict(raw []byte, into any, want string) *refusal {
	if !utf8.Valid(raw) {
		return bad("the body is not valid UTF-8")
	}
	if t := bytes.TrimLeft(raw, " \t\r\n"); len(t) == 0 || t[0] != '{' {
		return bad(want)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return bad(want)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return bad("something follows the JSON object")
	}
	return nil
}

// parseMessage reads the body of POST /messages; text is the most bytes of text.
func parseMessage(raw []byte, text int) (message, *refusal) {
	var m message
	if no := strict(raw, &m, wantMessage); no != nil {
		return message{}, no
	}
	return m, m.check(text)
}

func (m message) check(text int) *refusal {
	switch {
	case m.ID == "" || len(m.ID) > maxID || !printable(m.ID):
		return bad(fmt.Sprintf("id: want 1 to %d bytes without control characters", maxID))
	case len(m.Text) > text:
		return &refusal{http.StatusRequestEntityTooLarge, fmt.Sprintf("text: %d bytes, at most %d are taken", len(m.Text), text)}
	case strings.TrimSpace(m.Text) == "":
		return bad("text: want some")
	case strings.ContainsRune(m.Text, 0):
		return bad("text: U+0000 is no character") // databases refuse it
	case len(m.Choice) > maxChoice || !printable(m.Choice):
		return bad(fmt.Sprintf("choice: want at most %d bytes without control characters", maxChoice))
	}
	return nil
}
