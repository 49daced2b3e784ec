package wechat

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"testing"

	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/silenceper/wechat/v2/util"
)

// The SDK and another implementation agree on every byte: a document that ends
// on a block's edge, an empty one, one of several blocks.
func TestVectors(t *testing.T) {
	var v struct {
		Key, App string
		Sealed   []struct{ Doc, Cipher string }
		Signed   struct {
			Parts     []string
			Signature string
		}
	}
	b, err := os.ReadFile("testdata/vectors.json")
	if err == nil {
		err = json.Unmarshal(b, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range v.Sealed {
		got, err := util.EncryptMsg([]byte("0123456789abcdef"), []byte(s.Doc), v.App, v.Key)
		if err != nil || string(got) != s.Cipher {
			t.Errorf("%q encrypts to %s, %v", s.Doc, got, err)
		}
		_, doc, err := util.DecryptMsg(v.App, s.Cipher, v.Key)
		if err != nil || string(doc) != s.Doc {
			t.Errorf("%q decrypts to %q, %v", s.Doc, doc, err)
		}
	}
	if got := util.Signature(v.Signed.Parts...); got != v.Signed.Signature {
		t.Errorf("signature %s", got)
	}
}

// Whatever is sealed, well signed and wrong inside is refused, not a panic.
func TestUnsealRefusesWrongInsides(t *testing.T) {
	key, err := base64.StdEncoding.DecodeString(testKey + "=")
	if err != nil {
		t.Fatal(err)
	}
	whole := util.AESEncryptMsg(make([]byte, 16), []byte("<xml></xml>"), testApp, key)
	for name, sealed := range map[string]string{
		"no base64":       "***",
		"no whole block":  base64.StdEncoding.EncodeToString(whole[:31]),
		"half a message":  base64.StdEncoding.EncodeToString(whole[:32]),
		"turned blocks":   base64.StdEncoding.EncodeToString(append(bytes.Clone(whole[32:]), whole[:32]...)),
		"another app":     base64.StdEncoding.EncodeToString(util.AESEncryptMsg(make([]byte, 16), []byte("<xml/>"), "wx0", key)),
		"another key":     base64.StdEncoding.EncodeToString(util.AESEncryptMsg(make([]byte, 16), []byte("<xml/>"), testApp, bytes.Repeat([]byte{1}, 32))),
		"an empty string": "",
	} {
		ch := &Channel{cfg: config{Token: testToken, EncodingAESKey: testKey, AppID: testApp, Encryption: encryptionAES}}
		q := call{timestamp: "1", nonce: "2", msgSignature: digest(testToken, "1", "2", sealed)}
		if _, err := ch.unseal(q, message.EncryptedXMLMsg{EncryptedMsg: sealed}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
