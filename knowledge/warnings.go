package knowledge

import (
	"fmt"
	"slices"
	"strings"
)

// warnings tell the person who gave a file what was not read, and what was left
// out on purpose if that may surprise.
func warnings(p Parsed) []string {
	var out []string
	if n := len(p.Silent); n > 0 {
		out = append(out, fmt.Sprintf("no text on %d of %d pages (%s): if they are scanned, run text recognition (OCR) over the file", n, p.Pages, list(p.Silent)))
	}
	if n := len(p.Recognised); n > 0 {
		out = append(out, fmt.Sprintf("the text of %d of %d pages was read from pictures (%s): look it over", n, p.Pages, list(p.Recognised)))
	}
	for _, o := range omissions(p.Left) {
		if o.Why != Hidden || o.Characters == 0 {
			continue
		}
		where := ""
		if len(o.Pages) > 0 {
			where = " on page " + list(o.Pages)
		}
		out = append(out, fmt.Sprintf("%d characters in %d places%s were left out: a reader does not see them", o.Characters, o.Pieces, where))
	}
	return out
}

// omissions are those of left that left something out, one for each reason, in
// the order in which reasons are met.
func omissions(left []Omission) []Omission {
	var out []Omission
	for _, o := range left {
		if o.Pieces == 0 && o.Characters == 0 {
			continue
		}
		i := slices.IndexFunc(out, func(have Omission) bool { return have.Why == o.Why })
		if i < 0 {
			o.Pages = slices.Clone(o.Pages)
			out = append(out, o)
			continue
		}
		out[i].Pieces += o.Pieces
		out[i].Characters += o.Characters
		out[i].Pages = append(out[i].Pages, o.Pages...)
	}
	return out
}

// list writes numbers, the first 20 of them.
func list(numbers []int) string {
	out := strings.Trim(strings.ReplaceAll(fmt.Sprint(numbers[:min(len(numbers), 20)]), " ", ", "), "[]")
	if len(numbers) > 20 {
		out += ", …"
	}
	return out
}
