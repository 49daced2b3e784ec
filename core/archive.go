package core

import "context"

// Origin is where a version of a document comes from. The zero value is a file
// that a person gave.
type Origin struct {
	Kind OriginKind `json:"kind,omitempty"`
	URL  string     `json:"url,omitempty"`  // of a page
	ETag string     `json:"etag,omitempty"` // of the page's answer, as its server gave it
	Note string     `json:"note,omitempty"` // why there is this version, for a person
}

// OriginKind says how a document comes to be.
type OriginKind string

// The kinds of origin.
const (
	OriginFile OriginKind = ""
	OriginPage OriginKind = "page" // read from the web, and read again by a crawl
	OriginFAQ  OriginKind = "faq"  // written in the panel: its file is made from entries
)

// Bounds of what is kept of one document. The current version and the one
// before it are kept whatever their size.
const (
	KeptVersions = 10
	KeptBytes    = 200 << 20 // of the files of all versions
)

// Archive is a Library that also gives what is kept of the past: at most
// KeptVersions a document, and the files themselves. Safe for concurrent use.
//
// Its PutDocument takes d.Version, if that is not 0, as the version's number:
// below the current one it joins the past and changes no answer. A number that
// is kept already is an InputError.
type Archive interface {
	Library
	// Versions lists what is kept of a document, the current one first.
	// ErrNotFound if there is none.
	Versions(ctx context.Context, w WorkspaceID, bot, name string) ([]Document, error)
	// VersionChunks lists the passages of one version, in order. ErrNotFound if
	// it is not kept.
	VersionChunks(ctx context.Context, w WorkspaceID, bot, name string, version int) ([]Chunk, error)
	// PutFile keeps the bytes of a file whose SHA-256, in hex, is sum, for as
	// long as a version of a document in w names it; at least an hour.
	PutFile(ctx context.Context, w WorkspaceID, sum string, data []byte) error
	// File gives them back. ErrNotFound if they are not kept.
	File(ctx context.Context, w WorkspaceID, sum string) ([]byte, error)
}

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
