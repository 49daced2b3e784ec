package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"frontdesk/cmd/internal/datadir"
)

// folder makes a data folder as a gateway leaves it, and a configuration of it.
func folder(t *testing.T) (config, dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s, lock, err := datadir.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), lock.Close()); err != nil {
		t.Fatal(err)
	}
	return file(t, "frontdesk.yaml", "data_dir: "+dir+"\nbots:\n  - {id: shop, name: Shop}\n"), dir
}

func wired(t *testing.T) *cli {
	c := command(t)
	c.dataDir, c.openLocal = dataDir, openLocal
	return c
}

func TestTheDataFolderItself(t *testing.T) {
	config, dir := folder(t)
	c := wired(t)
	path := file(t, "a.md", "# 退货\n\n七天内可退。\n")
	c.want(t, 0, c.do(t, "-config="+config, "-action=update", "-file="+path), "the data folder "+dir, "bot shop", "a.md is version 1")
	c.vars["FRONTDESK_CONFIG"] = config
	c.want(t, 0, c.do(t, "-action=search", "几天内可退"), "七天内可退")
	c.want(t, 0, c.do(t, "-action=list"), "a.md")
}

func TestAFolderInUse(t *testing.T) {
	config, dir := folder(t)
	lock, err := datadir.Lock(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()
	c := wired(t)
	c.want(t, 1, c.do(t, "-config="+config, "-action=list"), dir, "in use")
}

func TestNoFolder(t *testing.T) {
	c := wired(t)
	dir := filepath.Join(t.TempDir(), "none")
	c.want(t, 1, c.do(t, "-config="+file(t, "f.yaml", "data_dir: "+dir+"\n"), "-action=list"), dir, "frontdesk serve")
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder was made")
	}
}
