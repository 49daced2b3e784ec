package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"frontdesk/cmd/internal/datadir"
	"frontdesk/core"
)

// The exit codes.
const (
	done    = 0
	failed  = 1
	misused = 2
)

// program is the command as a value: everything it touches is given.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            func(string) string
	terminal       bool // stderr is one: a progress bar may be shown
	// dataDir names the data folder of a configuration file, of the default one
	// if config is "".
	dataDir func(config string) (string, error)
	// openLocal opens the data folder of a configuration itself, under its lock
	// file; close gives it back.
	openLocal func(ctx context.Context, config string) (t target, close func() error, err error)
}

// run returns the exit code.
func (p program) run(ctx context.Context, args []string) int {
	if len(args) > 0 && args[0] == datadir.Worker {
		if err := datadir.Parse(p.stdin, p.stdout); err != nil {
			return p.fail(err)
		}
		return done
	}
	o, err := parse(args, p.env)
	if errors.Is(err, errHelp) {
		_, _ = io.WriteString(p.stdout, help)
		return done
	}
	if err != nil {
		return p.fail(err)
	}
	t, closeTarget, err := p.find(ctx, o)
	if err != nil {
		return p.fail(err)
	}
	err = p.act(ctx, o, t)
	return p.fail(errors.Join(err, closeTarget()))
}

// misuse is a wrong call of the command.
type misuse struct{ msg string }

// Error implements error.
func (m *misuse) Error() string { return m.msg }

func misusedf(format string, args ...any) error { return &misuse{fmt.Sprintf(format, args...)} }

// fail tells err, if any, in a line each, and returns the exit code.
func (p program) fail(err error) int {
	if err == nil {
		return done
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		code := done
		for _, e := range many.Unwrap() {
			code = max(code, p.fail(e))
		}
		return code
	}
	text := oneLine(err.Error())
	var invalid *core.InputError
	if errors.As(err, &invalid) {
		text = oneLine(invalid.Msg)
	}
	_, _ = fmt.Fprintln(p.stderr, "knowledge-cli: "+text)
	var m *misuse
	if errors.As(err, &m) {
		return misused
	}
	return failed
}

// act does what was asked of t, after a line that says what it talks to.
func (p program) act(ctx context.Context, o options, t target) error {
	bot, err := pickBot(ctx, o.bot, t)
	if err != nil {
		return err
	}
	first := p.stdout
	if o.json {
		first = p.stderr // stdout is one JSON document
	}
	if _, err := fmt.Fprintf(first, "talking to %s, bot %s\n", t.name(), bot); err != nil {
		return err
	}
	return actions()[o.action].do(p, ctx, o, t, bot)
}

// pickBot is the one named, else the only one there is, else "default".
func pickBot(ctx context.Context, named string, t target) (string, error) {
	if named != "" {
		return named, nil
	}
	bots, err := t.bots(ctx)
	if err != nil {
		return "", err
	}
	if len(bots) == 1 {
		return bots[0], nil
	}
	return "default", nil
}
