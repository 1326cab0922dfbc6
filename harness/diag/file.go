package diag

import (
	"sort"
	"unicode/utf8"
)

// File is a source text that can tell the line and column of a byte offset.
// It is immutable and may be shared; the line table is made once by NewFile.
type File struct {
	Name  string
	Src   []byte
	lines []int32 // byte offset at which each line begins
}

// NewFile indexes the lines of src. LF, CRLF and a lone CR end a line.
func NewFile(name string, src []byte) *File {
	f := &File{Name: name, Src: src, lines: make([]int32, 1, 1+len(src)/32)}
	for i, c := range src {
		if c == '\n' || c == '\r' && (i+1 == len(src) || src[i+1] != '\n') {
			f.lines = append(f.lines, int32(i+1))
		}
	}
	return f
}

// Position gives the 1-based line and column of a byte offset; offsets outside
// the text are clamped to it. Columns count UTF-16 units.
func (f *File) Position(offset int) (line, column int) {
	offset = max(0, min(offset, len(f.Src)))
	line = f.LineOf(offset)
	column = 1
	for i := int(f.lines[line-1]); i < offset; {
		r, n := utf8.DecodeRune(f.Src[i:])
		column++
		if r > 0xFFFF {
			column++
		}
		i += n
	}
	return line, column
}

// LineOf is the line of Position, for who does not ask for the column.
func (f *File) LineOf(offset int) int {
	offset = max(0, min(offset, len(f.Src)))
	return sort.Search(len(f.lines), func(i int) bool { return int(f.lines[i]) > offset })
}

// Span is the range [start, end) of byte offsets as lines and columns.
func (f *File) Span(start, end int) Span {
	s := Span{File: f.Name}
	s.Line, s.Column = f.Position(start)
	if end > start {
		s.EndLine, s.EndColumn = f.Position(end)
	}
	return s
}

// Line is the text of a 1-based line without its line end, for printing under
// a message; it is empty when there is no such line.
func (f *File) Line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	end := len(f.Src)
	if n < len(f.lines) {
		end = int(f.lines[n])
	}
	text := f.Src[f.lines[n-1]:end]
	for len(text) > 0 && (text[len(text)-1] == '\n' || text[len(text)-1] == '\r') {
		text = text[:len(text)-1]
	}
	return string(text)
}
