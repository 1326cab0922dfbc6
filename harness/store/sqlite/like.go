package sqlite

import (
	"unicode/utf8"

	"github.com/ncruces/go-sqlite3"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// likeFunction is LIKE for patterns with letters outside ASCII, which the
// database's own LIKE does not fold.
const likeFunction = "sf_like"

func registerLike(conn *sqlite3.Conn) error {
	return conn.CreateFunction(likeFunction, 2, sqlite3.DETERMINISTIC, func(ctx sqlite3.Context, arg ...sqlite3.Value) {
		if arg[0].Type() == sqlite3.NULL || arg[1].Type() == sqlite3.NULL {
			ctx.ResultNull()
			return
		}
		ctx.ResultBool(matchLike(arg[0].RawText(), arg[1].RawText()))
	})
}

// matchLike matches text against a pattern of SOQL: % any letters, _ one
// letter, backslash takes the next letter as it is. After a mismatch it goes
// back to the last %, so the time is pattern times text at worst.
func matchLike(pattern, text []byte) bool {
	p, t := 0, 0
	star, mark := -1, 0
	for t < len(text) {
		if p < len(pattern) && pattern[p] == '%' {
			p++
			star, mark = p, t
			continue
		}
		if n, m := matchOne(pattern[p:], text[t:]); n > 0 {
			p, t = p+n, t+m
			continue
		}
		if star < 0 {
			return false
		}
		_, m := utf8.DecodeRune(text[mark:])
		mark += m
		p, t = star, mark
	}
	for p < len(pattern) && pattern[p] == '%' {
		p++
	}
	return p == len(pattern)
}

// matchOne matches one letter and tells how many bytes of each it took.
func matchOne(pattern, text []byte) (n, m int) {
	if len(pattern) == 0 {
		return 0, 0
	}
	t, m := utf8.DecodeRune(text)
	switch {
	case pattern[0] == '_':
		return 1, m
	case pattern[0] == '\\' && len(pattern) > 1:
		n = 1
	}
	p, size := utf8.DecodeRune(pattern[n:])
	if p == t || value.FoldRune(p) == value.FoldRune(t) {
		return n + size, m
	}
	return 0, 0
}
