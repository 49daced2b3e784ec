package slack

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// block is a Block Kit block; what people cannot see is kept in rest.
type block struct {
	Type     string    `json:"type"`
	BlockID  string    `json:"block_id,omitempty"`
	Text     *words    `json:"text,omitempty"`
	Fields   []words   `json:"fields,omitempty"`
	Elements []element `json:"elements,omitempty"`
	Label    *words    `json:"label,omitempty"`
	Hint     *words    `json:"hint,omitempty"`
	Element  *element  `json:"element,omitempty"`
	AltText  string    `json:"alt_text,omitempty"`
	Optional bool      `json:"optional,omitempty"`
}

type words struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Emoji    bool   `json:"emoji,omitempty"`
	Verbatim bool   `json:"verbatim,omitempty"`
}

// element is a button, an input or a text of a context block: Text is a
// string in the last, an object in the others.
type element struct {
	Type      string          `json:"type"`
	ActionID  string          `json:"action_id,omitempty"`
	Text      json.RawMessage `json:"text,omitempty"`
	Value     string          `json:"value,omitempty"`
	URL       string          `json:"url,omitempty"`
	Style     string          `json:"style,omitempty"`
	Multiline bool            `json:"multiline,omitempty"`
	MaxLength int             `json:"max_length,omitempty"`
	Verbatim  bool            `json:"verbatim,omitempty"`
	Emoji     bool            `json:"emoji,omitempty"`
}

func (e element) label() words {
	var w words
	if json.Unmarshal(e.Text, &w) != nil {
		_ = json.Unmarshal(e.Text, &w.Text)
		w.Type = e.Type
	}
	return w
}

// readBlocks checks blocks as Slack does: kinds, lengths, unique ids.
func readBlocks(js string) ([]block, error) {
	if js == "" {
		return nil, nil
	}
	var bs []block
	if err := json.Unmarshal([]byte(js), &bs); err != nil {
		return nil, fmt.Errorf("blocks are no list of blocks: %w", err)
	}
	if len(bs) > 50 {
		return nil, fmt.Errorf("more than 50 blocks")
	}
	ids := map[string]bool{}
	for i := range bs {
		if bs[i].BlockID == "" {
			bs[i].BlockID = fmt.Sprintf("sim%d", i)
		}
		if ids[bs[i].BlockID] {
			return nil, fmt.Errorf("block_id %q twice", bs[i].BlockID)
		}
		ids[bs[i].BlockID] = true
		if err := bs[i].check(); err != nil {
			return nil, fmt.Errorf("block %d (%s): %w", i, bs[i].Type, err)
		}
	}
	return bs, nil
}

func (b block) check() error {
	switch b.Type {
	case "divider", "image", "rich_text":
		return nil
	case "header":
		return b.Text.within(150, "plain_text")
	case "section":
		return b.section()
	case "context":
		return b.context()
	case "actions":
		return b.actions()
	case "input":
		if b.Element == nil || b.Element.ActionID == "" {
			return fmt.Errorf("an input needs an element with an action_id")
		}
		return b.Label.within(2000, "plain_text")
	}
	return fmt.Errorf("unsupported block")
}

func (b block) section() error {
	if b.Text == nil && len(b.Fields) == 0 {
		return fmt.Errorf("needs text or fields")
	}
	if len(b.Fields) > 10 {
		return fmt.Errorf("more than 10 fields")
	}
	for _, f := range b.Fields {
		if err := f.within(2000, ""); err != nil {
			return err
		}
	}
	if b.Text == nil {
		return nil
	}
	return b.Text.within(3000, "")
}

func (b block) context() error {
	if len(b.Elements) == 0 || len(b.Elements) > 10 {
		return fmt.Errorf("needs 1 to 10 elements")
	}
	for _, e := range b.Elements {
		w := e.label()
		if err := w.within(3000, ""); err != nil {
			return err
		}
	}
	return nil
}

func (b block) actions() error {
	if len(b.Elements) == 0 || len(b.Elements) > 25 {
		return fmt.Errorf("needs 1 to 25 elements")
	}
	ids := map[string]bool{}
	for _, e := range b.Elements {
		w := e.label()
		switch {
		case ids[e.ActionID]:
			return fmt.Errorf("action_id %q twice", e.ActionID)
		case len(e.ActionID) > 255, utf8.RuneCountInString(e.Value) > 2000:
			return fmt.Errorf("action_id or value too long")
		case e.Style != "" && e.Style != "primary" && e.Style != "danger":
			return fmt.Errorf("style %q", e.Style)
		}
		ids[e.ActionID] = true
		if err := w.within(75, "plain_text"); err != nil {
			return err
		}
	}
	return nil
}

func (w *words) within(max int, kind string) error {
	switch {
	case w == nil:
		return fmt.Errorf("needs text")
	case w.Type != "plain_text" && w.Type != "mrkdwn", kind != "" && w.Type != kind:
		return fmt.Errorf("text of type %q", w.Type)
	case strings.TrimSpace(w.Text) == "":
		return fmt.Errorf("empty text")
	case utf8.RuneCountInString(w.Text) > max:
		return fmt.Errorf("text over %d characters", max)
	}
	return nil
}
