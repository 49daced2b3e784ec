// Package channels is the contract between the gateway and the platforms.
//
// A channel is a folder below this one: it turns a platform's events into
// core.Envelope, and a core.Reply into what the platform wants. It passes
// channeltest.Run and has one line in channels/builtin.
package channels

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"frontdesk/core"
)

// Gateway is what a channel may ask of the rest of the house.
type Gateway struct {
	// Accept hands one normalised message over. When it returns nil the message
	// is on disk and the channel may acknowledge it to the platform. Errors:
	// core.ErrBusy and anything unknown → 503 with Retry-After, so that the
	// platform tries again; *core.ConflictError → the id was reused.
	Accept func(ctx context.Context, e core.Envelope) (core.Receipt, error)
	// Await, ClaimTurn, Passive and Settle serve channels whose answers are
	// fetched; see core.Inbox and core.Outbox.
	Await     func(ctx context.Context, t core.TurnID) ([]core.Event, error)
	ClaimTurn func(ctx context.Context, t core.TurnID, d time.Duration) ([]core.Delivery, error)
	Passive   func(ctx context.Context, t core.TurnID) ([]core.Reply, error)
	Settle    func(ctx context.Context, d core.Delivery, s core.Settlement) error
	// Locate, Events and Watch serve channels that show a history.
	Locate func(ctx context.Context, e core.Envelope) (core.ConversationID, error)
	Events func(ctx context.Context, c core.ConversationID, after int64, limit int) ([]core.Event, error)
	Watch  func(c core.ConversationID) (news <-chan core.ConversationID, stop func())
	// Follow serves those who show an answer while it is being written.
	Follow func(c core.ConversationID) (glimpses <-chan core.Glimpse, stop func())
	// OnDesk takes what a person did on a desk; see core.OnDesk. IsThread
	// reports whether ref is the thread of a case.
	OnDesk   core.OnDesk
	IsThread func(ctx context.Context, w core.WorkspaceID, ref core.DeskRef) (bool, error)
	// Mine reports whether this replica does a job that one replica at a time
	// does, such as polling. It changes when replicas come and go: ask before each
	// step. nil means always.
	Mine func(job string) bool
}

// Channel is one configured account on one platform. It is immutable once
// opened and safe for concurrent use.
type Channel interface {
	// Run receives until ctx ends, then returns nil, leaving no goroutine. A
	// channel that is only called over HTTP waits for ctx.
	Run(ctx context.Context) error
	// Send delivers r and returns the platform's id for it. Errors are
	// core.SendError where the channel knows more than "it failed", and hold no
	// secret. A reply too long for one message is split; r.Done pieces of it
	// have arrived already, and SendError.Done says how many after a failure.
	Send(ctx context.Context, r core.Reply) (native string, err error)
}

// Hooked is implemented by channels the platform calls over HTTP. The handler
// sees paths with the channel's own prefix ("/webhooks/slack/sl") removed:
// "/events", or "/" for a channel with one route. Bodies are limited by
// Settings.MaxBody; it verifies signatures and answers as CONTRACT says.
type Hooked interface {
	Hook() http.Handler
}

// Drafting is implemented by channels whose messages can be changed after they
// were sent: they show an answer while it is being written.
type Drafting interface {
	// Draft shows text as what r will say, unfinished: as a new message if native
	// is "", else by changing that one; "" as text removes it. It returns the
	// message's id. Send with r.Draft set makes that message the answer.
	Draft(ctx context.Context, r core.Reply, native, text string) (string, error)
}

// Desked is implemented by channels that can also be a desk.
type Desked interface {
	Desk() core.Desk
}

// Checked is implemented by channels that can try themselves out for `check`.
type Checked interface {
	// Check returns nil, or an error naming cause and cure. It uses the network.
	Check(ctx context.Context) error
}

// Settings is all a channel is given. Decode fills its own config struct (with
// yaml tags) and rejects unknown fields, naming the line.
type Settings struct {
	ID        string // "tg"
	Bot       string // the bot that answers
	Workspace core.WorkspaceID
	PublicURL string   // of this server, without a slash at the end
	MaxBody   int64    // bytes of a webhook's body
	MaxText   int      // bytes of a customer's text; longer is refused or cut as the platform allows
	MaxFile   int64    // bytes of a file taken from the platform
	Rooms     []string // of this platform that are some bot's desk
	Decode    func(into any) error
	Gateway   Gateway
	HTTP      *http.Client // with the channel's proxy and a timeout
	Log       *slog.Logger // carries the channel's id; give it no secret
	Now       func() time.Time
	// Secret returns a lasting random secret of n bytes by name.
	Secret func(ctx context.Context, name string, n int) ([]byte, error)
}

// Open builds a channel. It must not touch the network; Run does.
type Open func(s Settings) (Channel, error)

// Kinds maps a kind, as written in the config, to its constructor.
type Kinds map[string]Open

// Open builds the channel of the given kind.
func (k Kinds) Open(kind string, s Settings) (Channel, error) {
	open, ok := k[kind]
	if !ok {
		return nil, fmt.Errorf("channel %s: unknown type %q", s.ID, kind)
	}
	c, err := open(s)
	if err != nil {
		return nil, fmt.Errorf("channel %s: %w", s.ID, err)
	}
	return c, nil
}
