package wechat

import "strconv"

// Say types a text and returns its MsgId.
func (s *Server) Say(openid, text string) string {
	return s.message(openid, text, field{"MsgType", "text"}, field{"Content", text})
}

// Tap taps an entry of a menu message, or a weixin://bizmsgmenu link: the
// platform sends its words as the customer's. It counts as a menu click.
func (s *Server) Tap(openid, menuID, content string) string {
	id := s.post(openid, content, menuGrant, field{"MsgType", "text"}, field{"Content", content}, field{"bizmsgmenuid", menuID})
	return id
}

// Image sends a picture.
func (s *Server) Image(openid, url string) string {
	return s.message(openid, "[图片]", field{"MsgType", "image"}, field{"PicUrl", url}, field{"MediaId", "media-image"})
}

// Voice speaks; recognition is what the platform understood, "" if it does not
// recognise speech for the account.
func (s *Server) Voice(openid, recognition string) string {
	return s.message(openid, "[语音] "+recognition, field{"MsgType", "voice"}, field{"MediaId", "media-voice"},
		field{"Format", "amr"}, field{"Recognition", recognition})
}

// Video sends a video, or a short one.
func (s *Server) Video(openid string, short bool) string {
	kind := "video"
	if short {
		kind = "shortvideo"
	}
	return s.message(openid, "[视频]", field{"MsgType", kind}, field{"MediaId", "media-video"}, field{"ThumbMediaId", "media-thumb"})
}

// Location sends a place, in the platform's datum (GCJ-02).
func (s *Server) Location(openid string, lat, lon float64, label string) string {
	return s.message(openid, "[位置] "+label, field{"MsgType", "location"}, field{"Location_X", degrees(lat)},
		field{"Location_Y", degrees(lon)}, field{"Scale", "16"}, field{"Label", label})
}

// Link shares a page.
func (s *Server) Link(openid, title, description, url string) string {
	return s.message(openid, "[链接] "+title, field{"MsgType", "link"}, field{"Title", title},
		field{"Description", description}, field{"Url", url})
}

// Follow begins to follow the account; scene is that of the code scanned, or "".
func (s *Server) Follow(openid, scene string) {
	if scene != "" {
		scene = "qrscene_" + scene
	}
	s.event(openid, "关注", menuGrant, field{"Event", "subscribe"}, field{"EventKey", scene})
}

// Unfollow leaves the account: it can say nothing more.
func (s *Server) Unfollow(openid string) {
	s.event(openid, "取消关注", leaveGrant, field{"Event", "unsubscribe"}, field{"EventKey", ""})
}

// Scan scans a code with a scene while following.
func (s *Server) Scan(openid, scene string) {
	s.event(openid, "扫码", menuGrant, field{"Event", "SCAN"}, field{"EventKey", scene}, field{"Ticket", "ticket"})
}

// Click presses an entry of the account's menu.
func (s *Server) Click(openid, key string) {
	s.event(openid, "菜单 "+key, menuGrant, field{"Event", "CLICK"}, field{"EventKey", key})
}

// View opens a link of the account's menu.
func (s *Server) View(openid, url string) {
	s.event(openid, "打开 "+url, noGrant, field{"Event", "VIEW"}, field{"EventKey", url})
}

// TemplateResult reports on a template message, "success" or why not.
func (s *Server) TemplateResult(openid, status string) {
	s.event(openid, "", noGrant, field{"Event", "TEMPLATESENDJOBFINISH"}, field{"MsgID", "200163836"}, field{"Status", status})
}

// message posts what counts as a message of the customer.
func (s *Server) message(openid, shown string, fs ...field) string {
	return s.post(openid, shown, messageGrant, fs...)
}

func (s *Server) post(openid, shown string, g grant, fs ...field) string {
	id := s.nextID()
	s.act(openid, shown, id, g, append(fs, field{"MsgId", id})...)
	return id
}

func (s *Server) event(openid, shown string, g grant, fs ...field) {
	s.act(openid, shown, "", g, append([]field{{"MsgType", "event"}}, fs...)...)
}

// act does what a customer does: it shows in their chat, gives the account the
// right to answer, and is delivered.
func (s *Server) act(openid, shown, id string, g grant, fs ...field) {
	if !s.begin() {
		return
	}
	now := s.opt.Clock.Now()
	if shown != "" {
		s.show(openid, Line{From: FromUser, Text: shown, ID: id})
	}
	s.allow(openid, g, now)
	doc := document(append([]field{{"ToUserName", s.opt.Account}, {"FromUserName", openid},
		{"CreateTime", strconv.FormatInt(now.Unix(), 10)}}, fs...)...)
	go func() {
		defer s.wg.Done()
		s.deliver(openid, id, doc)
	}()
}

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) }
