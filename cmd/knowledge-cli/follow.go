package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"frontdesk/knowledge"
)

// ndjson is the media type of an answer that tells progress.
const ndjson = "application/x-ndjson"

// progressive is a change whose progress is told to the context's
// knowledge.WithProgress, by a server that can.
type progressive struct{ *change }

// UnmarshalJSON implements json.Unmarshaler: a server of before answers with the
// change alone.
func (p *progressive) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, p.change) }

// follow reads lines to the last, which says how it ended.
func (r *remote) follow(ctx context.Context, from io.Reader, into *progressive) error {
	for d := json.NewDecoder(io.LimitReader(from, mostAnswer)); ; {
		var line struct {
			Progress *knowledge.Progress
			Change   *change
			Problem  *struct{ Status int }
		}
		var raw json.RawMessage
		err := d.Decode(&raw)
		switch {
		case errors.Is(err, io.EOF):
			return fmt.Errorf("%s ended the connection before it was done: see its log, then run the same line again", r.base)
		case err != nil:
			return r.unreached(ctx, err)
		}
		if err := json.Unmarshal(raw, &line); err != nil {
			return fmt.Errorf("%s does not answer as frontdesk does: check the address", r.base)
		}
		switch {
		case line.Change != nil:
			*into.change = *line.Change
			return nil
		case line.Problem != nil:
			var whole struct{ Problem json.RawMessage }
			_ = json.Unmarshal(raw, &whole) // it was one a moment ago
			return r.refused(line.Problem.Status, whole.Problem)
		case line.Progress != nil:
			knowledge.Report(ctx, *line.Progress)
		}
	}
}
