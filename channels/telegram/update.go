package telegram

import (
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// maxDepth bounds the nesting of an update. Telegram's own stay below 16.
const maxDepth = 64

// wanted are the kinds of update Telegram is asked for.
var wanted = []string{"message", "edited_message", "callback_query", "my_chat_member"}

// update is an update as far as this channel reads it; fields it does not name
// may be anything.
type update struct {
	ID       *int64        `json:"update_id"`
	Message  *message      `json:"message"`
	Edited   *message      `json:"edited_message"`
	Callback *callback     `json:"callback_query"`
	Member   *memberChange `json:"my_chat_member"`
}

type user struct {
	ID        int64  `json:"id"`
	IsBot     bool   `json:"is_bot"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Username  string `json:"username"`
	Language  string `json:"language_code"`
}

type chat struct {
	ID   int64  `json:"id"`
	Type string `json:"type"` // private, group, supergroup or channel
}

// entity is a marked range of a text. Offset and Length count UTF-16 units.
type entity struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
	User   *user  `json:"user"`
}

type message struct {
	ID              int64           `json:"message_id"`
	Thread          int64           `json:"message_thread_id"`
	IsTopic         bool            `json:"is_topic_message"`
	From            *user           `json:"from"`
	Chat            chat            `json:"chat"`
	Date            int64           `json:"date"`      // Unix seconds
	EditDate        int64           `json:"edit_date"` // likewise; 0: never
	AutoForward     bool            `json:"is_automatic_forward"`
	Reply           *message        `json:"reply_to_message"`
	TopicCreated    json.RawMessage `json:"forum_topic_created"`
	Text            string          `json:"text"`
	Entities        []entity        `json:"entities"`
	Caption         string          `json:"caption"`
	CaptionEntities []entity        `json:"caption_entities"`
	Markup          *markup         `json:"reply_markup"`
	content
}

// content is what a message may carry besides words.
type content struct {
	Photo     []file    `json:"photo"` // one picture in several sizes
	Voice     *file     `json:"voice"`
	Video     *file     `json:"video"`
	VideoNote *file     `json:"video_note"`
	Animation *file     `json:"animation"`
	Audio     *file     `json:"audio"`
	Document  *file     `json:"document"`
	Sticker   *sticker  `json:"sticker"`
	Location  *location `json:"location"`
	Venue     *venue    `json:"venue"`
	Contact   *contact  `json:"contact"`
	Dice      *dice     `json:"dice"`
}

type file struct {
	ID     string `json:"file_id"`
	Name   string `json:"file_name"`
	MIME   string `json:"mime_type"`
	Size   int64  `json:"file_size"` // bytes; 0: not said
	Width  int64  `json:"width"`
	Height int64  `json:"height"`
}

type sticker struct {
	file
	Emoji    string `json:"emoji"`
	Animated bool   `json:"is_animated"`
	Video    bool   `json:"is_video"`
}

type location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

type venue struct {
	Location location `json:"location"`
	Title    string   `json:"title"`
	Address  string   `json:"address"`
}

type contact struct {
	Phone     string `json:"phone_number"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
}

type dice struct {
	Emoji string `json:"emoji"`
	Value int    `json:"value"`
}

type callback struct {
	ID      string   `json:"id"`
	From    user     `json:"from"`
	Message *message `json:"message"`
	Data    string   `json:"data"`
}

type markup struct {
	Inline [][]button `json:"inline_keyboard"`
}

type button struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
}

type memberChange struct {
	Chat chat  `json:"chat"`
	From user  `json:"from"`
	Date int64 `json:"date"`
	New  struct {
		Status string `json:"status"`
	} `json:"new_chat_member"`
}

// parseUpdate reads one update. Its errors are safe to show to the caller.
func parseUpdate(b []byte) (update, error) {
	var u update
	switch {
	case !utf8.Valid(b):
		return u, errors.New("the body is not UTF-8")
	case tooDeep(b):
		return u, errors.New("the JSON is nested too deeply")
	}
	if err := json.Unmarshal(b, &u); err != nil {
		var t *json.UnmarshalTypeError
		if errors.As(err, &t) {
			return u, errors.New("field " + t.Field + " has the wrong type")
		}
		return u, errors.New("the body is not JSON")
	}
	if u.ID == nil || *u.ID < 0 {
		return u, errors.New("update_id is missing")
	}
	return u, nil
}

// tooDeep reports whether b's brackets, outside strings, nest beyond maxDepth.
func tooDeep(b []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
