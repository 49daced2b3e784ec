package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"frontdesk/cmd/internal/runfile"
)

// Listen opens the address the configuration names. A taken port is an error
// that says so.
func (a *App) Listen(ctx context.Context, addr string) (net.Listener, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("server.addr: %w: is another program using it? name another with --addr or server.addr", err)
	}
	return ln, nil
}

// Run serves on ln until ctx ends, then drains: /readyz says 503; after
// server.drain_delay nothing new is taken, what runs is finished and committed,
// streams are told to come back, and the rest waits in the store. The drain ends
// within server.shutdown_timeout. ready is called once everything answers.
func (a *App) Run(ctx context.Context, ln net.Listener, ready func()) error {
	working, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	srv := a.server(a.handler())
	failed := make(chan error, 3)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := a.engine.Run(working); err != nil {
			failed <- fmt.Errorf("engine: %w", err)
		}
	})
	wg.Go(func() { a.ledger.Listen(working) })
	wg.Go(func() {
		if err := srv.Serve(ln); err != nil && !errors.Is(err, http.ErrServerClosed) {
			failed <- fmt.Errorf("server: %w", err)
		}
	})
	announced, err := runfile.Write(a.cfg.DataDir, runfile.Info{URL: localURL(ln.Addr()), PID: os.Getpid(), Started: a.o.Now().UTC(),
		Token: a.token, Data: a.cfg.DataDir})
	if err != nil {
		failed <- err
	} else {
		defer func() { _ = announced.Remove() }() // a stale one names a dead pid and is ignored
	}
	if ready != nil && err == nil {
		ready()
	}
	err = nil
	select {
	case <-ctx.Done():
		err = a.lookAway(failed)
	case err = <-failed:
	}
	return errors.Join(err, a.stop(srv, stopWork, &wg))
}

// lookAway says that this replica is leaving, and serves on until a balancer has
// seen it.
func (a *App) lookAway(failed <-chan error) error {
	a.draining.Store(true)
	if a.cfg.Server.DrainDelay == 0 {
		return nil
	}
	a.log.Info("leaving", "in", a.cfg.Server.DrainDelay.String())
	t := time.NewTimer(a.cfg.Server.DrainDelay)
	defer t.Stop()
	select {
	case err := <-failed:
		return err
	case <-t.C:
		return nil
	}
}

// stop drains within the shutdown timeout. What is not done by then is in the
// store: the next start goes on with it.
func (a *App) stop(srv *http.Server, stopWork func(), wg *sync.WaitGroup) error {
	a.stopOnce.Do(func() { a.draining.Store(true); close(a.drain) })
	a.log.Info("draining")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.base), a.cfg.Server.ShutdownTimeout)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		stopWork() // no new turns; waiters for those not begun get their 202
		a.runner.Close()
		err := srv.Shutdown(ctx)
		wg.Wait()
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("drain: %w", err)
		}
		a.log.Info("drained")
		return nil
	case <-ctx.Done():
		a.end() // requests that still wait are broken off
		_ = srv.Close()
		select {
		case <-done:
		case <-time.After(time.Second):
		}
		a.log.Warn("drain timed out: what was not finished is stored and goes on at the next start")
		return nil
	}
}

// localURL is where programs on this machine reach a.
func localURL(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}
