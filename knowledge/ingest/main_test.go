package ingest

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/core"
	"frontdesk/knowledge"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestMain lets the test program be the child, also one that misbehaves.
func TestMain(m *testing.M) {
	switch os.Getenv(WorkerEnv) {
	case "":
		goleak.VerifyTestMain(m)
	case "hang":
		time.Sleep(time.Hour)
	case "stall":
		fmt.Println("#1 300")
		time.Sleep(time.Hour)
	case "crash":
		panic("crash")
	case "chatter":
		fmt.Println("not JSON")
	case "flood":
		for {
			if _, err := os.Stdout.Write(bytes.Repeat([]byte("x"), 1<<20)); err != nil {
				os.Exit(1)
			}
		}
	case "greedy":
		if _, err := confine(64 << 20); err != nil {
			panic(err)
		}
		var kept [][]byte
		for range 400 {
			kept = append(kept, bytes.Repeat([]byte{1}, 1<<20))
			time.Sleep(time.Millisecond)
		}
		fmt.Println(len(kept))
	default:
		if err := WorkerMain(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// parser reads with children that behave as the word says.
func parser(t *testing.T, behaviour string, change func(*Limits)) *Parser {
	t.Helper()
	t.Setenv(WorkerEnv, behaviour)
	lim := DefaultLimits()
	if change != nil {
		change(&lim)
	}
	return &Parser{Limits: lim, Worker: func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, os.Args[0]) }}
}

// wantInvalid checks for an error a person can act on.
func wantInvalid(t *testing.T, err error, words ...string) {
	t.Helper()
	var invalid *core.InputError
	if !errors.As(err, &invalid) {
		t.Fatalf("got %v, want an error for the person who gave the file", err)
	}
	for _, w := range words {
		if !strings.Contains(invalid.Msg, w) {
			t.Errorf("%q does not say %q", invalid.Msg, w)
		}
	}
	if strings.Contains(invalid.Msg, "\n") {
		t.Errorf("%q has more than one line", invalid.Msg)
	}
}

// show writes blocks a line each.
func show(p knowledge.Parsed) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d pages, silent %v\n", p.MIME, p.Pages, p.Silent)
	for _, x := range p.Blocks {
		kind := string(x.Kind)
		if kind == "" {
			kind = "text"
		}
		if x.Level > 0 {
			kind += fmt.Sprint(x.Level)
		}
		if x.Page > 0 {
			kind += fmt.Sprintf(" p%d", x.Page)
		}
		if x.Question != "" {
			kind += fmt.Sprintf(" ? %q", x.Question)
		}
		fmt.Fprintf(&b, "%s | %q\n", kind, x.Text)
	}
	return b.String()
}
