package knowledge

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"frontdesk/core"
)

// The parts of a version in a pack, which is a tar.gz file: a folder for each
// document, in it one for each version, the newest first.
const (
	packDocument = "document.json"
	packPassages = "passages.jsonl"
	packFile     = "file"
)

// Pack writes the document name, or all if it is "", with what is kept of them,
// so that Unpack restores them here or elsewhere. It returns how many documents
// there are.
func (s *Service) Pack(ctx context.Context, w core.WorkspaceID, bot, name string, into io.Writer) (n int, err error) {
	docs, err := s.Documents(ctx, w, bot)
	if err != nil {
		return 0, err
	}
	z := gzip.NewWriter(into)
	t := tar.NewWriter(z)
	for _, d := range docs {
		if name != "" && d.Name != name {
			continue
		}
		n++
		if err := s.packDocument(ctx, t, n, d); err != nil {
			return n, err
		}
	}
	if name != "" && n == 0 {
		return 0, fmt.Errorf("pack %s: %w", name, core.ErrNotFound)
	}
	return n, errors.Join(t.Close(), z.Close())
}

func (s *Service) packDocument(ctx context.Context, t *tar.Writer, n int, d core.Document) error {
	versions, err := s.Versions(ctx, d.Workspace, d.Bot, d.Name)
	if err != nil {
		return err
	}
	for _, v := range versions {
		v, chunks, err := s.version(ctx, versions, v.Version)
		if err != nil {
			return err
		}
		dir := fmt.Sprintf("%04d/v%06d/", n, v.Version)
		js, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			return err
		}
		var lines strings.Builder
		enc := json.NewEncoder(&lines)
		enc.SetEscapeHTML(false)
		for _, c := range chunks {
			if err := enc.Encode(c.Passage); err != nil {
				return err
			}
		}
		err = errors.Join(add(t, dir+packDocument, v.Updated, js), add(t, dir+packPassages, v.Updated, []byte(lines.String())))
		if err != nil {
			return err
		}
		_, data, err := s.File(ctx, v.Workspace, v.Bot, v.Name, v.Version)
		if errors.Is(err, core.ErrNotFound) {
			continue // taken in before files were kept
		}
		if err = errors.Join(err, add(t, dir+packFile, v.Updated, data)); err != nil {
			return err
		}
	}
	return nil
}

func add(t *tar.Writer, name string, at time.Time, data []byte) error {
	if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(data)), ModTime: at}); err != nil {
		return err
	}
	_, err := t.Write(data)
	return err
}

// Restored is what Unpack did with a document.
type Restored struct {
	Name     string
	Version  int  // answers draw from it; 0 if nothing of the pack became current
	Restored int  // versions taken in
	Known    int  // versions that were there already
	New      bool // there was no document of this name
}

// Unpack takes in what Pack wrote. A document that is not here comes back with
// its versions and their numbers; of one that is, the newest version of the
// pack becomes a new one unless it is the current, and older ones fill gaps in
// its past. Doing it again does nothing more. Each document is published for
// itself: an error leaves those before it restored.
func (s *Service) Unpack(ctx context.Context, w core.WorkspaceID, bot string, from io.Reader, dry bool) ([]Restored, error) {
	z, err := gzip.NewReader(from)
	if err != nil {
		return nil, core.Invalid("this is no export of knowledge: it is not a tar.gz file")
	}
	u := &unpacker{s: s, ctx: ctx, workspace: w, bot: bot, dry: dry}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = u.take(h, t)
		} else {
			err = core.Invalid("the export is damaged: %v", err)
		}
		if err != nil {
			return u.done, err
		}
	}
	if err := u.flush(); err != nil {
		return u.done, err
	}
	if len(u.done) == 0 {
		return nil, core.Invalid("the export holds no document")
	}
	return u.done, nil
}

// packed is a version on its way in.
type packed struct {
	dir      string
	document core.Document
	passages []core.Passage
	data     []byte
}

type unpacker struct {
	s         *Service
	ctx       context.Context
	workspace core.WorkspaceID
	bot       string
	dry       bool
	now       *packed
	done      []Restored
}

