package sqlite

import (
	"errors"
	"math"
	"time"
	_ "time/tzdata" // zones are part of results, so every machine must know the same
	"unicode/utf8"

	"github.com/ncruces/go-sqlite3"

	"github.com/rehearsal-dev/rehearsal/harness/store"
)

// likeFunction is LIKE for patterns with letters outside ASCII, which the
// database's own LIKE does not fold.
const likeFunction = "sf_like"

// registerFunctions gives a connection the functions that queries need:
// sf_like(pattern, text), sf_includes(selected, wanted), sf_arc(lat, lon, lat,
// lon), the angle between two places on the earth, sf_local(ms, zone), a
// datetime shifted to what the clocks of a zone show, and the guards of
// store.Exact.
func registerFunctions(conn *sqlite3.Conn) error {
	text := func(test func(a, b []byte) bool) sqlite3.ScalarFunction {
		return func(ctx sqlite3.Context, arg ...sqlite3.Value) {
			if arg[0].Type() == sqlite3.NULL || arg[1].Type() == sqlite3.NULL {
				ctx.ResultNull()
				return
			}
			ctx.ResultBool(test(arg[0].RawText(), arg[1].RawText()))
		}
	}
	includes := func(a, b []byte) bool { return store.Includes(string(a), string(b)) }
	zones := map[string]*time.Location{}
	local := func(ctx sqlite3.Context, arg ...sqlite3.Value) {
		if arg[0].Type() == sqlite3.NULL {
			ctx.ResultNull()
			return
		}
		name := arg[1].Text()
		zone, ok := zones[name]
		if !ok {
			zone, _ = time.LoadLocation(name)
			zones[name] = zone
		}
		ms := arg[0].Int64()
		if zone != nil {
			_, offset := time.UnixMilli(ms).In(zone).Zone()
			ms += int64(offset) * 1000
		}
		ctx.ResultInt64(ms)
	}
	return errors.Join(
		conn.CreateFunction(likeFunction, 2, sqlite3.DETERMINISTIC, text(store.LikeBytes)),
		conn.CreateFunction("sf_includes", 2, sqlite3.DETERMINISTIC, text(includes)),
		conn.CreateFunction("sf_arc", 4, sqlite3.DETERMINISTIC, arc),
		conn.CreateFunction("sf_local", 2, sqlite3.DETERMINISTIC, local),
		conn.CreateFunction("sf_whole", 1, sqlite3.DETERMINISTIC, whole),
		conn.CreateFunction("sf_ascii", 1, sqlite3.DETERMINISTIC, below(utf8.RuneSelf)),
		conn.CreateFunction("sf_plane", 1, sqlite3.DETERMINISTIC, below(0xf0)), // what starts a character of four bytes
	)
}

// whole is the guard of arithmetic: a sum or product that leaves 64 bits
// becomes a floating-point number.
func whole(ctx sqlite3.Context, arg ...sqlite3.Value) {
	if arg[0].Type() == sqlite3.FLOAT {
		ctx.ResultError(errInexact)
		return
	}
	ctx.ResultValue(arg[0])
}

// below is the guard of texts without bytes from a limit on.
func below(limit byte) sqlite3.ScalarFunction {
	return func(ctx sqlite3.Context, arg ...sqlite3.Value) {
		for _, b := range arg[0].RawText() {
			if b >= limit {
				ctx.ResultError(errInexact)
				return
			}
		}
		ctx.ResultValue(arg[0])
	}
}

var errInexact = errors.New(store.Inexact)

// arc is the angle in radians between two places given in degrees.
func arc(ctx sqlite3.Context, arg ...sqlite3.Value) {
	var rad [4]float64
	for i, a := range arg {
		if a.Type() == sqlite3.NULL {
			ctx.ResultNull()
			return
		}
		rad[i] = a.Float() * math.Pi / 180
	}
	half := func(x float64) float64 { s := math.Sin(x / 2); return s * s }
	h := half(rad[2]-rad[0]) + math.Cos(rad[0])*math.Cos(rad[2])*half(rad[3]-rad[1])
	ctx.ResultFloat(2 * math.Asin(math.Sqrt(min(1, h))))
}
