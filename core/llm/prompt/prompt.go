// Package prompt keeps what language models are told: texts with typed
// variables, checked when they are loaded.
//
// A prompt is a file NAME.LANG.txt: a header, a line "---", and messages that
// begin with a line "[system]" or "[user]".
//
//	about Answers a question from passages, with citations.
//	json                            the answer is a JSON object
//	var question data               what the customer wrote
//	var brand text optional
//	---
//	[system]
//	You answer for {{.brand}}.
//	{{if .notes}}Mind: {{.notes}}{{end}}
//	[user]
//	{{.question}}
//
// The type says how a value is shown. A text is the business's own words. Data
// is what a customer or a document says: it always stands within a fence, and
// nothing in it can close the fence, whatever the prompt's author wrote. Passages
// are numbered data, from 1.
package prompt

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"frontdesk/core/llm"
)

// Type is how a variable's value is shown.
type Type string

// The types. Go values: string, string, []string.
const (
	Text     Type = "text"
	Data     Type = "data"
	Passages Type = "passages"
)

// Var is a variable of a prompt.
type Var struct {
	Name     string
	Type     Type
	Optional bool
}

// Prompt is a checked prompt in one language. Immutable.
type Prompt struct {
	Name, Lang, About string
	JSON              bool // the answer is a JSON object
	Vars              []Var
	parts             []part
}

type part struct {
	role llm.Role
	text *template.Template
}

// Library holds prompts by name and language. Immutable, safe for concurrent use.
type Library struct{ prompts map[string]map[string]*Prompt }

// fileName is what a prompt's file is called.
var fileName = regexp.MustCompile(`^([a-z][a-z_]{0,39})\.([a-z]{2,3})\.txt$`)

// Load reads all prompts of a folder. The error names file, line, cause and
// cure of every mistake.
func Load(fsys fs.FS) (*Library, error) {
	files, err := fs.Glob(fsys, "*.txt")
	if err != nil {
		return nil, fmt.Errorf("prompts: %w", err)
	}
	l := &Library{prompts: map[string]map[string]*Prompt{}}
	var bad []string
	for _, f := range files {
		b, err := fs.ReadFile(fsys, f)
		if err != nil {
			return nil, fmt.Errorf("prompts: %w", err)
		}
		p, err := Parse(path.Base(f), string(b))
		if err != nil {
			bad = append(bad, err.Error())
			continue
		}
		if l.prompts[p.Name] == nil {
			l.prompts[p.Name] = map[string]*Prompt{}
		}
		l.prompts[p.Name][p.Lang] = p
	}
	bad = append(bad, l.differences()...)
	if len(bad) > 0 {
		return nil, fmt.Errorf("prompts: %s", strings.Join(bad, "\n"))
	}
	return l, nil
}

// differences names the prompts whose languages take different variables: the
// caller gives them without knowing the language.
func (l *Library) differences() (bad []string) {
	for _, name := range l.Names() {
		var first *Prompt
		for _, lang := range l.Langs(name) {
			p := l.prompts[name][lang]
			if first == nil {
				first = p
			}
			if !slices.Equal(sorted(p.Vars), sorted(first.Vars)) || p.JSON != first.JSON {
				bad = append(bad, fmt.Sprintf("%s.%s.txt: its header differs from %s.%s.txt: give both the same variables", name, lang, name, first.Lang))
			}
		}
	}
	return bad
}

func sorted(vs []Var) []Var {
	return slices.SortedFunc(slices.Values(vs), func(a, b Var) int { return strings.Compare(a.Name, b.Name) })
}

// Names are those of all prompts, sorted.
func (l *Library) Names() []string { return slices.Sorted(maps.Keys(l.prompts)) }

// Langs are the languages of the prompt name, sorted.
func (l *Library) Langs(name string) []string { return slices.Sorted(maps.Keys(l.prompts[name])) }

// Get returns the prompt name in lang, else in English, else in any.
func (l *Library) Get(name, lang string) (*Prompt, error) {
	in := l.prompts[name]
	if len(in) == 0 {
		return nil, fmt.Errorf("there is no prompt %q: there are %s", name, strings.Join(l.Names(), ", "))
	}
	for _, want := range []string{lang, "en", l.Langs(name)[0]} {
		if p := in[want]; p != nil {
			return p, nil
		}
	}
	return nil, fmt.Errorf("prompt %q: no language", name) // not reached: one of Langs is there
}

// Render fills p in. Every variable that is not optional must be given, of its
// type, and no other.
func (p *Prompt) Render(values map[string]any) (llm.Request, error) {
	shown := map[string]string{}
	for _, v := range p.Vars {
		s, err := v.show(values[v.Name])
		if err != nil {
			return llm.Request{}, fmt.Errorf("prompt %s: variable %s: %w", p.Name, v.Name, err)
		}
		shown[v.Name] = s
	}
	for name := range values {
		if _, ok := shown[name]; !ok {
			return llm.Request{}, fmt.Errorf("prompt %s has no variable %s", p.Name, name)
		}
	}
	r := llm.Request{JSON: p.JSON}
	for _, part := range p.parts {
		var b strings.Builder
		if err := part.text.Execute(&b, shown); err != nil {
			return llm.Request{}, fmt.Errorf("prompt %s: %w", p.Name, err)
		}
		r.Messages = append(r.Messages, llm.Message{Role: part.role, Text: strings.TrimSpace(b.String())})
	}
	return r, nil
}
