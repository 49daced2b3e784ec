package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"frontdesk/cmd/internal/bench"
)

type benchFlags struct {
	o         bench.Options
	channel   string
	questions string
	json      bool
	profile   string
}

func benchCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "bench", Short: "Put load on a gateway and check that every message was answered, once, in order",
		Example: "  frontdesk bench --users 64 --duration 10s\n  frontdesk bench floor", Args: cobra.NoArgs}
	f := &benchFlags{}
	f.add(c)
	c.RunE = func(c *cobra.Command, _ []string) error { return f.gateway(c.Context(), s) }
	floor := &cobra.Command{Use: "floor", Short: "A bare echo server, then the gateway, in the same run, and their ratio",
		Example: "  frontdesk bench floor --users 64", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.floor(c.Context(), s) }}
	f.add(floor)
	echo := &cobra.Command{Use: "floor-server", Hidden: true, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return floorServer(c.Context(), s) }}
	c.AddCommand(floor, echo)
	return c
}

func (f *benchFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.o.Target, "target", "", "URL of a running gateway; empty starts one of its own on fresh data")
	c.Flags().StringVar(&f.channel, "channel", "web", "what customers write on: web (the other channels come with a later version)")
	c.Flags().IntVar(&f.o.Users, "users", 64, "customers at once")
	c.Flags().Float64Var(&f.o.Rate, "rate", 0, "messages a second in all, at fixed times whatever the answers; 0: each customer waits for the answer")
	c.Flags().DurationVar(&f.o.Duration, "duration", 10*time.Second, "time measured")
	c.Flags().DurationVar(&f.o.Warm, "warm", 2*time.Second, "time before that")
	c.Flags().DurationVar(&f.o.Think, "think", 0, "pause of a customer between answer and next question")
	c.Flags().StringVar(&f.questions, "questions", "", "file with a question a line; empty: a sample")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON, an object a line")
	c.Flags().StringVar(&f.profile, "cpuprofile", "", "write a CPU profile of the gateway it starts")
}

// prepare checks the flags and reads the questions.
func (f *benchFlags) prepare() (err error) {
	switch {
	case f.channel != "web":
		return misuse{fmt.Errorf("--channel %s: this version puts load on web only", f.channel)}
	case f.o.Users < 1 || f.o.Users > 20_000:
		return misuse{fmt.Errorf("--users %d: want 1 to 20000", f.o.Users)}
	case f.o.Duration <= 0 || f.o.Duration > time.Hour:
		return misuse{fmt.Errorf("--duration %v: want up to 1h", f.o.Duration)}
	}
	f.o.Channel = f.channel
	f.o.Questions, err = readQuestions(f.questions)
	return err
}

func readQuestions(file string) (out []string, err error) {
	if file == "" {
		return bench.Sample(), nil
	}
	in, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("questions: %w", err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		if q := strings.TrimSpace(lines.Text()); q != "" {
			out = append(out, q)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("questions: %s has no line", file)
	}
	return out, lines.Err()
}

func (f *benchFlags) gateway(ctx context.Context, s streams) error {
	if err := f.prepare(); err != nil {
		return err
	}
	r, err := f.measure(ctx, s)
	if err != nil {
		return err
	}
	return f.report(s, r)
}

func (f *benchFlags) measure(ctx context.Context, s streams) (r bench.Result, err error) {
	o := f.o
	if o.Target == "" {
		dir, err := os.MkdirTemp("", "frontdesk-bench-")
		if err != nil {
			return r, err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		args := []string{"demo", "--addr", "127.0.0.1:0", "--data", filepath.Join(dir, "data"), "--log-level", "error"}
		if f.profile != "" {
			args = append(args, "--cpuprofile", f.profile)
		}
		p, err := start(ctx, s, args...)
		if err != nil {
			return r, err
		}
		defer func() { err = errors.Join(err, p.stop()) }()
		o.Target = p.url
	}
	return bench.Run(ctx, o)
}

func (f *benchFlags) floor(ctx context.Context, s streams) error {
	if err := f.prepare(); err != nil {
		return err
	}
	p, err := start(ctx, s, "bench", "floor-server")
	if err != nil {
		return err
	}
	o := f.o
	o.Target, o.Floor = p.url, true
	bare, err := bench.Run(ctx, o)
	if err = errors.Join(err, p.stop()); err != nil {
		return err
	}
	bare.Channel = "floor"
	r, err := f.measure(ctx, s)
	if err != nil {
		return err
	}
	if err := f.report(s, bare, r); err != nil {
		return err
	}
	if !f.json && bare.RPS > 0 {
		fmt.Fprintf(s.out, "ratio to the floor: %.3f of its messages a second, %.1f times its CPU a message\n", r.RPS/bare.RPS, ratio(r.CPU, bare.CPU))
	}
	return nil
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

func (f *benchFlags) report(s streams, rs ...bench.Result) error {
	print := bench.Print
	if f.json {
		print = bench.PrintJSON
	}
	if err := print(s.out, rs...); err != nil {
		return err
	}
	for _, r := range rs {
		if r.Bad() {
			return errSaid
		}
	}
	return nil
}

// process is a server started for the measurement.
type process struct {
	cmd *exec.Cmd
	url string
}

// start runs this program with args and waits for the line that names its URL.
func start(ctx context.Context, s streams, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Stderr = s.err
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, url, ok := strings.Cut(lines.Text(), "chat   "); ok {
			go func() { // keep the pipe empty; it ends with the process
				for lines.Scan() {
				}
			}()
			return &process{cmd, strings.TrimSuffix(strings.TrimSpace(url), "/")}, nil
		}
	}
	_ = cmd.Process.Kill()
	return nil, fmt.Errorf("the server did not start: %w", cmd.Wait())
}

func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.cmd.Wait()
}

// floorServer serves the bare echo until ctx ends.
func floorServer(ctx context.Context, s streams) error {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: bench.FloorHandler(), ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	fmt.Fprintf(s.out, "chat   http://%s/\n", ln.Addr())
	<-ctx.Done()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err = srv.Shutdown(stop)
	<-done
	return err
}
