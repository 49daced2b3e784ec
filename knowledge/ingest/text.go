package ingest

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	utf "golang.org/x/text/encoding/unicode"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// decode gives data as text: UTF-8, UTF-16 with its mark, or GB18030 (and so GBK
// and GB2312), which is what remains of Chinese files.
func decode(name string, data []byte) (string, error) {
	var enc encoding.Encoding
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		enc = utf.UTF16(utf.LittleEndian, utf.ExpectBOM)
	case utf8.Valid(data):
		enc = utf.UTF8
	default:
		enc = simplifiedchinese.GB18030
	}
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) && enc == simplifiedchinese.GB18030 {
		return "", core.Invalid("%s is text neither in UTF-8, UTF-16 nor GB18030: save it as UTF-8", name)
	}
	if bytes.IndexByte(out, 0) >= 0 {
		return "", core.Invalid("%s holds NUL bytes and so is no text: save it as UTF-8", name)
	}
	text := strings.TrimPrefix(string(out), "\ufeff")
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), nil
}

// numbered is a heading of plain text: "2.1 Returns", "第三章 保修", "一、范围".
var numbered = regexp.MustCompile(`^(第[一二三四五六七八九十百\d]+[章节条部分篇]|[一二三四五六七八九十]+、|\d+(\.\d+){0,3}\.?\s+\p{L}|#+\s)`)

// plain cuts text into paragraphs at empty lines. A short numbered line alone in
// its paragraph, or "第三章 …", is taken for a heading.
func plain(text string) []knowledge.Block {
	var out []knowledge.Block
	for para := range strings.SplitSeq(text, "\n\n") {
		para = strings.TrimSpace(para)
		if para == "" {
			continue
		}
		first, rest, more := strings.Cut(para, "\n")
		if level := headingLevel(first); level > 0 && (!more || utf8.RuneCountInString(first) <= 20) {
			out = append(out, knowledge.Block{Kind: knowledge.Heading, Level: level, Text: first})
			para = rest
		}
		out = append(out, knowledge.Block{Text: join(strings.Split(para, "\n"))})
	}
	return out
}

// headingLevel is 0 for what is no heading.
func headingLevel(line string) int {
	line = strings.TrimSpace(line)
	end, _ := utf8.DecodeLastRuneInString(line)
	if utf8.RuneCountInString(line) > 40 || !numbered.MatchString(line) || strings.ContainsRune("。.!！?？;；,，", end) {
		return 0
	}
	number, _, _ := strings.Cut(line, " ")
	switch {
	case strings.HasPrefix(line, "#"):
		return min(6, strings.Count(number, "#"))
	case unicode.IsDigit(rune(line[0])):
		return 1 + strings.Count(strings.Trim(number, "."), ".")
	}
	return 1
}

// join makes one paragraph of wrapped lines: without a space between Han
// characters, with the break kept where a line begins a list item or the one
// before is clearly shorter than the text is wide.
func join(lines []string) string {
	width := 0
	for _, l := range lines {
		width = max(width, utf8.RuneCountInString(strings.TrimSpace(l)))
	}
	var b strings.Builder
	last := ""
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if l == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(between(last, l, width))
		}
		b.WriteString(l)
		last = l
	}
	return b.String()
}

var bullet = regexp.MustCompile(`^([-*•·●○▪]\s|\d+[.)、）]\s*\D|[（(]?[一二三四五六七八九十\d]+[)）、]|[A-Za-z]\)\s)`)

func between(last, next string, width int) string {
	if bullet.MatchString(next) || utf8.RuneCountInString(last) < width*2/3 {
		return "\n"
	}
	return glue(last, next)
}

// glue is what belongs between two pieces of one line of thought.
func glue(last, next string) string {
	l, _ := utf8.DecodeLastRuneInString(last)
	n, _ := utf8.DecodeRuneInString(next)
	if wide(l) && wide(n) {
		return ""
	}
	return " "
}

func wide(r rune) bool { return r >= 0x2E80 }
