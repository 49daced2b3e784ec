package admintest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"frontdesk/admin/api"
	"frontdesk/core"
)

var _ api.FAQ = (*FAQ)(nil)

// FAQ is api.FAQ in memory, of one bot; it reads and writes JSON.
type FAQ struct {
	mu  sync.Mutex
	all []core.FAQEntry
	n   int
}

// List implements api.FAQ.
func (f *FAQ) List(context.Context, core.WorkspaceID, string) ([]core.FAQEntry, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.all), nil
}

// Put implements api.FAQ.
func (f *FAQ) Put(_ context.Context, _ core.WorkspaceID, _ string, e core.FAQEntry) (core.FAQEntry, api.FAQChange, error) {
	if e.Question == "" {
		return e, api.FAQChange{}, core.Invalid("an entry needs a question")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var ch api.FAQChange
	for _, o := range f.all {
		if o.Question == e.Question && o.ID != e.ID {
			ch.Warnings = append(ch.Warnings, "the same as "+o.ID)
		}
	}
	if e.ID == "" {
		f.n++
		e.ID = fmt.Sprint("e", f.n)
	}
	if i := slices.IndexFunc(f.all, func(o core.FAQEntry) bool { return o.ID == e.ID }); i >= 0 {
		f.all[i], ch.Changed = e, 1
	} else {
		f.all, ch.Added = append(f.all, e), 1
	}
	return e, ch, nil
}

// Delete implements api.FAQ.
func (f *FAQ) Delete(_ context.Context, _ core.WorkspaceID, _, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.all)
	if f.all = slices.DeleteFunc(f.all, func(o core.FAQEntry) bool { return o.ID == id }); len(f.all) == n {
		return core.ErrNotFound
	}
	return nil
}

// Import implements api.FAQ.
func (f *FAQ) Import(_ context.Context, u api.Upload, replace, dry bool) (api.FAQChange, error) {
	var in []core.FAQEntry
	if err := json.Unmarshal(u.Data, &in); err != nil {
		return api.FAQChange{}, core.Invalid("%s is not JSON", u.File)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	ch := api.FAQChange{Added: len(in)}
	if replace {
		ch.Removed = len(f.all)
	}
	if !dry {
		if replace {
			f.all = nil
		}
		f.all = append(f.all, in...)
	}
	return ch, nil
}

// Export implements api.FAQ.
func (f *FAQ) Export(_ context.Context, _ core.WorkspaceID, _, format string) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, err := json.Marshal(f.all)
	return append([]byte(format+" "), b...), err
}
