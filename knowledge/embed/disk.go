package embed

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// disk keeps the vectors of passages of one space in a file that only grows:
//
//	header  "FDVC", version uint32, the SHA-256 of the space's name
//	records the first half of the text's SHA-256, the vector as float32, and the
//	        CRC-32 of both; little endian
//
// A record says itself whose it is and whether it is whole, so a crash, a second
// writer or a bad sector cost a vector, never give a wrong one. Nothing is
// synced: what is lost is computed again.
type disk struct {
	mu    sync.Mutex
	f     *os.File
	head  [headerSize]byte
	dim   int
	limit int64
	size  int64
	at    map[textKey]int64 // where the text's record begins
	buf   []byte
}

const (
	headerSize  = 8 + sha256.Size
	diskVersion = 1
)

// textKey is half a SHA-256: 128 bits do not meet by chance.
type textKey [16]byte

func keyOf(text string) textKey {
	sum := sha256.Sum256([]byte(text))
	return textKey(sum[:16])
}

func openDisk(dir, space string, dim int, limit int64) (*disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("vector cache: %w", err)
	}
	sum := sha256.Sum256([]byte(space))
	name := filepath.Join(dir, hex.EncodeToString(sum[:8])+".vectors")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("vector cache: %w", err)
	}
	d := &disk{f: f, dim: dim, limit: limit, at: map[textKey]int64{}}
	d.buf = make([]byte, d.record())
	binary.LittleEndian.PutUint32(d.head[4:], diskVersion)
	copy(d.head[:], "FDVC")
	copy(d.head[8:], sum[:])
	if err := d.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("vector cache %s: %w", name, err), f.Close())
	}
	return d, nil
}

// record is the size of one.
func (d *disk) record() int64 { return int64(len(textKey{}) + 4*d.dim + 4) }

// load finds what is in the file. One that is of another space, version or limit
// is begun anew.
func (d *disk) load() error {
	info, err := d.f.Stat()
	if err != nil {
		return err
	}
	var head [headerSize]byte
	if n, err := d.f.ReadAt(head[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	} else if n < headerSize || head != d.head || info.Size() > d.limit {
		return d.anew()
	}
	// The last record may be torn: it is written over.
	n := (info.Size() - headerSize) / d.record()
	d.size = headerSize + n*d.record()
	for off := int64(headerSize); off < d.size; off += d.record() {
		var k textKey
		if _, err := d.f.ReadAt(k[:], off); err != nil {
			return err
		}
		d.at[k] = off
	}
	return nil
}

func (d *disk) anew() error {
	clear(d.at)
	if err := d.f.Truncate(0); err != nil {
		return err
	}
	_, err := d.f.WriteAt(d.head[:], 0)
	d.size = headerSize
	return err
}

// get returns a passage's vector, or nil if it is not there whole.
func (d *disk) get(text string) []float32 {
	k := keyOf(text)
	d.mu.Lock()
	defer d.mu.Unlock()
	off, ok := d.at[k]
	if !ok {
		return nil
	}
	body := d.buf[:len(d.buf)-4]
	if _, err := d.f.ReadAt(d.buf, off); err != nil || !bytes.HasPrefix(body, k[:]) ||
		crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(d.buf[len(body):]) {
		delete(d.at, k)
		return nil
	}
	v := make([]float32, d.dim)
	// There are exactly as many bytes.
	_, _ = binary.Decode(body[len(k):], binary.LittleEndian, v)
	return v
}

// put adds a passage. What cannot be written is not remembered: a full disk
// slows an import down and does not stop it.
func (d *disk) put(text string, v []float32) {
	k := keyOf(text)
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.at[k]; ok || len(v) != d.dim {
		return
	}
	if d.size+d.record() > d.limit && d.anew() != nil {
		return
	}
	b := append(d.buf[:0], k[:]...)
	b, _ = binary.Append(b, binary.LittleEndian, v)
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	if _, err := d.f.WriteAt(b, d.size); err != nil {
		return
	}
	d.at[k] = d.size
	d.size += d.record()
}

func (d *disk) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.f.Close()
}
