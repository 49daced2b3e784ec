package main

import (
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"frontdesk/cmd/internal/app"
	"frontdesk/cmd/internal/datadir"
	"frontdesk/cmd/internal/settings"
	"frontdesk/configs"
	"frontdesk/core"
)

func testCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "test DIR|FILE", Short: "Run conversation tests: of a bot's folder, of a folder of tests, or one file",
		Example: "  frontdesk test bots/shop\n  frontdesk test bots/shop --run 'order status' -v\n  frontdesk test mine.yaml --bot default --config F --junit report.xml", Args: cobra.ExactArgs(1)}
	config := configFlag(c)
	bot := c.Flags().String("bot", "", "bot to test; empty: that of the folder, else the configuration's only one, else default")
	asJSON := c.Flags().Bool("json", false, "print JSON, an object a test")
	only := c.Flags().String("run", "", "run only tests whose name matches this regular expression")
	junit := c.Flags().String("junit", "", "write a JUnit report to this file too, for CI")
	verbose := c.Flags().BoolP("verbose", "v", false, "show every conversation, not only those that fail")
	c.RunE = func(c *cobra.Command, args []string) (err error) {
		dir, err := os.MkdirTemp("", "frontdesk-test-")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		cfg, id, tests, err := testTarget(args[0], *bot, *config)
		if err != nil {
			return err
		}
		if tests, err = chosen(tests, *only); err != nil {
			return err
		}
		cfg.DataDir, cfg.Channels = dir, nil
		o := options(cfg, "", slog.New(slog.NewTextHandler(io.Discard, nil)))
		o.Now, o.SetNow = movable()
		a, err := app.New(c.Context(), o)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, a.Close()) }()
		if err := a.Settle(c.Context()); err != nil {
			return err
		}
		report := testReport{out: s.out, json: *asJSON, verbose: *verbose, colour: colourful(s.out)}
		rs, err := a.Converse(c.Context(), id, tests, report.add)
		if err != nil {
			return err
		}
		if err := writeJUnit(*junit, rs); err != nil {
			return err
		}
		return report.end()
	}
	return c
}

// testTarget finds the bot and the tests that path means.
func testTarget(path, bot, config string) (*configs.Config, string, []configs.Conversation, error) {
	cfg, err := settings.Load(settings.File(config))
	if err != nil {
		return nil, "", nil, err
	}
	if b, err := configs.LoadBot(os.DirFS(path)); err == nil && len(b.Tests) > 0 { // a bot's folder
		if bot == "" {
			bot = "default"
		}
		cfg.Bots = []configs.BotSettings{{ID: bot, Dir: path}}
		return cfg, bot, b.Tests, nil
	} else if _, serr := os.Stat(filepath.Join(path, "bot.yaml")); serr == nil {
		if err == nil {
			err = core.Invalid("%s has no tests: write some in its folder tests/", path)
		}
		return nil, "", nil, err
	}
	tests, err := readTests(path)
	if err != nil {
		return nil, "", nil, err
	}
	if bot == "" && len(cfg.Bots) == 1 {
		bot = cfg.Bots[0].ID
	} else if bot == "" {
		bot = "default"
	}
	return cfg, bot, tests, nil
}

func readTests(path string) (out []configs.Conversation, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	files := []string{path}
	if info.IsDir() {
		if files, err = fs.Glob(os.DirFS(path), "*.yaml"); err != nil {
			return nil, err
		}
		for i := range files {
			files[i] = filepath.Join(path, files[i])
		}
	}
	slices.Sort(files)
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		tests, err := configs.ParseConversations(file, f)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		out = append(out, tests...)
	}
	if len(out) == 0 {
		return nil, core.Invalid("%s holds no tests", path)
	}
	return out, nil
}

func workerCommand(s streams) *cobra.Command {
	return &cobra.Command{Use: datadir.Worker, Hidden: true, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return datadir.Parse(s.in, s.out) }}
}
