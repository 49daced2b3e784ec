// Command knowledge-cli changes and searches what a bot answers from.
//
//	knowledge-cli -action=update -file=latest_product_specs.pdf
//
// It exits 0 only when the new text is already what answers draw from, 1 when
// something failed, 2 when it was called wrongly.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := program{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, env: os.Getenv,
		terminal: term.IsTerminal(int(os.Stderr.Fd())),
		dataDir:  dataDir, openLocal: openLocal,
	}
	os.Exit(p.run(ctx, os.Args[1:]))
}
