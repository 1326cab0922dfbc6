// Package javaregex is the regular expressions of java.util.regex, as Apex
// (Pattern, Matcher, String.split, String.replaceAll …) and formulas (REGEX)
// use them.
//
// A pattern is parsed by the grammar of Java (parse.go, class.go, property.go)
// to a tree, with Java's own messages for what is wrong with it, and compiled
// to a program (program.go) that a backtracking machine runs (machine.go).
// No engine at hand has Java's rules: classes that unite and intersect, ASCII
// meanings of \w and \d, its line ends, its ways with groups in loops; nor one
// that counts its work.
//
// The machine counts how often it looks at a character. The platform stops an
// expression that reads its text 1,000,000 times (Apex Developer Guide, "Using
// Regular Expressions"), and so does this package, with ErrTooComplicated: the
// bound is part of the result and no clock is read.
//
// A Pattern never changes and may be shared; a Matcher belongs to one goroutine.
// Left out: canonical equivalence (the flag CANON_EQ, which has no form inside a
// pattern), names of characters (\N{…}).
//
// What Java answers is known from OpenJDK 17: testdata/java.json holds patterns
// with the answers of java.util.regex, made by testdata/Answers.java.
package javaregex
