package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"frontdesk/cmd/internal/app"
	"frontdesk/cmd/internal/settings"
	"frontdesk/configs"
	"frontdesk/core"
)

func graphCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "graph BOT|DIR [FLOW...]", Short: "Draw a bot's flows and rules",
		Example: "  frontdesk graph default\n  frontdesk graph bots/shop returns --format dot | dot -Tsvg > returns.svg", Args: cobra.MinimumNArgs(1)}
	config := configFlag(c)
	format := c.Flags().String("format", "mermaid", "mermaid, dot or json")
	lang := c.Flags().String("lang", "", "language of the texts; empty: the bot's first")
	c.RunE = func(_ *cobra.Command, args []string) error {
		b, err := botFolder(args[0], *config)
		if err != nil {
			return err
		}
		for _, name := range args[1:] {
			if !b.HasFlow(name) {
				return core.Invalid("there is no flow %q: there are %v", name, b.FlowNames())
			}
		}
		if *lang == "" {
			*lang = b.Languages[0]
		}
		g := app.Script(b).Graph(*lang, args[1:]...)
		switch *format {
		case "mermaid":
			_, err = fmt.Fprint(s.out, g.Mermaid())
		case "dot":
			_, err = fmt.Fprint(s.out, g.DOT())
		case "json":
			e := json.NewEncoder(s.out)
			e.SetIndent("", "  ")
			err = e.Encode(g)
		default:
			return misuse{core.Invalid("--format: %q is none of mermaid, dot, json", *format)}
		}
		return err
	}
	return c
}

// botFolder reads the bot that name means: a folder, else one of the
// configuration's by its id.
func botFolder(name, config string) (*configs.Bot, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return configs.LoadBot(os.DirFS(name))
	}
	cfg, err := settings.Load(settings.File(config))
	if err != nil {
		return nil, err
	}
	set := cfg.Bot(name)
	switch {
	case set == nil:
		return nil, core.Invalid("%q is neither a folder nor a bot of the configuration", name)
	case set.Dir == "":
		return nil, core.Invalid("bot %q has no folder, and so no flows", name)
	}
	b, err := configs.LoadBot(os.DirFS(set.Dir))
	if err != nil {
		return nil, err
	}
	return b.Under(*set), nil
}
