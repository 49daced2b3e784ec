package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"frontdesk/core"
)

// Conversation implements store.Backend.
func (s *Store) Conversation(ctx context.Context, c core.ConversationID) (core.Conversation, error) {
	v, _, err := scanConversation(s.ask().row("conversation", c).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return v, core.ErrNotFound
	} else if err != nil {
		return v, fmt.Errorf("conversation: %w", err)
	}
	return v, s.bound(ctx, &v)
}

// bound fills in the thread of v's case.
func (s *Store) bound(ctx context.Context, v *core.Conversation) error {
	v.Desk = v.State.Case.Desk
	if v.Desk.Channel == "" {
		return nil
	}
	err := s.db.Ask().Row(ctx, "threadof", v.ID, v.State.Case.ID).Scan(&v.Desk.Thread)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// Conversations implements store.Backend.
func (s *Store) Conversations(ctx context.Context, f core.ListFilter) (out []core.Conversation, next string, err error) {
	before, limit := int64(math.MaxInt64), min(max(f.Limit, 1), 200)
	if f.Cursor != "" {
		if before, err = strconv.ParseInt(f.Cursor, 10, 64); err != nil {
			return nil, "", core.Invalid("cursor %q is none of ours: leave it out to begin anew", f.Cursor)
		}
	}
	query, args := "list", []any{f.Workspace, before, limit + 1}
	switch f.Mode {
	case "":
	case core.ByBot:
		query, args = "listbot", append(args, f.Mode)
	default:
		query, args = "listmode", append(args, f.Mode)
	}
	rows, err := s.db.Ask().Rows(ctx, query, args...)
	if err != nil {
		return nil, "", fmt.Errorf("conversations: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for last := int64(0); rows.Next(); {
		v, conv, err := scanConversation(rows.Scan)
		if err != nil {
			return nil, "", fmt.Errorf("conversations: %w", err)
		}
		if len(out) == limit {
			next = strconv.FormatInt(last, 10)
			break
		}
		last = conv
		out = append(out, v)
	}
	return out, next, rows.Err()
}

func scanConversation(scan func(...any) error) (v core.Conversation, conv int64, err error) {
	var settled, epoch, updated int64
	var contact, state []byte
	err = scan(&conv, &v.ID, &v.Channel, &v.Address, &v.Bot, &contact, &settled, &epoch, &state, &v.LastSeq, &updated)
	if err != nil {
		return v, 0, err
	}
	if err = json.Unmarshal(contact, &v.Contact); err != nil {
		return v, 0, err
	}
	v.Updated = time.UnixMicro(updated).UTC()
	v.State, err = decodeState(state, settled, epoch)
	v.Desk = v.State.Case.Desk
	return v, conv, err
}

// ByThread implements store.Backend.
func (s *Store) ByThread(ctx context.Context, w core.WorkspaceID, ref core.DeskRef) (c core.ConversationID, err error) {
	err = s.db.Ask().Row(ctx, "bythread", w, ref.Channel, ref.Room, ref.Thread).Scan(&c)
	if errors.Is(err, sql.ErrNoRows) {
		err = core.ErrNotFound
	}
	return c, err
}
