package wechat

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// The platform's patience: three deliveries, each cut after 5 s; the next
// begins 5 s after the one before began.
const (
	tries   = 3
	timeout = 5 * time.Second
)

// deliver brings doc to the webhook until it is answered.
func (s *Server) deliver(openid, id string, doc []byte) {
	for attempt := 1; attempt <= tries; attempt++ {
		next, stop := s.opt.Clock.After(timeout)
		body, err := s.attempt(openid, doc, next)
		if err == nil {
			stop()
			s.take(openid, id, attempt, body)
			return
		}
		if !errors.Is(err, errCut) { // refused early: the next try is not sooner for it
			select {
			case <-next:
			case <-s.ctx.Done():
			}
		}
		stop()
		if s.ctx.Err() != nil {
			return
		}
	}
	s.show(openid, Line{From: FromPlatform, Text: Unavailable, ID: id})
}

// take shows what a complete answer says.
func (s *Server) take(openid, id string, attempt int, body []byte) {
	text, err := s.read(openid, body)
	switch {
	case err != nil:
		s.show(openid, Line{From: FromPlatform, Text: Unavailable, ID: id, Attempt: attempt})
	case text != "":
		s.show(openid, Line{From: FromAccount, Via: ViaPassive, Text: text, ID: id, Attempt: attempt})
	}
}

// errCut means the time was over.
var errCut = fmt.Errorf("no answer in %v", timeout)

// attempt makes one call, cut when cut has a value. It leaves no goroutine.
func (s *Server) attempt(openid string, doc []byte, cut <-chan time.Time) ([]byte, error) {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	type result struct {
		body []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		body, err := s.call(ctx, openid, doc)
		done <- result{body, err}
	}()
	select {
	case r := <-done:
		return r.body, r.err
	case <-cut:
		cancel()
		<-done
		return nil, errCut
	}
}

// call is one request; an error unless a complete 2xx came.
func (s *Server) call(ctx context.Context, openid string, doc []byte) ([]byte, error) {
	q, body := s.envelop(openid, doc)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.opt.Webhook+"?"+q.Encode(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "text/xml")
	resp, err := s.opt.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, fmt.Errorf("the webhook answered %d", resp.StatusCode)
	}
	return answer, nil
}

// envelop signs doc, and encrypts it if the account wants that.
func (s *Server) envelop(openid string, doc []byte) (url.Values, []byte) {
	ts, nonce := strconv.FormatInt(s.opt.Clock.Now().Unix(), 10), rand.Text()[:10]
	q := url.Values{"timestamp": {ts}, "nonce": {nonce}, "openid": {openid},
		"signature": {sign(s.opt.Token, ts, nonce)}}
	if s.opt.Mode == Plain {
		return q, doc
	}
	sealed := encrypt(s.key, s.opt.AppID, doc)
	q.Set("encrypt_type", "aes")
	q.Set("msg_signature", sign(s.opt.Token, ts, nonce, sealed))
	if s.opt.Mode == Compatible {
		both := bytes.TrimSuffix(doc, []byte("</xml>"))
		return q, append(bytes.Clone(both), "<Encrypt><![CDATA["+sealed+"]]></Encrypt></xml>"...)
	}
	return q, document(field{"ToUserName", s.opt.Account}, field{"Encrypt", sealed})
}

// Verify calls the webhook as the platform does when its address is entered,
// and returns what it answered and the status.
func (s *Server) Verify(ctx context.Context, echo string) (string, int, error) {
	ts, nonce := strconv.FormatInt(s.opt.Clock.Now().Unix(), 10), rand.Text()[:10]
	q := url.Values{"timestamp": {ts}, "nonce": {nonce}, "echostr": {echo}, "signature": {sign(s.opt.Token, ts, nonce)}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.opt.Webhook+"?"+q.Encode(), nil)
	if err != nil {
		return "", 0, err
	}
	resp, err := s.opt.HTTP.Do(req)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return string(body), resp.StatusCode, err
}
