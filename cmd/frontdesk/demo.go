package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"frontdesk/cmd/internal/app"
	"frontdesk/cmd/internal/datadir"
	"frontdesk/cmd/internal/settings"
	"frontdesk/cmd/internal/simulate"
	"frontdesk/configs"
)

// demoUser is the demo's first person.
const demoUser = "admin"

type demoFlags struct {
	addr, data string
	password   string // of demoUser, as it was generated
	sim, fresh bool
	logs       logFlags
	profile    *string
}

func demoCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "demo", Short: "Try it: a sample shop in Chinese and English, with nothing to set up",
		Example: "  frontdesk demo\n  frontdesk demo --sim        write as a WeChat, Telegram or Slack customer too", Args: cobra.NoArgs}
	f := &demoFlags{}
	c.Flags().StringVar(&f.addr, "addr", "127.0.0.1:8080", "address to listen on")
	c.Flags().StringVar(&f.data, "data", "frontdesk-demo", "folder for its data")
	c.Flags().BoolVar(&f.sim, "sim", false, "add the page /sim/, where you are a customer on WeChat, Telegram or Slack, and the agent in Slack")
	c.Flags().BoolVar(&f.fresh, "fresh", false, "forget what an earlier demo stored in the folder")
	f.logs.add(c)
	_ = c.Flags().Set("log-level", "warn") // a demo's own lines are what one reads
	c.Flags().Lookup("log-level").DefValue = "warn"
	f.profile = cpuProfileFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		fall := !c.Flags().Changed("addr")
		return withProfile(*f.profile, func() error { return f.run(c.Context(), s, fall) })
	}
	return c
}

func (f *demoFlags) run(ctx context.Context, s streams, fall bool) (err error) {
	log, err := f.logs.logger(s.err)
	if err != nil {
		return err
	}
	ln, err := freePort(ctx, f.addr, fall)
	if err != nil {
		return fmt.Errorf("--addr %s: %w", f.addr, err)
	}
	defer func() { _ = ln.Close() }() // closed already where the server ran
	url := "http://" + ln.Addr().String()
	if fall && ln.Addr().String() != f.addr {
		fmt.Fprintf(s.err, "frontdesk: %s is taken: the demo is on %s instead\n", f.addr, ln.Addr())
	}
	p, err := simulate.Start(url)
	if err != nil {
		return err
	}
	defer p.Close()
	cfg, file, err := f.prepare(ctx, p, url, ln.Addr())
	if err != nil {
		return err
	}
	o := options(cfg, file, log)
	o.Reload = nil // its secrets are of this run
	if f.sim {
		o.Pages = map[string]http.Handler{simulate.Prefix: simulate.Page(p)}
	}
	a, err := app.New(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if _, err := a.FirstUser(ctx); err != nil { // whose password is the demo's own
		return err
	}
	return a.Run(ctx, ln, func() { f.greet(s, a, url) })
}

// greet prints the addresses, the user and a token: the last lines.
func (f *demoFlags) greet(s streams, a *app.App, url string) {
	fmt.Fprintf(s.out, "\nfrontdesk demo: a sample shop that answers in Chinese and English. Stop it with Ctrl-C; its data stays in %s.\n\n", f.data)
	fmt.Fprintf(s.out, "chat   %s/\n", url)
	if f.sim {
		fmt.Fprintf(s.out, "sim    %s/sim/\n", url)
	}
	fmt.Fprintf(s.out, "admin  %s/admin/   user %s   password %s\n", url, demoUser, f.password)
	fmt.Fprintf(s.out, "token  %s\n", a.AgentToken())
}

// demoFile is the configuration's name; its first line tells whose it is.
const demoFile = "frontdesk.yaml"

// demoConfig is completed with address, folder and the simulated channels.
const demoConfig = `# Written at each start of "frontdesk demo"; changes are lost.
server: {addr: %q, public_url: %q, shutdown_timeout: 10s}
data_dir: .
admin: {initial_user: admin, initial_password_file: ./demo-password}
bots:
  - {id: default, dir: ./shop, handoff: {desk: {channel: sl, room: %s}}}
channels:
  - {id: web, type: web, bot: default, allowed_origins: ["*"]}
%s`

// prepare writes the demo's folder: its configuration and its bot, which stays
// as it is once written, so that one may edit it.
func (f *demoFlags) prepare(ctx context.Context, p *simulate.Platforms, url string, addr net.Addr) (*configs.Config, string, error) {
	if err := notADemo(f.data); err != nil {
		return nil, "", err
	}
	if f.fresh {
		if err := clearDemo(ctx, f.data); err != nil {
			return nil, "", err
		}
	}
	if err := os.MkdirAll(f.data, 0o700); err != nil {
		return nil, "", fmt.Errorf("--data: %w", err)
	}
	shop := filepath.Join(f.data, "shop")
	if _, err := os.Stat(shop); errors.Is(err, fs.ErrNotExist) {
		if err := writeShop(shop); err != nil {
			return nil, "", err
		}
	}
	if err := f.keepPassword(); err != nil {
		return nil, "", err
	}
	file := filepath.Join(f.data, demoFile)
	text := fmt.Sprintf(demoConfig, addr.String(), url, simulate.DeskRoom, p.Channels())
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, "", fmt.Errorf("--data: %w", err)
	}
	cfg, err := settings.Load(file)
	return cfg, file, err
}

