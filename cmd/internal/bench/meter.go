package bench

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// usage is what the server used between two moments.
type usage struct{ cpu time.Duration }

// meter reads the server's own CPU time from /metrics. A target that does not
// say leaves it at 0.
type meter struct{ url string }

func newMeter(target string) meter { return meter{strings.TrimSuffix(target, "/") + "/metrics"} }

func (m meter) between(ctx context.Context, from, until time.Time) usage {
	sleepUntil(ctx, from)
	before, ok := m.read(ctx)
	sleepUntil(ctx, until)
	after, ok2 := m.read(ctx)
	if !ok || !ok2 {
		return usage{}
	}
	return usage{after - before}
}

func sleepUntil(ctx context.Context, t time.Time) {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func (m meter) read(ctx context.Context) (time.Duration, bool) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.url, nil)
	if err != nil {
		return 0, false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, false
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
	if err != nil || res.StatusCode != http.StatusOK {
		return 0, false
	}
	lines := bufio.NewScanner(bytes.NewReader(body))
	for lines.Scan() {
		if v, ok := strings.CutPrefix(lines.Text(), "process_cpu_seconds_total "); ok {
			s, err := strconv.ParseFloat(v, 64)
			return time.Duration(s * float64(time.Second)), err == nil
		}
	}
	return 0, false
}
