package app

import (
	membus "frontdesk/core/bus/mem"
	redisbus "frontdesk/core/bus/redis"

	"frontdesk/core"
)

// openBus joins other replicas by Redis if one is configured. Redis need not be
// there: the gateway starts, and goes on, without it.
func (a *App) openBus() error {
	url := a.cfg.Redis.URL.Reveal()
	if url == "" {
		a.bus = membus.New(a.o.Now)
		return nil
	}
	b, err := redisbus.Open(url, core.NewID(a.o.Now()), a.o.Now, a.log)
	if err != nil {
		return err // not into a.bus: it would not be nil
	}
	a.bus = b
	return nil
}
