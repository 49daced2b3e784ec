package knowledge

import (
	"context"
	"errors"
	"fmt"

	"frontdesk/core"
)

// Reindex reads every file that is kept again, with what this program knows now
// about reading; what it reads differently becomes a new version. Documents
// whose file is not kept stay as they are. told hears of each before it is
// read. What cannot be read stays as it is too, and is an error in the end.
func (s *Service) Reindex(ctx context.Context, w core.WorkspaceID, bot string, dry bool, told func(at, of int, name string)) ([]Change, error) {
	docs, err := s.Documents(ctx, w, bot)
	if err != nil {
		return nil, err
	}
	var out []Change
	var errs []error
	for i, d := range docs {
		told(i, len(docs), d.Name)
		if d.Origin.Kind == core.OriginFAQ {
			continue // nothing was read of a file
		}
		c, err := s.again(ctx, d, dry)
		switch {
		case ctx.Err() != nil:
			return out, errors.Join(append(errs, ctx.Err())...)
		case errors.Is(err, core.ErrNotFound):
			continue // not kept, or deleted meanwhile
		case err != nil:
			errs = append(errs, fmt.Errorf("%s: %w", d.Name, err))
		default:
			out = append(out, c)
		}
	}
	return out, errors.Join(errs...)
}

// again reads a document's file once more.
func (s *Service) again(ctx context.Context, d core.Document, dry bool) (Change, error) {
	d, data, err := s.File(ctx, d.Workspace, d.Bot, d.Name, 0)
	if err != nil {
		return Change{}, err
	}
	d.Version, d.Origin.Note = 0, "read again"
	return s.put(ctx, d, data, dry)
}
