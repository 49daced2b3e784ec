//go:build noembed

package builtin

import (
	"errors"
	"os"

	"frontdesk/knowledge/embed/builtin/modelfile"
)

// included opens the file FRONTDESK_MODEL names: this program was built without
// the model.
func included() (*modelfile.Model, error) {
	path := os.Getenv("FRONTDESK_MODEL")
	if path == "" {
		return nil, errors.New("this program was built without its model (tag noembed): name the file in FRONTDESK_MODEL")
	}
	return load(path)
}
