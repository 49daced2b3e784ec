package app

import (
	"bytes"
	"context"

	"frontdesk/admin/api"
	"frontdesk/core"
	"frontdesk/knowledge/faq"
)

var _ api.FAQ = (*faqs)(nil)

// faqs is the FAQ store as the admin API sees it.
type faqs struct{ *faq.Store }

// Put implements api.FAQ.
func (f *faqs) Put(ctx context.Context, w core.WorkspaceID, bot string, e core.FAQEntry) (core.FAQEntry, api.FAQChange, error) {
	e, ch, err := f.Store.Put(ctx, w, bot, e)
	return e, api.FAQChange(ch), err
}

// Import implements api.FAQ.
func (f *faqs) Import(ctx context.Context, u api.Upload, replace, dry bool) (api.FAQChange, error) {
	entries, err := faq.Read(u.File, u.Data)
	if err != nil {
		return api.FAQChange{}, err
	}
	ch, err := f.Store.Import(ctx, u.Workspace, u.Bot, entries, replace, dry)
	return api.FAQChange(ch), err
}

// Export implements api.FAQ.
func (f *faqs) Export(ctx context.Context, w core.WorkspaceID, bot, format string) ([]byte, error) {
	all, err := f.List(ctx, w, bot)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = faq.Write(&b, faq.Format(format), all)
	return b.Bytes(), err
}
