package store

import (
	"fmt"
	"strconv"
	"strings"
)

// Dialect is how SQL is written for one database. The values and the answers
// are the same in all of them; only the spelling differs. Where a text column
// stands by itself, it compares without regard to the case of ASCII letters.
type Dialect struct {
	Name string
	// LikeFunction is a function of pattern and text that matches as SOQL's LIKE
	// does: % and _ are wild, backslash escapes, case is folded.
	LikeFunction string
	// Placeholder writes the n-th parameter, counted from 1.
	Placeholder func(n int) string
	// Fold makes text compare, sort and group by value.Fold. In a comparison
	// both sides need it.
	Fold func(text string) string
	// Letters makes text compare letter by letter.
	Letters func(text string) string
	// Like matches text against a pattern of ASCII letters.
	Like func(text, pattern string) string
	// In tests membership in a parameter that is a JSON array. The kind is that
	// of the expression, fold compares by Fold.
	In func(expr, list string, kind Kind, fold bool) string
	// Each is an item for FROM: the texts of a parameter that is a JSON array,
	// as name.value.
	Each func(list, name string) string
	// Limit writes LIMIT and OFFSET; a limit of -1 is none.
	Limit func(limit, offset string) string
	// Total adds numbers to a floating-point one; of no rows it is 0.
	Total func(number string) string
	// Average is the mean of whole numbers as a floating-point one.
	Average func(number string) string
	// Extreme is min or max of texts by Fold; of equals the one whose letters
	// come first.
	Extreme func(function, text string) string
	// DatePart takes a part out of seconds since 1970, in UTC.
	DatePart func(p DatePart, seconds string) string
	// Exact is what computing formulas in SQL needs; nil where the database
	// leaves formulas to the evaluator.
	Exact *Exact
}

// Exact are guards around expressions that a database would compute otherwise
// than Go does: a guard gives its argument back, or fails the statement with
// an error that IsInexact knows, and the caller computes in Go instead.
type Exact struct {
	Whole    func(number string) string     // arithmetic that stayed within 64 bits
	ASCII    func(text string) string       // a text of nothing but ASCII
	Plane    func(text string) string       // a text without characters beyond the basic plane
	Position func(text, what string) string // place of a text in another from 1, letter by letter; 0 for none
}

// Inexact is part of the error of a statement that a guard stopped.
const Inexact = "SQL is not exact here"

// IsInexact reports whether a statement was stopped because SQL would have
// computed something else than Go.
func IsInexact(err error) bool {
	return err != nil && (strings.Contains(err.Error(), Inexact) || strings.Contains(err.Error(), "integer overflow"))
}

// DatePart is a part of a date that SQL can compute.
type DatePart uint8

// The parts. Weekday is 0 for Sunday.
const (
	Year DatePart = iota
	Month
	Day
	Weekday
	Yearday
	Hour
)

// SQLite is how SQL is written for the embedded database.
var SQLite = Dialect{
	Name:         "sqlite",
	LikeFunction: "sf_like",
	Placeholder:  func(n int) string { return "?" + strconv.Itoa(n) },
	Fold:         func(text string) string { return text + " COLLATE sf" },
	Letters:      func(text string) string { return text + " COLLATE BINARY" },
	Like:         func(text, pattern string) string { return fmt.Sprintf(`(%s LIKE %s ESCAPE '\')`, text, pattern) },
	In: func(expr, list string, _ Kind, fold bool) string {
		if fold {
			expr += " COLLATE sf"
		}
		return expr + " IN (SELECT value FROM json_each(" + list + "))"
	},
	Each:    func(list, name string) string { return "json_each(" + list + ") AS " + name },
	Limit:   func(limit, offset string) string { return " LIMIT " + limit + " OFFSET " + offset },
	Total:   func(number string) string { return "total(" + number + ")" },
	Average: func(number string) string { return "avg(" + number + ")" },
	Extreme: extreme,
	DatePart: func(p DatePart, seconds string) string {
		return fmt.Sprintf("CAST(strftime('%%%c', %s, 'unixepoch') AS INTEGER)", "YmdwjH"[p], seconds)
	},
	Exact: &Exact{
		Whole:    func(number string) string { return "sf_whole(" + number + ")" },
		ASCII:    func(text string) string { return "sf_ascii(" + text + ")" },
		Plane:    func(text string) string { return "sf_plane(" + text + ")" },
		Position: func(text, what string) string { return "instr(" + text + ", " + what + ")" },
	},
}

// extreme sorts the texts of a group, since min and max of the database take
// any of those that compare equal.
func extreme(function, text string) string {
	order := ""
	if function == "max" {
		order = " DESC"
	}
	return fmt.Sprintf("(json_group_array(%s ORDER BY %s COLLATE sf%s, %s COLLATE BINARY) FILTER (WHERE %s IS NOT NULL) ->> 0)", text, text, order, text, text)
}
