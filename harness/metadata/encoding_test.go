package metadata

import (
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// TestEncodings reads one text in the encodings that files of packages have.
func TestEncodings(t *testing.T) {
	t.Parallel()
	utf16, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("<a><b>Größe</b></a>")
	big, _ := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String("<a><b>Größe</b></a>")
	latin, _ := charmap.ISO8859_1.NewEncoder().String(`<?xml version="1.0" encoding="ISO-8859-1"?><a><b>Größe</b></a>`)
	windows, _ := charmap.Windows1252.NewEncoder().String(`<a><b>Größe €</b></a>`)
	wrong, _ := charmap.Windows1252.NewEncoder().String(`<?xml version="1.0" encoding="UTF-8"?><a><b>Größe</b></a>`)
	sjis, _ := japanese.ShiftJIS.NewEncoder().String(`<?xml version="1.0" encoding="Shift_JIS"?><a><b>取引先</b></a>`)
	for name, c := range map[string]struct{ src, want string }{
		"UTF-8 with a mark":                     {"\xef\xbb\xbf<a><b>Größe</b></a>", "Größe"},
		"UTF-16":                                {utf16, "Größe"},
		"UTF-16 of the other order":             {big, "Größe"},
		"declared Latin 1":                      {latin, "Größe"},
		"declared Shift JIS":                    {sjis, "取引先"},
		"nothing declared":                      {windows, "Größe €"},
		"UTF-8 declared that it is not":         {wrong, "Größe"},
		"another one declared and UTF-8 inside": {`<?xml version="1.0" encoding="ISO-8859-1"?><a><b>Größe</b></a>`, "Größe"},
		"UTF-16 declared and UTF-8 inside":      {`<?xml version="1.0" encoding="UTF-16"?><a><b>x</b></a>`, "x"},
		"an encoding nobody knows":              {`<?xml version="1.0" encoding="martian"?><a><b>x</b></a>`, "x"},
	} {
		root, err := ParseXML("f.xml", []byte(c.src))
		if err != nil || root.Get("b") != c.want {
			t.Errorf("%s: %v, %v", name, root, err)
		}
	}
}

// TestMendXML: what was meant is plain, or the file stays unreadable.
func TestMendXML(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"git add<?xml version=\"1.0\"?><a><b>1</b></a>":    "1",
		"<a><b>1</b></a>\n/* (c) somebody */":              "1",
		"<a><b>1</b></a> <- look here":                     "1",
		"<a><b>1</b>\n":                                    "1",
		"<a><b>1</b><c>":                                   "", // what stood in c is not known
		"<a><b>1</c></a>":                                  "",
		"<<<<<<< HEAD\n<a>\n=======\n<a>\n>>>>>>> x\n</a>": "",
		"<a>": "",
		"<!DOCTYPE a [<!ENTITY x 'y'>]><a><b>1</b></a>": "",
		"<a><b>1</b></a><z><b>2</b></z>":                "",
	} {
		if _, err := ParseXML("f.xml", []byte(src)); err == nil {
			t.Errorf("%q is well-formed", src)
		}
		root, err := MendXML("f.xml", []byte(src))
		if (err == nil) != (want != "") || err == nil && root.Get("b") != want {
			t.Errorf("%q: %v, %v", src, root, err)
		}
	}
}
