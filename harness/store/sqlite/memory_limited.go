//go:build linux || darwin

package sqlite

import "syscall"

// addressSpace is how much memory a connection may reserve: less than maxMemory
// where the process may not have much, as under ulimit -v, since a scenario has
// a dozen forks open and the rest of the program needs room too.
func addressSpace() int64 {
	const connections, least = 32, 64 << 20
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_AS, &limit); err != nil {
		return maxMemory
	}
	return int64(min(maxMemory, max(least, uint64(limit.Cur)/connections)))
}
