package wechat

import (
	"context"
	"errors"
	"time"

	"frontdesk/core"
)

// passiveFor is how long an account that was refused the right to send is not
// tried again; it may be verified meanwhile.
const passiveFor = time.Hour

var errPassive = errors.New("the account answers only when the customer writes")

// Send implements channels.Channel by customer-service messages, a piece each.
// The platform gives them no id. What cannot go is held until the customer
// writes again: it then leaves in the answer to that.
func (c *Channel) Send(ctx context.Context, r core.Reply) (string, error) {
	ps := pieces(render(r.Event))
	if r.Done >= len(ps) {
		return "", nil // nothing to say, or all of it said
	}
	if !c.mayPush() {
		return "", &core.SendError{Hold: true, Done: r.Done, Err: errPassive}
	}
	for done := r.Done; done < len(ps); done++ {
		if err := c.api.send(ctx, r.Address, ps[done]); err != nil {
			c.learn(err)
			return "", sendError(err, done, c.Now())
		}
	}
	return "", nil
}

// learn remembers that the account may not send.
func (c *Channel) learn(err error) {
	if c.cfg.Mode == modeAuto && codeOf(err) == codeNotGranted {
		c.passiveUntil.Store(c.Now().Add(passiveFor).UnixNano())
		c.Log.Info("the account may not send customer-service messages: answering passively", "for", passiveFor)
	}
}

// Check implements channels.Checked: it tries the token, and whether the
// account may send where the mode depends on it.
func (c *Channel) Check(ctx context.Context) error {
	if c.cfg.Token == "" {
		return core.Invalid("token is missing: choose one and enter it here and in the account's server settings")
	}
	if c.cfg.Mode == modePassive {
		return nil
	}
	err := c.api.staff(ctx)
	if code := codeOf(err); code == codeNotGranted && c.cfg.Mode == modeAuto {
		return nil // auto answers passively then
	} else if code == codeNoStaff {
		return nil // it may send, and has nobody listed
	}
	return err
}
