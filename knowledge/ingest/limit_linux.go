package ingest

import "syscall"

// limitData bounds private writable memory, which is what a parser grows.
func limitData(bytes int64) error {
	return syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: uint64(bytes), Max: uint64(bytes)})
}
