package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"frontdesk/core"
)

// absent explains an error about a document that is not there.
func absent(err error, bot, name string) error {
	var status *statusError
	if errors.Is(err, core.ErrNotFound) || errors.As(err, &status) && status.code == 404 {
		return core.Invalid("bot %s has no document %s: -action=list shows the names", bot, name)
	}
	return err
}

// show prints what is kept of a document and what was read of one version.
func (p program) show(ctx context.Context, o options, t target, bot string) error {
	name := o.name()
	versions, err := t.versions(ctx, bot, name)
	if err != nil {
		return absent(err, bot, name)
	}
	passages, err := t.passages(ctx, bot, name, o.version)
	if err != nil {
		return err
	}
	if o.json {
		return p.print(map[string]any{"versions": versions, "items": append([]passage{}, passages...)})
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "VERSION\tPASSAGES\tPAGES\tBYTES\tUPDATED\tFILE\tNOTE")
	for _, d := range versions {
		_, _ = fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%s\t%s\t%s\n", d.Version, d.Passages, d.Pages, d.Bytes, d.Updated.Format("2006-01-02 15:04"), d.File, d.Note)
	}
	err = w.Flush()
	var b strings.Builder
	for _, x := range passages {
		fmt.Fprintf(&b, "\n[%d]", x.Ordinal)
		if x.Page > 0 {
			fmt.Fprintf(&b, " page %d", x.Page)
		}
		fmt.Fprintf(&b, " %s\n", x.Title)
		if x.Question != "" {
			fmt.Fprintf(&b, "? %s\n", x.Question)
		}
		fmt.Fprintf(&b, "%s\n", x.Text)
	}
	_, werr := fmt.Fprint(p.stdout, b.String())
	return errors.Join(err, werr)
}

// diff prints how two versions differ, or how a file differs from what is there.
func (p program) diff(ctx context.Context, o options, t target, bot string) error {
	if len(o.files) == 1 && o.from == 0 && o.to == 0 {
		if _, err := os.Stat(o.files[0]); err == nil {
			o.dry = true
			return p.update(ctx, o, t, bot)
		}
	}
	name := o.name()
	c, err := t.diff(ctx, bot, name, o.from, o.to)
	if err != nil {
		return absent(err, bot, name)
	}
	if o.json {
		return p.print(map[string]any{"from": c.From, "to": c.To, "added": c.Added, "removed": c.Removed, "unchanged": c.Unchanged,
			"items": append([]core.Edit{}, c.Edits...)})
	}
	_, err = fmt.Fprintf(p.stdout, "%s: version %d (%s) → version %d (%s): %d passages added, %d removed, %d unchanged\n",
		name, c.From.Version, c.From.File, c.To.Version, c.To.File, c.Added, c.Removed, c.Unchanged)
	return errors.Join(err, p.edits(c.Edits, len(c.Edits)))
}

// edits prints differences, at most some.
func (p program) edits(all []core.Edit, most int) error {
	var b strings.Builder
	for _, e := range all[:min(len(all), most)] {
		b.WriteString(editText(e))
	}
	if len(all) > most {
		fmt.Fprintf(&b, "  … and %d more: -action=diff shows them\n", len(all)-most)
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

// editText is one difference, in a line or, of text, in three.
func editText(e core.Edit) string {
	sign := map[core.EditKind]string{core.EditAdded: "+", core.EditRemoved: "-", core.EditChanged: "~"}[e.Kind]
	where := strings.Join(nonempty(short(oneLine(e.Name), 80), e.Title, page(e.Page)), ", ")
	switch {
	case e.Kind == core.EditAdded:
		return fmt.Sprintf("  %s %s: %s\n", sign, where, short(oneLine(e.New), 200))
	case e.Kind == core.EditRemoved:
		return fmt.Sprintf("  %s %s: %s\n", sign, where, short(oneLine(e.Old), 200))
	case len(e.Cells) > 0:
		var cells []string
		for _, c := range e.Cells {
			cells = append(cells, fmt.Sprintf("%s: %s → %s", c.Column, none(c.Old), none(c.New)))
		}
		return fmt.Sprintf("  %s %s: %s\n", sign, where, strings.Join(cells, "; "))
	}
	return fmt.Sprintf("  %s %s\n      was: %s\n      now: %s\n", sign, where, none(short(oneLine(e.Old), 200)), none(short(oneLine(e.New), 200)))
}

func page(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("page %d", n)
}

func none(s string) string {
	if s == "" {
		return "(nothing)"
	}
	return s
}

func nonempty(all ...string) (out []string) {
	for _, s := range all {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// rollback publishes an old version again.
func (p program) rollback(ctx context.Context, o options, t target, bot string) error {
	name := o.name()
	c, err := t.rollback(ctx, bot, name, o.version, o.dry)
	if err != nil {
		return absent(err, bot, name)
	}
	if o.json {
		return p.print(map[string]any{"items": []change{c}})
	}
	return p.told(o, c)
}
