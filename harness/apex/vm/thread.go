// Package vm executes checked Apex.
//
// The machine: every method's bound tree (package types) is compiled once,
// when it is first called, into typed Go closures over a frame of slots:
// Integer, Long, Double and Boolean are computed in registers, names and
// overloads were resolved by the checker, and common shapes (i < n, x += e,
// field get and set) are single closures. A Thread is one transaction: static
// variables, governor limits, the stack. It reaches the org only through its
// Host.
//
// Compiled code is immutable and shared by all threads and orgs that run the
// same program; a Thread belongs to one goroutine. Nothing depends on the wall
// clock, on map order or on global randomness: CPU time is counted in
// executed nodes. Apex exceptions travel as panics inside this package and
// leave it as *Error values.
//
// Left out: the library, which package stdlib registers as tables of
// functions, and everything an org does, which is behind Host.
package vm

import "context"

// Object is an instance of a class. Library objects keep their state in
// Native.
type Object struct {
	Class  *Class
	Fields []Value
	Native any
}

// Class is a class at run time.
type Class struct {
	Name string // qualified: "ns.Outer.Inner", "System.DmlException"
}

// List, Set and Map are Apex collections; they iterate in insertion order.
type (
	List struct{ Vals []Value }
	Set  struct{}
	Map  struct{}
)

// Thread is one transaction.
type Thread struct {
	ctx  context.Context
	host Host
}

// Context is the context the transaction runs under.
func (t *Thread) Context() context.Context { return t.ctx }

// Host is the org the transaction runs in.
func (t *Thread) Host() Host { return t.host }
