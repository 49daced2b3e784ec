package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/schollz/progressbar/v3"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// update makes each file the new version of its document. One that fails does
// not keep the others back.
func (p program) update(ctx context.Context, o options, t target, bot string) error {
	files, err := expand(o.files)
	if err != nil {
		return err
	}
	if o.as != "" && len(files) > 1 {
		return misusedf("-as names one document, but there are %d files: give one", len(files))
	}
	changes := make([]change, 0, len(files))
	var errs []error
	for _, file := range files {
		c, err := p.send(ctx, o, t, bot, file)
		if err != nil {
			errs = append(errs, err)
			if ctx.Err() != nil {
				break
			}
			continue
		}
		if len(files) == 1 && !o.dry {
			c.Questions, _ = t.suggest(ctx, bot, c.Document.Name) // a server before this version has none; the document is there
		}
		changes = append(changes, c)
		if !o.json {
			errs = append(errs, p.told(o, c))
		}
	}
	if o.json {
		errs = append(errs, p.print(map[string]any{"items": changes}))
	}
	return errors.Join(errs...)
}

// told prints what an update changed.
func (p program) told(o options, c change) error {
	verb := fmt.Sprintf("is version %d, answers draw from it", c.Document.Version)
	if o.dry {
		verb = "would change (nothing was stored)"
	}
	_, err := fmt.Fprintf(p.stdout, "%s %s: %d passages, %d added, %d removed, %d unchanged\n",
		c.Document.Name, verb, c.Document.Passages, c.Added, c.Removed, c.Unchanged)
	if !o.dry {
		_, werr := fmt.Fprintf(p.stdout, "%d of %d passages embedded\n", c.Embedded, c.Document.Passages)
		err = errors.Join(err, werr)
	}
	if text := readOf(c); text != "" {
		_, werr := fmt.Fprintln(p.stdout, text)
		err = errors.Join(err, werr)
	}
	err = errors.Join(err, p.edits(c.Edits, 20), p.questions(c.Questions))
	for _, w := range c.Warnings {
		_, werr := fmt.Fprintf(p.stderr, "knowledge-cli: warning: %s: %s\n", c.Document.Name, oneLine(w))
		err = errors.Join(err, werr)
	}
	return err
}

// send reads one file and gives it to t.
func (p program) send(ctx context.Context, o options, t target, bot, file string) (change, error) {
	st, err := os.Stat(file)
	if err != nil {
		return change{}, readable(file, err)
	}
	if st.Size() > knowledge.DefaultLimits.Bytes {
		return change{}, core.Invalid("%s has %d MB, more than %d: split it or leave out pictures", file, st.Size()>>20, knowledge.DefaultLimits.Bytes>>20)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return change{}, readable(file, err)
	}
	bar := p.bar(o, file, len(data))
	defer func() { _ = bar.Finish() }()
	c, err := t.put(p.reading(ctx, o), bot, upload{as: o.as, file: filepath.Base(file), data: data, dry: o.dry}, func(n int) { _ = bar.Add(n) })
	if err != nil && !strings.Contains(err.Error(), filepath.Base(file)) {
		err = fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	return c, err
}

// reading tells on a terminal how far the reading of a file is that this process
// reads itself, and how long it may still take.
func (p program) reading(ctx context.Context, o options) context.Context {
	if !p.terminal || o.json {
		return ctx
	}
	began := time.Now()
	return knowledge.WithProgress(ctx, func(at knowledge.Progress) {
		_, _ = fmt.Fprintf(p.stderr, "\rreading: %d of %d, about %v left ", at.Done, at.Total, at.Left(time.Since(began)).Round(time.Second))
		if at.Done == at.Total {
			_, _ = fmt.Fprintln(p.stderr)
		}
	})
}

// bar shows progress on a terminal, nothing elsewhere.
func (p program) bar(o options, file string, size int) *progressbar.ProgressBar {
	w := p.stderr
	if !p.terminal || o.json {
		w = io.Discard
	}
	return progressbar.NewOptions(size, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(filepath.Base(file)),
		progressbar.OptionShowBytes(true), progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish())
}

// expand lists the files meant: a folder means the readable files in it, without
// hidden ones.
func expand(args []string) ([]string, error) {
	var out []string
	for _, arg := range args {
		st, err := os.Stat(arg)
		if err != nil {
			return nil, readable(arg, err)
		}
		if !st.IsDir() {
			out = append(out, arg)
			continue
		}
		found, err := within(arg)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, core.Invalid("the folder %s holds no PDF, DOCX, XLSX, Markdown, HTML, text or CSV file", arg)
		}
		out = append(out, found...)
	}
	names := map[string]string{}
	for _, f := range out {
		if other, ok := names[filepath.Base(f)]; ok && other != f {
			return nil, core.Invalid("%s and %s would be the same document: rename one", other, f)
		}
		names[filepath.Base(f)] = f
	}
	return out, nil
}

