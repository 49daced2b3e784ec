package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// fresh is how far a request's time may lie from ours. Slack names 5 minutes.
const fresh = 300 * time.Second

// verify checks Slack's signature (v0) over the body as it came. The SDK's
// verifier does the same but reads the wall clock, and the gateway's clock is
// injected; a test holds the two against each other.
func verify(h http.Header, body []byte, secret string, now time.Time) error {
	if secret == "" {
		return errors.New("no signing_secret is configured for this channel")
	}
	stamp := h.Get("X-Slack-Request-Timestamp")
	mac, err := hex.DecodeString(strings.TrimPrefix(h.Get("X-Slack-Signature"), "v0="))
	if stamp == "" || err != nil || !strings.HasPrefix(h.Get("X-Slack-Signature"), "v0=") {
		return errors.New("the request carries no signature")
	}
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte("v0:" + stamp + ":"))
	m.Write(body)
	if !hmac.Equal(m.Sum(nil), mac) {
		return errors.New("the signature is wrong: compare signing_secret with the app's Basic Information")
	}
	sec, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || now.Sub(time.Unix(sec, 0)).Abs() > fresh {
		return errors.New("the request is stale: it may be a replay, or a clock is wrong")
	}
	return nil
}
