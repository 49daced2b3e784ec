package knowledge

import "strings"

// stem takes the commonest English endings off a lower-cased word, so that
// "returns", "returned" and "returning" meet. Words of other scripts, with
// digits, or of fewer than four letters stay.
func stem(w string) string {
	if len(w) < 4 || !plain(w) {
		return w
	}
	w = singular(w)
	for _, end := range []string{"ing", "ed", "ly"} {
		base, ok := strings.CutSuffix(w, end)
		if ok && len(base) >= len(end) && len(base) >= 3 && strings.ContainsAny(base, "aeiouy") && !strings.HasSuffix(w, "eed") {
			w = undouble(base)
			break
		}
	}
	if base, ok := strings.CutSuffix(w, "e"); ok && len(base) >= 3 {
		return base
	}
	if base, ok := strings.CutSuffix(w, "y"); ok && len(base) >= 3 {
		return base + "i"
	}
	return w
}

func plain(w string) bool {
	for i := range len(w) {
		if w[i] < 'a' || w[i] > 'z' {
			return false
		}
	}
	return true
}

func singular(w string) string {
	switch {
	case strings.HasSuffix(w, "sses"):
		return w[:len(w)-2]
	case strings.HasSuffix(w, "ies") && len(w) > 4:
		return w[:len(w)-3] + "y"
	case strings.HasSuffix(w, "ss"), strings.HasSuffix(w, "us"), strings.HasSuffix(w, "is"):
		return w
	case strings.HasSuffix(w, "s"):
		return w[:len(w)-1]
	}
	return w
}

// undouble turns "stopp" into "stop" but keeps "fill" and "miss".
func undouble(w string) string {
	n := len(w)
	if n > 3 && w[n-1] == w[n-2] && !strings.ContainsRune("lszaeiou", rune(w[n-1])) {
		return w[:n-1]
	}
	return w
}
