package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"frontdesk/core"
)

// OnDesk turns what people do on a desk into moves and speech of l. A button
// pressed on an old card is ErrStale; a repetition does nothing twice.
func OnDesk(l core.Cases) core.OnDesk {
	return func(ctx context.Context, ev core.DeskEvent) error {
		c, err := l.ByThread(ctx, ev.Workspace, ev.Ref)
		if err != nil {
			return fmt.Errorf("thread: %w", err)
		}
		// Names are not unique, and may be those of people who work elsewhere.
		name, person := cmp.Or(ev.Name, ev.Agent), ev.Ref.Channel+":"+ev.Agent
		switch ev.Do {
		case core.DoReply, core.DoNote:
			_, err = l.Speak(ctx, core.Speech{Conversation: c, Surface: ev.Ref.Channel, Native: ev.Native, Agent: name, Person: person,
				Parts: []core.Part{{Text: ev.Text}}, Internal: ev.Do == core.DoNote})
			return err
		}
		kind, ok := map[core.DeskDo]string{core.DoTake: core.Taken, core.DoReturn: core.Returned, core.DoResolve: core.Resolved}[ev.Do]
		if !ok {
			return core.Invalid("%q is nothing a desk can do", ev.Do)
		}
		_, err = l.Move(ctx, core.Move{Conversation: c, Epoch: ev.Epoch, Kind: kind, Agent: name, Person: person})
		return err
	}
}

// IsThread reports whether a desk keeps a case at ref.
func IsThread(ctx context.Context, l core.Cases, w core.WorkspaceID, ref core.DeskRef) (bool, error) {
	_, err := l.ByThread(ctx, w, ref)
	if errors.Is(err, core.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
