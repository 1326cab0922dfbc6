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
	marks []mark  // within long lines, in order
}

// NewFile indexes the lines of src. LF, CRLF and a lone CR end a line.
func NewFile(name string, src []byte) *File {
	f := &File{Name: name, Src: src, lines: make([]int32, 1, 1+len(src)/32)}
	for i, c := range src {
		if c == '\n' || c == '\r' && (i+1 == len(src) || src[i+1] != '\n') {
			f.lines = append(f.lines, int32(i+1))
		}
	}
	f.markLong()
	return f
}

// Position gives the 1-based line and column of a byte offset; offsets outside
// the text are clamped to it. Columns count UTF-16 units.
func (f *File) Position(offset int) (line, column int) {
	offset = max(0, min(offset, len(f.Src)))
	line = f.LineOf(offset)
	at := f.advance(f.before(offset, f.lines[line-1]), offset)
	return line, int(at.column)
}

// mark is a place within a line whose column is known.
type mark struct{ offset, column int32 }

// markEvery is how many bytes of a line lie between its marks: the column of an
// offset is counted from the mark before it, so that the price of a position
// does not grow with the line.
const markEvery = 1 << 10

// markLong makes the marks of lines that are long enough to have any.
func (f *File) markLong() {
	for n, start := range f.lines {
		end := len(f.Src)
		if n+1 < len(f.lines) {
			end = int(f.lines[n+1])
		}
		at := mark{start, 1}
		for end-int(at.offset) > markEvery {
			at = f.advance(at, int(at.offset)+markEvery)
			f.marks = append(f.marks, at)
		}
	}
}

// before is the last mark up to an offset of a line that begins at start.
func (f *File) before(offset int, start int32) mark {
	n := sort.Search(len(f.marks), func(i int) bool { return int(f.marks[i].offset) > offset })
	if n > 0 && f.marks[n-1].offset > start {
		return f.marks[n-1]
	}
	return mark{start, 1}
}

// advance is the first place at or after an offset at which a character begins.
func (f *File) advance(at mark, offset int) mark {
	for int(at.offset) < offset {
		r, n := utf8.DecodeRune(f.Src[at.offset:])
		at.column++
		if r > 0xFFFF {
			at.column++
		}
		at.offset += int32(n)
	}
	return at
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
