// Package plain makes texts of strangers harmless to who reads them. Names,
// refs and messages of a package are written by its authors: a control
// character in one drives a terminal, a bidirectional mark makes a line read as
// another. Both are shown as Apex and JSON spell them, \u001b, so that they are
// seen and do nothing.
package plain

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Text is s with its control characters and bidirectional marks spelled out.
// Line ends and tabs stay, a carriage return before a line end goes. Bytes that
// are no UTF-8 become U+FFFD.
func Text(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\r' && strings.HasPrefix(s[i+1:], "\n"):
		case harmful(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r) // U+FFFD for a byte that begins no character
		}
	}
	return b.String()
}

// Line is s as plain text on one line, for a heading or a cell of a table.
func Line(s string) string { return strings.Join(strings.Fields(Text(s)), " ") }

func isPlain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, harmful)
}

// harmful are C0 and C1 controls but for line ends and tabs, what Unicode calls
// Bidi_Control, and its line and paragraph separators.
func harmful(r rune) bool {
	switch r {
	case '\n', '\t':
		return false
	case '\u2028', '\u2029':
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

// Of is a copy of v in which every text is plain, however deep it lies in
// structs, lists, maps and pointers. v must not contain itself.
func Of[T any](v T) T {
	out, _ := copied(reflect.ValueOf(&v).Elem()).Interface().(T)
	return out
}

func copied(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.String:
		out.SetString(Text(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			if out.Field(i).CanSet() {
				out.Field(i).Set(copied(v.Field(i)))
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			out.Index(i).Set(copied(v.Index(i)))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(copied(v.Index(i)))
			}
		}
	case reflect.Map:
		if !v.IsNil() {
			out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
			for each := v.MapRange(); each.Next(); {
				out.SetMapIndex(copied(each.Key()), copied(each.Value()))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(copied(v.Elem()))
		}
	case reflect.Interface:
		if !v.IsNil() {
			out.Set(copied(v.Elem()))
		}
	}
	return out
}

// Writer writes plain text to another writer; it may be used by several
// goroutines.
type Writer struct {
	mu  sync.Mutex
	out io.Writer
	// held is the end of what was written that only more can explain: the begin of
	// a character, or a carriage return.
	held []byte
}

// NewWriter makes a Writer to out. What is written to it is whole after Flush.
func NewWriter(out io.Writer) *Writer { return &Writer{out: out} }

// Write writes p as Text has it.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := append(w.held, p...)
	end := len(all) - unexplained(all)
	w.held = append([]byte(nil), all[end:]...)
	if _, err := io.WriteString(w.out, Text(string(all[:end]))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush writes what was held back; nothing comes after it that belongs to it.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.held) == 0 {
		return nil
	}
	last := Text(string(w.held))
	w.held = nil
	_, err := io.WriteString(w.out, last)
	return err
}

// unexplained is how many bytes at the end of p are to be held back.
func unexplained(p []byte) int {
	if len(p) > 0 && p[len(p)-1] == '\r' {
		return 1
	}
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		if tail := p[len(p)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}
