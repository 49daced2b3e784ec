package mrkdwn

import (
	"strings"
	"unicode"
)

const fence = "```"

// Split divides mrkdwn into pieces of at most limit runes, the same for the
// same text: at paragraphs, else lines, else sentences, else words; never
// within a link or an entity. A code block that is cut is closed and opened
// again. limit is at least 40.
func Split(s string, limit int) []string {
	var out []string
	rest := []rune(strings.TrimSpace(s))
	for len(rest) > limit {
		at := cutAt(rest[:limit-2*len(fence)])
		piece, next := trimEnd(rest[:at]), trimStart(rest[at:])
		if strings.Count(string(piece), fence)%2 == 1 {
			piece = append(append([]rune{}, piece...), []rune("\n"+fence)...)
			next = append([]rune(fence+"\n"), rest[at:]...)
		}
		out, rest = append(out, string(piece)), next
	}
	if len(rest) > 0 {
		out = append(out, string(rest))
	}
	return out
}

// cutAt finds the best place to end a piece in the second half of w.
func cutAt(w []rune) int {
	for _, ends := range []func([]rune, int) bool{paragraph, line, sentence, word} {
		for i := len(w) - 1; i > len(w)/2; i-- {
			if ends(w, i) && !inside(w[:i]) {
				return i
			}
		}
	}
	for i := len(w); i > len(w)/2; i-- {
		if !inside(w[:i]) {
			return i
		}
	}
	return len(w) // one entity longer than half a message
}

func paragraph(w []rune, i int) bool { return w[i] == '\n' && w[i-1] == '\n' }

func line(w []rune, i int) bool { return w[i] == '\n' }

func sentence(w []rune, i int) bool {
	switch w[i-1] {
	case '。', '！', '？', '；':
		return true
	case '.', '!', '?', ';':
		return unicode.IsSpace(w[i])
	}
	return false
}

func word(w []rune, i int) bool { return unicode.IsSpace(w[i]) }

// inside reports whether w ends within a link or an entity.
func inside(w []rune) bool {
	for i := len(w) - 1; i >= 0; i-- {
		switch w[i] {
		case '>':
			return false
		case '<':
			return true
		case '&':
			if len(w)-i <= len("&amp;") && !strings.ContainsRune(string(w[i:]), ';') {
				return true
			}
		}
	}
	return false
}

func trimEnd(w []rune) []rune {
	for len(w) > 0 && unicode.IsSpace(w[len(w)-1]) {
		w = w[:len(w)-1]
	}
	return w
}

func trimStart(w []rune) []rune {
	for len(w) > 0 && unicode.IsSpace(w[0]) {
		w = w[1:]
	}
	return w
}
