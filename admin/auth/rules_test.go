package auth

import (
	"errors"
	"strings"
	"testing"

	"frontdesk/core"
)

func TestPasswordRules(t *testing.T) {
	for _, tc := range []struct {
		name, password, want string
	}{
		{"short", "seven77", "too short"},
		{"long enough", "eight888", ""},
		{"words", "correct horse battery staple", ""},
		{"chinese", "一只快乐的小猫咪", ""},
		{"seven chinese characters", "一只快乐小猫咪", "too short"},
		{"common", "Password123", "most common"},
		{"common, full width", "ｐａｓｓｗｏｒｄ", "most common"},
		{"the name", "Annabella", "the user's name"},
		{"one character", "zzzzzzzzzzzz", "over and over"},
		{"longest", strings.Repeat("ab", 128), ""},
		{"too long", strings.Repeat("ab", 129), "too long"},
		{"no text", "abcdefgh\xff", "UTF-8"},
	} {
		err := CheckPassword("annabella", tc.password)
		var input *core.InputError
		switch {
		case tc.want == "" && err != nil:
			t.Errorf("%s: %v", tc.name, err)
		case tc.want != "" && (!errors.As(err, &input) || !strings.Contains(err.Error(), tc.want)):
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		case err != nil && strings.Contains(err.Error(), tc.password):
			t.Errorf("%s: the error holds the password", tc.name)
		}
	}
}

func TestNames(t *testing.T) {
	for in, want := range map[string]string{
		"ann": "ann", " Ann ": "ann", "ＡＮＮ": "ann", "王芳": "王芳", "a.b-c_d+e@f": "a.b-c_d+e@f", "José": "josé",
	} {
		if got, err := CleanName(in); got != want || err != nil {
			t.Errorf("%q = %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "  ", "a b", "a\nb", "a/b", "<b>", "a\x00", "a\u202eb", "\xff", strings.Repeat("x", 65), "💥"} {
		var input *core.InputError
		if got, err := CleanName(in); !errors.As(err, &input) {
			t.Errorf("%q = %q, %v", in, got, err)
		}
	}
}

func TestGeneratedSecrets(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		p, k := newPassword(), newToken()
		if err := CheckPassword("admin", p); err != nil || len(p) != 23 {
			t.Fatalf("%s: %v", p, err)
		}
		if len(k) != 46 || !strings.HasPrefix(k, "fd_") || strings.Trim(k[3:], digits) != "" {
			t.Fatalf("token %q", k)
		}
		if seen[p] || seen[k] {
			t.Fatal("made twice")
		}
		seen[p], seen[k] = true, true
	}
	if got := base62(make([]byte, 32)); got != strings.Repeat("0", 43) {
		t.Fatalf("zero is %q", got)
	}
	if got := base62([]byte(strings.Repeat("\xff", 32))); len(got) != 43 {
		t.Fatalf("the largest has %d digits", len(got))
	}
}

const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
