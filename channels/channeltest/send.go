package channeltest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"frontdesk/core"
)

// sendFails sends to a platform that fails in each way there is: no error
// shows a secret, and what may pass with time is tried again.
func sendFails(t *testing.T, k Kit) {
	if k.Reply == nil {
		return
	}
	for _, status := range []int{301, 400, 401, 403, 404, 409, 413, 429, 500, 502, 503, 504} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			err := sendTo(t, k, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "7")
				w.WriteHeader(status)
			})
			if status >= 500 && core.IsPermanent(err) {
				t.Errorf("status %d is said to be permanent", status)
			}
		})
	}
	for name, h := range map[string]http.HandlerFunc{
		"garbage":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>not what you want")) },
		"hangs up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"never ends": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that the client left
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := sendTo(t, k, h); core.IsPermanent(err) {
				t.Errorf("%v is said to be permanent", err)
			}
		})
	}
	t.Run("nobody listens", func(t *testing.T) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		url := "http://" + ln.Addr().String()
		if err := ln.Close(); err != nil {
			t.Fatal(err)
		}
		if err := send(t, k, url); core.IsPermanent(err) {
			t.Errorf("%v is said to be permanent", err)
		}
	})
}

func sendTo(t *testing.T, k Kit, h http.HandlerFunc) error {
	t.Helper()
	srv := httptest.NewServer(h)
	defer srv.Close()
	return send(t, k, srv.URL)
}

func send(t *testing.T, k Kit, url string) error {
	t.Helper()
	w := open(t, k, with(k.Config, url))
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	_, err := w.ch.Send(ctx, *k.Reply)
	var se *core.SendError
	if err == nil {
		t.Fatal("it was sent, they say")
	}
	w.secretless(k, "the error", err.Error())
	for e := err; e != nil; e = errors.Unwrap(e) {
		w.secretless(k, "an error below", e.Error())
	}
	if errors.As(err, &se) {
		w.secretless(k, "the cause", se.Err.Error())
	}
	w.secretless(k, "the log", w.Log.String())
	return err
}
