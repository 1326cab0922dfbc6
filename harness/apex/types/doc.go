// Package types checks Apex: it binds the trees of package syntax to
// declarations and lowers method bodies to a bound tree (tree.go), in which every
// name, overload, conversion and slot is decided, so that the machine that runs
// it looks nothing up.
//
// The machine: a Program is a schema, the units of each namespace, and the
// standard library. The library is a compact table made from a list of
// signatures (library.txt, with what the list lacks in extras.txt); its index
// is read once in a process, a class's members when first asked for. A user's
// class is declared, and its header resolved, when the Program is made; its
// members (class_members.go), layout (class_layout.go), initialisers and each body
// (bind.go with stmt.go, expr.go and their kin) when first asked for, and
// kept. A run that reaches 20 of 1,000 classes binds only those. CheckAll and
// Check bind everything, on all cores, apply the rules of declarations
// (check.go, check_members.go, bind_annotation.go) and sort what they found.
//
// A Program is immutable to its users and safe for concurrent use. The same
// sources give the same trees and the same diagnostics in the same order.
// Whatever can not be resolved is a diagnostic, worded as the platform words
// it where that is known, never a panic. What belongs to a package that is not
// at hand, or to a part of the library whose members the tables do not have, is
// no error: it becomes an Unresolved expression and a ledger entry.
//
// Errors come in two sorts. Those of a body make it unfit to run; those that
// only a full check reports (names in queries, labels, pages) leave it to the
// run to say what is missing. Code of a release is bound as far as it goes: what
// is said against it makes one statement unfit, or nothing (released.go).
//
// A Cache shares results between versions: a file is looked at again when it
// changed, or when anything did that the program declares under a word of the
// file, or that its classes inherit (reuse.go, reuse_declared.go); members are bound when
// what their signatures name may have changed (reuse_shape.go). Package project
// compiles whole packages that way.
//
// Left out: final fields that are never set, which released packages have; and
// of the rules that differ between API versions all but those for tests, for
// statements after a throw, and for overloads of @AuraEnabled methods. The
// methods of an anonymous block do not see the block's variables.
package types
