package wechat

import (
	"errors"
	"fmt"
	"time"

	"frontdesk/core"
)

// The error codes of the API that mean something to us.
const (
	codeBusy         = -1
	codeBadToken     = 40001
	codeBadOpenID    = 40003
	codeBadAppID     = 40013
	codeInvalidToken = 40014
	codeBadSecret    = 40125
	codeNotListed    = 40164 // our address is not on the account's IP list
	codeExpired      = 42001
	codeUnfollowed   = 43004
	codeTooLong      = 45002
	codeDayQuota     = 45009
	codeMinuteQuota  = 45011
	codeOutside      = 45015 // of the window after the customer's last act
	codeTooMany      = 45047 // messages in that window
	codeNotGranted   = 48001
	codeBanned       = 48004
	codeNoStaff      = 65400 // the customer-service feature is not switched on: sending needs it not
)

// cures say what a person can do about a code.
var cures = map[int64]string{
	codeBadAppID:     "app_id is not that of an Official Account: copy it again from the account's developer page",
	codeBadSecret:    "app_secret is wrong or was reset: copy it again from the account's developer page",
	codeNotListed:    "add this server's public address to the IP whitelist on the account's developer page",
	codeUnfollowed:   "the customer does not follow the account",
	codeTooLong:      "the text is longer than the platform takes",
	codeDayQuota:     "the account's calls of this day are used up; they are counted from midnight, China time",
	codeMinuteQuota:  "too many calls in this minute",
	codeOutside:      "the customer wrote too long ago, or does not follow the account any more",
	codeTooMany:      "the account has said as much as it may until the customer writes again",
	codeNotGranted:   "the account may not send customer-service messages: only verified accounts may; use mode passive",
	codeBanned:       "the platform has closed this interface to the account: see its notices",
	codeBadToken:     "the access token is not taken: is app_secret the current one?",
	codeInvalidToken: "the access token is not taken: is app_secret the current one?",
	codeExpired:      "the access token has ended",
	codeBadOpenID:    "the customer is not known to this account: was app_id changed?",
}

// platformError is a refusal by the platform.
type platformError struct {
	what string
	code int64
	msg  string
}

// Error implements error.
func (e *platformError) Error() string {
	if cure := cures[e.code]; cure != "" {
		return fmt.Sprintf("%s: %s (%d %s)", e.what, cure, e.code, e.msg)
	}
	return fmt.Sprintf("%s: error %d %s", e.what, e.code, e.msg)
}

// codeOf is the platform's code behind err, 0 if it is none of its refusals.
func codeOf(err error) int64 {
	var e *platformError
	if errors.As(err, &e) {
		return e.code
	}
	return 0
}

func tokenRefused(err error) bool {
	switch codeOf(err) {
	case codeBadToken, codeInvalidToken, codeExpired:
		return true
	}
	return false
}

// sendError says what is to become of a reply of which done pieces arrived.
// What only a person can mend, and what the account may not do, is held: the
// reply still leaves in the answer to the customer's next message.
func sendError(err error, done int, now time.Time) error {
	s := &core.SendError{Done: done, Err: err}
	switch codeOf(err) {
	case codeTooLong, codeBadOpenID:
		s.Permanent = true
	case codeOutside, codeTooMany, codeUnfollowed,
		codeNotGranted, codeBanned, codeNotListed, codeBadAppID, codeBadSecret:
		s.Hold = true
	case codeDayQuota:
		s.After = untilMidnight(now)
	case codeMinuteQuota:
		s.After = time.Minute
	}
	return s
}

// untilMidnight is how long the platform's day still lasts, in (0, 24 h], and a
// minute: it counts quotas by the day in China (UTC+8, no summer time).
func untilMidnight(now time.Time) time.Duration {
	const day = 24 * time.Hour
	local := now.UTC().Add(8 * time.Hour)
	return local.Truncate(day).Add(day).Sub(local) + time.Minute
}
