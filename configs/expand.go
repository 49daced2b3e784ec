package configs

import (
	"errors"
	"fmt"
	"strings"

	"frontdesk/configs/internal/strict"
)

// maxExpanded bounds a value after its variables were filled in.
const maxExpanded = 64 << 10

// expand fills ${VAR} and ${VAR:-default} in all values below n, not in keys.
func (l *loader) expand(n *strict.Node) {
	for _, item := range n.Items {
		l.expand(item)
	}
	for _, p := range n.Pairs {
		l.expand(p.Value)
	}
	if n.Kind != strict.Scalar || !strings.Contains(n.Text, "${") || n.Hidden {
		return
	}
	text, err := expandText(n.Text, l.env)
	if err != nil {
		l.d.Errs.Add(n.Pos, "%v", err)
		n.Kind = strict.Null // the default stands in, so that nothing else is wrong with it
		return
	}
	n.Text, n.Hidden = text, true
}

// expandText fills the variables in s. "$${" stands for "${".
func expandText(s string, env Environment) (string, error) {
	var b strings.Builder
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			b.WriteString(s)
			return b.String(), nil
		}
		if i > 0 && s[i-1] == '$' {
			b.WriteString(s[:i-1] + "${")
			s = s[i+2:]
			continue
		}
		b.WriteString(s[:i])
		name, rest, ok := strings.Cut(s[i+2:], "}")
		if !ok {
			return "", errors.New(`"${" without a "}": close it, or write "$${" for a plain "${"`)
		}
		value, err := variable(name, env)
		if err != nil {
			return "", err
		}
		b.WriteString(value)
		if b.Len() > maxExpanded {
			return "", fmt.Errorf("the value is larger than %d kB once variables are filled in", maxExpanded>>10)
		}
		s = rest
	}
}

// variable looks up "VAR" or "VAR:-default". As in a shell, the default stands
// for an empty variable too.
func variable(expr string, env Environment) (string, error) {
	name, def, hasDefault := strings.Cut(expr, ":-")
	if !isVariable(name) {
		return "", errors.New(`what is between "${" and "}" is no variable's name: use letters, digits and "_"; write "$${" for a plain "${"`)
	}
	value, set := env(name)
	switch {
	case value == "" && hasDefault:
		return def, nil
	case !set:
		return "", fmt.Errorf("environment variable %s is not set: set it, or write ${%s:-} for an empty default", name, name)
	}
	return value, nil
}

func isVariable(name string) bool {
	if name == "" || len(name) > 256 || name[0] >= '0' && name[0] <= '9' {
		return false
	}
	return strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
