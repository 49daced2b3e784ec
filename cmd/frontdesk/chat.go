package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"frontdesk/cmd/internal/app"
	"frontdesk/cmd/internal/runfile"
	"frontdesk/cmd/internal/settings"
	"frontdesk/configs"
	"frontdesk/core"
)

func chatCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "chat", Short: "Talk to a bot in the terminal",
		Example: "  frontdesk chat --trace\n  echo '运费多少' | frontdesk chat --bot default", Args: cobra.NoArgs}
	config := configFlag(c)
	bot := c.Flags().String("bot", "", "bot to talk to; empty: the only one, else default")
	trace := c.Flags().Bool("trace", false, "show how each answer came about")
	c.RunE = func(c *cobra.Command, _ []string) error {
		file := settings.File(*config)
		cfg, err := settings.Load(file)
		if err != nil {
			return err
		}
		channel, err := webChannel(cfg, *bot)
		if err != nil {
			return err
		}
		return withServer(c.Context(), cfg, file, func(ctx context.Context, url, token string) error {
			t, err := app.NewTalk(ctx, url, channel, token)
			if err != nil {
				return err
			}
			return converse(ctx, s, t, *trace)
		})
	}
	return c
}

// webChannel finds a web channel that bot answers on.
func webChannel(cfg *configs.Config, bot string) (string, error) {
	if bot == "" && len(cfg.Bots) == 1 {
		bot = cfg.Bots[0].ID
	} else if bot == "" {
		bot = "default"
	}
	for _, ch := range cfg.Channels {
		if ch.Type == "web" && ch.Bot == bot {
			return ch.ID, nil
		}
	}
	return "", core.Invalid("no web channel leads to bot %q: add one to the configuration to talk to it here", bot)
}

// withServer runs f against the server of this configuration: the one that is
// running, or one of its own on a loopback port for as long as f takes.
func withServer(ctx context.Context, cfg *configs.Config, file string, f func(ctx context.Context, url, token string) error) (err error) {
	if r, ok := runfile.Of(cfg.DataDir); ok {
		return f(ctx, r.URL, r.Token)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	a, err := app.New(ctx, options(quiet(cfg), file, log))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	working, stop := context.WithCancel(ctx)
	defer stop()
	up, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- a.Run(working, ln, func() { close(up) }) }()
	select {
	case <-up:
	case err := <-done:
		return err
	}
	err = f(ctx, "http://"+ln.Addr().String(), a.AgentToken())
	stop()
	return errors.Join(err, <-done)
}

// quiet is cfg with its web channels only: a chat in the terminal must not
// take a platform's messages from the server that is meant to have them.
func quiet(cfg *configs.Config) *configs.Config {
	out := *cfg
	out.Channels = nil
	for _, ch := range cfg.Channels {
		if ch.Type == "web" {
			out.Channels = append(out.Channels, ch)
		}
	}
	return &out
}

func converse(ctx context.Context, s streams, t *app.Talk, trace bool) error {
	lines := bufio.NewScanner(s.in)
	for prompt(s); lines.Scan() && ctx.Err() == nil; prompt(s) {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		said, seq, err := t.Ask(ctx, text)
		if err != nil {
			return err
		}
		for _, line := range said {
			printSaid(s.out, line)
		}
		if len(said) == 0 {
			fmt.Fprintln(s.out, "  (a person has the conversation: the bot is silent)")
		}
		if !trace {
			continue
		}
		tr, err := t.Trace(ctx, seq)
		if err != nil {
			return err
		}
		printTrace(s.out, tr)
	}
	return lines.Err()
}

func prompt(s streams) { fmt.Fprint(s.out, "you> ") }

func printSaid(w io.Writer, s app.Said) {
	fmt.Fprintf(w, "%s> %s\n", s.Role, s.Text)
	for i, c := range s.Choices {
		fmt.Fprintf(w, "      %d. %s\n", i+1, c.Text)
	}
	for _, c := range s.Citations {
		fmt.Fprintf(w, "      source: %s", c.Doc)
		if c.Page > 0 {
			fmt.Fprintf(w, ", page %d", c.Page)
		}
		if c.Title != "" {
			fmt.Fprintf(w, ", %s", c.Title)
		}
		fmt.Fprintln(w)
	}
}

func printTrace(w io.Writer, t core.Trace) {
	for _, s := range t.Steps {
		fmt.Fprintf(w, "      %-11s %7.2f ms", s.Stage, float64(s.Micros)/1000)
		for _, f := range s.Notes {
			fmt.Fprintf(w, "  %s=%v", f.Name, f.Value)
		}
		fmt.Fprintln(w)
	}
	if t.Settled != "" {
		fmt.Fprintf(w, "      settled by  %s\n", t.Settled)
	}
}
