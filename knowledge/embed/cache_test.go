package embed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"frontdesk/core"
)

// counter embeds a text by its length and counts what it is asked.
type counter struct {
	mu    sync.Mutex
	asked []string
	space string
	fail  error
}

func (c *counter) Embed(ctx context.Context, kind core.EmbedKind, texts []string) ([][]float32, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		return nil, c.fail
	}
	out := make([][]float32, len(texts))
	for i, t := range texts {
		c.asked = append(c.asked, string(kind)+":"+t)
		out[i] = []float32{float32(len(t)), 1, 0, 0}
	}
	return out, ctx.Err()
}

func (c *counter) Space() string   { return c.space + "/4" }
func (c *counter) Dimensions() int { return 4 }

func cached(t *testing.T, c *counter, o CacheOptions) *Cache {
	t.Helper()
	out, err := NewCache(c, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = out.Close() })
	return out
}

func ask(t *testing.T, c *Cache, kind core.EmbedKind, texts ...string) {
	t.Helper()
	v, err := c.Embed(t.Context(), kind, texts)
	if err != nil {
		t.Fatal(err)
	}
	for i := range texts {
		if len(v[i]) != 4 || v[i][0] != float32(len(Clean(texts[i]))) {
			t.Fatalf("%q has the vector %v", texts[i], v[i])
		}
		clear(v[i]) // whoever gets a vector may do with it what he likes
	}
}

func TestCacheOfQuestions(t *testing.T) {
	c := &counter{}
	k := cached(t, c, CacheOptions{})
	ask(t, k, core.EmbedQuery, "a", "bb", "a", " a ")
	ask(t, k, core.EmbedQuery, "bb", "ccc", "a")
	ask(t, k, core.EmbedPassage, "a")
	ask(t, k, core.EmbedPassage, "a") // passages are not kept in memory
	if want := []string{"query:a", "query:bb", "query:ccc", "passage:a", "passage:a"}; !slices.Equal(c.asked, want) {
		t.Errorf("asked for %v, want %v", c.asked, want)
	}
	if k.Space() != c.Space() || k.Dimensions() != 4 {
		t.Error("the cache has another space")
	}
	c.fail = errors.New("down")
	if ask(t, k, core.EmbedQuery, "a", "bb"); len(c.asked) != 5 {
		t.Error("what is remembered is asked for")
	}
	if _, err := k.Embed(t.Context(), core.EmbedQuery, []string{"a", "new"}); !errors.Is(err, c.fail) {
		t.Errorf("error %v", err)
	}
	if v, err := k.Embed(t.Context(), "title", []string{"x"}); err == nil {
		t.Errorf("a kind that is none gives %v", v)
	}
}

func TestCacheForgetsTheOldest(t *testing.T) {
	c := &counter{}
	k := cached(t, c, CacheOptions{Bytes: 3 * (&entry{text: "0", v: make([]float32, 4)}).cost()})
	ask(t, k, core.EmbedQuery, "0", "1", "2")
	ask(t, k, core.EmbedQuery, "0")
	ask(t, k, core.EmbedQuery, "3") // puts "1" out
	c.asked = nil
	ask(t, k, core.EmbedQuery, "0", "2", "3")
	ask(t, k, core.EmbedQuery, "1")
	if want := []string{"query:1"}; !slices.Equal(c.asked, want) {
		t.Errorf("asked for %v, want %v", c.asked, want)
	}
	if k.size > k.limit || k.order.Len() != len(k.by) || len(k.by) != 3 {
		t.Errorf("%d bytes of %d, %d entries", k.size, k.limit, len(k.by))
	}
}

