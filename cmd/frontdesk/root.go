package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"frontdesk/cmd/internal/app"
	"frontdesk/cmd/internal/settings"
	"frontdesk/configs"
	"frontdesk/core/guard"
)

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// The exit codes of every command.
const (
	exitDone   = 0
	exitFailed = 1
	exitMisuse = 2
)

// misuse marks an error of the command line itself.
type misuse struct{ error }

// Unwrap lets errors.Is see the cause.
func (m misuse) Unwrap() error { return m.error }

// errSaid ends a command with exit 1 whose report is printed already.
var errSaid = errors.New("failed")

// run is the program: it parses args, works, and returns the exit code.
func run(ctx context.Context, args []string, s streams) int {
	root := commands(s)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errSaid):
		return exitFailed
	}
	fmt.Fprintln(s.err, "frontdesk:", oneLine(err))
	var m misuse
	if errors.As(err, &m) || strings.HasPrefix(err.Error(), "unknown command") {
		return exitMisuse
	}
	return exitFailed
}

// oneLine keeps an error to one line, unless it is a list of mistakes in a file.
func oneLine(err error) string {
	var list configs.Errors
	if errors.As(err, &list) {
		return err.Error()
	}
	return strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; ")
}

func commands(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "frontdesk",
		Short: "A customer-service gateway: it greets, answers, and knows when to fetch a colleague",
		Example: "  frontdesk demo                 try it: a sample shop, nothing to set up\n" +
			"  frontdesk serve --config F     run it",
		SilenceUsage: true, SilenceErrors: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return misuse{fmt.Errorf("%w: see %s --help", err, c.CommandPath())}
	})
	root.AddCommand(demoCommand(s), serveCommand(s), chatCommand(s), initCommand(s), checkCommand(s), testCommand(s), graphCommand(s),
		tokenCommand(s), userCommand(s), benchCommand(s), evalCommand(s), healthCommand(s), versionCommand(s), backupCommand(s), restoreCommand(s), promptCommand(s), costCommand(s), gapsCommand(s), modelsCommand(s),
		workerCommand(s))
	for _, c := range root.Commands() {
		argsAreMisuse(c)
	}
	return root
}

// argsAreMisuse makes a wrong number of arguments exit 2.
func argsAreMisuse(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return misuse{fmt.Errorf("%w: see %s --help", err, c.CommandPath())}
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		argsAreMisuse(sub)
	}
}

// configFlag adds --config to c.
func configFlag(c *cobra.Command) *string {
	return c.Flags().String("config", "", "configuration file (default $"+settings.Variable+", else "+settings.Default+" if there, else built-in defaults)")
}

// logFlags add what every long-running command has.
type logFlags struct {
	level string
	json  bool
}

func (f *logFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.level, "log-level", "info", "debug, info, warn or error")
	c.Flags().BoolVar(&f.json, "log-json", false, "log JSON lines")
}

func (f *logFlags) logger(w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.level)); err != nil {
		return nil, misuse{fmt.Errorf("--log-level %q: want debug, info, warn or error", f.level)}
	}
	o := &slog.HandlerOptions{Level: level}
	if f.json {
		return slog.New(guard.NewLog(slog.NewJSONHandler(w, o), app.Redactor())), nil
	}
	return slog.New(guard.NewLog(slog.NewTextHandler(w, o), app.Redactor())), nil
}
