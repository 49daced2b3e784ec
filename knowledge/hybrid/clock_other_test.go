//go:build !linux

package hybrid_test

import "time"

// clock is the time: this system does not say what a thread has had.
func clock() time.Duration { return time.Duration(time.Now().UnixNano()) }
