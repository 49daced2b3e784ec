package wechat

import (
	"crypto/subtle"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/silenceper/wechat/v2/util"
)

// freshness is how far the platform's clock and ours may be apart.
const freshness = 300 * time.Second

// errForbidden is what cannot be proven to come from the platform.
var errForbidden = errors.New("not from the platform")

func forbidden(why string) error { return fmt.Errorf("%w: %s", errForbidden, why) }

// call is what the query says of a webhook call.
type call struct {
	timestamp, nonce        string
	signature, msgSignature string
	encrypted               bool // as the platform says; the body decides
	at                      time.Time
}

func callOf(q url.Values) call {
	return call{timestamp: q.Get("timestamp"), nonce: q.Get("nonce"), signature: q.Get("signature"),
		msgSignature: q.Get("msg_signature"), encrypted: q.Get("encrypt_type") == "aes"}
}

// verify checks what can be checked before the body is read. A call that has
// only the signature over an encrypted body goes on: expectsSealed is true for
// it, so open refuses it unless that one holds.
func (c *Channel) verify(q *call) error {
	if c.cfg.Token == "" {
		return forbidden("no token is configured")
	}
	sec, err := strconv.ParseInt(q.timestamp, 10, 64)
	if err != nil {
		return forbidden("the timestamp is missing")
	}
	q.at = time.Unix(sec, 0)
	if d := c.Now().Sub(q.at); d > freshness || d < -freshness {
		return forbidden("the call is stale")
	}
	if q.signature == "" && q.msgSignature != "" && c.cfg.Encryption != encryptionPlain {
		return nil
	}
	if !equal(q.signature, util.Signature(c.cfg.Token, q.timestamp, q.nonce)) {
		return forbidden("the signature is wrong")
	}
	return nil
}

// open returns the message inside body and whether it was encrypted. The query
// was verified.
func (c *Channel) open(q call, body []byte) (in inbound, sealed bool, err error) {
	if err := strict(body); err != nil {
		return in, false, err
	}
	var outer message.EncryptedXMLMsg
	if err := xml.Unmarshal(body, &outer); err != nil {
		return in, false, fmt.Errorf("%w: %w", errMalformed, err)
	}
	if !c.expectsSealed(q, outer) {
		in, err = decode(body)
		return in, false, err
	}
	in, err = c.unseal(q, outer)
	return in, true, err
}

// expectsSealed decides which of the two a body is. A compatible account sends
// both at once: the encrypted one counts, lest the other be forged.
func (c *Channel) expectsSealed(q call, outer message.EncryptedXMLMsg) bool {
	switch c.cfg.Encryption {
	case encryptionAES:
		return true
	case encryptionCompatible:
		return outer.EncryptedMsg != "" || q.msgSignature != "" || q.encrypted
	}
	return false
}

// unseal verifies and decrypts. A body that decrypts under our key was written
// by who has it, for the account it names.
func (c *Channel) unseal(q call, outer message.EncryptedXMLMsg) (in inbound, err error) {
	if outer.EncryptedMsg == "" {
		return in, forbidden("plaintext on an encrypted account")
	}
	if !equal(q.msgSignature, util.Signature(c.cfg.Token, q.timestamp, q.nonce, outer.EncryptedMsg)) {
		return in, forbidden("the message's signature is wrong")
	}
	_, doc, err := util.DecryptMsg(c.cfg.AppID, outer.EncryptedMsg, c.cfg.EncodingAESKey)
	if err != nil {
		return in, forbidden("it is encrypted with another key or for another account")
	}
	if in, err = decode(doc); err != nil {
		return in, err
	}
	if outer.ToUserName != "" && outer.ToUserName != string(in.ToUserName) {
		return in, forbidden("it is addressed to another account")
	}
	return in, nil
}

// equal compares in constant time. An empty signature never matches.
func equal(got, want string) bool {
	return subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1
}
