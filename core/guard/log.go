package guard

import (
	"context"
	"fmt"
	"log/slog"
)

// Log is a log handler that masks personal data in messages and in attributes:
// texts, errors, and what prints itself. Numbers and times pass.
type Log struct {
	next slog.Handler
	pii  *Redactor
}

// NewLog wraps next.
func NewLog(next slog.Handler, pii *Redactor) *Log { return &Log{next, pii} }

// Enabled implements slog.Handler.
func (l *Log) Enabled(ctx context.Context, level slog.Level) bool { return l.next.Enabled(ctx, level) }

// Handle implements slog.Handler.
func (l *Log) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, r.Level, l.pii.Mask(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(l.attr(a))
		return true
	})
	return l.next.Handle(ctx, out)
}

// WithAttrs implements slog.Handler.
func (l *Log) WithAttrs(as []slog.Attr) slog.Handler {
	masked := make([]slog.Attr, len(as))
	for i, a := range as {
		masked[i] = l.attr(a)
	}
	return &Log{l.next.WithAttrs(masked), l.pii}
}

// WithGroup implements slog.Handler.
func (l *Log) WithGroup(name string) slog.Handler { return &Log{l.next.WithGroup(name), l.pii} }

func (l *Log) attr(a slog.Attr) slog.Attr {
	a.Value = a.Value.Resolve()
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(l.pii.Mask(a.Value.String()))
	case slog.KindGroup:
		var group []slog.Attr
		for _, m := range a.Value.Group() {
			group = append(group, l.attr(m))
		}
		a.Value = slog.GroupValue(group...)
	case slog.KindAny:
		v := a.Value.Any()
		if b, ok := v.([]byte); ok {
			v = string(b)
		}
		text := fmt.Sprint(v)
		if masked := l.pii.Mask(text); masked != text {
			a.Value = slog.StringValue(masked)
		}
	}
	return a
}
