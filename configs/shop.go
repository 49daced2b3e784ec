package configs

import (
	"embed"
	"io/fs"
)

//go:embed all:bots/shop
var shop embed.FS

// Shop is the sample bot's folder: a small shop for home and electronics, in
// Chinese and English, with documents, flows and tests. `frontdesk demo` runs
// it and `frontdesk init` writes it out.
func Shop() fs.FS {
	sub, err := fs.Sub(shop, "bots/shop")
	if err != nil {
		panic(err) // the path is a constant that embed has checked
	}
	return sub
}
