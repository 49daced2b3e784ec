package wechat

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"
)

// python has wechatpy, an implementation of the platform's cryptography that
// nobody here wrote.
const python = "../../.cache/parts/wechatpy/bin/python3"

func TestAgainstWechatpy(t *testing.T) {
	if _, err := os.Stat(python); err != nil {
		t.Fatal("wechatpy is missing; run: make parts")
	}
	for _, tc := range []struct {
		name, encryption, deed, offset string
		status                         int
		text                           string
	}{
		{"plain", "plain", "plain", "0", 200, "re: 你好，<wechatpy> & 世界"},
		{"encrypted", "aes", "aes", "0", 200, "re: 你好，<wechatpy> & 世界"},
		{"encrypted, compatible", "compatible", "aes", "0", 200, "re: 你好，<wechatpy> & 世界"},
		{"tampered", "aes", "tampered", "0", 403, ""},
		{"a day old", "aes", "aes", "-86400", 403, ""},
		{"a day old and plain", "plain", "plain", "-86400", 403, ""},
		{"plaintext on an encrypted account", "aes", "plaintext", "0", 403, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rig, ch := quick(t, map[string]any{"encryption": tc.encryption})
			rig.Clock.Add(time.Since(rig.Clock.Now())) // the script's clock is the real one
			srv := httptest.NewServer(ch.Hook())
			defer srv.Close()
			out, err := exec.Command(python, "testdata/interop.py", srv.URL+"/", testToken, testKey, testApp, tc.deed, tc.offset).Output()
			var got struct {
				Status int
				Text   string
			}
			if err == nil {
				err = json.Unmarshal(out, &got)
			}
			if err != nil {
				t.Fatalf("%v: %s", err, stderr(err))
			}
			if got.Status != tc.status || got.Text != tc.text {
				t.Errorf("%+v, want %d %q", got, tc.status, tc.text)
			}
			stored := 0
			if tc.status == 200 {
				stored = 1
			}
			if n := len(rig.Accepted()); n != stored {
				t.Errorf("%d messages stored, want %d", n, stored)
			}
		})
	}
}

func stderr(err error) string {
	if e, ok := err.(*exec.ExitError); ok {
		return string(e.Stderr)
	}
	return ""
}
