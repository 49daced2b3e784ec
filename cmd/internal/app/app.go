// Package app is where everything meets: it builds the house from a
// configuration, runs it, and takes it down without losing a message.
package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"frontdesk/admin/auth"
	"frontdesk/channels/builtin"
	"frontdesk/channels/runner"
	"frontdesk/channels/wechat"
	"frontdesk/cmd/internal/datadir"
	"frontdesk/configs"
	"frontdesk/core"
	"frontdesk/core/bot"
	"frontdesk/core/engine"
	"frontdesk/core/llm/cost"
	"frontdesk/core/store"
	"frontdesk/core/store/sqlstore"
	"frontdesk/knowledge"
	"frontdesk/knowledge/hybrid"
)

// Options of an App.
type Options struct {
	Config     *configs.Config
	ConfigFile string // "" for built-in defaults; named in run.json
	// Reload reads the configuration again for SIGHUP; nil if there is none to read.
	Reload  func() (*configs.Config, error)
	Version string
	Log     *slog.Logger
	Now     func() time.Time
	// SetNow moves the clock that Now reads, for conversation tests; nil: it
	// cannot be moved.
	SetNow func(time.Time)
	// Pages are served besides the gateway's own, by path.
	Pages map[string]http.Handler
}

// App is a built house. Run it once, then Close it.
type App struct {
	o       Options
	cfg     *configs.Config
	log     *slog.Logger
	lock    io.Closer
	store   *sqlstore.Store
	ledger  *store.Ledger
	engine  *engine.Engine
	bots    *bot.Snapshot
	docs    *documents
	auth    *auth.Service
	runner  *runner.Runner
	bus     core.Bus
	metrics *metrics
	admin   http.Handler
	models  models
	meter   *cost.Meter                  // of what models cost
	boxes   map[*configs.Config]*toolbox // of the configuration under way, and of one being read
	quiet   []string                     // channels that leave the notice out, of the configuration being built
	later   *later
	meaning meaning
	finder  *hybrid.Engine               // of documents, by words and meaning
	vectors knowledge.VectorStore        // of their passages
	cpu     chan struct{}                // places for CPU-bound stages
	front   atomic.Pointer[http.Handler] // the chat page on "/"; nil without a web channel

	building sync.Mutex      // one building of bots at a time; guards latest
	latest   *configs.Config // as it was last taken

	base     context.Context // of requests; ends with Close
	end      context.CancelFunc
	drain    chan struct{} // closed when the server begins to stop
	stopOnce sync.Once
	draining atomic.Bool
	token    string // of run.json, for programs of this user
}

// New builds everything and listens nowhere yet. On error nothing is left open.
func New(ctx context.Context, o Options) (a *App, err error) {
	wechat.Install() // the SDK's HTTP client is the process's: before anything runs
	a = &App{o: o, cfg: o.Config, log: o.Log, drain: make(chan struct{}), bots: &bot.Snapshot{}, cpu: make(chan struct{}, cores())}
	a.base, a.end = context.WithCancel(context.WithoutCancel(ctx))
	a.later, a.latest = newLater(context.WithoutCancel(ctx)), a.cfg
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
			a = nil
		}
	}()
	for _, step := range []func(context.Context) error{
		a.openStore, a.openKnowledge, a.openMeaning, a.openPeople, a.openBots, a.openEngine, a.openChannels, a.openAdmin,
	} {
		if err := step(ctx); err != nil {
			return a, err
		}
	}
	return a, nil
}

func (a *App) openStore(ctx context.Context) (err error) {
	url := a.cfg.Database.URL.Reveal()
	if a.store, a.lock, err = datadir.Under(ctx, a.cfg.DataDir, url); err != nil {
		return err
	}
	if err := a.openBus(); err != nil {
		return err
	}
	a.ledger = store.New(a.store, store.Options{Now: a.o.Now, Shared: url != "", Bus: a.bus})
	a.metrics = newMetrics(a.store)
	return nil
}

func (a *App) openPeople(context.Context) error {
	a.auth = auth.New(auth.Options{Accounts: a.store, Now: a.o.Now})
	return nil
}

// Beside other replicas a share of the customers waits for as long as a lease
// when one dies, and for as long as a renewal when one comes or goes.
const (
	sharedLease = 5 * time.Second
	sharedRenew = 500 * time.Millisecond
)

func (a *App) openEngine(context.Context) error {
	e := engine.New(a.ledger, a.bot)
	e.InFlight, e.Now, e.Log, e.Observer = a.cfg.Limits.InFlightTurns, a.o.Now, a.log, a.metrics
	if a.cfg.Database.URL.Reveal() != "" {
		e.Lease, e.Renew = sharedLease, sharedRenew
	}
	a.engine = e
	return nil
}

func (a *App) openChannels(ctx context.Context) error {
	a.runner = runner.New(builtin.Kinds(), func(id string, err error) {
		if err != nil {
			a.log.Error("channel stopped", "channel", id, "err", err)
		}
	})
	a.engine.Send = a.runner.Send
	a.engine.Show = func(e core.Envelope, g core.Glimpse) {
		a.bus.Publish(g)
		a.runner.Show(e, g)
	}
	return a.runner.Apply(ctx, a.specs(a.cfg))
}

// Close frees what New took. Run must have returned, if it was called.
func (a *App) Close() error {
	a.end()
	if a.runner != nil {
		a.runner.Close()
	}
	a.later.Close() // before what it may be using, or building anew
	a.closeModels()
	a.closeBoxes(nil)
	errs := a.meaning.close()
	if a.vectors != nil {
		errs = append(errs, a.vectors.Close())
	}
	if a.bus != nil {
		errs = append(errs, a.bus.Close())
	}
	if a.store != nil {
		errs = append(errs, a.store.Close())
	}
	if a.lock != nil {
		errs = append(errs, a.lock.Close())
	}
	return errors.Join(errs...)
}
