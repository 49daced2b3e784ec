package wechat

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"frontdesk/channels/channeltest"
	"frontdesk/core"
)

// quick opens a channel over a house whose bot echoes at once.
func quick(t *testing.T, over map[string]any) (*channeltest.Rig, *Channel) {
	t.Helper()
	rig := channeltest.New(t, channeltest.Echo, core.DeskRef{})
	ch, err := Open(rig.Settings("wx", account(over)))
	if err != nil {
		t.Fatal(err)
	}
	rig.Start(t, ch)
	return rig, ch.(*Channel)
}

// Each refusal: its status, a problem document, nothing stored.
func TestRefusals(t *testing.T) {
	plain, aes, both := map[string]any{"encryption": "plain"}, map[string]any{"encryption": "aes"}, map[string]any{"encryption": "compatible"}
	hi := func(at time.Time) []byte { return textDoc(at, alice, "1", "hi") }
	doc := func(s string) func(time.Time) *http.Request {
		return func(at time.Time) *http.Request { return plainCall(at, []byte(s)) }
	}
	for _, tc := range []struct {
		name   string
		config map[string]any
		req    func(now time.Time) *http.Request
		status int
	}{
		{"no signature", plain, func(n time.Time) *http.Request { return edit(plainCall(n, hi(n)), "signature", "") }, 403},
		{"wrong signature", plain, func(n time.Time) *http.Request { return edit(plainCall(n, hi(n)), "signature", digest("x")) }, 403},
		{"other nonce", plain, func(n time.Time) *http.Request { return edit(plainCall(n, hi(n)), "nonce", "n2") }, 403},
		{"no timestamp", plain, func(n time.Time) *http.Request { return edit(plainCall(n, hi(n)), "timestamp", "") }, 403},
		{"timestamp of words", plain, func(n time.Time) *http.Request { return edit(plainCall(n, hi(n)), "timestamp", "now") }, 403},
		{"301 s old", plain, func(n time.Time) *http.Request { return plainCall(n.Add(-301*time.Second), hi(n)) }, 403},
		{"301 s ahead", plain, func(n time.Time) *http.Request { return plainCall(n.Add(301*time.Second), hi(n)) }, 403},
		{"a day old", aes, func(n time.Time) *http.Request { return sealedCall(n.Add(-24*time.Hour), testApp, hi(n)) }, 403},
		{"msg_signature alone on a plain account", plain, func(n time.Time) *http.Request { return edit(sealedCall(n, testApp, hi(n)), "signature", "") }, 403},
		{"no token configured", map[string]any{"token": nil}, func(n time.Time) *http.Request { return sealedCall(n, testApp, hi(n)) }, 403},
		{"no token configured, signed with an empty one", map[string]any{"token": nil, "encryption": "plain"}, func(n time.Time) *http.Request {
			r := plainCall(n, hi(n))
			return edit(r, "signature", digest("", r.URL.Query().Get("timestamp"), "n1"))
		}, 403},
		{"plaintext on AES", aes, func(n time.Time) *http.Request { return plainCall(n, hi(n)) }, 403},
		{"plaintext on AES, called encrypted", aes, func(n time.Time) *http.Request { return edit(plainCall(n, hi(n)), "encrypt_type", "aes") }, 403},
		{"AES without msg_signature", aes, func(n time.Time) *http.Request { return edit(sealedCall(n, testApp, hi(n)), "msg_signature", "") }, 403},
		{"AES with a wrong msg_signature", aes, func(n time.Time) *http.Request {
			return edit(sealedCall(n, testApp, hi(n)), "msg_signature", digest("x"))
		}, 403},
		{"AES with a wrong signature", aes, func(n time.Time) *http.Request { return edit(sealedCall(n, testApp, hi(n)), "signature", digest("x")) }, 403},
		{"AES tampered", aes, func(n time.Time) *http.Request {
			return tampered(sealedCall(n, testApp, hi(n)), "Encrypt><![CDATA[", "Encrypt><![CDATA[A")
		}, 403},
		{"another app", aes, func(n time.Time) *http.Request { return sealedCall(n, "wx0000000000000000", hi(n)) }, 403},
		{"another account inside", aes, func(n time.Time) *http.Request { return tampered(sealedCall(n, testApp, hi(n)), "gh_1", "gh_2") }, 403},
		{"compatible, the sealed half taken out", both, func(n time.Time) *http.Request {
			return edit(plainCall(n, hi(n)), "msg_signature", digest(testToken, "x"))
		}, 403},
		{"compatible, neither signature", both, func(n time.Time) *http.Request {
			return edit(edit(plainCall(n, hi(n)), "signature", ""), "msg_signature", "")
		}, 403},
		{"compatible, plain body with only a msg_signature", both, func(n time.Time) *http.Request {
			return edit(edit(plainCall(n, hi(n)), "signature", ""), "msg_signature", "x")
		}, 403},
		{"AES around nonsense", aes, func(n time.Time) *http.Request { return sealedCall(n, testApp, []byte("<xml>")) }, 400},
		{"empty", plain, doc(""), 400},
		{"JSON", plain, doc(`{"MsgType":"text"}`), 400},
		{"another root", plain, doc(strings.ReplaceAll(string(hi(time.Now())), "xml>", "msg>")), 400},
		{"two roots", plain, doc(string(hi(time.Now())) + "<xml></xml>"), 400},
		{"text after the root", plain, doc(string(hi(time.Now())) + "x"), 400},
		{"invalid UTF-8", plain, doc(strings.Replace(string(hi(time.Now())), "hi", "\xff\xfe", 1)), 400},
		{"another encoding", plain, doc(`<?xml version="1.0" encoding="GBK"?>` + string(hi(time.Now()))), 400},
		{"a document type", plain, doc(`<!DOCTYPE xml>` + string(hi(time.Now()))), 400},
		{"an entity of its own", plain, doc(`<!DOCTYPE x [<!ENTITY a "b">]>` + strings.Replace(string(hi(time.Now())), "<![CDATA[hi]]>", "&a;", 1)), 400},
		{"an unknown entity", plain, doc(strings.Replace(string(hi(time.Now())), "<![CDATA[hi]]>", "&a;", 1)), 400},
		{"a stylesheet", plain, doc(`<?xml-stylesheet href="x"?>` + string(hi(time.Now()))), 400},
		{"deep", plain, doc("<xml>" + strings.Repeat("<a>", 10_000) + strings.Repeat("</a>", 10_000) + "</xml>"), 400},
		{"nine deep", plain, doc(strings.Replace(string(hi(time.Now())), "</xml>", "<a><b><c><d><e><f><g><h/></g></f></e></d></c></b></a></xml>", 1)), 400},
		{"wide", plain, doc("<xml>" + strings.Repeat("<a/>", 10_000) + "</xml>"), 400},
		{"no sender", plain, doc(string(textDoc(time.Now(), "", "1", "hi"))), 400},
		{"no MsgId", plain, doc(string(textDoc(time.Now(), alice, "", "hi"))), 400},
		{"a time of words", plain, doc(strings.Replace(string(hi(time.Now())), "<CreateTime>", "<CreateTime>x", 1)), 400},
		{"an event without a name", plain, doc(strings.Replace(string(hi(time.Now())), "[text]", "[event]", 1)), 400},
		{"too large", plain, doc("<xml>" + strings.Repeat("x", 1<<20) + "</xml>"), 413},
		{"another method", plain, func(n time.Time) *http.Request { r := plainCall(n, hi(n)); r.Method = "DELETE"; return r }, 405},
		{"another path", plain, func(n time.Time) *http.Request { r := plainCall(n, hi(n)); r.URL.Path = "/x"; return r }, 404},
		{"a GET without echostr", plain, func(n time.Time) *http.Request { r := plainCall(n, nil); r.Method = "GET"; return r }, 400},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rig, ch := quick(t, tc.config)
			rec := httptest.NewRecorder()
			ch.Hook().ServeHTTP(rec, tc.req(rig.Clock.Now()))
			var doc struct{ Status int }
			if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil || doc.Status != tc.status || rec.Code != tc.status {
				t.Errorf("status %d: %s, want a problem document of %d", rec.Code, rec.Body, tc.status)
			}
			if n := len(rig.Accepted()); n != 0 {
				t.Errorf("%d messages stored", n)
			}
			for _, s := range []string{testToken, testKey, testSecret} {
				if strings.Contains(rec.Body.String()+rig.Log.String(), s) {
					t.Error("a secret is shown")
				}
			}
		})
	}
}

