package telegram

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"frontdesk/core"
)

// parts are what m says; none for service messages and what we cannot read.
func parts(m *message, me mine) []core.Part {
	text, es := m.words()
	raw := text
	text = me.strip(text, es)
	if p, ok := media(m.content, text); ok {
		return p
	}
	switch {
	case command(raw, es, "/start"):
		_, payload, _ := strings.Cut(text, " ")
		return []core.Part{{Kind: core.Signal, Value: core.SignalFollow, Text: strings.TrimSpace(payload)}}
	case text != "":
		return []core.Part{{Text: text}}
	case raw != "": // only the bot's name: somebody calls it
		return []core.Part{{Kind: core.Signal, Value: core.SignalFollow}}
	}
	return nil
}

// command reports whether text begins with the command name.
func command(text string, es []entity, name string) bool {
	for _, e := range es {
		if e.Type == "bot_command" && e.Offset == 0 {
			said, _, _ := strings.Cut(slice(text, e), "@")
			return said == name
		}
	}
	// Some clients mark no commands.
	return len(es) == 0 && (text == name || strings.HasPrefix(text, name+" "))
}

// media are the parts of c: the file, whose text only stands in for it, and the
// customer's words under it, if any.
func media(c content, caption string) ([]core.Part, bool) {
	p, ok := c.file()
	if !ok {
		return things(c)
	}
	if caption == "" {
		return one(p)
	}
	return []core.Part{p, {Text: caption}}, true
}

// file is what c carries of files.
func (c content) file() (core.Part, bool) {
	switch {
	case len(c.Photo) > 0:
		return attached(core.Image, largest(c.Photo), "image/jpeg", "[image]"), true
	case c.Voice != nil: // its text is kept for recognised speech
		return attached(core.Voice, *c.Voice, "audio/ogg", ""), true
	case c.Video != nil:
		return attached(core.Video, *c.Video, "video/mp4", "[video]"), true
	case c.VideoNote != nil:
		return attached(core.Video, *c.VideoNote, "video/mp4", "[video]"), true
	case c.Animation != nil: // comes with a document of the same file
		return attached(core.Video, *c.Animation, "video/mp4", "[animation]"), true
	case c.Audio != nil:
		return attached(core.File, *c.Audio, "", "[audio]"), true
	case c.Document != nil:
		return attached(core.File, *c.Document, "", "[file]"), true
	case c.Sticker != nil:
		return attached(core.Image, c.Sticker.file, c.Sticker.mime(), cmp.Or(c.Sticker.Emoji, "[sticker]")), true
	}
	return core.Part{}, false
}

// things are parts without a file.
func things(c content) ([]core.Part, bool) {
	switch {
	case c.Venue != nil: // comes with a location of the same place
		return one(c.Venue.Location.part(strings.TrimSpace(c.Venue.Title + "\n" + c.Venue.Address)))
	case c.Location != nil:
		return one(c.Location.part(""))
	case c.Contact != nil:
		name := strings.TrimSpace(c.Contact.FirstName + " " + c.Contact.LastName)
		return one(core.Part{Text: strings.TrimSpace(name + " " + c.Contact.Phone), Value: c.Contact.Phone})
	case c.Dice != nil:
		return one(core.Part{Text: fmt.Sprintf("%s %d", c.Dice.Emoji, c.Dice.Value)})
	}
	return nil, false
}

func one(p core.Part) ([]core.Part, bool) { return []core.Part{p}, true }

func attached(k core.PartKind, f file, mime, text string) core.Part {
	return core.Part{Kind: k, Text: strings.TrimSpace(text + " " + f.Name), MIME: cmp.Or(f.MIME, mime), Name: f.Name,
		Media: f.ID, Size: max(f.Size, 0)}
}

// largest is the best copy of a picture.
func largest(fs []file) file {
	best := fs[0]
	for _, f := range fs[1:] {
		if f.Width*f.Height >= best.Width*best.Height {
			best = f
		}
	}
	return best
}

func (s sticker) mime() string {
	switch {
	case s.Animated:
		return "application/x-tgsticker"
	case s.Video:
		return "video/webm"
	}
	return "image/webp"
}

func (l location) part(text string) core.Part {
	v := strconv.FormatFloat(l.Latitude, 'f', -1, 64) + "," + strconv.FormatFloat(l.Longitude, 'f', -1, 64)
	if text == "" {
		text = v
	}
	return core.Part{Kind: core.Location, Text: text, Value: v}
}

// cut shortens s to at most n bytes, at a rune. 0 leaves it alone.
func cut(s string, n int) string {
	if n <= 0 || len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
