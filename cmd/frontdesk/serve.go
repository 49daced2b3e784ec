package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"frontdesk/cmd/internal/app"
	"frontdesk/cmd/internal/settings"
	"frontdesk/configs"
)

func serveCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "serve", Short: "Run the gateway", Example: "  frontdesk serve --config /etc/frontdesk.yaml", Args: cobra.NoArgs}
	config := configFlag(c)
	var logs logFlags
	logs.add(c)
	profile := cpuProfileFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		log, err := logs.logger(s.err)
		if err != nil {
			return err
		}
		file := settings.File(*config)
		cfg, err := settings.Load(file)
		if err != nil {
			return err
		}
		return withProfile(*profile, func() error { return serve(c.Context(), s, cfg, file, log) })
	}
	return c
}

// serve runs the gateway of cfg until ctx ends.
func serve(ctx context.Context, s streams, cfg *configs.Config, file string, log *slog.Logger) (err error) {
	_, warnings := cfg.LLM.Usable()
	for _, w := range append(warnings, configs.Strays(os.Environ())...) {
		log.Warn(w)
	}
	o := options(cfg, file, log)
	a, err := app.New(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	ln, err := a.Listen(ctx, cfg.Server.Addr)
	if err != nil {
		return err
	}
	made, err := a.FirstUser(ctx)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	if made != "" {
		fmt.Fprintf(s.out, "first user %s, password shown once: %s\n", cfg.Admin.InitialUser, made)
	}
	stop := reloadOnHangup(ctx, a, log)
	defer stop()
	return a.Run(ctx, ln, func() {
		log.Info("ready", "addr", ln.Addr().String(), "url", cfg.Server.PublicURL, "version", o.Version)
	})
}

func options(cfg *configs.Config, file string, log *slog.Logger) app.Options {
	o := app.Options{Config: cfg, ConfigFile: file, Version: app.Version(version), Log: log, Now: time.Now}
	if file != "" {
		o.Reload = func() (*configs.Config, error) { return settings.Load(file) }
	}
	return o
}

// reloadOnHangup reads the configuration again at each SIGHUP until stop.
func reloadOnHangup(ctx context.Context, a *app.App, log *slog.Logger) (stop func()) {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-quit:
				return
			case <-hup:
				if err := a.Reload(ctx); err != nil {
					log.Error("configuration not taken: nothing was changed", "err", err)
					continue
				}
				log.Info("configuration taken")
			}
		}
	}()
	return func() { signal.Stop(hup); close(quit); <-done }
}

// freePort returns addr, or with fall the next free port after it.
func freePort(ctx context.Context, addr string, fall bool) (net.Listener, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err == nil || !fall {
		return ln, err
	}
	host, port, serr := net.SplitHostPort(addr)
	if serr != nil {
		return nil, err
	}
	var n int
	if _, serr := fmt.Sscan(strings.TrimSpace(port), &n); serr != nil {
		return nil, err
	}
	for i := 1; i <= 50; i++ {
		if ln, err := lc.Listen(ctx, "tcp", net.JoinHostPort(host, fmt.Sprint(n+i))); err == nil {
			return ln, nil
		}
	}
	return nil, err
}
