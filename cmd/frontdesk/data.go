package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"frontdesk/cmd/internal/app"
	"frontdesk/cmd/internal/settings"
)

func backupCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "backup FILE", Short: "Write everything to one file, while serving",
		Example: "  frontdesk backup frontdesk-2026-05-01.tar.gz", Args: cobra.ExactArgs(1)}
	config := configFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, err := settings.Load(settings.File(*config))
		if err != nil {
			return err
		}
		m, err := app.Backup(c.Context(), cfg.DataDir, args[0], version, time.Now())
		if err == nil {
			fmt.Fprintf(s.out, "%s: database of %d bytes, schema %d; keep it as safe as %s itself\n", args[0], m.Bytes, m.Schema, cfg.DataDir)
		}
		return err
	}
	return c
}

func restoreCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "restore FILE", Short: "Put a backup into an empty data folder",
		Example: "  frontdesk restore frontdesk-2026-05-01.tar.gz --config F", Args: cobra.ExactArgs(1)}
	config := configFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, err := settings.Load(settings.File(*config))
		if err != nil {
			return err
		}
		m, err := app.Restore(c.Context(), args[0], cfg.DataDir)
		if err == nil {
			fmt.Fprintf(s.out, "%s holds the data of %s, made by frontdesk %s\n", cfg.DataDir, m.Created.Format(time.RFC3339), m.Version)
		}
		return err
	}
	return c
}

func healthCommand(s streams) *cobra.Command {
	return &cobra.Command{Use: "health [URL]", Short: "Ask a server whether it is ready: exit 0 if it is",
		Example: "  frontdesk health http://127.0.0.1:8080", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			url := "http://127.0.0.1:8080"
			if len(args) == 1 {
				url = strings.TrimSuffix(args[0], "/")
			}
			req, err := http.NewRequestWithContext(c.Context(), http.MethodGet, url+"/readyz", nil)
			if err != nil {
				return misuse{fmt.Errorf("%q is no URL: want http://host:port", url)}
			}
			res, err := (&http.Client{Timeout: 5 * time.Second}).Do(req)
			if err != nil {
				return fmt.Errorf("%s does not answer: is the server running there? %w", url, err)
			}
			defer func() { _ = res.Body.Close() }()
			if res.StatusCode != http.StatusOK {
				return fmt.Errorf("%s is not ready: status %d", url, res.StatusCode)
			}
			fmt.Fprintln(s.out, "ready")
			return nil
		}}
}

func versionCommand(s streams) *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version", Example: "  frontdesk version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(s.out, "frontdesk", app.Version(version))
			return err
		}}
}
