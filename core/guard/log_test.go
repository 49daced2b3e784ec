package guard_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"frontdesk/core/guard"
)

type secretive struct{}

func (secretive) LogValue() slog.Value { return slog.StringValue("13812345678") }

func TestLog(t *testing.T) {
	var b bytes.Buffer
	log := slog.New(guard.NewLog(slog.NewJSONHandler(&b, nil), guard.NewRedactor(finder(t), guard.Kinds())))
	log.With("who", "a@example.com").WithGroup("g").Info("call 13812345678", "err", errors.New("bad address 13912345678"), "n", 7,
		"bytes", []byte("4111 1111 1111 1111"), slog.Group("in", "id", "11010519491231002X", "ok", "fine"), "value", secretive{}, "list", []string{"b@example.com"})
	got := b.String()
	for _, secret := range []string{"13812345678", "13912345678", "example.com", "4111", "11010519491231002X"} {
		if strings.Contains(got, secret) {
			t.Errorf("%s is logged: %s", secret, got)
		}
	}
	for _, kept := range []string{`"who":"[email]"`, `call [phone]`, `"err":"bad address [phone]"`, `"n":7`, `"ok":"fine"`, `"id":"[id_card]"`} {
		if !strings.Contains(got, kept) {
			t.Errorf("%s is not in %s", kept, got)
		}
	}
	if log.Enabled(t.Context(), slog.LevelDebug) {
		t.Error("the level is the inner handler's")
	}
}
