package embed

import "context"

type knownKey struct{}

// WithKnown lets a Cache call f for each passage whose vector it had: nothing
// was computed for it. f may be called from another goroutine than that of who
// embeds, also after Embed gave up because ctx ended.
func WithKnown(ctx context.Context, f func(text string)) context.Context {
	return context.WithValue(ctx, knownKey{}, f)
}

// known calls the function that WithKnown set, if any.
func known(ctx context.Context, text string) {
	if f, ok := ctx.Value(knownKey{}).(func(string)); ok {
		f(text)
	}
}
