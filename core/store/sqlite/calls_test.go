package sqlite

import (
	"path/filepath"
	"testing"

	"frontdesk/core"
	"frontdesk/core/store/storetest"
)

func TestCalls(t *testing.T) {
	storetest.RunCalls(t, func(t *testing.T) core.Calls { return openFile(t, filepath.Join(t.TempDir(), "frontdesk.db")) })
}
