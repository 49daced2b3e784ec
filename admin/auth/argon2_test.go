package auth

import (
	"context"
	"encoding/hex"
	"errors"
	"runtime"
	"strings"
	"testing"

	"frontdesk/core"
)

var bg = context.Background()

// cheap keeps tests fast; what it costs is none of their business.
var cheap = Cost{Memory: 64, Passes: 1, Threads: 1}

// TestKnownKeys holds the hash to the reference implementation's own vectors
// (phc-winner-argon2, version 0x13).
func TestKnownKeys(t *testing.T) {
	for _, tc := range []struct {
		c              Cost
		password, salt string
		want           string
	}{
		{Cost{65536, 2, 1}, "password", "somesalt", "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"},
		{Cost{256, 2, 1}, "password", "somesalt", "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"},
		{Cost{256, 2, 2}, "password", "somesalt", "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"},
		{Cost{65536, 1, 1}, "password", "somesalt", "f6a5adc1ba723dddef9b5ac1d464e180fcd9dffc9d1cbf76cca2fed795d9ca98"},
		{Cost{65536, 2, 1}, "differentpassword", "somesalt", "0b84d652cf6b0c4beaef0dfe278ba6a80df6696281d7e0d2891b817d8c458fde"},
		{Cost{65536, 2, 1}, "password", "diffsalt", "bdf32b05ccc42eb15d58fd19b1f856b113da1e9a5874fdcc544308565aa8141c"},
	} {
		if got := hex.EncodeToString(tc.c.key(tc.password, []byte(tc.salt), 32)); got != tc.want {
			t.Errorf("%v %q %q = %s", tc.c, tc.password, tc.salt, got)
		}
	}
}

func TestKnownHashVerifies(t *testing.T) {
	const phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	h := newHasher(DefaultCost)
	if ok, outdated, err := h.verify(bg, phc, "password"); !ok || !outdated || err != nil {
		t.Fatalf("verify = %v, %v, %v", ok, outdated, err)
	}
	if ok, _, err := h.verify(bg, phc, "Password"); ok || err != nil {
		t.Fatalf("wrong password: %v, %v", ok, err)
	}
}

func TestHashIsPHCAtTodaysCost(t *testing.T) {
	h := newHasher(DefaultCost)
	a, err := h.hash(bg, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	b, err := h.hash(bg, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(a, "$argon2id$v=19$m=19456,t=2,p=1$") || a == b {
		t.Fatalf("%s\n%s", a, b)
	}
	if ok, outdated, err := h.verify(bg, a, "correct horse"); !ok || outdated || err != nil {
		t.Fatalf("verify = %v, %v, %v", ok, outdated, err)
	}
}

func TestBadHashesAreRefused(t *testing.T) {
	const good = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if _, _, _, err := decode(good); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]string{
		"bcrypt":        "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
		"argon2i":       strings.Replace(good, "argon2id", "argon2i", 1),
		"old version":   strings.Replace(good, "v=19", "v=16", 1),
		"no memory":     strings.Replace(good, "m=64", "m=0", 1),
		"4 GiB":         strings.Replace(good, "m=64", "m=4194304", 1),
		"no passes":     strings.Replace(good, "t=1", "t=0", 1),
		"many passes":   strings.Replace(good, "t=1", "t=99999", 1),
		"many lanes":    strings.Replace(good, "p=1", "p=255", 1),
		"other order":   strings.Replace(good, "m=64,t=1", "t=1,m=64", 1),
		"negative":      strings.Replace(good, "m=64", "m=-64", 1),
		"short salt":    strings.Replace(good, "c29tZXNhbHRzb21lc2FsdA", "c2E", 1),
		"not base64":    strings.Replace(good, "CTFh", "!!!!", 1),
		"short key":     good[:len(good)-30],
		"extra":         good + "$x",
		"missing field": good[:strings.LastIndexByte(good, '$')],
	} {
		if _, _, _, err := decode(s); err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), "CTFh") {
			t.Errorf("%s: the error holds the hash: %v", name, err)
		}
	}
}

// TestFloodIsBounded: few hash at once, some wait, the rest is told to come
// back. Nobody who stops waiting leaves a place taken.
func TestFloodIsBounded(t *testing.T) {
	h := newHasher(cheap)
	var leave []func()
	for range cap(h.turns) {
		l, err := h.enter(bg)
		if err != nil {
			t.Fatal(err)
		}
		leave = append(leave, l)
	}
	ctx, cancel := context.WithCancel(bg)
	waiting := make(chan error)
	for range maxWaiting - cap(h.turns) {
		go func() {
			_, err := h.hash(ctx, "x")
			waiting <- err
		}()
	}
	for len(h.line) < maxWaiting {
		runtime.Gosched() // until all of them are in line
	}
	if _, err := h.hash(bg, "x"); !errors.Is(err, core.ErrBusy) {
		t.Fatalf("one too many: %v", err)
	}
	cancel()
	for range maxWaiting - cap(h.turns) {
		if err := <-waiting; !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	for _, l := range leave {
		l()
	}
	if len(h.line) != 0 || len(h.turns) != 0 {
		t.Fatalf("places still taken: %d, %d", len(h.line), len(h.turns))
	}
	if _, err := h.hash(bg, "x"); err != nil {
		t.Fatal(err)
	}
}
