package source

// Cache holds what reads of several versions of one package share.
type Cache struct{}
