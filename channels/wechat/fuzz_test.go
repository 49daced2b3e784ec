package wechat

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"frontdesk/channels"
	"frontdesk/core"
)

// FuzzWebhook posts anything, well signed, plain and encrypted: it is stored as
// a message that makes sense, acknowledged, or refused; nothing panics.
func FuzzWebhook(f *testing.F) {
	files, err := filepath.Glob("testdata/golden/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		doc, _, _ := strings.Cut(string(b), marker)
		f.Add([]byte(doc), true)
		f.Add([]byte(doc), false)
	}
	f.Add([]byte(`<!DOCTYPE a [<!ENTITY b "c">]><xml>&b;</xml>`), false)
	f.Add([]byte("<xml><Encrypt>AAAA</Encrypt></xml>"), false)
	f.Fuzz(func(t *testing.T, doc []byte, sealed bool) {
		var got *core.Envelope
		ch := house(channels.Gateway{Await: awaited(nil),
			Accept: func(_ context.Context, e core.Envelope) (core.Receipt, error) {
				got = &e
				return core.Receipt{Fresh: true}, nil
			},
			ClaimTurn: func(context.Context, core.TurnID, time.Duration) ([]core.Delivery, error) { return nil, nil }})
		req := plainCall(ch.Now(), doc)
		if sealed {
			ch.cfg.Encryption = encryptionAES
			req = sealedCall(ch.Now(), testApp, doc)
		}
		rec := httptest.NewRecorder()
		ch.Hook().ServeHTTP(rec, req)
		switch rec.Code {
		case 200:
			if rec.Body.String() != success {
				t.Errorf("answered %q", rec.Body)
			}
		case 400, 403, 413:
			if got != nil {
				t.Errorf("refused with %d, and stored", rec.Code)
			}
		default:
			t.Errorf("status %d", rec.Code)
		}
		if got == nil {
			return
		}
		if got.Native == "" || got.Address == "" || len(got.Parts) == 0 || got.SentAt.IsZero() || !utf8.ValidString(got.Text()) {
			t.Errorf("stored %+v", got)
		}
	})
}
