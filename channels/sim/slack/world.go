package slack

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Person is a member of the workspace.
type Person struct {
	ID, Name, Locale string
}

type person struct {
	Person
	bot bool
}

// Room is a channel. The app sees and writes only where it is a member.
type Room struct {
	ID, Name string
	Without  bool // the app is not in it
	Archived bool
}

type room struct {
	Room
	with     string // the person of a direct chat
	msgs     []*message
	whispers []*message
}

type message struct {
	TS, Thread, User, Username, Text, only string
	app, edited, broadcast                 bool
	blocks                                 []block
	files                                  []File
	reactions                              map[string][]string // emoji → who
}

// File is something a person attaches.
type File struct {
	ID, Name, MIME string
	Size           int64
}

type trigger struct {
	user string
	made time.Time
}

// AddPerson lets p in, and opens their direct chat with the app. It returns
// that chat's id.
func (s *Server) AddPerson(p Person) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.people[p.ID] = &person{Person: p}
	return s.chat(p.ID).ID
}

// chat is the direct chat of user with the app. Callers hold mu.
func (s *Server) chat(user string) *room {
	id := "D" + strings.TrimPrefix(user, "U")
	if s.rooms[id] == nil {
		s.rooms[id] = &room{Room: Room{ID: id}, with: user}
	}
	return s.rooms[id]
}

// AddRoom makes a channel, or changes one.
func (s *Server) AddRoom(r Room) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.rooms[r.ID]; old != nil {
		old.Room = r
		return
	}
	s.rooms[r.ID] = &room{Room: r}
}

// ts makes the next message's name: its time, made unique. Callers hold mu.
func (s *Server) ts() string {
	us := max(s.Now().UnixMicro(), s.lastTS+1)
	s.lastTS = us
	return fmt.Sprintf("%d.%06d", us/1e6, us%1e6)
}

// id makes a new id. Callers hold mu.
func (s *Server) id(prefix string) string {
	s.lastID++
	return prefix + strings.ToUpper(strconv.FormatInt(1<<30+s.lastID, 36))
}

func (r *room) find(ts string) *message {
	if i := slices.IndexFunc(r.msgs, func(m *message) bool { return m.TS == ts }); i >= 0 {
		return r.msgs[i]
	}
	return nil
}

// visible reports whether user sees r.
func (r *room) visible(user string) bool { return r.with == "" || r.with == user }

func (r *room) kind() string {
	if r.with != "" {
		return "im"
	}
	return "channel"
}
