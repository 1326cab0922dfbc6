package query

import "github.com/rehearsal-dev/rehearsal/harness/diag"

// BindParser parses the expression of a bind that begins at byte offset pos
// (after the colon) and says where it ended. It returns ok false, having
// reported the error itself or not, when there is no expression.
type BindParser func(pos int32) (expr any, end int32, ok bool)

// Error is a syntax error at a place of the text.
type Error struct {
	Range
	Code    string // begins with SYNTAX
	Message string
}

// Parse reads a whole text as one SOQL query, as Database.query does: binds
// are a name and members (":record.Id") and become a *Path.
func Parse(f *diag.File) (*Query, diag.List) {
	src := string(f.Src)
	q, _, err := ParseQueryAt(src, 0, int32(len(src)), nil)
	return q, list(f, err)
}

// ParseSearch reads a whole text as one SOSL query, as Search.query does.
func ParseSearch(f *diag.File) (*Search, diag.List) {
	src := string(f.Src)
	s, _, err := ParseSearchAt(src, 0, int32(len(src)), nil)
	return s, list(f, err)
}

func list(f *diag.File, err *Error) diag.List {
	if err == nil {
		return nil
	}
	return diag.List{diag.Errorf(f.Span(int(err.Pos), int(err.End)), err.Code, "%s", err.Message)}
}

// ParseQueryAt reads the SOQL query that begins at offset pos of src and ends
// at a closing bracket or at limit; end is the offset where it stopped. A nil
// bind allows names and members only.
func ParseQueryAt(src string, pos, limit int32, bind BindParser) (q *Query, end int32, err *Error) {
	return nil, pos, &Error{Range{pos, pos}, "SYNTAX", "Unexpected token."}
}

// ParseSearchAt is ParseQueryAt for SOSL.
func ParseSearchAt(src string, pos, limit int32, bind BindParser) (s *Search, end int32, err *Error) {
	return nil, pos, &Error{Range{pos, pos}, "SYNTAX", "Unexpected token."}
}
