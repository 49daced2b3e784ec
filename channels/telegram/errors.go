package telegram

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"frontdesk/core"
)

// apiError is a failed call of the Bot API. Its text holds no secret.
type apiError struct {
	Method  string
	Code    int           // the API's, or HTTP's, or 0 when there was no answer
	Refused bool          // the API itself said no; else it, or the way to it, is broken
	After   time.Duration // to wait before the next try
	Moved   int64         // the supergroup a group became
	text    string
	err     error
}

// Error implements error.
func (e *apiError) Error() string { return fmt.Sprintf("telegram %s: %s", e.Method, e.text) }

// Unwrap gives the cause, such as a context's end.
func (e *apiError) Unwrap() error { return e.err }

// failed makes an apiError of whatever the SDK said.
func (a api) failed(method string, line *bound, err error) *apiError {
	e := &apiError{Method: method, Code: line.status, After: line.after}
	var said *tgbotapi.Error
	var way *url.Error // its text holds the URL, and that the token
	switch {
	case errors.As(err, &said):
		e.Code, e.Moved = cmp.Or(said.Code, line.status), said.MigrateToChatID
		e.Refused = e.Code >= 400 && e.Code < 500
		e.After = max(e.After, time.Duration(said.RetryAfter)*time.Second)
		e.text = fmt.Sprintf("%d %s", e.Code, said.Message)
	case errors.As(err, &way):
		e.text, e.err = way.Err.Error(), way.Err
	case line.status >= 300:
		e.text = fmt.Sprintf("HTTP %d without a Bot API answer: is a proxy or api_base_url in the way?", line.status)
	default:
		e.text, e.err = "unreadable answer: "+err.Error(), err
	}
	e.text = a.redact(e.text)
	return e
}

// redact removes every secret from s.
func (a api) redact(s string) string {
	for _, h := range a.hide {
		s = strings.ReplaceAll(s, h, "***")
		s = strings.ReplaceAll(s, url.QueryEscape(h), "***")
	}
	return s
}

// causes explain refusals to people: the first whose words occur is it.
var causes = []struct{ words, cause string }{
	{"blocked by the user", "the customer blocked the bot"},
	{"user is deactivated", "the customer's account is gone"},
	{"initiate conversation", "the customer never started the bot"},
	{"was kicked", "the bot was removed from the group"},
	{"not a member", "the bot is not in the group"},
	{"chat not found", "this bot knows no such chat: another bot's conversation, or the chat is gone"},
	{"thread not found", "the topic was deleted"},
	{"topic_closed", "the topic is closed"},
	{"not enough rights", "the group does not let the bot write"},
	{"chat_write_forbidden", "the group does not let the bot write"},
	{"unauthorized", "the token is not valid: get a new one from @BotFather"},
	{"terminated by other getupdates", "another program polls with this token: stop it, or give it a bot of its own"},
	{"webhook is active", "another program set a webhook for this token: stop it, or give it a bot of its own"},
}

// cause is what e means in a person's words, "" if that is not known.
func (e *apiError) cause() string {
	low := strings.ToLower(e.text)
	for _, c := range causes {
		if strings.Contains(low, c.words) {
			return c.cause
		}
	}
	if e.Refused && e.Code == http.StatusNotFound {
		return "the token is not valid: get a new one from @BotFather"
	}
	return ""
}

// explained is e with its cause.
func (e *apiError) explained() error {
	if c := e.cause(); c != "" {
		return fmt.Errorf("%s (%w)", c, e)
	}
	return e
}

// sendError is what the outbox is told: the API refusing this message is
// final, a broken way or an invalid token is not.
func sendError(err error, done int) error {
	se := &core.SendError{Done: done, Err: err}
	var e *apiError
	if !errors.As(err, &e) {
		return se
	}
	se.Err, se.After = e.explained(), e.After
	switch e.Code {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusRequestEntityTooLarge:
		se.Permanent = e.Refused
	}
	return se
}
