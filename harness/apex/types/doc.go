// Package types checks Apex: it binds the trees of package syntax to
// declarations and lowers method bodies to a bound tree (ir.go), in which every
// name, overload, conversion and slot is decided, so that the machine that runs
// it looks nothing up.
//
// The machine: a Program is a schema, the units of each namespace, and the
// standard library. The library is a compact table made from a list of
// signatures (library.txt, with what the list lacks in extras.txt); a library
// class is parsed when first named. A user's class is declared when the
// Program is made, which costs a map entry; its header, members, layout and
// each body are resolved when first asked for and kept. A run that reaches 20
// of 1,000 classes binds only those. CheckAll binds everything, on all cores,
// and sorts what it found.
//
// A Program is immutable to its users and safe for concurrent use. The same
// sources give the same trees and the same diagnostics in the same order.
// Whatever can not be resolved is a diagnostic, worded as the platform words
// it, never a panic.
//
// Left out: values of binds, security checks at run time, and the checks of
// SOQL that do not need the schema's objects, fields and relationships.
package types
