//go:build !noembed

package builtin

import (
	_ "embed" // the model
	"unsafe"

	"frontdesk/knowledge/embed/builtin/modelfile"
)

// file is a string, not a []byte, so that it stays in the program's read-only
// pages: nothing is copied, and the system takes back what is not used.
//
//go:embed e5small.fde5
var file string

// included returns the model in the program.
func included() (*modelfile.Model, error) {
	// Safe: nothing writes to what Parse keeps, and a string is never freed
	// while the program has a pointer into it.
	return modelfile.Parse(unsafe.Slice(unsafe.StringData(file), len(file)))
}
