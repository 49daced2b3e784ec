// Package runfile says which servers of this user run, where, and with which
// token a program of the same user may talk to them.
//
// A server that is ready writes run.json into its data folder and a copy, named
// by its pid, into the user's runtime folder (or cache folder, where there is
// none); it removes both when it ends. All are readable by the user alone. What
// a crash leaves names a process that is gone, and is ignored.
package runfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Name is the file's name in a data folder.
const Name = "run.json"

// Info is a running server.
type Info struct {
	URL     string    `json:"url"` // where its HTTP is reached from this machine
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
	Token   string    `json:"token"` // for programs of this user only: never send it to another host
	// Data is the folder the server keeps its data in.
	Data string `json:"data,omitempty"`
}

// File is what a server wrote, to be removed at its end.
type File struct{ paths []string }

// Write announces a server. The copy for the user is best effort: without such
// a folder the data folder's file remains.
func Write(dataDir string, info Info) (*File, error) {
	js, err := json.Marshal(info)
	if err != nil {
		return nil, err
	}
	own := filepath.Join(dataDir, Name)
	if err := replace(own, js); err != nil {
		return nil, fmt.Errorf("write %s: %w", own, err)
	}
	f := &File{paths: []string{own}}
	sweep()
	for _, dir := range userDirs() {
		path := filepath.Join(dir, copyName(info.PID))
		if os.MkdirAll(dir, 0o700) == nil && replace(path, js) == nil {
			f.paths = append(f.paths, path)
			break
		}
	}
	return f, nil
}

// Remove takes the announcement back. A file that is gone already is no error.
func (f *File) Remove() error {
	var errs []error
	for _, p := range f.paths {
		if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Of returns the server that runs on a data folder; false if none does.
func Of(dataDir string) (Info, bool) { return read(filepath.Join(dataDir, Name)) }

// Find returns all servers of this user that run, each once, by pid.
func Find() []Info {
	var out []Info
	seen := map[int]bool{}
	for _, dir := range userDirs() {
		for _, path := range copies(dir) {
			if info, ok := read(path); ok && !seen[info.PID] {
				seen[info.PID] = true
				out = append(out, info)
			}
		}
	}
	return out
}

// read returns what path announces, if that process is there.
func read(path string) (Info, bool) {
	var info Info
	js, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(js, &info) != nil || info.URL == "" || !alive(info.PID) {
		return Info{}, false
	}
	return info, true
}

// replace writes path whole or not at all, for this user only.
func replace(path string, js []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".run-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = tmp.Write(append(js, '\n'))
	err = errors.Join(err, tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return nil
}

func copyName(pid int) string { return "run-" + strconv.Itoa(pid) + ".json" }

func copies(dir string) []string {
	paths, err := filepath.Glob(filepath.Join(dir, "run-*.json"))
	if err != nil {
		return nil // only a bad pattern is an error
	}
	return paths
}

// sweep removes what servers that crashed left in the user's folders.
func sweep() {
	for _, dir := range userDirs() {
		for _, path := range copies(dir) {
			number := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "run-"), ".json")
			if pid, err := strconv.Atoi(number); err == nil && !alive(pid) {
				_ = os.Remove(path) // it is ignored anyway
			}
		}
	}
}

// userDirs are where copies may be, best first.
func userDirs() []string {
	var out []string
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		out = append(out, filepath.Join(dir, "frontdesk"))
	}
	if dir, err := os.UserCacheDir(); err == nil {
		out = append(out, filepath.Join(dir, "frontdesk", "run"))
	}
	return out
}
