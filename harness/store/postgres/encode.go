package postgres

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Types of the server by their numbers (pg_type.dat). citext has another
// number in each database.
const (
	oidBool    = 16
	oidBytea   = 17
	oidInt8    = 20
	oidInt2    = 21
	oidInt4    = 23
	oidText    = 25
	oidJSON    = 114
	oidFloat4  = 700
	oidFloat8  = 701
	oidNumeric = 1700
)

const (
	textFormat   int16 = 0
	binaryFormat int16 = 1
)

// format is how values of a type travel: whole and floating-point numbers,
// flags and bytes in binary; text is the same both ways.
func format(oid uint32) int16 {
	switch oid {
	case oidBool, oidBytea, oidInt8, oidInt2, oidInt4, oidFloat8:
		return binaryFormat
	default:
		return textFormat
	}
}

// encode writes a parameter as the type that the server takes it for.
func encode(oid uint32, v value.Value) ([]byte, error) {
	if v.IsNull() {
		return nil, nil
	}
	switch oid {
	case oidBool:
		if whole(v) != 0 {
			return []byte{1}, nil
		}
		return []byte{0}, nil
	case oidInt8:
		return binary.BigEndian.AppendUint64(nil, uint64(whole(v))), nil
	case oidInt4:
		n := min(max(whole(v), math.MinInt32), math.MaxInt32)
		return binary.BigEndian.AppendUint32(nil, uint32(n)), nil
	case oidInt2:
		n := min(max(whole(v), math.MinInt16), math.MaxInt16)
		return binary.BigEndian.AppendUint16(nil, uint16(n)), nil
	case oidFloat8:
		f := v.Float64()
		if k := v.Kind(); k == value.Int || k == value.Long {
			f = float64(v.Int64())
		}
		return binary.BigEndian.AppendUint64(nil, math.Float64bits(f)), nil
	case oidBytea:
		return []byte(v.Text()), nil
	case oidNumeric, oidFloat4:
		return []byte(v.Plain()), nil
	case oidJSON:
		return escapeJSON(v.Text()), nil
	}
	switch v.Kind() {
	case value.Text, value.ID, value.Blob:
		return escape(v.Text()), nil
	case value.Int, value.Long, value.Date, value.Datetime, value.Time:
		return strconv.AppendInt(nil, v.Int64(), 10), nil
	default:
		return []byte(v.Plain()), nil
	}
}

func whole(v value.Value) int64 {
	switch v.Kind() {
	case value.Bool:
		if v.Bool() {
			return 1
		}
		return 0
	case value.Double, value.Decimal:
		n, _ := v.Decimal().Round(0).Int64()
		return n
	case value.Text:
		n, _ := strconv.ParseInt(v.Text(), 10, 64)
		return n
	default:
		return v.Int64()
	}
}

// The server's text can not hold the character 0 nor bytes that are no UTF-8.
// Character 0 is written as 1 1 and character 1 as 1 2, which keeps the order;
// a stray byte is written as the replacement character, as which it counts in
// comparisons, followed by 1 and the byte in two hexadecimal digits.
const escaped = "\x00\x01"

func escape(s string) []byte {
	if !strings.ContainsAny(s, escaped) && utf8.ValidString(s) {
		return []byte(s)
	}
	out := make([]byte, 0, len(s)+16)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == 0:
			out = append(out, 1, 1)
		case r == 1:
			out = append(out, 1, 2)
		case r == utf8.RuneError && n == 1:
			out = fmt.Appendf(utf8.AppendRune(out, r), "\x01%02x", s[i])
		default:
			out = append(out, s[i:i+n]...)
		}
		i += n
	}
	return out
}

func unescape(b []byte) string {
	if bytes.IndexByte(b, 1) < 0 {
		return string(b)
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] != 1 || i+1 == len(b):
			out = append(out, b[i])
		case b[i+1] <= 2:
			out = append(out, b[i+1]-1)
			i++
		case i+2 < len(b) && len(out) >= 3:
			n, _ := strconv.ParseUint(string(b[i+1:i+3]), 16, 8)
			out = append(out[:len(out)-3], byte(n))
			i += 2
		}
	}
	return string(out)
}

// escapeJSON does the same to the texts of a JSON array, where the two
// characters stand as \u0000 and \u0001.
func escapeJSON(s string) []byte {
	if !strings.Contains(s, `\u000`) {
		return []byte(s)
	}
	out := make([]byte, 0, len(s)+32)
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\':
			out = append(out, s[i])
		case strings.HasPrefix(s[i:], `\u0000`):
			out = append(out, `\u0001\u0001`...)
			i += 5
		case strings.HasPrefix(s[i:], `\u0001`):
			out = append(out, `\u0001\u0002`...)
			i += 5
		case i+1 < len(s):
			out = append(out, s[i], s[i+1])
			i++
		}
	}
	return out
}

