package wechat

import (
	"strconv"
	"strings"

	"github.com/silenceper/wechat/v2/officialaccount/message"

	"frontdesk/core"
)

// parts says what in is made of; none for an event that is nobody's message.
// The words in brackets are those the platform's own chat list shows.
func (in inbound) parts() []core.Part {
	switch in.MsgType {
	case message.MsgTypeText:
		return in.text()
	case message.MsgTypeImage:
		return one(core.Part{Kind: core.Image, Text: "[图片]", URL: in.PicURL, Media: in.MediaID})
	case message.MsgTypeVoice:
		return one(core.Part{Kind: core.Voice, Text: in.Recognition, Media: in.MediaID, MIME: audio(in.Format)})
	case message.MsgTypeVideo, message.MsgTypeShortVideo:
		return one(core.Part{Kind: core.Video, Text: "[视频]", Media: in.MediaID})
	case message.MsgTypeLocation:
		return one(core.Part{Kind: core.Location, Text: labelled("[位置]", in.Label), Value: in.coordinates()})
	case message.MsgTypeLink:
		return one(core.Part{Kind: core.Link, Text: lines(in.Title, in.Description, in.URL), URL: in.URL})
	case message.MsgTypeEvent:
		return in.event()
	}
	// A file, a mini-program's card, or what the platform invents next: the
	// customer sent something and is owed an answer.
	return one(core.Part{Kind: core.File, Text: labelled("["+clip(string(in.MsgType), maxName)+"]", in.Title),
		Name: in.Title, URL: in.URL, Media: in.MediaID})
}

// text is what was typed, or the entry of a menu message that was tapped: the
// platform then sends the entry's words as if they had been typed.
func (in inbound) text() []core.Part {
	switch in.BizMsgMenuID {
	case "":
		return one(core.Part{Text: in.Content})
	case fetchID:
		return one(core.Part{Kind: core.Signal, Value: core.SignalView, Text: in.Content})
	}
	return one(core.Part{Kind: core.Choice, Text: in.Content, Value: in.BizMsgMenuID})
}

// event says which events become turns. All that is a customer's act does; the
// pipeline decides whether it is worth a word. Progress of broadcasts, periodic
// positions and the like do not.
func (in inbound) event() []core.Part {
	switch in.Event {
	case message.EventSubscribe:
		return followed(in.EventKey)
	case message.EventUnsubscribe:
		return signal(core.SignalUnfollow, "")
	case message.EventScan:
		return signal(core.SignalScan, in.EventKey)
	case message.EventScancodePush, message.EventScancodeWaitmsg:
		return signal(core.SignalScan, in.ScanResult)
	case message.EventClick:
		return one(core.Part{Kind: core.Choice, Text: in.EventKey, Value: in.EventKey})
	case message.EventView, message.EventViewMiniprogram:
		return one(core.Part{Kind: core.Signal, Value: core.SignalView, Text: in.EventKey, URL: in.EventKey})
	case message.EventTemplateSendJobFinish:
		return signal(core.SignalReceipt, in.Status)
	}
	return nil
}

// followed is a new follower, who may have come by a code with a scene.
func followed(key string) []core.Part {
	ps := signal(core.SignalFollow, "")
	if scene, ok := strings.CutPrefix(key, "qrscene_"); ok && scene != "" {
		ps = append(ps, signal(core.SignalScan, scene)...)
	}
	return ps
}

// coordinates is where the customer is, converted from the platform's datum;
// "" if it does not say.
func (in inbound) coordinates() string {
	lat, err1 := strconv.ParseFloat(in.LocationX, 64)
	lon, err2 := strconv.ParseFloat(in.LocationY, 64)
	if err1 != nil || err2 != nil || !onEarth(lat, lon) {
		return ""
	}
	lat, lon = wgs84(lat, lon)
	return strconv.FormatFloat(lat, 'f', 6, 64) + "," + strconv.FormatFloat(lon, 'f', 6, 64)
}

func one(p core.Part) []core.Part { return []core.Part{p} }

func signal(value, text string) []core.Part {
	return one(core.Part{Kind: core.Signal, Value: value, Text: text})
}

func audio(format string) string {
	if format == "" {
		return ""
	}
	return "audio/" + strings.ToLower(clip(format, maxName))
}

func labelled(tag, label string) string { return strings.TrimSpace(tag + " " + label) }

// lines joins what is not empty, a line each, leaving out repetitions.
func lines(texts ...string) string {
	var out []string
	for _, t := range texts {
		t = strings.TrimSpace(t)
		if t != "" && (len(out) == 0 || out[len(out)-1] != t) {
			out = append(out, t)
		}
	}
	return strings.Join(out, "\n")
}
