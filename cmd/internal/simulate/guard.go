package simulate

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"frontdesk/channels/problem"
)

// maxBody bounds a call: maxText runes, each escaped, and what surrounds them.
const (
	maxBody = 64 << 10
	maxText = 4000 // runes; more than any of the platforms lets people type
)

// stranger says why r may not use the page, or "". A name that points to this
// machine may be another site's doing, so addresses count and "localhost".
func stranger(r *http.Request) string {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if a := from.Addr().Unmap(); err != nil || !(a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()) {
		return "this page is for demonstrations: it answers this machine and its private network only"
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if _, err := netip.ParseAddr(host); err != nil && host != "localhost" && !strings.HasSuffix(host, ".localhost") {
		return "open this page by an address, as the demo printed it, or as localhost: a name may be another site's"
	}
	return ""
}

// read decodes the body of a call, or answers why it does not.
func read(w http.ResponseWriter, r *http.Request, into any) bool {
	var cross http.CrossOriginProtection
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", "POST")
		problem.Write(w, http.StatusMethodNotAllowed, "want POST")
		return false
	case cross.Check(r) != nil:
		problem.Write(w, http.StatusForbidden, "only the page itself may act here, not another site")
		return false
	case err != nil || kind != "application/json":
		problem.Write(w, http.StatusUnsupportedMediaType, "want Content-Type: application/json")
		return false
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	err = d.Decode(into)
	if err == nil {
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("more than one value")
		}
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		problem.Write(w, http.StatusRequestEntityTooLarge, "the body is larger than 64 KiB")
	case err != nil:
		problem.Write(w, http.StatusBadRequest, "the body is not the JSON object this call takes")
	}
	return err == nil
}
