package wechat

import "unicode"

// The link sends its content as if the customer had typed it, and says by the
// menu id that it was tapped.
const (
	noticeZH = `正在为您查询，请稍候。<a href="weixin://bizmsgmenu?msgmenucontent=查看回复&msgmenuid=` + fetchID + `">点此查看回复</a>`
	noticeEN = `One moment, still looking into it. <a href="weixin://bizmsgmenu?msgmenucontent=Answer&msgmenuid=` + fetchID + `">Show the answer</a>`
)

// words is what the customer said, as far as it shows their language.
func (in inbound) words() string { return in.Content + in.Recognition }

// noticeFor is the notice in the language of words; the platform's own if
// words are in none.
func noticeFor(words string) string {
	letters := false
	for _, r := range words {
		if unicode.Is(unicode.Han, r) {
			return noticeZH
		}
		letters = letters || unicode.IsLetter(r)
	}
	if letters {
		return noticeEN
	}
	return noticeZH
}
