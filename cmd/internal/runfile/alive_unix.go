//go:build !windows

package runfile

import (
	"errors"
	"syscall"
)

// alive reports whether the process is there, also one of another user.
func alive(pid int) bool {
	if pid <= 0 {
		return false
	}
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
