package configs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"frontdesk/configs/internal/strict"
)

// Environment looks a variable up; os.LookupEnv is one.
type Environment = func(name string) (value string, ok bool)

// Load reads the configuration in the file path; an empty path means built-in
// defaults with one web channel and one bot. env gives values for ${VAR} and
// the FRONTDESK_ variables that override single values. kinds are the types a
// channel may have; with none given, types are not checked.
//
// An error is an Errors where the content is at fault, with every mistake of
// the file in it.
func Load(path string, env Environment, kinds ...string) (*Config, error) {
	root, dir, err := read(path)
	if err != nil {
		return nil, err
	}
	l := loader{env: env, dir: dir, kinds: kinds}
	l.d.Secrets = l.secretFile
	l.expand(root)
	l.override(root)
	cfg := defaults()
	l.d.Fill(root, cfg)
	l.finish(cfg)
	l.d.Errs.Sort()
	if err := l.d.Errs.Err(); err != nil {
		return nil, err
	}
	return cfg, nil
}

// read returns the parsed file and the folder its relative paths belong to.
func read(path string) (*strict.Node, string, error) {
	if path == "" {
		root, err := strict.Parse("built-in defaults", []byte(builtin))
		return root, "", err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", fmt.Errorf("configuration %s does not exist: name another with --config, or leave it out for built-in defaults", path)
	}
	if err != nil {
		return nil, "", fmt.Errorf("read configuration: %w", err)
	}
	defer func() { _ = f.Close() }()
	root, err := strict.Read(path, f)
	if err != nil {
		return nil, "", asErrors(err)
	}
	return root, filepath.Dir(path), nil
}

func asErrors(err error) error {
	var one *strict.Error
	if errors.As(err, &one) {
		return strict.Errors{one}
	}
	return err
}

// loader is one call of Load.
type loader struct {
	env   Environment
	dir   string // of the file; "" without one
	kinds []string
	d     strict.Decoder
}

// local makes a path written in the file one of the working directory.
func (l *loader) local(path string) string {
	if path == "" || l.dir == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(l.dir, path)
}
