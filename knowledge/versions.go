package knowledge

import (
	"context"
	"fmt"

	"frontdesk/core"
)

// archive is the library, if it keeps a past.
func (s *Service) archive() (core.Archive, error) {
	a, ok := s.o.Library.(core.Archive)
	if !ok {
		return nil, core.Invalid("this store keeps no versions")
	}
	return a, nil
}

// keep stores the file itself, where the library does.
func (s *Service) keep(ctx context.Context, d core.Document, data []byte) error {
	if a, ok := s.o.Library.(core.Archive); ok {
		return a.PutFile(ctx, d.Workspace, d.SHA256, data)
	}
	return nil
}

// Versions lists what is kept of a document, the current version first.
// core.ErrNotFound if there is none.
func (s *Service) Versions(ctx context.Context, w core.WorkspaceID, bot, name string) ([]core.Document, error) {
	a, err := s.archive()
	if err != nil {
		return nil, err
	}
	ds, err := a.Versions(ctx, w, bot, name)
	if err != nil {
		return nil, fmt.Errorf("versions of %s: %w", name, err)
	}
	return ds, nil
}

// Version is one version of a document, the current one if version is 0, and
// its passages.
func (s *Service) Version(ctx context.Context, w core.WorkspaceID, bot, name string, version int) (core.Document, []core.Chunk, error) {
	ds, err := s.Versions(ctx, w, bot, name)
	if err != nil {
		return core.Document{}, nil, err
	}
	return s.version(ctx, ds, version)
}

// version finds one of ds, the first if version is 0, and reads its passages.
func (s *Service) version(ctx context.Context, ds []core.Document, version int) (core.Document, []core.Chunk, error) {
	a, err := s.archive()
	if err != nil {
		return core.Document{}, nil, err
	}
	for _, d := range ds {
		if version == 0 || d.Version == version {
			chunks, err := a.VersionChunks(ctx, d.Workspace, d.Bot, d.Name, d.Version)
			if err != nil {
				return d, nil, fmt.Errorf("passages of %s, version %d: %w", d.Name, d.Version, err)
			}
			return d, chunks, nil
		}
	}
	return core.Document{}, nil, core.Invalid("%s has no version %d: %d to %d are kept", ds[0].Name, version, ds[len(ds)-1].Version, ds[0].Version)
}

// Comparison is how two versions of a document differ.
type Comparison struct {
	From, To core.Document
	Change
}

// Compare tells how version to differs from version from: by default, the
// current one from the one before it.
func (s *Service) Compare(ctx context.Context, w core.WorkspaceID, bot, name string, from, to int) (Comparison, error) {
	ds, err := s.Versions(ctx, w, bot, name)
	if err != nil {
		return Comparison{}, err
	}
	last, fresh, err := s.version(ctx, ds, to)
	if err != nil {
		return Comparison{}, err
	}
	if from == 0 {
		if from, err = before(ds, last.Version); err != nil {
			return Comparison{}, err
		}
	}
	first, old, err := s.version(ctx, ds, from)
	if err != nil {
		return Comparison{}, err
	}
	c := compare(old, fresh)
	c.Document, c.Edits = last, Diff(old, fresh)
	return Comparison{From: first, To: last, Change: c}, nil
}

// before is the version kept before number n.
func before(ds []core.Document, n int) (int, error) {
	for _, d := range ds {
		if d.Version < n {
			return d.Version, nil
		}
	}
	return 0, core.Invalid("%s has no version before %d", ds[0].Name, n)
}

// Rollback publishes an old version, the one before the current if version is
// 0, as a new one. When it returns, answers draw from it.
func (s *Service) Rollback(ctx context.Context, w core.WorkspaceID, bot, name string, version int) (Change, error) {
	return s.rollback(ctx, w, bot, name, version, false)
}

// PreviewRollback tells what Rollback would change, and changes nothing.
func (s *Service) PreviewRollback(ctx context.Context, w core.WorkspaceID, bot, name string, version int) (Change, error) {
	return s.rollback(ctx, w, bot, name, version, true)
}

func (s *Service) rollback(ctx context.Context, w core.WorkspaceID, bot, name string, version int, dry bool) (Change, error) {
	sh := s.shelf(w, bot)
	sh.write.Lock()
	defer sh.write.Unlock()
	ds, err := s.Versions(ctx, w, bot, name)
	if err != nil {
		return Change{}, err
	}
	if version == 0 {
		if version, err = before(ds, ds[0].Version); err != nil {
			return Change{}, err
		}
	}
	if version == ds[0].Version {
		return Change{}, core.Invalid("version %d of %s is the current one", version, name)
	}
	d, chunks, err := s.version(ctx, ds, version)
	if err != nil {
		return Change{}, err
	}
	_, now, err := s.version(ctx, ds, 0)
	if err != nil {
		return Change{}, err
	}
	change := compare(now, chunks)
	change.Edits = Diff(now, chunks)
	d.Version, d.Updated, d.Origin.Note = 0, s.o.Now().UTC(), fmt.Sprintf("version %d again", version)
	if change.Document = d; dry {
		return change, nil
	}
	embedded, done, err := sh.prepare(ctx, chunks)
	if err != nil {
		return Change{}, fmt.Errorf("%s: %w", name, err)
	}
	change.Embedded = embedded
	defer done()
	if change.Document, err = s.o.Library.PutDocument(ctx, d, chunks); err != nil {
		return Change{}, fmt.Errorf("store %s: %w", name, err)
	}
	return change, sh.refresh(context.WithoutCancel(ctx))
}

// File is what was given as one version of a document, the current one if
// version is 0. core.ErrNotFound if it is not kept.
func (s *Service) File(ctx context.Context, w core.WorkspaceID, bot, name string, version int) (core.Document, []byte, error) {
	a, err := s.archive()
	if err != nil {
		return core.Document{}, nil, err
	}
	d, _, err := s.Version(ctx, w, bot, name, version)
	if err != nil {
		return d, nil, err
	}
	data, err := a.File(ctx, w, d.SHA256)
	if err != nil {
		return d, nil, fmt.Errorf("the file of %s, version %d: %w", name, d.Version, err)
	}
	return d, data, nil
}
