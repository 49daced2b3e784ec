package strict

import "slices"

// Nearest returns the word of known that a typist most likely meant by word,
// "" if none is near.
func Nearest(word string, known []string) string {
	n := len([]rune(word))
	if n > maxWord {
		return ""
	}
	best, at := "", max(1, n/3)+1
	for _, k := range slices.Sorted(slices.Values(known)) {
		if d := distance(word, k); d < at {
			best, at = k, d
		}
	}
	return best
}

// maxWord bounds what is compared: the time grows with the square.
const maxWord = 64

// distance counts the letters to insert, delete, replace or swap with the
// neighbour to make b of a (optimal string alignment).
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	if len(t) > maxWord {
		return maxWord
	}
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(s)][len(t)]
}

// suggestion is ": did you mean …?", or what there is to choose from, or "".
func suggestion(word string, known []string) string {
	if n := Nearest(word, known); n != "" {
		return ": did you mean \"" + n + "\"?"
	}
	if len(known) == 0 {
		return ""
	}
	list := ""
	for i, k := range slices.Sorted(slices.Values(known)) {
		if i > 0 {
			list += ", "
		}
		list += k
	}
	return ": known here are " + list
}
