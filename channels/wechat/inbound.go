package wechat

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/silenceper/wechat/v2/officialaccount/message"
)

// The bounds of a document. The deepest the platform sends is 4, of about 30
// elements.
const (
	maxDepth    = 8
	maxElements = 512
	maxName     = 128 // bytes of an openid or account id; theirs have 28
)

// inbound is a message or event. The SDK's own struct for it reads ids and menu
// ids as numbers and fails as a whole when one is not; hence this one.
type inbound struct {
	message.CommonToken

	MsgID        string `xml:"MsgId"`
	Content      string `xml:"Content"`
	Recognition  string `xml:"Recognition"`
	PicURL       string `xml:"PicUrl"`
	MediaID      string `xml:"MediaId"`
	Format       string `xml:"Format"`
	LocationX    string `xml:"Location_X"`
	LocationY    string `xml:"Location_Y"`
	Label        string `xml:"Label"`
	Title        string `xml:"Title"`
	Description  string `xml:"Description"`
	URL          string `xml:"Url"`
	BizMsgMenuID string `xml:"bizmsgmenuid"`

	Event      message.EventType `xml:"Event"`
	EventKey   string            `xml:"EventKey"`
	Status     string            `xml:"Status"`
	TemplateID string            `xml:"MsgID"` // of the template message reported on
	ScanResult string            `xml:"ScanCodeInfo>ScanResult"`
}

var errMalformed = errors.New("not a message")

// decode reads a message, strictly.
func decode(doc []byte) (inbound, error) {
	var in inbound
	if err := strict(doc); err != nil {
		return in, err
	}
	if err := xml.Unmarshal(doc, &in); err != nil {
		return in, fmt.Errorf("%w: %w", errMalformed, err)
	}
	return in, in.check()
}

func (in inbound) check() error {
	from, to := string(in.FromUserName), string(in.ToUserName)
	switch {
	case from == "" || len(from) > maxName:
		return fmt.Errorf("%w: FromUserName is missing or too long", errMalformed)
	case to == "" || len(to) > maxName:
		return fmt.Errorf("%w: ToUserName is missing or too long", errMalformed)
	case in.CreateTime <= 0:
		return fmt.Errorf("%w: CreateTime is missing", errMalformed)
	case in.MsgType == "":
		return fmt.Errorf("%w: MsgType is missing", errMalformed)
	case in.MsgType == message.MsgTypeEvent && in.Event == "":
		return fmt.Errorf("%w: Event is missing", errMalformed)
	case in.MsgType != message.MsgTypeEvent && (in.MsgID == "" || len(in.MsgID) > maxName):
		return fmt.Errorf("%w: MsgId is missing or too long", errMalformed)
	}
	return nil
}

// strict refuses what the platform never sends: another encoding, a document
// type, entities of one's own, deep or endless nesting, anything after the root.
func strict(doc []byte) error {
	if !utf8.Valid(doc) {
		return fmt.Errorf("%w: the body is not UTF-8", errMalformed)
	}
	d := xml.NewDecoder(bytes.NewReader(doc))
	depth, elements, roots := 0, 0, 0
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errMalformed, err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			depth, elements = depth+1, elements+1
		case xml.EndElement:
			depth--
		case xml.Directive:
			return fmt.Errorf("%w: it has a document type", errMalformed)
		case xml.ProcInst:
			if t.Target != "xml" {
				return fmt.Errorf("%w: it has a processing instruction", errMalformed)
			}
		case xml.CharData:
			if depth == 0 && strings.TrimSpace(string(t)) != "" {
				return fmt.Errorf("%w: there is text outside the root", errMalformed)
			}
		}
		if depth < 0 || depth > maxDepth || elements > maxElements || roots > 1 {
			return fmt.Errorf("%w: it is nested too deeply, too large, or has several roots", errMalformed)
		}
	}
	if depth != 0 || roots != 1 {
		return fmt.Errorf("%w: it ends early or is empty", errMalformed)
	}
	return nil
}
