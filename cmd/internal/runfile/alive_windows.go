package runfile

import "os"

// alive reports whether the process is there.
func alive(pid int) bool {
	if pid <= 0 {
		return false
	}
	p, err := os.FindProcess(pid) // opens it, and so fails if it is gone
	if err != nil {
		return false
	}
	_ = p.Release()
	return true
}
