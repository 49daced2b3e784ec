package configs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// maxSecret bounds a secret's file; the largest real ones are keys of a few kB.
const maxSecret = 64 << 10

// secretFile reads the file of a secret. One newline at the end is no part of
// it. Errors name the file, never its content.
func (l *loader) secretFile(name string) (string, error) {
	f, err := os.Open(l.local(name))
	if err != nil {
		return "", unreadable(name, err)
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return "", fmt.Errorf("%q is a folder: name the file with the secret in it", name)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch {
	case err != nil:
		return "", unreadable(name, err)
	case len(b) > maxSecret:
		return "", fmt.Errorf("file %q is larger than %d kB: is it the right one?", name, maxSecret>>10)
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if text == "" {
		return "", fmt.Errorf("file %q is empty: write the secret into it, or remove the key", name)
	}
	return text, nil
}

func unreadable(name string, err error) error {
	why := "cannot be read"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		why = "does not exist"
	case errors.Is(err, fs.ErrPermission):
		why = "may not be read by this user"
	}
	return fmt.Errorf("file %q %s", name, why)
}
