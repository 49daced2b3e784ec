package mem

import (
	"testing"

	"frontdesk/core"
	"frontdesk/core/store/storetest"
)

func TestCalls(t *testing.T) {
	storetest.RunCalls(t, func(*testing.T) core.Calls { return NewCalls() })
}
