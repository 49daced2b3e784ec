package configs

import (
	"fmt"
	"strconv"
	"strings"
)

// Size is a number of bytes. It is written like 512B, 16kB, 1MB, 2GB (powers of
// 1000) or 16KiB, 1MiB, 2GiB (powers of 1024); a bare number is bytes.
type Size int64

// units are the endings, longest first, since each contains "B".
var units = []struct {
	name string
	n    int64
}{
	{"KiB", 1 << 10},
	{"MiB", 1 << 20},
	{"GiB", 1 << 30},
	{"kB", 1e3},
	{"KB", 1e3},
	{"MB", 1e6},
	{"GB", 1e9},
	{"B", 1},
	{"", 1},
}

// maxSize bounds a Size far below an overflow.
const maxSize = 1 << 40

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Size) UnmarshalText(text []byte) error {
	in := string(text)
	for _, u := range units {
		digits, ok := strings.CutSuffix(in, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		if err != nil || n < 0 || n > maxSize/u.n {
			break
		}
		*s = Size(n * u.n)
		return nil
	}
	return fmt.Errorf("this is no size: write one like 16kB, 1MB or 50MiB, at most 1 TiB")
}

// MarshalText writes s so that UnmarshalText reads it back.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String is s in the largest unit that divides it.
func (s Size) String() string {
	best := units[len(units)-2] // "B"
	for _, u := range units {
		if s != 0 && int64(s)%u.n == 0 && u.n > best.n {
			best = u
		}
	}
	return strconv.FormatInt(int64(s)/best.n, 10) + best.name
}
