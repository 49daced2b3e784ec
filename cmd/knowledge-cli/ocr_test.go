package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"frontdesk/core/llm"
	"frontdesk/core/llm/llmtest"
)

// A scanned page is read by the model that the configuration names, within the
// bot's budget, and answered from; without one it is refused.
func TestScannedPagesAreReadByAModel(t *testing.T) {
	said := "# Warranty\n\nThe Borealis fan has a warranty of five years."
	model := llmtest.NewServer(t, llmtest.OpenAI{}, func(int) llmtest.Script {
		return llmtest.Script{Pieces: []string{said}, In: 1000, Out: 20}
	})
	scan, err := os.ReadFile("../../knowledge/ingest/testdata/scan.pdf")
	if err != nil {
		t.Fatal(err)
	}
	path := file(t, "scan.pdf", string(scan))
	config := fmt.Sprintf("  - {id: poor, spend: {currency: USD, day: 0.000001}}\nllm: {providers: [{name: other, kind: openai, base_url: %q, api_key: k, model: gpt-4o}, {name: eyes, kind: openai, base_url: %q, api_key: k, model: gpt-4o-mini}]}\n",
		"http://127.0.0.1:1/v1", model.URL+"/v1")

	t.Run("off", func(t *testing.T) {
		c := command(t)
		gatewayWith(t, c, config)
		c.want(t, 1, c.do(t, "update", path, "-bot=default"), "scanned", "OCR")
		if n := model.Count(); n != 0 {
			t.Errorf("it was asked %d times", n)
		}
	})
	t.Run("on", func(t *testing.T) {
		c := command(t)
		gatewayWith(t, c, config+"knowledge: {ocr: eyes}\n")
		c.want(t, 0, c.do(t, "update", path, "-bot=default"), "version 1")
		if got := c.err.String(); !strings.Contains(got, "read from pictures") {
			t.Errorf("it warns %q", got)
		}
		seen := model.Seen()
		if len(seen) == 0 {
			t.Fatal("the model was not asked")
		}
		last := seen[0].Messages[len(seen[0].Messages)-1]
		if seen[0].Model != "gpt-4o-mini" || last.Role != llm.User || len(last.Images) != 1 || last.Images[0].MIME != "image/jpeg" || !bytes.HasPrefix(last.Images[0].Data, []byte{0xff, 0xd8}) {
			t.Errorf("it was asked %s, %d images", seen[0].Model, len(last.Images))
		}
		c.want(t, 0, c.do(t, "search", "how long is the warranty of the Borealis fan", "-bot=default"), "five years", "page 1")
		before := model.Count()
		c.want(t, 1, c.do(t, "update", path, "-bot=poor"), "may cost is spent")
		if model.Count() != before {
			t.Error("a bot without money asked the model")
		}
		said = "(no text)"
		c.want(t, 1, c.do(t, "update", path, "-bot=default"), "scanned")
	})
}
