package bot

import (
	"cmp"
	"context"

	"frontdesk/core"
	"frontdesk/core/dialog"
	"frontdesk/core/guard"
	"frontdesk/core/nlu"
)

// Parts are what bots are built of besides their definitions. All are shared
// by all bots and safe for concurrent use.
type Parts struct {
	// Recognizers make recognisers by name; "linear" is the default one's.
	Recognizers map[string]NewRecognizer
	Entities    NewExtractor
	Tagger      NewTagger // of entities that examples mark; nil if no bot has any
	Retriever   core.Retriever
	Personal    guard.Finder   // personal data, beside the forms guard knows; may be nil
	Generator   core.Generator // nil: only whole answers are given
	Actions     map[string]dialog.Action
	// Policy chooses what to do with what no flow takes; nil is dialog.Thresholds.
	Policy   dialog.Policy
	Prompter dialog.Prompter // what prompt steps of flows ask; nil: they fail
	Rewriter dialog.Rewriter // of questions that lean on others; nil: rules alone
	// Split cuts a message that asks for several things; nil leaves all whole.
	Split func(text string) []string
	// ChannelType is the type of a channel, "web" of "site"; nil or "" is its id.
	ChannelType func(id string) string
	Embedder    core.Embedder // for recognisers that use one; nil: words alone
	// Later runs what may take long after a bot is built; nil runs it at once.
	Later func(work func(ctx context.Context))
	// CPU bounds the stages that compute: a place each core.
	CPU chan struct{}
}

// NewRecognizer learns a recogniser from a bot's examples.
type NewRecognizer func(ctx context.Context, task nlu.Task) (nlu.IntentRecognizer, error)

// NewExtractor makes an extractor for a bot's entities, beside its own.
type NewExtractor func(ctx context.Context, own []nlu.Lexicon) (nlu.EntityExtractor, error)

// kind is ChannelType, with the id where the type is not known.
func (p Parts) kind() func(string) string {
	return func(id string) string {
		if p.ChannelType == nil {
			return id
		}
		return cmp.Or(p.ChannelType(id), id)
	}
}
