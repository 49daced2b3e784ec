package slack

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"frontdesk/channels/problem"
	"frontdesk/channels/slack/desk"
	"frontdesk/core"
)

// answer is what Slack gets for one delivery, over either transport.
type answer struct {
	status int        // 200; 400 malformed; 503 deliver it again
	detail string     // with a status other than 200
	text   string     // of a url_verification
	json   any        // for commands and windows; nil for nothing
	after  desk.After // to do once Slack has its answer; nil for nothing
}

func done() answer { return answer{status: http.StatusOK} }

func malformed(why string) answer { return answer{status: http.StatusBadRequest, detail: why} }

// later asks Slack to deliver again.
func later() answer {
	return answer{status: http.StatusServiceUnavailable, detail: "too much is waiting; deliver again later"}
}

// settled turns what the gateway said of a message into an answer.
func (c *Channel) settled(err error) answer {
	var conflict *core.ConflictError
	var in *core.InputError
	switch {
	case err == nil:
		return done()
	case errors.As(err, &conflict): // the same post seen through two events
		return done()
	case errors.As(err, &in):
		return malformed(in.Msg)
	}
	c.set.Log.Warn("slack: not accepted, asking for another delivery", "err", err)
	return later()
}

// Hook implements channels.Hooked.
func (c *Channel) Hook() http.Handler { return http.HandlerFunc(c.serve) }

func (c *Channel) serve(w http.ResponseWriter, r *http.Request) {
	handle, ok := map[string]func(context.Context, []byte, bool) answer{
		"/events": c.event, "/interactions": c.interactionForm, "/commands": c.commandForm}[r.URL.Path]
	if !ok {
		problem.Write(w, http.StatusNotFound, "Slack has /events, /interactions and /commands here")
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		problem.Write(w, http.StatusMethodNotAllowed, "Slack sends POST")
		return
	}
	if c.conf.SigningSecret == "" {
		problem.Write(w, http.StatusForbidden, "no signing_secret is configured for this channel")
		return
	}
	body, ok := c.body(w, r)
	if !ok {
		return
	}
	if err := verify(r.Header, body, c.conf.SigningSecret, c.set.Now()); err != nil {
		problem.Write(w, http.StatusForbidden, err.Error())
		return
	}
	if !utf8.Valid(body) {
		problem.Write(w, http.StatusBadRequest, "the body is not UTF-8")
		return
	}
	again, _ := strconv.Atoi(r.Header.Get("X-Slack-Retry-Num"))
	ctx, cancel := context.WithTimeout(r.Context(), c.budget)
	a := handle(ctx, body, again > 0)
	cancel()
	write(w, a)
	if a.after != nil {
		follow(r.Context(), a.after)
	}
}

// follow does what comes after the answer, in the request's own goroutine, so
// that a server shutting down waits for it.
func follow(ctx context.Context, after desk.After) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	after(ctx)
}

func (c *Channel) body(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, c.set.MaxBody))
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		problem.Write(w, http.StatusRequestEntityTooLarge, "the body is larger than "+strconv.FormatInt(c.set.MaxBody, 10)+" bytes")
	case err != nil:
		problem.Write(w, http.StatusBadRequest, "the body did not arrive whole")
	}
	return body, err == nil
}

// write sends a whole: with a length, Slack has it before after begins.
func write(w http.ResponseWriter, a answer) {
	switch {
	case a.status == http.StatusServiceUnavailable:
		problem.Busy(w, 2*time.Second, a.detail)
	case a.status != http.StatusOK:
		w.Header().Set("X-Slack-No-Retry", "1")
		problem.Write(w, a.status, a.detail)
	default:
		body, kind := []byte(a.text), "text/plain; charset=utf-8"
		if a.json != nil {
			body, _ = json.Marshal(a.json) // maps of strings: it cannot fail
			kind = "application/json"
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(body) // gone, or not
	}
	_ = http.NewResponseController(w).Flush() // a writer that cannot flush sends it at the end
}

// depth is how deep Slack's JSON may nest; its blocks need about 15.
const depth = 64

// decode reads JSON of bounded depth.
func decode(raw []byte, into any) error {
	level, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch b := raw[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{', b == '[':
			if level++; level > depth {
				return errors.New("it nests too deeply")
			}
		case b == '}', b == ']':
			level--
		}
	}
	return json.Unmarshal(raw, into)
}

// form reads a urlencoded body whose values are UTF-8.
func form(body []byte) (url.Values, error) {
	v, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errors.New("the body is not a form")
	}
	for _, vs := range v {
		for _, s := range vs {
			if !utf8.ValidString(s) {
				return nil, errors.New("the form is not UTF-8")
			}
		}
	}
	return v, nil
}
