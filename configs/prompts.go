package configs

import (
	"embed"
	"io/fs"
)

//go:embed prompts/*.txt
var prompts embed.FS

// Prompts is the folder of what language models are told, in Chinese and
// English: a file NAME.LANG.txt each.
func Prompts() fs.FS {
	sub, err := fs.Sub(prompts, "prompts")
	if err != nil {
		panic(err) // the path is a constant that embed has checked
	}
	return sub
}
