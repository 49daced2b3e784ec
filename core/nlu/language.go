package nlu

import (
	"slices"
	"strings"
	"unicode"
)

// Primary is the primary subtag of a BCP 47 tag, in lower case: "zh" of "zh-TW".
func Primary(tag string) string {
	p, _, _ := strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
	return strings.ToLower(p)
}

// allowed reports whether lang is one of langs; an empty list allows all.
func allowed(lang string, langs []string) bool {
	return len(langs) == 0 || slices.Contains(langs, lang)
}

// scripts counts what a text is written in: characters of Han, kana and
// Hangul, words of Latin, and of these the ones that could be pinyin.
type scripts struct {
	han, kana, hangul, latin, cyrillic int
	pinyin                             bool // all Latin words could be, and one surely is
	short                              bool // the last Latin word proves little
}

// Language tells the language of a normalised text among langs by its scripts.
// "" means that it cannot be told; sure is false where a word or two would
// fit any language, such as "ok" or a model number.
func Language(text string, langs []string) (lang string, sure bool) {
	c := count(text)
	lang, sure = c.verdict()
	if !allowed(lang, langs) {
		return "", false
	}
	return lang, sure
}

// verdict weighs: who writes Chinese mixes Latin words in, rarely the reverse.
func (c scripts) verdict() (string, bool) {
	switch {
	case c.kana > 0:
		return "ja", true
	case c.hangul > 0:
		return "ko", true
	case c.han > 0 && 2*c.han >= c.latin:
		return "zh", c.han >= 2
	case c.cyrillic > 0:
		return "ru", false
	case c.pinyin:
		return "zh", true
	case c.latin > 0:
		return "en", c.latin > 1 || !c.short
	}
	return "", false
}

func count(text string) scripts {
	var c scripts
	for _, r := range text {
		switch {
		case r < 0x80:
		case unicode.Is(unicode.Han, r):
			c.han++
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			c.kana++
		case unicode.Is(unicode.Hangul, r):
			c.hangul++
		case unicode.Is(unicode.Cyrillic, r):
			c.cyrillic++
		}
	}
	cut, marked := true, false
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return !isLatin(r) }) {
		c.latin++
		c.short = len(w) <= shortWord
		cut = cut && IsPinyin(w)
		marked = marked || marks[w]
	}
	c.pinyin = cut && marked && c.latin > 1
	return c
}

// shortWord is how long a single Latin word may be without telling a language:
// "ok", "bye", "agent" are written by all.
const shortWord = 5

func isLatin(r rune) bool { return r == '\'' || unicode.Is(unicode.Latin, r) }
