package milvus

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/knowledge"
)

func TestOpen(t *testing.T) {
	for _, bad := range []string{"", "milvus:", "http://host:19530", "milvus://", "milvus://h:1:2/%zz"} {
		if _, err := Open(Options{URL: bad}); err == nil || strings.Contains(err.Error(), "zz") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	s, err := Open(Options{URL: "milvus://me:geheim@host:19530"})
	if err != nil || s.conf.Username != "me" || s.conf.Password != "geheim" || s.conf.Address != "host:19530" {
		t.Errorf("%+v, %v", s.conf, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestAway: a server that does not answer costs its first caller a moment, and
// those after nothing, until it is asked again.
func TestAway(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s, err := Open(Options{URL: "milvus://me:geheim@" + addr, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	vs := s.Open(core.DefaultWorkspace, "b", "s/4", 4)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := vs.Mean(ctx); err == nil || strings.Contains(err.Error(), "geheim") || !strings.Contains(err.Error(), addr) {
		t.Errorf("got %v", err)
	}
	start := time.Now()
	for range 100 {
		if _, err := vs.Nearest(t.Context(), make([]float32, 4), 3); err == nil {
			t.Error("no error")
		}
		if err := vs.Put(t.Context(), []knowledge.Vector{{V: make([]float32, 4)}}); err == nil {
			t.Error("no error")
		}
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("200 calls took %v", took)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestIDs(t *testing.T) {
	s := &set{owner: digest("w\x00b")}
	k := knowledge.KeyOf("text")
	if got, err := s.key(s.id(k)); err != nil || got != k {
		t.Errorf("%x, %v", got, err)
	}
	for _, bad := range []string{"", s.owner, s.id(k)[:20], "x" + s.id(k)} {
		if _, err := s.key(bad); err == nil {
			t.Errorf("%q is an id", bad)
		}
	}
}
