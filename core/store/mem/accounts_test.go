package mem

import (
	"testing"

	"frontdesk/core"
	"frontdesk/core/store/storetest"
)

func TestAccounts(t *testing.T) {
	storetest.RunAccounts(t, func(*testing.T) core.Accounts { return NewAccounts() })
}
