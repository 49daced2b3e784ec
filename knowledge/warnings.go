package knowledge

import (
	"fmt"
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
	hidden := Omission{}
	for _, o := range p.Left {
		if o.Why == Hidden {
			hidden.Pieces += o.Pieces
			hidden.Characters += o.Characters
			hidden.Pages = append(hidden.Pages, o.Pages...)
		}
	}
	if hidden.Characters > 0 {
		where := ""
		if len(hidden.Pages) > 0 {
			where = " on page " + list(hidden.Pages)
		}
		out = append(out, fmt.Sprintf("%d characters in %d places%s were left out: a reader does not see them", hidden.Characters, hidden.Pieces, where))
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
