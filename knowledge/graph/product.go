package graph

import (
	"regexp"
	"slices"
	"strings"
)

// identifying is the header of a column that says under which code a thing is
// sold; the code names the thing as its row's key does.
var identifying = re(`^(?:产品|商品)?(?:型号|货号)(?: (?:model|sku))?$|^(?:product )?model(?: (?:no\.?|number|code))?$|^sku$`)

// model is the code that a column of e's rows gives it, "" if none does.
func (g *Graph) model(e entity) string {
	for _, f := range e.facts {
		if v := g.norm(f.Value); identifying.MatchString(g.norm(f.Attribute)) && isCode(v) {
			return compact.Replace(v)
		}
	}
	return ""
}

// products joins the entities that are one thing: rows in two languages with one
// model, and the row of another table that has the name and the model in its key.
// A model that two rows of a table share names neither.
func (g *Graph) products() {
	byModel, shared := map[string][]int{}, map[string]bool{}
	table := map[string]int{}
	for i, e := range g.entities {
		m := g.model(e)
		if e.code || m == "" {
			continue
		}
		byModel[m] = append(byModel[m], i)
		at := section(e.facts[0].Passage) + "\x00" + m
		if j, ok := table[at]; ok && j != i {
			shared[m] = true
		}
		table[at] = i
	}
	for i, e := range g.entities {
		bare, m := g.bare(e.name)
		same := func(j int) bool { return g.norm(g.entities[j].name) == bare }
		if !e.code && m != "" && !slices.Contains(byModel[m], i) && slices.ContainsFunc(byModel[m], same) {
			byModel[m] = append(byModel[m], i)
		}
	}
	into := make([]int, len(g.entities)) // of each entity, the one it becomes
	for i := range into {
		into[i] = i
	}
	for m, ids := range byModel {
		if shared[m] {
			continue
		}
		for _, i := range ids {
			into[i] = slices.Min(ids)
		}
		g.entities[slices.Min(ids)].model = m
	}
	g.join(into)
}

// join puts entities into those they become.
func (g *Graph) join(into []int) {
	at := make([]int, len(into))
	var kept []entity
	for i, e := range g.entities {
		to := into[i] // never after i
		if to == i {
			at[i] = len(kept)
			e.called = []string{e.name}
			kept = append(kept, e)
			continue
		}
		at[i] = at[to]
		k := &kept[at[to]]
		k.facts = append(k.facts, e.facts...)
		k.names, k.called = append(k.names, e.names...), append(k.called, e.name)
		for h := range e.home {
			k.home[h] = true
		}
	}
	g.entities = kept
	for n, ids := range g.byName {
		var out []int
		for _, i := range ids {
			if !slices.Contains(out, at[i]) {
				out = append(out, at[i])
			}
		}
		g.byName[n] = out
	}
}

// bare is a name without the one code in it, and that code; "" if it has none or
// several.
func (g *Graph) bare(name string) (rest, model string) {
	norm := g.norm(name)
	cs := codes(norm)
	if len(cs) != 1 || cs[0].spaced {
		return norm, ""
	}
	rest = strings.Join(strings.Fields(norm[:cs[0].start]+" "+norm[cs[0].end:]), " ")
	return rest, cs[0].compact
}

// each are the things that a row's key names, where it names several, each with
// its code: what the row says it says of all of them.
func (g *Graph) each(key string) []string {
	parts := several.Split(key, -1)
	for _, p := range parts {
		if cs := codes(g.norm(p)); len(cs) != 1 || cs[0].spaced {
			return []string{key}
		}
	}
	return parts
}

var several = regexp.MustCompile(`[、，,；;/]\s*`)
