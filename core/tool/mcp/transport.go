package mcp

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// transport is a new way to the server.
func (s *Server) transport(ctx context.Context) sdk.Transport {
	if s.o.URL != "" {
		base := s.o.Client.HTTP()
		return &sdk.StreamableClientTransport{Endpoint: s.o.URL, MaxRetries: -1, DisableStandaloneSSE: true,
			HTTPClient: &http.Client{Transport: &headed{base.Transport, s.o.Header}, CheckRedirect: stay}}
	}
	cmd := exec.CommandContext(ctx, s.o.Command[0], s.o.Command[1:]...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, s.o.Env...)
	cmd.WaitDelay = time.Second
	return &sdk.CommandTransport{Command: cmd, TerminateDuration: time.Second}
}

// headed adds the owner's headers to each request.
type headed struct {
	next http.RoundTripper
	add  http.Header
}

// RoundTrip implements http.RoundTripper.
func (h *headed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	for k, v := range h.add {
		r.Header[k] = v
	}
	return h.next.RoundTrip(r)
}

// stay follows no redirect: the credentials would go along.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
