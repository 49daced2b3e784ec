package answer

import (
	"cmp"

	"frontdesk/core"
	"frontdesk/core/llm"
)

// Of says on whose behalf a turn's requests are made. A contact without a record
// is known by channel and address.
func Of(t *core.Turn) llm.For {
	e := t.Work.Envelope
	return llm.For{Workspace: string(e.Workspace), Bot: cmp.Or(t.Bot.ID, e.Bot), Contact: cmp.Or(string(e.Contact.ID), e.Channel+"/"+e.Address)}
}
