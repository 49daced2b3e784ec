package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"frontdesk/core"
	"frontdesk/knowledge/faq"
)

// faqTarget is where the FAQ is.
type faqTarget interface {
	faqList(ctx context.Context, bot string) ([]core.FAQEntry, error)
	// faqPut adds an entry, or changes the one with its id.
	faqPut(ctx context.Context, bot string, e core.FAQEntry) (core.FAQEntry, []string, error)
	faqDelete(ctx context.Context, bot, id string) error
	faqImport(ctx context.Context, bot, file string, data []byte, replace, dry bool) (faqChange, error)
}

type faqChange struct {
	Added     int      `json:"added"`
	Changed   int      `json:"changed"`
	Removed   int      `json:"removed"`
	Unchanged int      `json:"unchanged"`
	Warnings  []string `json:"warnings,omitempty"`
}

func (l *local) faqList(ctx context.Context, bot string) ([]core.FAQEntry, error) {
	return l.faq.List(ctx, l.workspace, bot)
}

func (l *local) faqPut(ctx context.Context, bot string, e core.FAQEntry) (core.FAQEntry, []string, error) {
	e, ch, err := l.faq.Put(ctx, l.workspace, bot, e)
	return e, ch.Warnings, err
}

func (l *local) faqDelete(ctx context.Context, bot, id string) error {
	return l.faq.Delete(ctx, l.workspace, bot, id)
}

func (l *local) faqImport(ctx context.Context, bot, file string, data []byte, replace, dry bool) (faqChange, error) {
	entries, err := faq.Read(file, data)
	if err != nil {
		return faqChange{}, err
	}
	ch, err := l.faq.Import(ctx, l.workspace, bot, entries, replace, dry)
	return faqChange(ch), err
}

func faqPath(bot string) string { return "/bots/" + url.PathEscape(bot) + "/faq" }

func (r *remote) faqList(ctx context.Context, bot string) ([]core.FAQEntry, error) {
	return pages[core.FAQEntry](ctx, r, faqPath(bot), url.Values{"limit": {"200"}})
}

func (r *remote) faqPut(ctx context.Context, bot string, e core.FAQEntry) (core.FAQEntry, []string, error) {
	var out struct {
		Entry    core.FAQEntry `json:"entry"`
		Warnings []string      `json:"warnings"`
	}
	method, path := http.MethodPost, faqPath(bot)
	if e.ID != "" {
		method, path = http.MethodPut, path+"/"+url.PathEscape(e.ID)
	}
	err := r.sendJSON(ctx, method, path, e, &out)
	return out.Entry, out.Warnings, err
}

func (r *remote) faqDelete(ctx context.Context, bot, id string) error {
	return r.call(ctx, http.MethodDelete, faqPath(bot)+"/"+url.PathEscape(id), nil, "", nil, nil)
}

func (r *remote) faqImport(ctx context.Context, bot, file string, data []byte, replace, dry bool) (out faqChange, err error) {
	return out, r.send(ctx, faqPath(bot)+"/import", file, data, [][2]string{{"replace", on(replace)}, {"dry_run", on(dry)}}, func(int) {}, &out)
}

func (p program) faqList(ctx context.Context, o options, t target, bot string) error {
	all, err := t.faqList(ctx, bot)
	if err != nil {
		return err
	}
	if o.json {
		return p.print(map[string]any{"items": append([]core.FAQEntry{}, all...)})
	}
	var b strings.Builder
	for _, e := range all {
		fmt.Fprintf(&b, "%s  %s\n", e.ID, e.Question)
		for _, v := range e.Variants {
			fmt.Fprintf(&b, "    ? %s\n", v)
		}
		for _, a := range e.Answers {
			fmt.Fprintf(&b, "    ! %s%s\n", when(a), short(oneLine(a.Text), 200))
		}
	}
	_, err = fmt.Fprint(p.stdout, b.String())
	return err
}

// when tells for whom and when an answer holds.
func when(a core.FAQAnswer) string {
	parts := nonempty(a.Lang, strings.Join(a.Channels, "+"))
	if !a.From.IsZero() {
		parts = append(parts, "from "+a.From.Format("2006-01-02 15:04"))
	}
	if !a.Until.IsZero() {
		parts = append(parts, "until "+a.Until.Format("2006-01-02 15:04"))
	}
	if len(parts) == 0 {
		return ""
	}
	return "[" + strings.Join(parts, ", ") + "] "
}

