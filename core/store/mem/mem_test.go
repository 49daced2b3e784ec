package mem_test

import (
	"testing"

	"frontdesk/core/store"
	"frontdesk/core/store/mem"
	"frontdesk/core/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) func() store.Backend {
		s := mem.New()
		return func() store.Backend { return s }
	})
}
