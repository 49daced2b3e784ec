package knowledge

import (
	"cmp"
	"slices"
	"strings"

	"frontdesk/core"
)

// alike is the share of terms two passages must have in common to be one that
// changed, rather than one removed and another added.
const alike = 0.4

// common is how many passages a term may be in to help finding a counterpart:
// what is in every row tells none from another, and costs the square of them.
const common = 200

// Diff tells how fresh differs from old, in the order of fresh; what was removed
// stands where it was.
func Diff(old, fresh []core.Chunk) []core.Edit {
	old, fresh = unlike(old, fresh)
	mate := mates(old, fresh) // by place in fresh; -1 for none
	type placed struct {
		at   int
		edit core.Edit
	}
	var out []placed
	left := make([]bool, len(old))
	for i := range left {
		left[i] = true
	}
	for i, c := range fresh {
		if mate[i] < 0 {
			out = append(out, placed{c.Ordinal, one(core.EditAdded, c)})
			continue
		}
		left[mate[i]] = false
		out = append(out, placed{c.Ordinal, changedEdit(old[mate[i]], c)})
	}
	for i, c := range old {
		if left[i] {
			out = append(out, placed{c.Ordinal, one(core.EditRemoved, c)})
		}
	}
	slices.SortStableFunc(out, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	edits := make([]core.Edit, len(out))
	for i, p := range out {
		edits[i] = p.edit
	}
	return edits
}

// unlike leaves out what both have; one that is there twice counts twice.
func unlike(old, fresh []core.Chunk) (gone, come []core.Chunk) {
	had := map[string]int{}
	for _, c := range old {
		had[c.Hash]++
	}
	for _, c := range fresh {
		if had[c.Hash] > 0 {
			had[c.Hash]--
		} else {
			come = append(come, c)
		}
	}
	for _, c := range slices.Backward(old) { // the first of equals were kept
		if had[c.Hash] > 0 {
			had[c.Hash]--
			gone = append(gone, c)
		}
	}
	slices.Reverse(gone)
	return gone, come
}

// mates finds for each of fresh the one of old that it was: of the same name, else
// the most alike.
func mates(old, fresh []core.Chunk) []int {
	out := make([]int, len(fresh))
	byName := map[string][]int{}
	for i, c := range old {
		if n := rowName(c.Passage); n != "" {
			byName[n] = append(byName[n], i)
		}
	}
	taken := make([]bool, len(old))
	for i, c := range fresh {
		out[i] = -1
		if n := rowName(c.Passage); n != "" && len(byName[n]) > 0 {
			out[i], byName[n] = byName[n][0], byName[n][1:]
			taken[out[i]] = true
		}
	}
	for _, p := range pairsAlike(old, fresh, taken, out) {
		if !taken[p.old] && out[p.fresh] < 0 {
			taken[p.old], out[p.fresh] = true, p.old
		}
	}
	return out
}

type likeness struct {
	old, fresh int
	share      float64
}

// pairsAlike lists who could be whose counterpart, the most alike first. A row or
// a question that has a name is no other row.
func pairsAlike(old, fresh []core.Chunk, taken []bool, mate []int) []likeness {
	sizes, posts := make([]int, len(old)), map[string][]int{}
	for i, c := range old {
		if taken[i] || rowName(c.Passage) != "" {
			continue
		}
		terms := termSet(c.Passage)
		sizes[i] = len(terms)
		for t := range terms {
			posts[t] = append(posts[t], i)
		}
	}
	var out []likeness
	for j, c := range fresh {
		if mate[j] >= 0 || rowName(c.Passage) != "" {
			continue
		}
		terms, shared := termSet(c.Passage), map[int]int{}
		for t := range terms {
			if len(posts[t]) <= common {
				for _, i := range posts[t] {
					shared[i]++
				}
			}
		}
		for i, n := range shared {
			if share := 2 * float64(n) / float64(sizes[i]+len(terms)); share >= alike {
				out = append(out, likeness{i, j, share})
			}
		}
	}
	slices.SortFunc(out, func(a, b likeness) int {
		return cmp.Or(cmp.Compare(b.share, a.share), cmp.Compare(a.fresh, b.fresh), cmp.Compare(a.old, b.old))
	})
	return out
}

func termSet(p core.Passage) map[string]bool {
	out := map[string]bool{}
	for _, t := range Terms(p.Text) {
		out[t] = true
	}
	return out
}

// rowName is what tells a row or a question from others of its document; "" for
// text.
func rowName(p core.Passage) string {
	if p.Question != "" {
		return p.Question
	}
	if len(p.Cells) > 0 {
		var keys []string
		for _, c := range p.Cells {
			if c.Key {
				keys = append(keys, c.Value)
			}
		}
		return strings.Join(keys, " ")
	}
	if cells := textCells(p.Text); len(cells) > 1 {
		return cells[0].Value
	}
	return ""
}

// textCells takes a row without cells of its own apart; nil if text is none.
func textCells(text string) []core.Cell {
	if strings.Contains(text, "\n") || !strings.Contains(text, "; ") {
		return nil
	}
	var out []core.Cell
	for _, part := range strings.Split(text, "; ") {
		column, value, ok := strings.Cut(part, ": ")
		if !ok {
			return nil
		}
		out = append(out, core.Cell{Column: column, Value: value})
	}
	return out
}

func one(k core.EditKind, c core.Chunk) core.Edit {
	e := core.Edit{Kind: k, Page: c.Passage.Page, Title: c.Passage.Title, Name: rowName(c.Passage)}
	if k == core.EditAdded {
		e.New = c.Passage.Text
	} else {
		e.Old = c.Passage.Text
	}
	return e
}

// changedEdit tells what differs of a passage: cells of a row, sentences of a
// text; where the words are the same it stands under another heading.
func changedEdit(old, fresh core.Chunk) core.Edit {
	a, b := old.Passage, fresh.Passage
	e := core.Edit{Kind: core.EditChanged, Page: b.Page, Title: b.Title, Name: rowName(b)}
	switch {
	case a.Text == b.Text && a.Question == b.Question:
		e.Old, e.New = a.Title, b.Title
	case a.Text == b.Text:
		e.Old, e.New = a.Question, b.Question
	default:
		e.Old, e.New = sentencesApart(a.Text, b.Text)
		if e.Cells = cellEdits(cellsOf(a), cellsOf(b)); len(e.Cells) > 0 {
			e.Old, e.New = a.Text, b.Text
		}
	}
	return e
}

func cellsOf(p core.Passage) []core.Cell {
	if len(p.Cells) > 0 {
		return p.Cells
	}
	return textCells(p.Text)
}

// cellEdits compares cells by their columns; none if either is no row.
func cellEdits(old, fresh []core.Cell) (out []core.CellEdit) {
	if len(old) == 0 || len(fresh) == 0 {
		return nil
	}
	was := map[string]string{}
	for _, c := range old {
		was[c.Column] = c.Quote()
	}
	for _, c := range fresh {
		if had, ok := was[c.Column]; !ok || had != c.Quote() {
			out = append(out, core.CellEdit{Column: c.Column, Old: had, New: c.Quote()})
		}
		delete(was, c.Column)
	}
	for _, c := range old {
		if had, ok := was[c.Column]; ok {
			out = append(out, core.CellEdit{Column: c.Column, Old: had})
			delete(was, c.Column)
		}
	}
	return out
}

// sentencesApart leaves out the sentences that both texts have.
func sentencesApart(old, fresh string) (string, string) {
	a, b := Sentences(old), Sentences(fresh)
	had := map[string]int{}
	for _, s := range a {
		had[strings.TrimSpace(s)]++
	}
	var came []string
	for _, s := range b {
		if t := strings.TrimSpace(s); had[t] > 0 {
			had[t]--
		} else {
			came = append(came, s)
		}
	}
	var went []string
	for _, s := range a {
		if t := strings.TrimSpace(s); had[t] > 0 {
			had[t]--
			went = append(went, s)
		}
	}
	return strings.TrimSpace(strings.Join(went, "")), strings.TrimSpace(strings.Join(came, ""))
}
