//go:build noembed

package builtin

import (
	"strings"
	"testing"

	"frontdesk/core"
	"frontdesk/knowledge/embed/embedtest"
)

// A program built without the model says where it wants it, and takes it from
// there.
func TestWithoutModel(t *testing.T) {
	t.Setenv("FRONTDESK_MODEL", "")
	if _, err := Open(Options{}); err == nil || !strings.Contains(err.Error(), "FRONTDESK_MODEL") {
		t.Errorf("error %v, want one that names the variable", err)
	}
	t.Setenv("FRONTDESK_MODEL", "e5small.fde5")
	embedtest.Must(t, opened(t, Options{}), core.EmbedQuery, "怎么退货")
}
