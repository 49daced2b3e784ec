package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"frontdesk/cmd/internal/pull"
	"frontdesk/cmd/internal/settings"
	"frontdesk/configs"
)

func modelsCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "models", Short: "Language models for your own machine: no key, no vendor, no cost", Args: cobra.NoArgs,
		Example: "  frontdesk models list\n  frontdesk models pull qwen2.5-0.5b\n  frontdesk models serve-hint qwen2.5-0.5b"}
	config := c.PersistentFlags().String("config", "", "configuration file")
	c.AddCommand(modelsListCommand(s, config), modelsPullCommand(s, config), modelsServeCommand(s, config))
	return c
}

// shelf is where local models are kept.
type shelf struct {
	dir     string
	mirrors []string
	models  []configs.LocalModel
}

func openShelf(config string) (shelf, error) {
	cfg, err := settings.Load(settings.File(config))
	if err != nil {
		return shelf{}, err
	}
	all, err := configs.LocalModels()
	if err != nil {
		return shelf{}, err
	}
	dir := cfg.Models.Dir
	if dir == "" {
		dir = filepath.Join(cfg.DataDir, "models")
	}
	return shelf{dir, cfg.Models.Mirrors, all}, nil
}

func (sh shelf) find(name string) (configs.LocalModel, error) {
	var names []string
	for _, m := range sh.models {
		if m.Name == name {
			return m, nil
		}
		names = append(names, m.Name)
	}
	return configs.LocalModel{}, misuse{fmt.Errorf("there is no model %q: choose one of %s", name, strings.Join(names, ", "))}
}

func (sh shelf) file(m configs.LocalModel) string { return filepath.Join(sh.dir, m.File) }

// urls are a model's addresses at all mirrors: its file ("resolve") or what is
// announced of it ("raw").
func (sh shelf) urls(m configs.LocalModel, what string) (urls []string) {
	for _, base := range sh.mirrors {
		urls = append(urls, strings.TrimSuffix(base, "/")+"/"+m.Repo+"/"+what+"/main/"+m.File)
	}
	return urls
}

type listed struct {
	configs.LocalModel
	Path   string `json:"path"`
	Pulled bool   `json:"pulled"`
}

func modelsListCommand(s streams, config *string) *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List the models that can be pulled, and those that were", Args: cobra.NoArgs, Example: "  frontdesk models list --json"}
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.RunE = func(*cobra.Command, []string) error {
		sh, err := openShelf(*config)
		if err != nil {
			return err
		}
		var all []listed
		for _, m := range sh.models {
			_, err := os.Stat(sh.file(m))
			all = append(all, listed{m, sh.file(m), err == nil})
		}
		if *asJSON {
			e := json.NewEncoder(s.out)
			e.SetIndent("", "  ")
			return e.Encode(all)
		}
		w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "NAME\tSIZE\tMEMORY\tLICENCE\tHERE\tABOUT")
		for _, m := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", m.Name, m.Size, m.Memory, m.Licence, map[bool]string{true: "yes", false: "-"}[m.Pulled], m.About["en"])
		}
		return w.Flush()
	}
	return c
}

func modelsPullCommand(s streams, config *string) *cobra.Command {
	c := &cobra.Command{Use: "pull NAME", Short: "Fetch a model; a broken download goes on where it stopped", Args: cobra.ExactArgs(1),
		Example: "  frontdesk models pull qwen2.5-0.5b\n  frontdesk models pull qwen2.5-0.5b --mirror https://hf-mirror.com"}
	sum := c.Flags().String("sha256", "", "checksum of the file; default what the list or the mirror says")
	mirror := c.Flags().StringArray("mirror", nil, "base URL of a model hub, instead of models.mirrors; may be repeated")
	asJSON := c.Flags().Bool("json", false, "print the progress as JSON lines")
	c.RunE = func(c *cobra.Command, args []string) error {
		sh, err := openShelf(*config)
		if err != nil {
			return err
		}
		if len(*mirror) > 0 {
			sh.mirrors = *mirror
		}
		m, err := sh.find(args[0])
		if err != nil {
			return err
		}
		if *sum != "" {
			m.SHA256 = *sum
		}
		return pullModel(c.Context(), s, sh, m, *asJSON)
	}
	return c
}