// take reads one part of a version.
func (u *unpacker) take(h *tar.Header, in io.Reader) error {
	if h.Typeflag == tar.TypeDir {
		return nil
	}
	dir, part := path.Split(path.Clean(h.Name))
	if u.now == nil || u.now.dir != dir {
		if err := u.flush(); err != nil {
			return err
		}
		u.now = &packed{dir: dir}
	}
	if h.Typeflag != tar.TypeReg || h.Size > 4*u.s.o.Limits.Bytes {
		return core.Invalid("the export is damaged: %s is larger than a document, or no file", h.Name)
	}
	switch part {
	case packDocument:
		if err := json.NewDecoder(io.LimitReader(in, 1<<20)).Decode(&u.now.document); err != nil {
			return core.Invalid("the export is damaged: %s: %v", h.Name, err)
		}
	case packPassages:
		lines := json.NewDecoder(bufio.NewReader(in))
		for {
			var p core.Passage
			err := lines.Decode(&p)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil || len(u.now.passages) >= u.s.o.Limits.Passages {
				return core.Invalid("the export is damaged: %s holds more passages than a document may have, or none: %v", h.Name, err)
			}
			u.now.passages = append(u.now.passages, p)
		}
	case packFile:
		var err error
		if u.now.data, err = io.ReadAll(in); err != nil {
			return core.Invalid("the export is damaged: %s: %v", h.Name, err)
		}
	default:
		return core.Invalid("the export is damaged: %s does not belong there", h.Name)
	}
	return nil
}

// flush takes in the version that was read.
func (u *unpacker) flush() error {
	if u.now == nil {
		return nil
	}
	p := u.now
	u.now = nil
	p.document.Workspace, p.document.Bot = u.workspace, u.bot
	if err := p.check(u.s); err != nil {
		return err
	}
	last := len(u.done) - 1
	if last < 0 || u.done[last].Name != p.document.Name {
		u.done = append(u.done, Restored{Name: p.document.Name})
		last++
	}
	return u.s.restore(u.ctx, *p, &u.done[last], u.dry)
}

// check refuses what Pack does not write.
func (p *packed) check(s *Service) error {
	d := &p.document
	if err := s.admit(*d, p.data); err != nil {
		return err
	}
	if d.Version < 1 || len(p.passages) == 0 {
		return core.Invalid("the export is damaged: %s in %s has no version or no passages", d.Name, p.dir)
	}
	if sum := sha256.Sum256(p.data); p.data != nil && hex.EncodeToString(sum[:]) != d.SHA256 {
		return core.Invalid("the export is damaged: the file of %s, version %d is not the one it was", d.Name, d.Version)
	}
	for _, x := range p.passages {
		if x.URL != "" && !strings.HasPrefix(x.URL, "https://") && !strings.HasPrefix(x.URL, "http://") {
			return core.Invalid("the export is damaged: a passage of %s leads to no page", d.Name)
		}
	}
	d.Passages, d.Updated = len(p.passages), d.Updated.UTC()
	return nil
}

// restore takes in one version and counts it in r.
func (s *Service) restore(ctx context.Context, p packed, r *Restored, dry bool) error {
	sh := s.shelf(p.document.Workspace, p.document.Bot)
	sh.write.Lock()
	defer sh.write.Unlock()
	d := p.document
	have, err := s.Versions(ctx, d.Workspace, d.Bot, d.Name)
	if err != nil && !errors.Is(err, core.ErrNotFound) {
		return err
	}
	r.New = r.New || len(have) == 0
	newest := r.Restored+r.Known == 0 // the pack has the newest first
	switch {
	case len(have) == 0:
	case newest && have[0].SHA256 == d.SHA256 && have[0].File == d.File && have[0].Passages == d.Passages,
		!newest && taken(have, d.Version): // if another past than the pack's, it stays
		r.Known++
		return nil
	case newest:
		d.Version, d.Updated, d.Origin.Note = 0, s.o.Now().UTC(), "import"
	}
	if r.Restored++; dry {
		return nil
	}
	chunks := s.chunks(d, p.passages)
	if newest {
		_, done, err := sh.index.Prepare(ctx, passages(chunks))
		if err != nil {
			return fmt.Errorf("%s: %w", d.Name, err)
		}
		defer done()
	}
	if p.data != nil {
		if err := s.keep(ctx, d, p.data); err != nil {
			return fmt.Errorf("store %s: %w", d.Name, err)
		}
	}
	stored, err := s.o.Library.PutDocument(ctx, d, chunks)
	if err != nil {
		return fmt.Errorf("store %s: %w", d.Name, err)
	}
	if newest {
		r.Version = stored.Version
	}
	return sh.refresh(context.WithoutCancel(ctx))
}

// taken reports whether a number is kept, or lies above the current version.
func taken(have []core.Document, n int) bool {
	for _, v := range have {
		if v.Version == n {
			return true
		}
	}
	return n >= have[0].Version
}
