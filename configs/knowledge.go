package configs

import (
	"slices"
	"strings"
)

// Knowledge is how documents are read.
type Knowledge struct {
	// OCR names the provider of llm.providers that reads pages without text from
	// pictures of them; "" leaves them unread.
	OCR string `yaml:"ocr"`
}

// knowledge checks that what is named is there.
func (l *loader) knowledge(c *Config) {
	if c.Knowledge.OCR == "" {
		return
	}
	var names []string
	for _, p := range c.LLM.Providers {
		names = append(names, p.Name)
	}
	if slices.Contains(names, c.Knowledge.OCR) {
		return
	}
	if len(names) == 0 {
		l.fail("knowledge.ocr", "there is no provider %q: llm.providers has none", c.Knowledge.OCR)
		return
	}
	l.fail("knowledge.ocr", "there is no provider %q: use %s", c.Knowledge.OCR, strings.Join(names, ", "))
}