func TestCacheAtOnce(t *testing.T) {
	k := cached(t, &counter{}, CacheOptions{Bytes: 1000, Dir: t.TempDir()})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 200 {
				text := fmt.Sprint((i * j) % 17)
				for _, kind := range []core.EmbedKind{core.EmbedQuery, core.EmbedPassage} {
					if v, err := k.Embed(t.Context(), kind, []string{text}); err != nil || v[0][0] != float32(len(text)) {
						t.Errorf("%q: %v, %v", text, v, err)
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestDisk(t *testing.T) {
	dir := t.TempDir()
	c := &counter{space: "m"}
	k := cached(t, c, CacheOptions{Dir: dir})
	ask(t, k, core.EmbedPassage, "a", "bb", "a")
	ask(t, k, core.EmbedPassage, "bb")
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	again := cached(t, c, CacheOptions{Dir: dir})
	ask(t, again, core.EmbedPassage, "bb", "a", "ccc")
	other := cached(t, &counter{space: "n"}, CacheOptions{Dir: dir})
	ask(t, other, core.EmbedPassage, "a")
	if want := []string{"passage:a", "passage:bb", "passage:ccc"}; !slices.Equal(c.asked, want) {
		t.Errorf("asked for %v, want %v", c.asked, want)
	}
	if n := other.Embedder.(*counter).asked; len(n) != 1 {
		t.Error("a vector of another space was taken")
	}
}

// A record that is damaged, torn or another's costs its vector and gives none.
func TestDiskDamaged(t *testing.T) {
	record := int64(16 + 4*4 + 4)
	for name, spoil := range map[string]func(*testing.T, *os.File){
		"vector": func(t *testing.T, f *os.File) { write(t, f, headerSize+20, 7) },
		"key":    func(t *testing.T, f *os.File) { write(t, f, headerSize, 7) },
		"sum":    func(t *testing.T, f *os.File) { write(t, f, headerSize+record-1, 7) },
		"header": func(t *testing.T, f *os.File) { write(t, f, 4, 9) },
		"torn": func(t *testing.T, f *os.File) {
			if err := f.Truncate(headerSize + record/2); err != nil {
				t.Fatal(err)
			}
		},
		"empty": func(t *testing.T, f *os.File) {
			if err := f.Truncate(0); err != nil {
				t.Fatal(err)
			}
		},
	} {
		dir := t.TempDir()
		c := &counter{}
		k := cached(t, c, CacheOptions{Dir: dir})
		ask(t, k, core.EmbedPassage, "a")
		_ = k.Close()
		files, _ := filepath.Glob(filepath.Join(dir, "*"))
		f, err := os.OpenFile(files[0], os.O_RDWR, 0)
		if err != nil || len(files) != 1 {
			t.Fatal(files, err)
		}
		spoil(t, f)
		_ = f.Close()
		for range 2 { // the second finds what the first put right
			k = cached(t, c, CacheOptions{Dir: dir})
			ask(t, k, core.EmbedPassage, "a")
			_ = k.Close()
		}
		if len(c.asked) != 2 {
			t.Errorf("%s: asked for %v, want it once more", name, c.asked)
		}
	}
}

func write(t *testing.T, f *os.File, at int64, b byte) {
	if _, err := f.WriteAt([]byte{b}, at); err != nil {
		t.Fatal(err)
	}
}

// A file that is full is begun anew, and never grows beyond its limit.
func TestDiskFull(t *testing.T) {
	dir, limit := t.TempDir(), int64(headerSize+3*(16+4*4+4))
	c := &counter{}
	k := cached(t, c, CacheOptions{Dir: dir, DirBytes: limit})
	for i := range 10 {
		ask(t, k, core.EmbedPassage, fmt.Sprint("passage ", i))
		files, _ := filepath.Glob(filepath.Join(dir, "*"))
		if info, err := os.Stat(files[0]); err != nil || info.Size() > limit {
			t.Fatalf("%v bytes, error %v", info.Size(), err)
		}
	}
	c.asked = nil
	if ask(t, k, core.EmbedPassage, "passage 9"); len(c.asked) != 0 {
		t.Error("the latest is not there")
	}
	_ = k.Close()
	if ask(t, k, core.EmbedPassage, "passage 9"); len(c.asked) != 1 {
		t.Error("after Close the disk is read")
	}
}

func TestDiskNowhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewCache(&counter{}, CacheOptions{Dir: filepath.Join(file, "under")}); err == nil {
		t.Error("a folder that cannot be is accepted")
	}
}

func TestBusyError(t *testing.T) {
	err := fmt.Errorf("embed: %w", &BusyError{Wait: 1234567890})
	if !errors.Is(err, ErrBusy) || errors.Is(err, ErrClosed) || err.Error() != "embed: the embedder is busy: about 1.235s more than there is" {
		t.Errorf("error %v", err)
	}
}
