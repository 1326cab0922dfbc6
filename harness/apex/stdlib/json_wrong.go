package stdlib

import "strings"

// What the platform's parser was waiting for when it met something else.
const (
	wantValue = "expected a valid value (number, String, array, object, 'true', 'false' or 'null')"
	wantName  = "was expecting double-quote to start field name"
	wantColon = "was expecting a colon to separate field name and value"
	wantNext  = "was expecting comma to separate OBJECT entries"
	wantItem  = "was expecting comma to separate ARRAY entries"
	wantPlain = "illegal unquoted character, has to be escaped using backslash to be included in string value"
)

// wrongInJSON finds the first character of a text that no JSON could have
// there, and what was expected; the length of the text when only its end came
// too early. A word that begins like a literal is named as a whole.
func wrongInJSON(s string) (at int, what, word string) {
	w := &jsonWalk{s: s}
	w.value(0)
	return w.i, w.what, w.word
}

// jsonWalk goes over JSON to the first thing that is wrong.
type jsonWalk struct {
	s    string
	i    int
	what string
	word string // begins like true, false or null but is none of them
}

func (w *jsonWalk) space() {
	for w.i < len(w.s) && strings.IndexByte(" \t\r\n", w.s[w.i]) >= 0 {
		w.i++
	}
}

func (w *jsonWalk) wrong(what string) bool {
	w.what = what
	return false
}

// take steps over a character when it is the next.
func (w *jsonWalk) take(c byte) bool {
	if w.space(); w.i < len(w.s) && w.s[w.i] == c {
		w.i++
		return true
	}
	return false
}

func (w *jsonWalk) value(depth int) bool {
	w.space()
	if w.i >= len(w.s) || depth > maxJSONDepth {
		return w.wrong(wantValue)
	}
	switch c := w.s[w.i]; {
	case c == '{':
		w.i++
		return w.members(depth)
	case c == '[':
		w.i++
		return w.items(depth)
	case c == '"':
		return w.text()
	case c == '-' || c >= '0' && c <= '9':
		for w.i < len(w.s) && strings.IndexByte("+-.eE0123456789", w.s[w.i]) >= 0 {
			w.i++
		}
		return true
	}
	for _, word := range []string{"true", "false", "null"} {
		if strings.HasPrefix(w.s[w.i:], word) {
			w.i += len(word)
			return true
		}
	}
	for _, word := range []string{"true", "false", "null"} {
		if w.s[w.i] == word[0] {
			w.word = w.s[w.i:wordEnd(w.s, w.i)]
		}
	}
	return w.wrong(wantValue)
}

func wordEnd(s string, i int) int {
	for i < len(s) && (s[i] == '_' || s[i] >= '0' && s[i] <= '9' || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z') {
		i++
	}
	return i
}

func (w *jsonWalk) members(depth int) bool {
	if w.take('}') {
		return true
	}
	for {
		if w.space(); w.i < len(w.s) && w.s[w.i] != '"' {
			return w.wrong(wantName)
		}
		if !w.text() {
			return false
		}
		if !w.take(':') {
			return w.wrong(wantColon)
		}
		if !w.value(depth + 1) {
			return false
		}
		if w.take('}') {
			return true
		}
		if !w.take(',') {
			return w.wrong(wantNext)
		}
	}
}

func (w *jsonWalk) items(depth int) bool {
	if w.take(']') {
		return true
	}
	for {
		if !w.value(depth + 1) {
			return false
		}
		if w.take(']') {
			return true
		}
		if !w.take(',') {
			return w.wrong(wantItem)
		}
	}
}

func (w *jsonWalk) text() bool {
	for w.i++; w.i < len(w.s); w.i++ {
		switch c := w.s[w.i]; {
		case c == '"':
			w.i++
			return true
		case c == '\\':
			w.i++
		case c < ' ':
			return w.wrong(wantPlain)
		}
	}
	return w.wrong(wantValue)
}
