package bot

import (
	"context"

	"frontdesk/core"
	"frontdesk/core/dialog"
	"frontdesk/core/nlu"
)

// Parts are what bots are built of besides their definitions. All are shared
// by all bots and safe for concurrent use.
type Parts struct {
	// Recognizers make recognisers by name; "linear" is the default one's.
	Recognizers map[string]NewRecognizer
	Entities    NewExtractor
	Retriever   core.Retriever
	Generator   core.Generator // nil: only whole answers are given
	Actions     map[string]dialog.Action
	// Policy chooses what to do with what no flow takes; nil is dialog.Thresholds.
	Policy   dialog.Policy
	Embedder core.Embedder // for recognisers that use one; nil: words alone
	// Later runs what may take long after a bot is built; nil runs it at once.
	Later func(work func(ctx context.Context))
	// CPU bounds the stages that compute: a place each core.
	CPU chan struct{}
}

// NewRecognizer learns a recogniser from a bot's examples.
type NewRecognizer func(ctx context.Context, task nlu.Task) (nlu.IntentRecognizer, error)

// NewExtractor makes an extractor for a bot's entities, beside its own.
type NewExtractor func(ctx context.Context, own []nlu.Lexicon) (nlu.EntityExtractor, error)