func TestEcho(t *testing.T) {
	for _, e := range []string{encryptionPlain, encryptionAES} {
		rig, ch := quick(t, map[string]any{"encryption": e})
		get := func(at time.Time, signature string) *httptest.ResponseRecorder {
			r := edit(plainCall(at, nil), "echostr", "<b>8813</b>")
			r.Method = http.MethodGet
			if signature != "" {
				edit(r, "signature", signature)
			}
			rec := httptest.NewRecorder()
			ch.Hook().ServeHTTP(rec, r)
			return rec
		}
		now := rig.Clock.Now()
		if rec := get(now, ""); rec.Code != 200 || rec.Body.String() != "<b>8813</b>" || rec.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("%s: %d %q %q", e, rec.Code, rec.Body, rec.Header())
		}
		if rec := get(now, digest("forged")); rec.Code != 403 {
			t.Errorf("forged: %d", rec.Code)
		}
		if rec := get(now.Add(-time.Hour), ""); rec.Code != 403 {
			t.Errorf("stale: %d", rec.Code)
		}
	}
}

// What a compatible account sends both ways counts as it was encrypted: the
// plain half is not signed.
func TestCompatibleTrustsTheSealedHalf(t *testing.T) {
	rig, ch := quick(t, map[string]any{"encryption": "compatible"})
	now := rig.Clock.Now()
	r := tampered(sealedCall(now, testApp, textDoc(now, alice, "1", "sealed")), "<Encrypt>",
		"<FromUserName>mallory</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>forged</Content><MsgId>1</MsgId><Encrypt>")
	ch.Hook().ServeHTTP(httptest.NewRecorder(), r)
	ch.Hook().ServeHTTP(httptest.NewRecorder(), plainCall(now, textDoc(now, alice, "2", "plain")))
	got := rig.Accepted()
	if len(got) != 2 || got[0].Text() != "sealed" || got[0].Address != alice || got[1].Text() != "plain" {
		t.Errorf("accepted %+v", got)
	}
}

