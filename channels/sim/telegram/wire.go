package telegram

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// maxRequest bounds a call's parameters, in bytes.
const maxRequest = 4 << 20

// refusal is an error as the Bot API says it.
type refusal struct {
	Code        int
	Description string
	RetryAfter  int
	MigrateTo   int64
}

// Error implements error.
func (r *refusal) Error() string { return r.Description }

func no(code int, description string) *refusal {
	return &refusal{Code: code, Description: description}
}

func bad(description string) *refusal { return no(http.StatusBadRequest, "Bad Request: "+description) }

// write answers with a result or a *refusal.
func write(w http.ResponseWriter, v any) {
	body, status := map[string]any{"ok": true, "result": v}, http.StatusOK
	var r *refusal
	if err, ok := v.(error); ok {
		if !errors.As(err, &r) {
			r = no(http.StatusInternalServerError, "Internal Server Error")
		}
		status = r.Code
		body = map[string]any{"ok": false, "error_code": r.Code, "description": r.Description}
		if r.RetryAfter > 0 {
			body["parameters"] = map[string]any{"retry_after": r.RetryAfter}
		}
		if r.MigrateTo != 0 {
			body["parameters"] = map[string]any{"migrate_to_chat_id": r.MigrateTo}
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client is gone, or it is not
}

// fields are a call's parameters. Values that are no strings are kept as JSON.
type fields map[string]string

// readParams takes parameters from the query, a form, or a JSON object.
func readParams(r *http.Request) (fields, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, maxRequest)
	p := fields{}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		var in map[string]json.RawMessage
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			return nil, errors.New("object expected as reply markup") // as the Bot API words it
		}
		p.merge(in)
		return p, nil
	}
	if err := r.ParseMultipartForm(maxRequest); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return nil, errors.New("can't parse the request")
	}
	for k, v := range r.Form {
		p[k] = v[0]
	}
	return p, nil
}

func (p fields) merge(in map[string]json.RawMessage) {
	for k, raw := range in {
		var s string
		if json.Unmarshal(raw, &s) != nil {
			s = string(raw)
		}
		p[k] = s
	}
}

func (p fields) int(name string) int64 {
	n, _ := strconv.ParseInt(p[name], 10, 64) // absent or wrong: 0, as the Bot API takes it
	return n
}

// json decodes a parameter given as JSON; an absent one leaves into alone.
func (p fields) json(name string, into any) error {
	if p[name] == "" {
		return nil
	}
	if json.Unmarshal([]byte(p[name]), into) != nil {
		return bad("can't parse " + name + " JSON object")
	}
	return nil
}

func botID(token string) int64 {
	id, _ := strconv.ParseInt(strings.SplitN(token, ":", 2)[0], 10, 64) // a nameless bot has id 0
	return id
}
