package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
)

// Speak implements store.Backend.
func (s *Store) Speak(ctx context.Context, sp core.Speech, now time.Time) (v store.Moved, err error) {
	ws, err := s.workspace(ctx, sp.Conversation)
	if err != nil {
		return v, err
	}
	src, err := s.source(ctx, source{ws, store.SpeechKey(sp)})
	if err != nil {
		return v, err
	}
	digest := core.Envelope{Conversation: sp.Conversation, Parts: sp.Parts}.Digest()
	err = s.do(ctx, func(t tx) error {
		h, err := t.whole(sp.Conversation)
		if err != nil {
			return err
		}
		v.Epoch = h.st.Case.Epoch
		if seq, known, err := t.spoken(h, sp, src, digest); known || err != nil {
			v.Seq = seq
			return err
		}
		if sp.Internal {
			err := t.run("note", h.conv, h.last, src, sp.Native, digest, sp.Agent, core.JoinText(sp.Parts), now.UnixMicro())
			if err == nil && s.shared {
				err = t.run("retell", h.conv, h.last)
			}
			return err
		}
		v, err = t.speak(&h, sp, src, digest, now)
		return err
	})
	return v, err
}

// spoken looks for sp among what was said, and noted, under its id.
func (t tx) spoken(h whole, sp core.Speech, src int64, digest []byte) (seq int64, known bool, err error) {
	var conv int64
	var had []byte
	err = t.row("spoken", src, sp.Native).Scan(&conv, &seq, &had)
	internal := errors.Is(err, sql.ErrNoRows)
	if internal {
		err = t.row("noted", src, sp.Native).Scan(&conv, &had)
	}
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, false, nil
	case err != nil:
		return 0, false, fmt.Errorf("spoken: %w", err)
	case conv != h.conv || internal != sp.Internal || !bytes.Equal(had, digest):
		return seq, true, &core.ConflictError{Native: sp.Native, Turn: core.TurnID{Conversation: sp.Conversation, Seq: seq}}
	}
	return seq, true, nil
}

func (t tx) speak(h *whole, sp core.Speech, src int64, digest []byte, now time.Time) (v store.Moved, err error) {
	if h.st.Case.Mode != core.ByAgent || h.st.Case.Person != sp.Who() {
		if v, err = t.hand(h, store.Taken(sp, now), now); err != nil {
			return v, err
		}
	}
	h.last++
	v.Epoch, v.Seq = h.st.Case.Epoch, h.last
	ev := store.Spoken(sp, now)
	body, err := json.Marshal(ev)
	if err != nil {
		return v, err
	}
	if err := t.run("say", h.conv, h.last, h.last, body, src, sp.Native, digest); err != nil {
		return v, err
	}
	if err := t.keep(*h, now); err != nil {
		return v, err
	}
	if !h.pull {
		v.Queued = true
		if err := t.run("send", h.conv, lineCustomer, h.last, 0, false, h.st.Case.Epoch, nil, now.UnixMicro(), 0); err != nil {
			return v, err
		}
	}
	if d := h.st.Case.Desk; d.Channel != "" && d.Channel != sp.Surface {
		v.Queued = true
		err = t.desk(*h, core.DeskPost{Action: core.DeskSay, Ref: d, Role: core.Agent, Author: sp.Agent, Parts: sp.Parts,
			Card: core.Card{Case: h.st.Case.ID}}, now)
	}
	return v, err
}

func (s *Store) workspace(ctx context.Context, c core.ConversationID) (w core.WorkspaceID, err error) {
	err = s.db.Ask().Row(ctx, "workspace", c).Scan(&w)
	if errors.Is(err, sql.ErrNoRows) {
		err = core.ErrNotFound
	}
	return w, err
}
