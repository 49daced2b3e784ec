package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"frontdesk/configs"
	prompts "frontdesk/core/llm/prompt"
)

func promptCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "prompt", Short: "Show what language models are told", Example: "  frontdesk prompt list\n  frontdesk prompt render answer --lang zh", Args: cobra.NoArgs}
	c.AddCommand(promptListCommand(s), promptRenderCommand(s))
	return c
}

func promptListCommand(s streams) *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List the prompts", Example: "  frontdesk prompt list", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			l, err := prompts.Load(configs.Prompts())
			if err != nil {
				return err
			}
			for _, name := range l.Names() {
				p, err := l.Get(name, "en")
				if err != nil {
					return err
				}
				fmt.Fprintf(s.out, "%-13s %-6s %s\n", name, strings.Join(l.Langs(name), " "), p.About)
			}
			return nil
		}}
}

func promptRenderCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "render NAME", Short: "Print a prompt as a model reads it", Args: cobra.ExactArgs(1),
		Example: "  frontdesk prompt render answer --lang zh --set question=保修多久 --set passages=整机保修两年"}
	lang := c.Flags().String("lang", "en", "language of the prompt")
	set := c.Flags().StringArray("set", nil, "value of a variable, name=value; repeated for passages. The others show their names")
	c.RunE = func(_ *cobra.Command, args []string) error {
		l, err := prompts.Load(configs.Prompts())
		if err != nil {
			return err
		}
		p, err := l.Get(args[0], *lang)
		if err != nil {
			return misuse{err}
		}
		values, err := promptValues(p, *set)
		if err != nil {
			return misuse{err}
		}
		return renderPrompt(s.out, p, values)
	}
	return c
}

func renderPrompt(w io.Writer, p *prompts.Prompt, values map[string]any) error {
	r, err := p.Render(values)
	if err != nil {
		return misuse{err}
	}
	for _, m := range r.Messages {
		fmt.Fprintf(w, "[%s]\n%s\n\n", m.Role, m.Text)
	}
	return nil
}

// promptValues are those that were set, and the variable's name for the others.
func promptValues(p *prompts.Prompt, set []string) (map[string]any, error) {
	given := map[string][]string{}
	for _, s := range set {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return nil, fmt.Errorf("--set %q: want name=value", s)
		}
		given[name] = append(given[name], value)
	}
	values := map[string]any{}
	for _, v := range p.Vars {
		texts := given[v.Name]
		delete(given, v.Name)
		switch {
		case len(texts) == 0:
			texts = []string{"(" + v.Name + ")"}
		case len(texts) > 1 && v.Type != prompts.Passages:
			return nil, fmt.Errorf("--set %s is there %d times: only passages are many", v.Name, len(texts))
		}
		if v.Type == prompts.Passages {
			values[v.Name] = texts
		} else {
			values[v.Name] = texts[0]
		}
	}
	for name := range given {
		return nil, fmt.Errorf("--set %s: prompt %s has no such variable", name, p.Name)
	}
	return values, nil
}
