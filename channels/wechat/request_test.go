package wechat

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"frontdesk/channels/channeltest"
	"frontdesk/core"
)

// digest is the platform's signature, written from its documentation.
func digest(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

// plainCall is a call with a plain body.
func plainCall(at time.Time, body []byte) *http.Request {
	ts := strconv.FormatInt(at.Unix(), 10)
	q := url.Values{"timestamp": {ts}, "nonce": {"n1"}, "signature": {digest(testToken, ts, "n1")}}
	return httptest.NewRequest(http.MethodPost, "/?"+q.Encode(), bytes.NewReader(body))
}

// sealedCall is a call with doc encrypted for app.
func sealedCall(at time.Time, app string, doc []byte) *http.Request {
	sealed, err := util.EncryptMsg(bytes.Repeat([]byte{7}, 16), doc, app, testKey)
	if err != nil {
		panic(err)
	}
	ts := strconv.FormatInt(at.Unix(), 10)
	q := url.Values{"timestamp": {ts}, "nonce": {"n1"}, "signature": {digest(testToken, ts, "n1")}, "encrypt_type": {"aes"},
		"msg_signature": {digest(testToken, ts, "n1", string(sealed))}}
	body := "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[" + string(sealed) + "]]></Encrypt></xml>"
	return httptest.NewRequest(http.MethodPost, "/?"+q.Encode(), strings.NewReader(body))
}

func textDoc(at time.Time, openid, id, text string) []byte {
	return fmt.Appendf(nil, "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName>"+
		"<CreateTime>%d</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%s</MsgId></xml>",
		openid, at.Unix(), text, id)
}

// edit changes one parameter of a call; "" removes it.
func edit(r *http.Request, name, value string) *http.Request {
	q := r.URL.Query()
	q.Set(name, value)
	if value == "" {
		q.Del(name)
	}
	r.URL.RawQuery = q.Encode()
	return r
}

func tampered(r *http.Request, old, new string) *http.Request {
	b, _ := io.ReadAll(r.Body)
	b = bytes.Replace(b, []byte(old), []byte(new), 1)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	return r
}

func kit(encryption string) channeltest.Kit {
	call := func(at time.Time, doc []byte) *http.Request { return sealedCall(at, testApp, doc) }
	if encryption == encryptionPlain {
		call = plainCall
	}
	return channeltest.Kit{
		Open:    Open,
		Config:  account(map[string]any{"encryption": encryption}),
		Secrets: []string{testToken, testKey, testSecret, "access-token-0815"},
		Request: func(now time.Time, chat, n int) *http.Request {
			return call(now, textDoc(time.Unix(1700000000, 0), fmt.Sprintf("openid-%d", chat), fmt.Sprintf("%d%d", chat, n), "hello"))
		},
		Signed: call,
		Unsigned: func(now time.Time) *http.Request {
			return edit(edit(call(now, textDoc(now, "o", "1", "x")), "signature", ""), "msg_signature", "")
		},
		Timestamped: encryption != encryptionPlain, // a plain signature does not cover the body
		NoSecret:    account(map[string]any{"encryption": encryption, "token": nil}),
		Method:      http.MethodPut,
		Reply:       &core.Reply{Address: alice, Event: core.Event{Role: core.BotRole, Parts: []core.Part{{Text: "hello"}}}},
	}
}

func TestContract(t *testing.T) {
	for _, e := range []string{encryptionPlain, encryptionCompatible, encryptionAES} {
		t.Run(e, func(t *testing.T) { channeltest.Run(t, kit(e)) })
	}
}
