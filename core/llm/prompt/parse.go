package prompt

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"frontdesk/core/llm"
)

// maxFile bounds a prompt, in bytes.
const maxFile = 16 << 10

var varName = regexp.MustCompile(`^[a-z][a-z_]{0,39}$`)

// Parse reads one prompt from a file's name and content. Its error names file
// and line.
func Parse(file, content string) (*Prompt, error) {
	m := fileName.FindStringSubmatch(file)
	if m == nil {
		return nil, fmt.Errorf("%s: want a name such as answer.en.txt", file)
	}
	if len(content) > maxFile {
		return nil, fmt.Errorf("%s: it is longer than %d bytes", file, maxFile)
	}
	p := &Prompt{Name: m[1], Lang: m[2]}
	lines := strings.Split(strings.ReplaceAll(content, "\r\n", "\n"), "\n")
	end := slices.Index(lines, "---")
	if end < 0 {
		return nil, fmt.Errorf("%s: no line \"---\" ends the header", file)
	}
	for i, line := range lines[:end] {
		if err := p.header(line); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, i+1, err)
		}
	}
	if p.About == "" {
		return nil, fmt.Errorf("%s:1: no line \"about …\" says what it is for", file)
	}
	if err := p.body(file, lines[end+1:], end+1); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Prompt) header(line string) error {
	word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch word {
	case "":
	case "about":
		p.About = strings.TrimSpace(rest)
	case "json":
		p.JSON = true
	case "var":
		return p.variable(strings.Fields(rest))
	default:
		return fmt.Errorf("unknown word %q: want about, json or var", word)
	}
	return nil
}

func (p *Prompt) variable(f []string) error {
	if len(f) < 2 || len(f) > 3 || len(f) == 3 && f[2] != "optional" {
		return errors.New("want: var NAME TYPE, and perhaps optional")
	}
	v := Var{Name: f[0], Type: Type(f[1]), Optional: len(f) == 3}
	switch {
	case !varName.MatchString(v.Name):
		return fmt.Errorf("variable %q: want small letters and \"_\"", v.Name)
	case !slices.Contains([]Type{Text, Data, Passages}, v.Type):
		return fmt.Errorf("variable %s: unknown type %q: want text, data or passages", v.Name, v.Type)
	case slices.ContainsFunc(p.Vars, func(w Var) bool { return w.Name == v.Name }):
		return fmt.Errorf("variable %s is there twice", v.Name)
	}
	p.Vars = append(p.Vars, v)
	return nil
}

// body reads the messages; offset is how many lines stand before them.
func (p *Prompt) body(file string, lines []string, offset int) error {
	used := map[string]bool{}
	var role llm.Role
	var text []string
	start := offset
	flush := func() error {
		if role == "" {
			if strings.TrimSpace(strings.Join(text, "")) != "" {
				return fmt.Errorf("%s:%d: words before the first [system] or [user]", file, start+1)
			}
			return nil
		}
		t, err := compile(strings.Join(text, "\n"), p.Vars, used)
		if err != nil {
			return fmt.Errorf("%s: in the part that begins on line %d: %w", file, start, err)
		}
		p.parts = append(p.parts, part{role, t})
		return nil
	}
	for i, line := range lines {
		if line != "[system]" && line != "[user]" {
			text = append(text, line)
			continue
		}
		if err := flush(); err != nil {
			return err
		}
		role, text, start = llm.Role(strings.Trim(line, "[]")), nil, offset+i+1
	}
	if err := flush(); err != nil {
		return err
	}
	if !slices.ContainsFunc(p.parts, func(x part) bool { return x.role == llm.User }) {
		return fmt.Errorf("%s: no [user] message: a model answers one", file)
	}
	for _, v := range p.Vars {
		if !used[v.Name] {
			return fmt.Errorf("%s: variable %s is not used: use {{.%s}} or take it out", file, v.Name, v.Name)
		}
	}
	return nil
}

// compile allows {{.name}} and {{if .name}}…{{else}}…{{end}} of known
// variables, and nothing else a template can do.
func compile(text string, vars []Var, used map[string]bool) (*template.Template, error) {
	t, err := template.New("prompt").Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "template: "))
	}
	if len(t.Templates()) > 1 {
		return nil, errors.New("{{define}} is not for prompts")
	}
	if t.Tree == nil || strings.TrimSpace(text) == "" {
		return nil, errors.New("it is empty")
	}
	known := map[string]bool{}
	for _, v := range vars {
		known[v.Name] = true
	}
	return t, walk(t.Root, known, used)
}

func walk(n parse.Node, known, used map[string]bool) error {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return nil
		}
		for _, c := range n.Nodes {
			if err := walk(c, known, used); err != nil {
				return err
			}
		}
		return nil
	case *parse.TextNode:
		return nil
	case *parse.ActionNode:
		return field(n.Pipe, known, used)
	case *parse.IfNode:
		if err := field(n.Pipe, known, used); err != nil {
			return err
		}
		if err := walk(n.List, known, used); err != nil {
			return err
		}
		return walk(n.ElseList, known, used)
	}
	return fmt.Errorf("%s: only {{.name}} and {{if .name}} are for prompts", n)
}

// field is one variable and nothing else.
func field(p *parse.PipeNode, known, used map[string]bool) error {
	if len(p.Decl) == 0 && len(p.Cmds) == 1 && len(p.Cmds[0].Args) == 1 {
		if f, ok := p.Cmds[0].Args[0].(*parse.FieldNode); ok && len(f.Ident) == 1 {
			if !known[f.Ident[0]] {
				return fmt.Errorf("{{.%s}} is no variable of the header", f.Ident[0])
			}
			used[f.Ident[0]] = true
			return nil
		}
	}
	return fmt.Errorf("{{%s}}: only {{.name}} and {{if .name}} are for prompts", p)
}
