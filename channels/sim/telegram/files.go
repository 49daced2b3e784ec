package telegram

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
)

// Attachment is a file, or another thing, a person sends.
type Attachment struct {
	Kind    string // photo, voice, video, audio, document or sticker
	Name    string
	MIME    string
	Caption string
	Data    []byte
}

type stored struct {
	path string
	data []byte
}

// Attach makes u send a file at p, and returns the message's id.
func (s *Server) Attach(u User, p Place, a Attachment) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.enter(u, p)
	s.serial++
	id := fmt.Sprintf("file_%d", s.serial)
	s.files[id] = stored{path: fmt.Sprintf("%s/%s", a.Kind, id), data: bytes.Clone(a.Data)}
	m := s.put(c, &Message{Thread: p.Thread, From: u.name(), Text: strings.TrimSpace("[" + a.Kind + "] " + a.Caption)})
	f := object{"file_id": id, "file_unique_id": "u" + id, "file_size": len(a.Data)}
	for k, v := range map[string]string{"file_name": a.Name, "mime_type": a.MIME} {
		if v != "" {
			f[k] = v
		}
	}
	more := object{a.Kind: f}
	if a.Kind == "photo" { // comes in sizes
		f["width"], f["height"] = 800, 600
		more["photo"] = []object{{"file_id": id + "_s", "file_size": 1, "width": 80, "height": 60}, f}
	}
	if a.Caption != "" {
		more["caption"], more["caption_entities"] = a.Caption, entities(a.Caption)
	}
	s.push(c.id, object{"message": s.heard(c, m, u, more)})
	return m.ID
}

func (s *Server) getFile(p fields) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files[p["file_id"]]
	if !ok {
		return nil, bad("invalid file_id")
	}
	return object{"file_id": p["file_id"], "file_size": len(f.data), "file_path": f.path}, nil
}

// serveFile answers /file/bot<token>/<path>.
func (s *Server) serveFile(w http.ResponseWriter, path string) {
	token, path, _ := strings.Cut(path, "/")
	s.mu.Lock()
	var data []byte
	found := false
	for _, f := range s.files {
		if f.path == path && token == s.o.Token {
			data, found = f.data, true
		}
	}
	s.mu.Unlock()
	if !found {
		write(w, no(http.StatusNotFound, "Not Found"))
		return
	}
	_, _ = w.Write(data) // the client is gone, or it is not
}
