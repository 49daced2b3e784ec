package core

// Edit is one difference between two versions of a document, for a person.
type Edit struct {
	Kind  EditKind   `json:"kind"`
	Page  int        `json:"page,omitempty"`  // in the new version, of what was removed in the old one
	Title string     `json:"title,omitempty"` // headings above
	Name  string     `json:"name,omitempty"`  // what tells a row from others, or the question of a pair
	Old   string     `json:"old,omitempty"`   // what differs, whole sentences or the row
	New   string     `json:"new,omitempty"`
	Cells []CellEdit `json:"cells,omitempty"` // of a row: the cells that differ
}

// CellEdit is one cell that differs; Old or New is "" where there is none.
type CellEdit struct {
	Column string `json:"column"`
	Old    string `json:"old"`
	New    string `json:"new"`
}

// EditKind says what happened to a passage.
type EditKind string

// The kinds of edit.
const (
	EditAdded   EditKind = "added"
	EditRemoved EditKind = "removed"
	EditChanged EditKind = "changed"
)
