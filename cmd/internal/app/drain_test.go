package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A replica that leaves says so, and serves on until a balancer has seen it: an
// open stream, a new one, a question; then the stream is told to come back.
func TestDrainDelay(t *testing.T) {
	const delay = 2 * time.Second
	config := fmt.Sprintf(replica, "", "", botFolder(t), "")
	h := runHouse(t, strings.Replace(config, "server: {", "server: {drain_delay: 2s, ", 1))
	token := session(t, h.url)
	events, err := http.Get(h.url + "/api/v1/web/web/events?access_token=" + token)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = events.Body.Close() }()
	began := time.Now()
	done := make(chan struct{})
	go func() { defer close(done); h.stop() }()
	for status := 0; status != http.StatusServiceUnavailable; time.Sleep(5 * time.Millisecond) {
		if status, _ = get(t, h.url+"/readyz", ""); time.Since(began) > delay/2 {
			t.Fatalf("/readyz says %d", status)
		}
	}
	if status, body := ask(t, h.url, session(t, h.url), "1", "How long is the warranty of the K3 kettle?"); status != http.StatusOK || !strings.Contains(body, "two years") {
		t.Errorf("while it leaves: %d %s", status, body)
	}
	var told strings.Builder
	buf := make([]byte, 4096)
	for {
		n, err := events.Body.Read(buf)
		told.Write(buf[:n])
		if err != nil {
			break
		}
	}
	if took := time.Since(began); took < delay || !strings.Contains(told.String(), "retry: ") {
		t.Errorf("the stream ended after %v with %q", took, told.String())
	}
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("it does not end")
	}
}
