package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"frontdesk/channels"
)

// Finding is what `check` says of one part.
type Finding struct {
	Part string // "bot default", "channel tg"
	OK   string // what is well
	Err  error  // what is not, with the cure
}

// Line is the finding in one line.
func (f Finding) Line() string {
	if f.Err != nil {
		return strings.ReplaceAll(f.Err.Error(), "\n", "; ")
	}
	return f.OK
}

// Check builds every part of o's configuration on the scratch folder dir and
// tries it. Channels are asked to try their platform unless offline.
func Check(ctx context.Context, o Options, dir string, offline bool) (out []Finding) {
	cfg := *o.Config
	out = append(out, Finding{Part: "data_dir", OK: cfg.DataDir, Err: writable(cfg.DataDir)})
	cfg.DataDir = dir
	o.Config = &cfg
	a, err := New(ctx, o)
	if err != nil {
		return append(out, Finding{Part: "configuration", Err: err})
	}
	defer func() {
		if err := a.Close(); err != nil {
			out = append(out, Finding{Part: "closing", Err: err})
		}
	}()
	out = append(out, a.checkMeaning(ctx))
	if cfg.Vectors.URL.Reveal() != "embedded:" && !offline {
		out = append(out, a.checkVectors(ctx))
	}
	for _, b := range cfg.Bots {
		built, ok := a.bots.Get(b.ID)
		f := Finding{Part: "bot " + b.ID}
		if ok {
			f.OK = fmt.Sprintf("%s, version %s, speaks %s", built.Info.Name, built.Info.Version, strings.Join(built.Info.Languages, ", "))
		} else {
			f.Err = errors.New("it was not built")
		}
		out = append(out, f)
	}
	for _, c := range cfg.Channels {
		out = append(out, a.try(ctx, c.ID, c.Type, offline))
	}
	out = append(out, a.tryTools(ctx, offline)...)
	_, warnings := cfg.LLM.Usable()
	if a.meter != nil {
		warnings = append(warnings, unpriced(&cfg, a.meter.Table)...)
	}
	for _, w := range warnings {
		out = append(out, Finding{Part: "llm", OK: w})
	}
	return out
}

func (a *App) try(ctx context.Context, id, kind string, offline bool) Finding {
	f := Finding{Part: "channel " + id, OK: kind + ", well configured"}
	ch, ok := a.runner.Get(id)
	if c, checked := ch.(channels.Checked); ok && checked && !offline {
		f.Err = c.Check(ctx)
		f.OK = kind + ", and the platform agrees"
	}
	return f
}

// writable tries dir without leaving anything in it.
func writable(dir string) error {
	probe := dir
	for {
		info, err := os.Stat(probe)
		if err == nil && !info.IsDir() {
			return fmt.Errorf("%s is no folder: name another data_dir", probe)
		}
		if err == nil {
			break
		}
		up := filepath.Dir(filepath.Clean(probe))
		if up == probe {
			return fmt.Errorf("%s cannot be made: name another data_dir", dir)
		}
		probe = up
	}
	f, err := os.CreateTemp(probe, ".frontdesk-probe-")
	if err != nil {
		return fmt.Errorf("%s cannot be written to: %w: change its owner, or name another data_dir", dir, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
