package metadata

import (
	"bytes"
	"regexp"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// marks are byte order marks and the encodings that they stand for; nil is
// UTF-8.
var marks = []struct {
	bytes string
	as    encoding.Encoding
}{
	{"\xef\xbb\xbf", nil},
	{"\xff\xfe", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	{"\xfe\xff", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
}

// declared finds the encoding that an XML declaration names.
var declared = regexp.MustCompile(`^\s*<\?xml[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

// UTF8 turns a text file of a package into UTF-8 without a byte order mark. A
// mark says how the file is encoded, else the XML declaration does; what is
// neither and no UTF-8 was written by an editor of Windows, whose encoding has
// a character for every byte. The platform itself takes UTF-8 only: editors and
// tools convert.
func UTF8(src []byte) []byte {
	for _, mark := range marks {
		rest, ok := bytes.CutPrefix(src, []byte(mark.bytes))
		switch {
		case ok && mark.as == nil:
			src = rest
		case ok:
			return decoded(mark.as, rest)
		}
	}
	if utf8.Valid(src) {
		return src
	}
	if m := declared.FindSubmatch(src[:min(len(src), 200)]); m != nil {
		as, err := htmlindex.Get(string(m[1]))
		if name, _ := htmlindex.Name(as); err == nil && name != "utf-8" {
			return decoded(as, src)
		}
	}
	return decoded(charmap.Windows1252, src)
}

// decoded decodes text; what has no character becomes U+FFFD.
func decoded(as encoding.Encoding, src []byte) []byte {
	out, err := as.NewDecoder().Bytes(src)
	if err != nil {
		return bytes.ToValidUTF8(src, []byte("\uFFFD"))
	}
	return out
}
