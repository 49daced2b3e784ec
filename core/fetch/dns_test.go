package fetch_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"
)

// zone is a name server of one's own: each question takes the next address of
// its name's list, and the last one stays.
type zone struct {
	mu    sync.Mutex
	names map[string][]string
	asked int
	wg    sync.WaitGroup
}

func newZone(t *testing.T, names map[string][]string) *zone {
	z := &zone{names: names}
	t.Cleanup(z.wg.Wait)
	return z
}

// resolver asks z, over a pipe.
func (z *zone) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		z.wg.Go(func() { z.serve(there) })
		return here, nil
	}}
}

// serve answers questions as DNS over TCP frames them (RFC 1035, 4.2.2).
func (z *zone) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	for {
		var size uint16
		if err := binary.Read(c, binary.BigEndian, &size); err != nil {
			return
		}
		q := make([]byte, size)
		if _, err := io.ReadFull(c, q); err != nil {
			return
		}
		a := z.answer(q)
		if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(a))), a...)); err != nil && !errors.Is(err, io.ErrClosedPipe) {
			return
		}
	}
}

// answer is one A record for a question of type A, and none for others.
func (z *zone) answer(q []byte) []byte {
	name, i := "", 12
	for q[i] != 0 {
		n := int(q[i])
		name += string(q[i+1:i+1+n]) + "."
		i += n + 1
	}
	end := i + 5
	out := append([]byte{q[0], q[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, q[12:end]...)
	if binary.BigEndian.Uint16(q[i+1:]) != 1 { // AAAA
		return out
	}
	ip, ok := z.next(name)
	if !ok {
		return out
	}
	out[7] = 1
	b := ip.As4()
	return append(append(out, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4), b[:]...)
}

func (z *zone) next(name string) (netip.Addr, bool) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.asked++
	l := z.names[name]
	if len(l) == 0 {
		return netip.Addr{}, false
	}
	if len(l) > 1 {
		z.names[name] = l[1:]
	}
	return netip.MustParseAddr(l[0]), true
}
