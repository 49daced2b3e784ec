package main

import (
	"fmt"
	"strings"
)

// pdf makes a PDF of one page for each text, a line of a page at a line feed.
func pdf(pages ...string) string {
	var b strings.Builder
	var at []int
	b.WriteString("%PDF-1.4\n")
	object := func(body string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), body)
	}
	var kids []string
	for i := range pages {
		kids = append(kids, fmt.Sprintf("%d 0 R", 4+2*i))
	}
	object("<</Type/Catalog/Pages 2 0 R>>")
	object(fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", strings.Join(kids, " "), len(pages)))
	object("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
	for i, text := range pages {
		object(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>", 5+2*i))
		var body strings.Builder
		body.WriteString("BT /F 11 Tf 14 TL 60 760 Td ")
		for _, line := range strings.Split(text, "\n") {
			fmt.Fprintf(&body, "(%s) Tj T* ", strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(line))
		}
		body.WriteString("ET")
		object(fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", body.Len(), body.String()))
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.String()
}
