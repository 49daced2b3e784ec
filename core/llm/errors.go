package llm

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// Kind classifies what went wrong.
type Kind string

// The kinds of error. They are labels of metrics: keep the set closed.
const (
	Unavailable Kind = "unavailable" // unreachable, overloaded or broken: worth trying later
	RateLimited Kind = "rate_limited"
	Malformed   Kind = "malformed"   // the answer was no answer: cut, or not what the API promises
	Slow        Kind = "slow"        // a deadline was missed
	Denied      Kind = "denied"      // key, account or model name: a person has to act
	Invalid     Kind = "invalid"     // the request itself; asking again is pointless
	Refused     Kind = "refused"     // the model, or its filter, will not answer this
	Busy        Kind = "busy"        // its concurrency limit was full
	Resting     Kind = "resting"     // the breaker is open: it was not asked
	OverBudget  Kind = "over_budget" // what may be spent is spent: it was not asked
)

// Retryable reports whether the same request may succeed a little later.
func (k Kind) Retryable() bool {
	switch k {
	case Unavailable, RateLimited, Malformed, Slow, Busy, Resting:
		return true
	}
	return false
}

// Error is a provider's failure. Its text names provider, kind and status; it
// never holds a key, a URL, or words of the provider's, and yet is not for
// customers.
type Error struct {
	Provider string
	Kind     Kind
	Status   int           // of HTTP, 0 if there was none
	Code     string        // the provider's own word for it, "insufficient_quota"
	After    time.Duration // it asked to be left alone this long; 0 if it did not
	Err      error         // cause, without secrets
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "language model %s: %s", e.Provider, e.Kind)
	if e.Status != 0 {
		fmt.Fprintf(&b, ", status %d", e.Status)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, ", %s", e.Code)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap lets errors.Is see the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of err; Unavailable if it has none, as strangers are
// guilty until proven innocent.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Unavailable
}

// plainWord is what a provider's error code may look like: no sentence, no key.
var plainWord = regexp.MustCompile(`^[a-z][a-z_]{0,39}$`)

// StatusError classifies an HTTP answer other than 2xx. code is the provider's
// word for it; whatever is no plain word is left out.
func StatusError(provider string, status int, code string, after time.Duration) *Error {
	e := &Error{Provider: provider, Status: status, After: after, Kind: Invalid}
	if plainWord.MatchString(code) {
		e.Code = code
	}
	switch {
	case e.Code == "content_filter" || e.Code == "content_policy_violation":
		e.Kind = Refused
	case status == 429 && e.Code == "insufficient_quota":
		e.Kind = Denied
	case status == 429:
		e.Kind = RateLimited
	case status == 401, status == 402, status == 403, status == 404:
		e.Kind = Denied
	case status == 408, status == 409, status == 425, status >= 500, status < 400:
		e.Kind = Unavailable
	}
	return e
}

// TransportError makes an Error of a failed request: what happened to the
// connection is kept, URL and headers are not. ctx's own end is passed on.
func TransportError(ctx context.Context, provider string, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("language model %s: %w", provider, cause)
	}
	e := &Error{Provider: provider, Kind: Unavailable, Err: plain(err)}
	if errors.Is(e.Err, ErrCut) || errors.Is(e.Err, ErrNoJSON) {
		e.Kind = Malformed
	}
	return e
}

var (
	// ErrCut means that a stream ended before its answer did.
	ErrCut = errors.New("the answer was cut off")
	// ErrNoJSON means that something was not the JSON it should have been.
	ErrNoJSON = errors.New("the answer was not JSON")
	// ErrEmpty means that the model said nothing and called nothing.
	ErrEmpty = errors.New("the answer was empty")
)

// BadAnswer is the Error of an answer that is none.
func BadAnswer(provider string, why error) *Error {
	return &Error{Provider: provider, Kind: Malformed, Err: why}
}

// plain is what may be told of err: only what this program itself found out.
// Anything else may quote the provider, a URL, or a key.
func plain(err error) error {
	var (
		dns  *net.DNSError
		cert *tls.CertificateVerificationError
		op   *net.OpError
		sys  syscall.Errno
		json *json.SyntaxError
	)
	switch {
	case errors.Is(err, ErrCut), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return ErrCut
	case errors.As(err, &dns):
		return errors.New("its host name was not found")
	case errors.As(err, &cert):
		return errors.New("its certificate is not to be trusted")
	case errors.As(err, &op) && errors.As(op.Err, &sys):
		return fmt.Errorf("%s: %w", op.Op, sys)
	case errors.As(err, &json):
		return ErrNoJSON
	}
	return errors.New("the exchange failed")
}

// RetryAfter reads the header of that name: seconds, or a date. 0 if absent or
// not understood; at most a day, as a provider may be wrong.
func RetryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	d, err := time.ParseDuration(header + "s")
	if err != nil {
		at, err := time.Parse(time.RFC1123, header)
		if err != nil {
			return 0
		}
		d = at.Sub(now)
	}
	return min(max(d, 0), 24*time.Hour)
}
