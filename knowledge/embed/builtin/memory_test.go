package builtin

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
)

// memoryChild makes the test's program measure itself instead of testing.
const memoryChild = "FRONTDESK_TEST_MEMORY"

// measureMemory embeds 1,000 short texts and prints how many it did a second and
// its resident memory in kB.
func measureMemory() {
	e, err := Open(Options{Workers: 2})
	if err != nil {
		panic(err)
	}
	defer e.Close()
	texts := make([]string, 1000)
	for i := range texts {
		texts[i] = []string{"我想申请退货，请问退款多久能到账？运费由谁来承担？订单号 %d", "How long does a refund take for order %d, and who pays the postage?"}[i%2]
		texts[i] = fmt.Sprintf(texts[i], i)
	}
	start := time.Now()
	if _, err := e.Embed(context.Background(), core.EmbedPassage, texts); err != nil {
		panic(err)
	}
	rate := float64(len(texts)) / time.Since(start).Seconds()
	fmt.Println(rate, resident())
}

func resident() int {
	b, _ := os.ReadFile("/proc/self/status")
	for l := range strings.Lines(string(b)) {
		var kb int
		if n, _ := fmt.Sscanf(l, "VmRSS: %d kB", &kb); n == 1 {
			return kb
		}
	}
	return 0
}

// At most 60 MB are resident after a batch of 1,000 texts, in a process that
// does nothing else.
func TestMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Log("only Linux tells the memory of a process so")
		return
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), memoryChild+"=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var rate float64
	var kb int
	if _, err := fmt.Sscan(string(out), &rate, &kb); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
	t.Logf("%.0f texts a second on two workers, %d MB resident", rate, kb>>10)
	limit := 60 << 10
	if raced {
		limit *= 3 // its shadow of the memory counts too
	}
	if kb == 0 || kb > limit {
		t.Errorf("%d kB resident, want at most %d", kb, limit)
	}
}