func TestOpenRefusesWhatCannotWork(t *testing.T) {
	for _, tc := range []struct {
		over map[string]any
		want string
	}{
		{map[string]any{"mode": "sometimes"}, "mode"},
		{map[string]any{"encryption": "rot13"}, "encryption"},
		{map[string]any{"mode": "active", "app_secret": nil}, "app_secret"},
		{map[string]any{"app_id": nil}, "app_id"},
		{map[string]any{"app_id": nil, "app_secret": nil}, "app_id"},
		{map[string]any{"encryption": "aes", "encoding_aes_key": nil}, "encoding_aes_key"},
		{map[string]any{"encoding_aes_key": "short-secret"}, "encoding_aes_key"},
		{map[string]any{"encoding_aes_key": strings.Repeat("!", 43)}, "encoding_aes_key"},
		{map[string]any{"api_base_url": "api.weixin.qq.com"}, "api_base_url"},
		{map[string]any{"api_base_url": "ftp://x"}, "api_base_url"},
	} {
		rig := channeltest.New(t, channeltest.Echo, core.DeskRef{})
		_, err := Open(rig.Settings("wx", account(tc.over)))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%v: %v, want it to name %s", tc.over, err, tc.want)
		} else if strings.Contains(err.Error(), "short-secret") || strings.Contains(err.Error(), testSecret) {
			t.Errorf("%v: a secret is shown: %v", tc.over, err)
		}
	}
}

func TestOpenChoosesModes(t *testing.T) {
	for _, tc := range []struct {
		over             map[string]any
		mode, encryption string
	}{
		{nil, modeAuto, encryptionAES},
		{map[string]any{"app_secret": nil}, modePassive, encryptionAES},
		{map[string]any{"encoding_aes_key": nil}, modeAuto, encryptionPlain},
		{map[string]any{"encoding_aes_key": nil, "app_id": nil, "app_secret": nil}, modePassive, encryptionPlain},
		{map[string]any{"encryption": "compatible", "mode": "active"}, modeActive, encryptionCompatible},
	} {
		_, ch := quick(t, tc.over)
		if ch.cfg.Mode != tc.mode || ch.cfg.Encryption != tc.encryption {
			t.Errorf("%v: %s, %s", tc.over, ch.cfg.Mode, ch.cfg.Encryption)
		}
	}
}

func TestRunWaits(t *testing.T) {
	_, ch := quick(t, nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := ch.Run(ctx); err != nil {
		t.Error(err)
	}
}
