package app

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"

	"frontdesk/cmd/internal/datadir"
	"frontdesk/configs"
	"frontdesk/core"
)

// WithAccounts runs f over the people and tokens of a gateway, beside a running
// server or without one.
func WithAccounts(ctx context.Context, cfg *configs.Config, f func(core.Accounts) error) (err error) {
	s, err := datadir.At(ctx, cfg.DataDir, cfg.Database.URL.Reveal())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return f(s)
}

// Version is the stamped version, with the commit it was built from if known.
func Version(stamped string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return stamped
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return stamped + " (" + s.Value[:12] + ", " + runtime.Version() + ")"
		}
	}
	return stamped + " (" + runtime.Version() + ")"
}

// cores is how many CPU-bound stages run at once.
func cores() int { return runtime.GOMAXPROCS(0) }
