package formula

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// encodingFunctions make markup and make texts safe for it.
var encodingFunctions = []function{
	{name: "HYPERLINK", takes: "T T T?", returns: Text, blanks: true, fn: func(_ *frame, a []value.Value) (value.Value, error) {
		target := "_blank"
		if len(a) == 3 {
			target = a[2].Text()
		}
		return text(`<a href="` + a[0].Text() + `" target="` + target + `">` + a[1].Text() + `</a>`), nil
	}},
	{name: "IMAGE", takes: "T T N? N?", returns: Text, blanks: true, fn: image},
	{name: "HTMLENCODE", takes: "T", returns: Text, f1: encoder(htmlEscapes.Replace)},
	{name: "JSENCODE", takes: "T", returns: Text, f1: encoder(jsEscapes.Replace)},
	{name: "JSINHTMLENCODE", takes: "T", returns: Text, f1: encoder(func(s string) string {
		return jsEscapes.Replace(htmlEscapes.Replace(s))
	})},
	{name: "URLENCODE", takes: "T", returns: Text, f1: encoder(urlEncode)},
	{name: "GETSESSIONID", takes: "", returns: Text, fn: func(f *frame, _ []value.Value) (value.Value, error) {
		v, _ := f.env.Global([]string{"$Api", "Session_ID"})
		return text(v.Text()), nil
	}},
	{name: "GETRECORDIDS", takes: "O", returns: Text, unsupported: "it belongs to buttons and links"},
	{name: "JUNCTIONIDLIST", takes: "A*", returns: Text, unsupported: "it belongs to quick actions"},
	{name: "INCLUDE", takes: "A*", returns: Text, unsupported: "it belongs to s-controls"},
	{name: "LINKTO", takes: "A*", returns: Text, unsupported: "it belongs to buttons and links"},
	{name: "URLFOR", takes: "A*", returns: Text, unsupported: "it belongs to buttons, links and pages"},
	{name: "REQUIRESCRIPT", takes: "A*", returns: Text, unsupported: "it belongs to buttons"},
	{name: "PREDICT", takes: "A*", returns: Number, unsupported: "it needs an Einstein Discovery model"},
	{name: "PARENTGROUPVAL", takes: "A*", returns: Number, unsupported: "it belongs to reports"},
	{name: "PREVGROUPVAL", takes: "A*", returns: Number, unsupported: "it belongs to reports"},
	{name: "IMAGEPROXYURL", takes: "T", returns: Text, f1: func(_ *frame, a value.Value) (value.Value, error) { return a, nil }},
}

func encoder(fn func(string) string) func(*frame, value.Value) (value.Value, error) {
	return func(_ *frame, a value.Value) (value.Value, error) { return text(fn(a.Text())), nil }
}

var htmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

var jsEscapes = strings.NewReplacer(`\`, `\\`, `'`, `\'`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "/", `\/`,
	"<", `\u003C`, ">", `\u003E`)

// urlEncode is application/x-www-form-urlencoded in UTF-8, as Java's
// URLEncoder writes it.
func urlEncode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c == ' ':
			b.WriteByte('+')
		case isDigit(c), c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', strings.IndexByte(".-*_", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func image(_ *frame, a []value.Value) (value.Value, error) {
	var b strings.Builder
	b.WriteString(`<img src="` + a[0].Text() + `" alt="` + a[1].Text() + `"`)
	if len(a) > 2 {
		b.WriteString(` height="` + toText(a[2]) + `"`)
	}
	if len(a) > 3 {
		b.WriteString(` width="` + toText(a[3]) + `"`)
	}
	b.WriteString(` border="0"/>`)
	return text(b.String()), nil
}