func within(folder string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return readable(path, err)
		}
		if strings.HasPrefix(d.Name(), ".") && path != folder {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		known := []string{".pdf", ".docx", ".xlsx", ".md", ".markdown", ".html", ".htm", ".txt", ".csv", ".tsv"}
		if d.Type().IsRegular() && slices.Contains(known, strings.ToLower(filepath.Ext(path))) {
			out = append(out, path)
		}
		return nil
	})
	return out, err
}

// readable says why a file cannot be read.
func readable(file string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return core.Invalid("there is no file %s: check its name and folder", file)
	case errors.Is(err, fs.ErrPermission):
		return core.Invalid("%s may not be read: check its permissions", file)
	}
	return fmt.Errorf("%s cannot be read: %w", file, err)
}

func (p program) list(ctx context.Context, o options, t target, bot string) error {
	docs, err := t.list(ctx, bot)
	if err != nil {
		return err
	}
	if o.json {
		return p.print(map[string]any{"items": append([]document{}, docs...)})
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "NAME\tVERSION\tPASSAGES\tPAGES\tBYTES\tUPDATED\tFILE")
	for _, d := range docs {
		_, _ = fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%s\t%s\n", d.Name, d.Version, d.Passages, d.Pages, d.Bytes, d.Updated.Format("2006-01-02 15:04"), d.File)
	}
	return w.Flush() // tells what failed before, too
}

func (p program) remove(ctx context.Context, o options, t target, bot string) error {
	names := make([]string, 0, len(o.files)+1)
	for _, f := range o.files {
		names = append(names, filepath.Base(f))
	}
	if o.as != "" {
		names = append(names, o.as)
	}
	removed := []string{}
	var errs []error
	for _, name := range names {
		err := t.remove(ctx, bot, name)
		var status *statusError
		if errors.Is(err, core.ErrNotFound) || errors.As(err, &status) && status.code == 404 {
			err = core.Invalid("bot %s has no document %s: -action=list shows the names", bot, name)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		removed = append(removed, name)
		if !o.json {
			_, err = fmt.Fprintf(p.stdout, "%s is deleted, answers do not draw from it any more\n", name)
			errs = append(errs, err)
		}
	}
	if o.json {
		errs = append(errs, p.print(map[string]any{"deleted": removed}))
	}
	return errors.Join(errs...)
}

func (p program) search(ctx context.Context, o options, t target, bot string) error {
	hits, err := t.search(ctx, bot, o.query, o.limit)
	if err != nil {
		return err
	}
	if o.explain {
		for i, h := range hits {
			hits[i].Terms = explain(o.query, h)
		}
	}
	if o.json {
		return p.print(map[string]any{"items": append([]hit{}, hits...)})
	}
	var b strings.Builder
	for _, h := range hits {
		fmt.Fprintf(&b, "%.2f  %s", h.Score, h.Doc)
		if h.Page > 0 {
			fmt.Fprintf(&b, ", page %d", h.Page)
		}
		if h.Title != "" {
			fmt.Fprintf(&b, ", %s", h.Title)
		}
		b.WriteString("\n")
		if h.Question != "" {
			fmt.Fprintf(&b, "      ? %s\n", oneLine(h.Question))
		}
		fmt.Fprintf(&b, "      %s\n", short(oneLine(h.Text), 200))
		if o.explain {
			fmt.Fprintf(&b, "      %s\n", h.Terms)
		}
		if o.explain {
			fmt.Fprintf(&b, "      chance by words %.2f, cosine of meaning %.2f, together %.1f\n", h.Words, h.Meaning, h.Fused)
		}
	}
	if len(hits) == 0 {
		b.WriteString("nothing found\n")
	}
	_, err = io.WriteString(p.stdout, b.String())
	return err
}

func (p program) print(v any) error {
	enc := json.NewEncoder(p.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func short(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
