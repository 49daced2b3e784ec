//go:build long

package main

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"frontdesk/cmd/internal/bench"
	"frontdesk/core/store/postgres/pgtest"
)

// TestReplicaThroughput prints how many messages a second one, two and three
// replicas on one PostgreSQL answer, and SQLite's one beside them, to 32 users
// each who do not think.
func TestReplicaThroughput(t *testing.T) {
	one := func(more string) *gateway {
		config, data := shop(t, "embedding: {url: \"none:\"}\n"+more)
		return launch(t, config, data)
	}
	measure := func(name string, all ...*gateway) {
		var wg sync.WaitGroup
		results := make([]bench.Result, len(all))
		for i, g := range all {
			wg.Go(func() {
				r, err := bench.Run(t.Context(), bench.Options{Target: g.url, Channel: "web", Users: 32, Duration: 8 * time.Second, Warm: 2 * time.Second, Questions: bench.Sample()})
				if err != nil || r.Errors+r.Lost+r.Duplicated > 0 {
					t.Errorf("%s: %+v, %v", name, r, err)
				}
				results[i] = r
			})
		}
		wg.Wait()
		sum, worst, cpu := 0.0, 0.0, 0.0
		for _, r := range results {
			sum, worst, cpu = sum+r.RPS, max(worst, r.P99), cpu+r.CPU/float64(len(all))
		}
		t.Logf("%-22s %6.0f messages a second, p99 %4.0f ms, %4.0f µs of the gateways' processor a message", name, sum, worst, cpu)
		for _, g := range all {
			g.stop(t)
		}
	}
	measure("SQLite", one(""))
	server := pgtest.Start(t)
	for n := 1; n <= 3; n++ {
		db := server.Fresh(t)
		var all []*gateway
		for range n {
			all = append(all, one(fmt.Sprintf("database: {url: %q}\n", db)))
		}
		time.Sleep(2 * time.Second) // the partitions are shared out
		measure(fmt.Sprintf("PostgreSQL, %d replicas", n), all...)
	}
}
