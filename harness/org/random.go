package org

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
)

// Rand is a stream of random numbers that depends on the org's seed and the
// label only: one more draw from one stream moves no other. Calling it again
// begins the stream anew.
func (o *Org) Rand(label string) *rand.Rand { return newStream(o.cfg.Seed, label) }

func newStream(seed uint64, label string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(label))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// random draws a number for Apex.
func (o *Org) random() uint64 {
	o.state.Draws++
	return newStream(o.cfg.Seed, fmt.Sprint("apex/", o.state.Draws)).Uint64()
}