func pullModel(ctx context.Context, s streams, sh shelf, m configs.LocalModel, asJSON bool) error {
	out := newBar(s, asJSON)
	p := pull.Puller{Report: out.report, Note: out.note}
	if m.SHA256 == "" {
		var err error
		if m.SHA256, err = p.Announced(ctx, sh.urls(m, "raw")...); err != nil {
			return err
		}
	}
	if err := p.Pull(ctx, sh.file(m), m.SHA256, sh.urls(m, "resolve")...); err != nil {
		out.end()
		return fmt.Errorf("pull %s: %w", m.Name, err)
	}
	out.end()
	if asJSON {
		return json.NewEncoder(s.out).Encode(map[string]any{"model": m.Name, "file": sh.file(m), "sha256": m.SHA256})
	}
	fmt.Fprintf(s.out, "%s is in %s (sha256 %s)\nnext: frontdesk models serve-hint %s\n", m.Name, sh.file(m), m.SHA256, m.Name)
	return nil
}

// bar shows a progress: a line that changes on a terminal, JSON lines, or a
// line now and then.
type bar struct {
	s        streams
	json     bool
	terminal bool
	last     time.Time
	shown    bool
}

func newBar(s streams, asJSON bool) *bar {
	f, ok := s.err.(*os.File)
	return &bar{s: s, json: asJSON, terminal: ok && term.IsTerminal(int(f.Fd()))}
}

func (b *bar) report(p pull.Progress) {
	pace := 5 * time.Second
	if b.terminal || b.json {
		pace = time.Second / 2
	}
	if now := time.Now(); now.Sub(b.last) < pace && p.Done != p.Total {
		return
	} else {
		b.last = now
	}
	switch {
	case b.json:
		_ = json.NewEncoder(b.s.out).Encode(map[string]any{"done": p.Done, "total": p.Total, "seconds_left": int(p.Left.Seconds())})
	case b.terminal:
		fmt.Fprintf(b.s.err, "\r\x1b[K%s", words(p))
		b.shown = true
	default:
		fmt.Fprintln(b.s.err, words(p))
	}
}

// words is a progress for people.
func words(p pull.Progress) string {
	if p.Total == 0 {
		return fmt.Sprintf("%.1f MB", float64(p.Done)/1e6)
	}
	out := fmt.Sprintf("%3.0f %% of %.1f MB", 100*float64(p.Done)/float64(p.Total), float64(p.Total)/1e6)
	if p.Left > 0 {
		out += ", " + p.Left.String() + " left"
	}
	return out
}

func (b *bar) note(text string) {
	b.end()
	fmt.Fprintln(b.s.err, text)
}

func (b *bar) end() {
	if b.shown {
		fmt.Fprintln(b.s.err)
		b.shown = false
	}
}

func modelsServeCommand(s streams, config *string) *cobra.Command {
	return &cobra.Command{Use: "serve-hint NAME", Short: "Say how a pulled model is served and put into the configuration", Args: cobra.ExactArgs(1),
		Example: "  frontdesk models serve-hint qwen2.5-0.5b",
		RunE: func(_ *cobra.Command, args []string) error {
			sh, err := openShelf(*config)
			if err != nil {
				return err
			}
			m, err := sh.find(args[0])
			if err != nil {
				return err
			}
			file, err := filepath.Abs(sh.file(m))
			if err != nil {
				return err
			}
			if _, err := os.Stat(file); err != nil {
				fmt.Fprintf(s.out, "It is not here yet: frontdesk models pull %s\n\n", m.Name)
			}
			fmt.Fprintf(s.out, `Serve it with one of

  llama-server -m %[1]q --host 127.0.0.1 --port 8081 -c 8192 --parallel 2
  printf 'FROM %%s\n' %[1]q > Modelfile && ollama create %[2]s -f Modelfile

and add it to llm.providers, as the last:

  - {name: local, kind: llama.cpp, base_url: "http://127.0.0.1:8081/v1", model: %[2]s, timeout: 20s}
  - {name: local, kind: ollama, model: %[2]s, timeout: 20s}

Then: frontdesk check
`, file, m.Name)
			return nil
		}}
}
