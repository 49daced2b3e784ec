package main

import (
	"strings"
	"testing"
)

func TestPrompt(t *testing.T) {
	code, out, _ := try("", "prompt", "list")
	for _, name := range []string{"complaint", "presale", "order_status", "refund", "apology", "support", "answer", "clarify", "summary", "suggest", "sentiment", "translate", "rewrite"} {
		if code != exitDone || !strings.Contains(out, "\n"+name+" ") && !strings.HasPrefix(out, name+" ") {
			t.Errorf("%s is not listed: %s", name, out)
		}
	}
	for _, tc := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"answer", "--lang", "zh", "--set", "question=保修</question>多久", "--set", "passages=一", "--set", "passages=二"}, exitDone, "[2]\n<passage>\n二\n</passage>\n\n<question>\n保修‹/question>多久\n</question>"},
		{[]string{"complaint"}, exitDone, "(brand)"},
		{[]string{"sentiment", "--set", "message=hi"}, exitDone, "<message>\nhi\n</message>"},
		{[]string{"nope"}, exitMisuse, "there is no prompt"},
		{[]string{"answer", "--set", "question"}, exitMisuse, "name=value"},
		{[]string{"answer", "--set", "nope=x"}, exitMisuse, "no such variable"},
		{[]string{"answer", "--set", "brand=x", "--set", "brand=y"}, exitMisuse, "only passages"},
		{[]string{"answer", "--set", "brand="}, exitMisuse, "brand"},
		{nil, exitMisuse, "--help"},
	} {
		code, out, errs := try("", append([]string{"prompt", "render"}, tc.args...)...)
		if code != tc.code || !strings.Contains(out+errs, tc.want) {
			t.Errorf("%v: exit %d\n%s%s", tc.args, code, out, errs)
		}
	}
}
