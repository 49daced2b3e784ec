package wechat

import (
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/silenceper/wechat/v2/util"
)

// success is the answer that says nothing and ends the platform's tries.
const success = "success"

// reply is the document that shows the sender of in text, sealed like in was.
func (c *Channel) reply(in inbound, text string, sealed bool) ([]byte, error) {
	m := message.NewText(text)
	m.SetToUserName(in.FromUserName)
	m.SetFromUserName(in.ToUserName)
	m.SetCreateTime(c.Now().Unix())
	m.SetMsgType(message.MsgTypeText)
	doc, err := xml.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write the reply: %w", err)
	}
	if !sealed {
		return doc, nil
	}
	return c.seal(doc)
}

// seal encrypts and signs doc.
func (c *Channel) seal(doc []byte) ([]byte, error) {
	random := make([]byte, 16)
	_, _ = rand.Read(random) // it never fails
	sealed, err := util.EncryptMsg(random, doc, c.cfg.AppID, c.cfg.EncodingAESKey)
	if err != nil {
		return nil, fmt.Errorf("encrypt the reply: %w", err)
	}
	at, nonce := c.Now().Unix(), rand.Text()
	return xml.Marshal(message.ResponseEncryptedXMLMsg{
		EncryptedMsg: string(sealed), Timestamp: at, Nonce: nonce,
		MsgSignature: util.Signature(c.cfg.Token, strconv.FormatInt(at, 10), nonce, string(sealed)),
	})
}

// writeXML writes doc and sees it off: what is settled after it was written.
func writeXML(w http.ResponseWriter, doc []byte) error {
	h := w.Header()
	h.Set("Content-Type", "application/xml; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(doc)))
	if _, err := w.Write(doc); err != nil {
		return fmt.Errorf("write the reply: %w", err)
	}
	if err := http.NewResponseController(w).Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("write the reply: %w", err)
	}
	return nil
}

func writeText(w http.ResponseWriter, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	_, _ = io.WriteString(w, text) // the platform is gone, or it is not
}
