package wechat

import "time"

// grant is what an act of the customer allows the account.
type grant int

const (
	noGrant      grant = iota
	messageGrant       // 5 messages in 48 hours
	menuGrant          // 3 messages in 1 minute: click, follow, scan
	leaveGrant         // nothing any more
)

// user is what the platform keeps of a customer.
type user struct {
	left    bool
	message allowance
	menu    allowance
}

// allowance is how many messages may still be sent, and until when.
type allowance struct {
	left  int
	until time.Time
}

func (a *allowance) open(now time.Time) bool { return now.Before(a.until) }

// take uses one message of a up, if there is one.
func (a *allowance) take(now time.Time) bool {
	if !a.open(now) || a.left == 0 {
		return false
	}
	a.left--
	return true
}

// allow grants what an act of the customer does.
func (s *Server) allow(openid string, g grant, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[openid]
	if u == nil {
		u = &user{}
		s.users[openid] = u
	}
	switch g {
	case messageGrant:
		u.message = allowance{5, now.Add(48 * time.Hour)}
	case menuGrant:
		u.menu = allowance{3, now.Add(time.Minute)}
	case leaveGrant:
		*u = user{left: true}
		return
	case noGrant:
		return
	}
	u.left = false
}

// spend uses up one message to openid; the code is 0 if it may go. The grant
// that ends first is used first. s.mu is held.
func (s *Server) spend(openid string, now time.Time) int {
	u := s.users[openid]
	switch {
	case u == nil:
		return codeBadOpenID
	case u.left, !u.menu.open(now) && !u.message.open(now):
		return codeOutside
	case u.menu.take(now), u.message.take(now):
		return 0
	}
	return codeTooMany
}