// appendCell writes a value of a column as COPY and arrays want it: its length
// and its bytes; -1 for null.
func appendCell(out []byte, c store.Column, r store.Raw) []byte {
	switch {
	case r.Null && c.Kind == store.Flag:
		return append(out, 0, 0, 0, 2, 0, 0)
	case r.Null:
		return append(out, 0xff, 0xff, 0xff, 0xff)
	case r.IsBlob:
		return append(binary.BigEndian.AppendUint32(out, uint32(len(r.Text))), r.Text...)
	case r.IsText:
		return appendText(out, r.Text)
	case c.Kind == store.Flag:
		return binary.BigEndian.AppendUint16(append(out, 0, 0, 0, 2), uint16(r.Int))
	default:
		return appendInt(out, r.Int)
	}
}

func appendText(out []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] < 2 || s[i] >= utf8.RuneSelf {
			b := escape(s)
			return append(binary.BigEndian.AppendUint32(out, uint32(len(b))), b...)
		}
	}
	return append(binary.BigEndian.AppendUint32(out, uint32(len(s))), s...)
}

func appendInt(out []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(append(out, 0, 0, 0, 8), uint64(n))
}

// arrayOf is the type of the elements of an array with values of a column.
func arrayOf(c store.Column) (oid uint32, name string) {
	switch c.Kind {
	case store.Flag:
		return oidInt2, "int2[]"
	case store.Whole, store.Scaled:
		return oidInt8, "int8[]"
	case store.Binary:
		return oidBytea, "bytea[]"
	default:
		return oidText, "text[]"
	}
}

// arrayHead begins an array of one dimension (array_recv in arrayfuncs.c).
func arrayHead(oid uint32, n int) []byte {
	out := make([]byte, 0, 20+16*n)
	out = binary.BigEndian.AppendUint32(out, 1) // dimensions
	out = binary.BigEndian.AppendUint32(out, 1) // may hold nulls
	out = binary.BigEndian.AppendUint32(out, oid)
	out = binary.BigEndian.AppendUint32(out, uint32(n))
	return binary.BigEndian.AppendUint32(out, 1) // first index
}

func textArray(list []string) []byte {
	out := arrayHead(oidText, len(list))
	for _, s := range list {
		out = appendText(out, s)
	}
	return out
}

func intArray(list []int64) []byte {
	out := arrayHead(oidInt8, len(list))
	for _, n := range list {
		out = appendInt(out, n)
	}
	return out
}

// row is one row of an answer as it came from the server.
type row struct {
	values [][]byte
	types  []uint32
}

func (r *row) Null(i int) bool { return r.values[i] == nil }

func (r *row) Int64(i int) int64 {
	v := r.values[i]
	if v == nil {
		return 0
	}
	switch r.types[i] {
	case oidInt8:
		return int64(binary.BigEndian.Uint64(v))
	case oidInt4:
		return int64(int32(binary.BigEndian.Uint32(v)))
	case oidInt2:
		return int64(int16(binary.BigEndian.Uint16(v)))
	case oidBool:
		return int64(v[0])
	case oidFloat8:
		return int64(math.Float64frombits(binary.BigEndian.Uint64(v)))
	default:
		s, _, _ := strings.Cut(string(v), ".")
		n, _ := strconv.ParseInt(s, 10, 64)
		return n
	}
}

func (r *row) Float64(i int) float64 {
	v := r.values[i]
	if v == nil {
		return 0
	}
	switch r.types[i] {
	case oidFloat8:
		return math.Float64frombits(binary.BigEndian.Uint64(v))
	case oidInt8, oidInt4, oidInt2, oidBool:
		return float64(r.Int64(i))
	default:
		f, _ := strconv.ParseFloat(string(v), 64)
		return f
	}
}

func (r *row) Text(i int) string {
	v := r.values[i]
	if v == nil {
		return ""
	}
	switch r.types[i] {
	case oidInt8, oidInt4, oidInt2, oidBool:
		return strconv.FormatInt(r.Int64(i), 10)
	case oidFloat8:
		return strconv.FormatFloat(r.Float64(i), 'g', -1, 64)
	case oidBytea:
		return string(v)
	default:
		return unescape(v)
	}
}

func (r *row) Bytes(i int) []byte {
	v := r.values[i]
	if v == nil || r.types[i] == oidBytea {
		return bytes.Clone(v)
	}
	return []byte(r.Text(i))
}
