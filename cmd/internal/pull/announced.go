package pull

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
)

// announcement is a Git LFS pointer, which model hubs serve for a large file's
// "raw" address (git-lfs specification, version 1).
var announcement = regexp.MustCompile(`(?m)^oid sha256:([0-9a-f]{64})$`)

// Announced asks urls in order for the checksum a hub announces for a file.
func (p *Puller) Announced(ctx context.Context, urls ...string) (sum string, err error) {
	p.defaults()
	var errs []error
	for _, u := range urls {
		sum, err := p.announced(ctx, u)
		if err == nil {
			return sum, nil
		}
		errs = append(errs, fmt.Errorf("%s: %w", host(u), err))
	}
	return "", fmt.Errorf("no mirror tells the checksum; give it with --sha256: %w", errors.Join(errs...))
}

func (p *Puller) announced(ctx context.Context, u string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
	if err != nil {
		return "", errors.New("its address is no URL")
	}
	res, err := p.Client.Do(req)
	if err != nil {
		return "", brief(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	if err != nil {
		return "", brief(err)
	}
	m := announcement.FindSubmatch(b)
	if res.StatusCode != http.StatusOK || m == nil {
		return "", fmt.Errorf("status %d and no checksum", res.StatusCode)
	}
	return string(m[1]), nil
}
