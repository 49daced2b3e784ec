package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"syscall"
)

var (
	// ErrRefused means that a URL or an address may not be asked.
	ErrRefused = errors.New("refused")
	// ErrTooLarge means that a body is longer than allowed.
	ErrTooLarge = errors.New("too large")
	// ErrTimeout means that the answer did not come in time.
	ErrTimeout = errors.New("no answer in time")
)

// refusal is an ErrRefused with its cause and cure.
type refusal struct{ msg string }

// Error implements error.
func (r *refusal) Error() string { return r.msg }

// Is makes a refusal an ErrRefused.
func (r *refusal) Is(target error) bool { return target == ErrRefused }

func refuse(format string, args ...any) error { return &refusal{fmt.Sprintf(format, args...)} }

// place is what errors may show of u: paths and queries may hold a secret.
func place(u *url.URL) string {
	if u == nil || u.Host == "" {
		return "the address"
	}
	return u.Scheme + "://" + u.Host
}

// explain makes an error that names the place and what this program found out;
// nothing else of what the other side, or the URL, says.
func explain(ctx context.Context, u *url.URL, err error) error {
	var (
		own  *refusal
		dns  *net.DNSError
		cert *tls.CertificateVerificationError
		rec  tls.RecordHeaderError
		sys  syscall.Errno
		late interface{ Timeout() bool }
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return own
	case errors.Is(err, ErrTooLarge):
		return fmt.Errorf("%s: the answer is %w", place(u), ErrTooLarge)
	case context.Cause(ctx) != nil:
		return fmt.Errorf("%s: %w", place(u), context.Cause(ctx))
	case errors.As(err, &late) && late.Timeout():
		return fmt.Errorf("%s: %w", place(u), ErrTimeout)
	case errors.As(err, &dns):
		return fmt.Errorf("%s: the host name was not found: check its spelling, and this machine's DNS", place(u))
	case errors.As(err, &cert):
		return fmt.Errorf("%s: its certificate is not to be trusted: have it renewed, or add its authority to this machine's", place(u))
	case errors.As(err, &rec), errors.Is(err, http.ErrSchemeMismatch):
		return fmt.Errorf("%s: it does not speak TLS: try http://", place(u))
	case errors.As(err, &sys):
		return fmt.Errorf("%s: %w", place(u), sys)
	}
	return fmt.Errorf("%s: the exchange failed", place(u))
}
