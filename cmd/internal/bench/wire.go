package bench

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// wire is one keep-alive HTTP/1.1 connection. net/http's client would cost as
// much as the server it measures; this costs a tenth.
type wire struct {
	host string
	conn net.Conn
	in   *bufio.Reader
	buf  []byte
}

// patience with one answer: longer than any ?wait=.
const patience = 40 * time.Second

var errChunked = errors.New("the server answers in chunks: a length was expected")

func (w *wire) dial() error {
	c, err := net.DialTimeout("tcp", w.host, 10*time.Second)
	if err != nil {
		return err
	}
	w.conn, w.in = c, bufio.NewReader(c)
	return nil
}

func (w *wire) close() {
	if w.conn != nil {
		_ = w.conn.Close()
		w.conn = nil
	}
}

// do sends a request and returns status and body. A connection that failed is
// closed, and made anew by the next call.
func (w *wire) do(method, path, token string, body []byte) (status int, answer []byte, err error) {
	if w.conn == nil {
		if err := w.dial(); err != nil {
			return 0, nil, err
		}
	}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if err := w.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return 0, nil, err
	}
	w.buf = append(w.buf[:0], method...)
	w.buf = fmt.Appendf(w.buf, " %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n", path, w.host, len(body))
	if token != "" {
		w.buf = fmt.Appendf(w.buf, "Authorization: Bearer %s\r\n", token)
	}
	w.buf = append(append(w.buf, "\r\n"...), body...)
	if _, err := w.conn.Write(w.buf); err != nil {
		return 0, nil, err
	}
	return w.read()
}

func (w *wire) read() (status int, body []byte, err error) {
	line, err := w.in.ReadString('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 12 || !strings.HasPrefix(line, "HTTP/1.1 ") {
		return 0, nil, fmt.Errorf("not HTTP: %q", line)
	}
	if status, err = strconv.Atoi(line[9:12]); err != nil {
		return 0, nil, fmt.Errorf("not HTTP: %q", line)
	}
	size := -1
	for {
		line, err := w.in.ReadString('\n')
		if err != nil {
			return 0, nil, err
		}
		if line == "\r\n" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		if strings.EqualFold(name, "Content-Length") {
			if size, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return 0, nil, err
			}
		}
	}
	if size < 0 {
		return 0, nil, errChunked
	}
	body = make([]byte, size)
	_, err = io.ReadFull(w.in, body)
	return status, body, err
}
