package graph

import (
	"regexp"
	"slices"
	"strings"

	"frontdesk/core"
)

// A sheet is a table of what one thing is like, a row for each attribute: its
// heading says of what.
var (
	sheetKey   = regexp.MustCompile(`(?i)^(?:项目|参数|指标|属性|规格|items?|parameters?|propert(?:y|ies)|specifications?|attributes?|features?)$`)
	sheetValue = regexp.MustCompile(`(?i)^(?:数值|值|参数值?|规格|内容|数据|values?|data|specifications?|details?)$`)
)

// sheet reports whether p is a row of such a table with the key at key.
func sheet(p core.Passage, key int) bool {
	return len(p.Cells) == 2 && sheetKey.MatchString(strings.TrimSpace(p.Cells[key].Column)) && sheetValue.MatchString(strings.TrimSpace(p.Cells[1-key].Column))
}

// sheets gives rows of sheets to the product that their heading names; those of
// no product, or of several, are nobody's.
func (g *Graph) sheets(rows []Fact) {
	for _, f := range rows {
		m := g.mentions(g.norm(f.Passage.Title), true)
		if len(m.entities) != 1 {
			continue
		}
		e := &g.entities[m.entities[0]]
		f.Entity = e.name
		if i := slices.IndexFunc(e.called, func(n string) bool { return tongue(n) == tongue(f.Attribute) }); i >= 0 {
			f.Entity = e.called[i]
		}
		e.facts = append(e.facts, f)
		e.home[section(f.Passage)] = true
	}
}
