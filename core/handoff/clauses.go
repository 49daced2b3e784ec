package handoff

import "strings"

// clauses cuts a normalised text where a negation stops reaching.
func clauses(norm string) []string {
	return strings.FieldsFunc(norm, func(r rune) bool { return strings.ContainsRune(",.!?;:，。！？；：、\n…~", r) })
}