func (p program) faqAdd(ctx context.Context, o options, t target, bot string) error {
	e, err := o.entry.entry()
	if err != nil {
		return err
	}
	e, warnings, err := t.faqPut(ctx, bot, e)
	if err != nil {
		return err
	}
	err = p.warn(warnings)
	if o.json {
		return errors.Join(err, p.print(map[string]any{"items": []core.FAQEntry{e}, "warnings": append([]string{}, warnings...)}))
	}
	_, werr := fmt.Fprintf(p.stdout, "%s is in the FAQ, answers draw from it\n", e.ID)
	return errors.Join(err, werr)
}

func (f faqFlags) entry() (core.FAQEntry, error) {
	a := core.FAQAnswer{Text: f.answer, Lang: f.lang}
	if f.channel != "" {
		a.Channels = strings.Split(f.channel, ",")
	}
	var err error
	if a.From, err = faq.Time(f.from); err != nil {
		return core.FAQEntry{}, misusedf("-valid-from: %v", err)
	}
	if a.Until, err = faq.Time(f.until); err != nil {
		return core.FAQEntry{}, misusedf("-valid-until: %v", err)
	}
	return core.FAQEntry{ID: f.id, Question: f.question, Variants: f.variants, Answers: []core.FAQAnswer{a}}, nil
}

func (p program) warn(all []string) (err error) {
	for _, w := range all {
		_, werr := fmt.Fprintf(p.stderr, "knowledge-cli: warning: %s\n", oneLine(w))
		err = errors.Join(err, werr)
	}
	return err
}

func (p program) faqDelete(ctx context.Context, o options, t target, bot string) error {
	err := t.faqDelete(ctx, bot, o.entry.id)
	var status *statusError
	if errors.Is(err, core.ErrNotFound) || errors.As(err, &status) && status.code == 404 {
		err = core.Invalid("the FAQ of bot %s has no entry %s: faq list shows the ids", bot, o.entry.id)
	}
	if err != nil {
		return err
	}
	if o.json {
		return p.print(map[string]any{"deleted": []string{o.entry.id}})
	}
	_, err = fmt.Fprintf(p.stdout, "%s is deleted, answers do not draw from it any more\n", o.entry.id)
	return err
}

func (p program) faqImport(ctx context.Context, o options, t target, bot string) error {
	data, err := os.ReadFile(o.files[0])
	if err != nil {
		return readable(o.files[0], err)
	}
	ch, err := t.faqImport(ctx, bot, filepath.Base(o.files[0]), data, o.replace, o.dry)
	if err != nil {
		return err
	}
	err = p.warn(ch.Warnings)
	if o.json {
		return errors.Join(err, p.print(map[string]any{"items": []faqChange{ch}}))
	}
	verb := "answers draw from them"
	if o.dry {
		verb = "nothing was stored"
	}
	_, werr := fmt.Fprintf(p.stdout, "FAQ: %d entries added, %d changed, %d removed, %d unchanged; %s\n", ch.Added, ch.Changed, ch.Removed, ch.Unchanged, verb)
	return errors.Join(err, werr)
}

func (p program) faqExport(ctx context.Context, o options, t target, bot string) error {
	format := faq.Format(strings.ToLower(strings.TrimPrefix(filepath.Ext(o.files[0]), ".")))
	all, err := t.faqList(ctx, bot)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := faq.Write(&b, format, all); err != nil {
		return err
	}
	if err := save(o.files[0], b.Bytes()); err != nil {
		return err
	}
	if o.json {
		return p.print(map[string]any{"file": o.files[0], "entries": len(all)})
	}
	_, err = fmt.Fprintf(p.stdout, "%d entries are in %s\n", len(all), o.files[0])
	return err
}

// save writes a file whole or not at all.
func save(file string, data []byte) error {
	part := file + ".part"
	err := os.WriteFile(part, data, 0o600)
	if err == nil {
		err = os.Rename(part, file)
	}
	if err != nil {
		_ = os.Remove(part) // it may not be there
		return fmt.Errorf("%s cannot be written: %w", file, err)
	}
	return nil
}
