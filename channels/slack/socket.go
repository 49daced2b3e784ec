package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	sdk "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// refusedPause is how long Socket Mode rests after Slack refused the token.
const refusedPause = time.Minute

// following is how many deliveries may be followed up at once.
const following = 8

// socket receives over Socket Mode until ctx ends. Several replicas may: each
// event goes to one of their connections, and what is not acknowledged comes
// again. The SDK reconnects by itself; it gives up only on a refused token.
func (c *Channel) socket(ctx context.Context) error {
	for {
		err := c.connected(ctx)
		if ctx.Err() != nil {
			return nil
		}
		c.set.Log.Error("slack: Socket Mode ended; app_token needs the scope connections:write, and Socket Mode must be on",
			"err", c.api.Redact(err), "again_in", refusedPause)
		t := time.NewTimer(refusedPause)
		select {
		case <-ctx.Done():
			t.Stop()
			return nil
		case <-t.C:
		}
	}
}

// connected runs one client, and waits for all it began.
func (c *Channel) connected(ctx context.Context) error {
	client := socketmode.New(c.api.SDK(), socketmode.OptionDialer(c.dialer()), socketmode.OptionReadLimit(c.set.MaxBody))
	ended := make(chan error, 1)
	go func() { ended <- client.RunContext(ctx) }()
	var after sync.WaitGroup
	defer after.Wait()
	room := make(chan struct{}, following)
	for {
		select {
		case err := <-ended:
			if err == nil {
				err = fmt.Errorf("the connection ended")
			}
			return err
		case ev := <-client.Events:
			a, id := c.received(ctx, ev)
			if id == "" {
				continue
			}
			if a.status != http.StatusServiceUnavailable { // unacknowledged, it comes again
				if err := client.AckCtx(ctx, id, a.json); err != nil && ctx.Err() == nil {
					c.set.Log.Warn("slack: cannot acknowledge", "err", c.api.Redact(err))
				}
			}
			if a.after != nil {
				room <- struct{}{}
				after.Go(func() {
					defer func() { <-room }()
					follow(ctx, a.after)
				})
			}
		}
	}
}

// received handles one event of the client's; id is "" if it is not Slack's.
func (c *Channel) received(ctx context.Context, ev socketmode.Event) (a answer, id string) {
	req := ev.Request
	switch data := ev.Data.(type) {
	case *socketmode.ErrorBadMessage: // the SDK does not know the event; Slack still waits
		req = &socketmode.Request{}
		if json.Unmarshal(data.Message, req) != nil {
			return answer{}, ""
		}
	case *sdk.ConnectionErrorEvent:
		c.set.Log.Warn("slack: Socket Mode cannot connect", "attempt", data.Attempt, "err", c.api.Redact(data.ErrorObj))
	case *socketmode.ConnectedEvent:
		c.set.Log.Info("slack: Socket Mode connected")
	}
	if req == nil || req.EnvelopeID == "" {
		return answer{}, ""
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.budget)
	defer cancel()
	a = c.enveloped(ctx, req)
	if a.status == http.StatusBadRequest {
		c.set.Log.Warn("slack: dropped a malformed delivery", "why", a.detail)
	}
	return a, req.EnvelopeID
}

func (c *Channel) enveloped(ctx context.Context, req *socketmode.Request) answer {
	switch req.Type {
	case socketmode.RequestTypeEventsAPI:
		return c.event(ctx, req.Payload, req.RetryAttempt > 0)
	case socketmode.RequestTypeInteractive:
		return c.interaction(ctx, req.Payload)
	case socketmode.RequestTypeSlashCommands:
		var cmd sdk.SlashCommand
		if err := decode(req.Payload, &cmd); err != nil {
			return malformed("the payload is no command of Slack's")
		}
		return c.command(ctx, command{cmd.Command, cmd.Text, cmd.UserID, cmd.UserName, cmd.ChannelID, cmd.TriggerID})
	}
	return done()
}

// dialer takes the proxy and certificates of the channel's HTTP client.
func (c *Channel) dialer() *websocket.Dialer {
	d := &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: 20 * time.Second, WriteBufferSize: 32 << 10}
	if t, ok := c.set.HTTP.Transport.(*http.Transport); ok {
		d.Proxy, d.TLSClientConfig = t.Proxy, t.TLSClientConfig
	}
	return d
}
