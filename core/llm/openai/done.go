package openai

import (
	"bytes"
	"io"
	"net/http"

	"github.com/openai/openai-go/v3/option"
)

// doneMark is the last event of a stream. Some servers end an answer with it
// alone, without a finish_reason.
var doneMark = []byte("data: [DONE]")

// watch is a response's body that notices the mark.
type watch struct {
	io.ReadCloser
	tail []byte // the last bytes read, fewer than the mark has
	done bool
}

// Read implements io.Reader.
func (w *watch) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	if !w.done {
		seen := append(w.tail, p[:n]...)
		w.done = bytes.Contains(seen, doneMark)
		w.tail = append(w.tail[:0], seen[max(0, len(seen)-len(doneMark)+1):]...)
	}
	return n, err
}

// watching makes into watch the body of the response.
func watching(into *watch) option.RequestOption {
	return option.WithMiddleware(func(r *http.Request, next option.MiddlewareNext) (*http.Response, error) {
		res, err := next(r)
		if res != nil && res.Body != nil {
			into.ReadCloser = res.Body
			res.Body = into
		}
		return res, err
	})
}
