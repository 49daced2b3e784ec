package knowledgetest

import (
	"testing"

	"frontdesk/core"
)

func TestMemory(t *testing.T) {
	RunLibrary(t, func(*testing.T) core.Library { return &Memory{} })
	RunArchive(t, func(*testing.T) core.Archive { return &Memory{} })
}
