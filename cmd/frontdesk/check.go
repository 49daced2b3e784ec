package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"frontdesk/cmd/internal/app"
	"frontdesk/cmd/internal/settings"
)

func checkCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "check", Short: "Read the configuration, then try every part it names: a line each, with the cure",
		Example: "  frontdesk check --config configs/frontdesk.yaml", Args: cobra.NoArgs}
	config := configFlag(c)
	offline := c.Flags().Bool("offline", false, "read and validate only: ask no platform")
	c.RunE = func(c *cobra.Command, _ []string) error {
		file := settings.File(*config)
		cfg, err := settings.Load(file)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(c.Context(), 2*time.Minute)
		defer cancel()
		// Tried on an empty folder of its own, so that a running server is not
		// disturbed and nothing is left behind.
		dir, err := os.MkdirTemp("", "frontdesk-check-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		failed := false
		for _, r := range app.Check(ctx, options(cfg, file, slog.New(slog.NewTextHandler(io.Discard, nil))), dir, *offline) {
			mark := "ok  "
			if r.Err != nil {
				mark, failed = "FAIL", true
			}
			fmt.Fprintf(s.out, "%s  %-20s %s\n", mark, r.Part, r.Line())
		}
		if failed {
			return errSaid
		}
		return nil
	}
	return c
}
