package main

import (
	"encoding/json"
	"errors"
	"fmt"
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
		Example: "  frontdesk test bots/shop\n  frontdesk test mine.yaml --bot default --config F", Args: cobra.ExactArgs(1)}
	config := configFlag(c)
	bot := c.Flags().String("bot", "", "bot to test; empty: that of the folder, else the configuration's only one, else default")
	asJSON := c.Flags().Bool("json", false, "print JSON, an object a test")
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
		cfg.DataDir, cfg.Channels = dir, nil
		a, err := app.New(c.Context(), options(cfg, "", slog.New(slog.NewTextHandler(io.Discard, nil))))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, a.Close()) }()
		if err := a.Settle(c.Context()); err != nil {
			return err
		}
		rs, err := a.Converse(c.Context(), id, tests)
		if err != nil {
			return err
		}
		return reportTests(s, rs, *asJSON)
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

func reportTests(s streams, rs []app.TestResult, asJSON bool) error {
	failed := 0
	for _, r := range rs {
		if len(r.Failures) > 0 {
			failed++
		}
		if asJSON {
			if err := json.NewEncoder(s.out).Encode(r); err != nil {
				return err
			}
			continue
		}
		mark := "ok  "
		if len(r.Failures) > 0 {
			mark = "FAIL"
		}
		fmt.Fprintf(s.out, "%s  %s  (%s)\n", mark, r.Name, r.Place)
		for _, f := range r.Failures {
			fmt.Fprintln(s.out, "      "+f)
		}
	}
	if !asJSON {
		fmt.Fprintf(s.out, "%d passed, %d failed\n", len(rs)-failed, failed)
	}
	if failed > 0 {
		return errSaid
	}
	return nil
}

func workerCommand(s streams) *cobra.Command {
	return &cobra.Command{Use: datadir.Worker, Hidden: true, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return datadir.Parse(s.in, s.out) }}
}
