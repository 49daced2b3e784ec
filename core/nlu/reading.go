package nlu

import (
	_ "embed"
	"strings"
)

// readings.txt comes from go-pinyin, see readings.LICENSE.txt: a line a
// syllable, and the characters that are read so.
//
//go:embed readings.txt
var readingsText string

var readings = readReadings(readingsText)

func readReadings(text string) map[rune]string {
	m := map[rune]string{}
	for l := range strings.Lines(text) {
		syllable, chars, _ := strings.Cut(strings.TrimSpace(l), " ")
		for _, r := range chars {
			m[r] = syllable
		}
	}
	return m
}

// Reading is how a simplified Chinese character is read, in Hanyu Pinyin
// without its tone, ü written v; the commonest reading where there are several.
// "" means that it is none of the 6,763 of GB 2312.
func Reading(r rune) string {
	if !unifiedHan(r) {
		return ""
	}
	return readings[r]
}
