package fetch_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/core/fetch"
)

// Whatever is written as an address, this machine is not reached.
func FuzzGet(f *testing.F) {
	var reached atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	f.Cleanup(srv.Close)
	port := portOf(srv)
	for _, s := range []string{"127.0.0.1", "[::1]", "localhost", "0x7f.1", "2130706433", "①②⑦.⓪.⓪.①", "127.0.0.1#@example.com", "example.com@127.0.0.1", "[::ffff:7f00:1]", "[fe80::1%25lo]", "127.0.0.1\\@x", "\x00"} {
		f.Add(s)
	}
	z := &zone{}
	c, err := fetch.New(fetch.Options{Timeout: time.Second, Resolver: z.resolver()})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(c.Close)
	f.Fuzz(func(t *testing.T, host string) {
		for _, address := range []string{"http://" + host + port + "/", "http://" + host} {
			if res, err := c.Get(t.Context(), address); err == nil && res.URL != nil && reached.Load() > 0 {
				t.Fatalf("%q reached it", address)
			}
		}
		if reached.Load() > 0 {
			t.Fatalf("%q reached it", host)
		}
	})
}
