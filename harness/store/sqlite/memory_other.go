//go:build !linux && !darwin

package sqlite

// addressSpace is how much memory a connection may reserve.
func addressSpace() int64 { return maxMemory }
