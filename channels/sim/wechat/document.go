package wechat

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
)

// field is an element of a document.
type field struct{ name, value string }

// document writes fields as the platform does.
func document(fs ...field) []byte {
	var b strings.Builder
	b.WriteString("<xml>")
	for _, f := range fs {
		v := strings.ReplaceAll(f.value, "]]>", "]]]]><![CDATA[>")
		fmt.Fprintf(&b, "<%s><![CDATA[%s]]></%s>", f.name, v, f.name)
	}
	b.WriteString("</xml>")
	return []byte(b.String())
}

// answer is what an account's webhook may say.
type answer struct {
	XMLName      xml.Name `xml:"xml"`
	Encrypt      string   `xml:"Encrypt"`
	MsgSignature string   `xml:"MsgSignature"`
	TimeStamp    string   `xml:"TimeStamp"`
	Nonce        string   `xml:"Nonce"`

	ToUserName   string `xml:"ToUserName"`
	FromUserName string `xml:"FromUserName"`
	CreateTime   int64  `xml:"CreateTime"`
	MsgType      string `xml:"MsgType"`
	Content      string `xml:"Content"`
}

// maxText is how many bytes of UTF-8 a text may not reach.
const maxText = 2048

// read returns the text of a webhook's answer, "" if it says nothing. An error
// is what makes the platform tell the customer that the service is broken.
func (s *Server) read(openid string, body []byte) (string, error) {
	if len(body) == 0 || string(body) == "success" {
		return "", nil
	}
	var a answer
	if err := xml.Unmarshal(body, &a); err != nil {
		return "", fmt.Errorf("the answer is no document: %w", err)
	}
	if a.Encrypt != "" {
		doc, err := s.open(a)
		if err != nil {
			return "", err
		}
		a = answer{}
		if err := xml.Unmarshal(doc, &a); err != nil {
			return "", fmt.Errorf("the decrypted answer is no document: %w", err)
		}
	} else if s.opt.Mode == AES {
		return "", errors.New("the answer is not encrypted")
	}
	return a.Content, s.checkAnswer(openid, a)
}

func (s *Server) open(a answer) ([]byte, error) {
	switch {
	case s.key == nil:
		return nil, errors.New("the answer is encrypted on a plain account")
	case a.MsgSignature != sign(s.opt.Token, a.TimeStamp, a.Nonce, a.Encrypt):
		return nil, errors.New("the answer's signature is wrong")
	}
	return decrypt(s.key, s.opt.AppID, a.Encrypt)
}

func (s *Server) checkAnswer(openid string, a answer) error {
	switch {
	case a.ToUserName != openid, a.FromUserName != s.opt.Account:
		return errors.New("the answer goes to somebody else")
	case a.MsgType != "text", a.Content == "":
		return errors.New("the answer is not a text")
	case a.CreateTime <= 0:
		return errors.New("the answer has no time")
	case len(a.Content) >= maxText:
		return errors.New("the answer is too long")
	}
	return nil
}