// keepPassword makes the demo's password at the first start and keeps it.
func (f *demoFlags) keepPassword() error {
	file := filepath.Join(f.data, "demo-password")
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		b = []byte(rand.Text())
		err = os.WriteFile(file, b, 0o600)
	}
	if err != nil {
		return fmt.Errorf("--data: %w", err)
	}
	f.password = string(b)
	return nil
}

// notADemo says why a demo may not use dir: it would write over a gateway's
// configuration, or --fresh remove its data.
func notADemo(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, demoFile))
	mark, _, _ := strings.Cut(demoConfig, "\n")
	if err == nil && strings.HasPrefix(string(text), mark) {
		return nil
	}
	for _, name := range []string{demoFile, datadir.Database} {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("--data %s: %s in it is no demo's: name another folder", dir, name)
		}
	}
	return nil
}

// clearDemo removes what a demo writes, and nothing else, unless one runs on it.
func clearDemo(ctx context.Context, dir string) (err error) {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	lock, err := datadir.Lock(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	var errs []error
	for _, name := range []string{"frontdesk.db", "frontdesk.db-wal", "frontdesk.db-shm", demoFile, "folders.json", "demo-password", "shop", "vectors"} {
		errs = append(errs, os.RemoveAll(filepath.Join(dir, name)))
	}
	return errors.Join(errs...)
}

// writeShop writes the sample bot's folder, whole or not at all.
func writeShop(dir string) error {
	work, err := os.MkdirTemp(filepath.Dir(dir), ".shop-")
	if err != nil {
		return err
	}
	if err := os.CopyFS(work, configs.Shop()); err != nil {
		return errors.Join(err, os.RemoveAll(work))
	}
	if err := os.Chmod(work, 0o755); err != nil {
		return errors.Join(err, os.RemoveAll(work))
	}
	return os.Rename(work, dir)
}

func initCommand(s streams) *cobra.Command {
	return &cobra.Command{Use: "init DIR", Short: "Write the sample bot's folder, to start from",
		Example: "  frontdesk init bots/mine", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := args[0]
			if _, err := os.Lstat(dir); err == nil {
				return fmt.Errorf("%s exists already: name a new folder", dir)
			}
			if err := os.MkdirAll(filepath.Dir(filepath.Clean(dir)), 0o755); err != nil {
				return err
			}
			if err := writeShop(filepath.Clean(dir)); err != nil {
				return err
			}
			_, err := fmt.Fprintf(s.out, "%s is a bot: edit it, and name it as a bot's dir in the configuration\n", dir)
			return err
		}}
}
