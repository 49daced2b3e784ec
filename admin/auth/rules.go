package auth

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"frontdesk/core"
)

// NIST SP 800-63B asks for eight characters at least, no rules of composition,
// any character, and room for 64 and more.
const (
	minPassword = 8
	maxPassword = 256 // characters
	maxName     = 64  // characters
)

// common are the passwords that lists of stolen ones begin with, of those that
// are long enough to pass.
var common = strings.Fields(`password password1 password12 password123 passw0rd p@ssw0rd p@ssword 12345678 123456789 1234567890
	123123123 11111111 111111111 00000000 88888888 66666666 87654321 987654321 12341234 11223344 1q2w3e4r 1qaz2wsx
	1q2w3e4r5t qwertyuiop qwerty123 qwerty12 asdfghjkl asdf1234 zxcvbnm123 abcd1234 abc12345 a1234567 a12345678 aa123456
	iloveyou sunshine princess football baseball superman trustno1 letmein1 welcome1 admin123 admin1234 administrator
	changeme changeme1 frontdesk frontdesk1 woaini1314 5201314520 woaini520 qq123456 wang1234 zhang123 1314520520 147258369 789456123`)

// CleanPassword returns the password in the form it is hashed in, so that the
// same characters typed on another keyboard are the same password.
func CleanPassword(s string) string { return norm.NFKC.String(s) }

// CheckPassword returns nil, or a core.InputError that says what to change.
func CheckPassword(user, password string) error {
	p := CleanPassword(password)
	n := utf8.RuneCountInString(p)
	switch {
	case !utf8.ValidString(password):
		return core.Invalid("the password is not valid UTF-8")
	case n < minPassword:
		return core.Invalid("the password is too short: use at least %d characters, a few words for example", minPassword)
	case n > maxPassword:
		return core.Invalid("the password is too long: use at most %d characters", maxPassword)
	case slices.Contains(common, strings.ToLower(p)):
		return core.Invalid("the password is one of the most common ones: choose another")
	case strings.EqualFold(p, user):
		return core.Invalid("the password is the user's name: choose another")
	case same(p):
		return core.Invalid("the password is one character over and over: choose another")
	}
	return nil
}

func same(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return strings.Trim(s, string(first)) == ""
}

// CleanName returns the name as it is kept: lower case and without look-alike
// forms, so that nobody can be "Ann" beside "ann".
func CleanName(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", core.Invalid("the name is not valid UTF-8")
	}
	name := strings.ToLower(norm.NFKC.String(strings.TrimSpace(s)))
	n := utf8.RuneCountInString(name)
	bad := strings.IndexFunc(name, func(r rune) bool {
		return !unicode.In(r, unicode.Letter, unicode.Mark, unicode.Nd) && !strings.ContainsRune("._@+-", r)
	})
	switch {
	case n == 0:
		return "", core.Invalid("a name is needed")
	case n > maxName:
		return "", core.Invalid("the name is too long: use at most %d characters", maxName)
	case bad >= 0:
		return "", core.Invalid("the name may hold letters, digits and . _ @ + - only")
	}
	return name, nil
}

// CheckRole returns nil if r is one of the roles.
func CheckRole(r core.UserRole) error {
	if r.May(core.RoleViewer) {
		return nil
	}
	return core.Invalid("unknown role %q: use viewer, agent, editor, admin or owner", string(r))
}
