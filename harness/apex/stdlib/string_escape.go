package stdlib

import (
	"html"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

func writeUnicode(b *strings.Builder, u uint16) {
	const hex = "0123456789ABCDEF"
	b.WriteString(`\u`)
	for shift := 12; shift >= 0; shift -= 4 {
		b.WriteByte(hex[u>>shift&0xF])
	}
}

func escapeJava(s, special string) string {
	var b strings.Builder
	for _, u := range vm.Units(s) {
		switch {
		case u < 0x80 && strings.IndexByte(special, byte(u)) >= 0 || u == '\\':
			b.WriteByte('\\')
			b.WriteByte(byte(u))
		case u == '\n':
			b.WriteString(`\n`)
		case u == '\t':
			b.WriteString(`\t`)
		case u == '\r':
			b.WriteString(`\r`)
		case u == '\f':
			b.WriteString(`\f`)
		case u == '\b':
			b.WriteString(`\b`)
		case u < 0x20 || u > 0x7E:
			writeUnicode(&b, u)
		default:
			b.WriteByte(byte(u))
		}
	}
	return b.String()
}

func unescapeJava(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	u := vm.Units(s)
	out := make([]uint16, 0, len(u))
	for i := 0; i < len(u); i++ {
		if u[i] != '\\' || i+1 == len(u) {
			out = append(out, u[i])
			continue
		}
		i++
		switch u[i] {
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		case 'f':
			out = append(out, '\f')
		case 'b':
			out = append(out, '\b')
		case 'u':
			n, ok := hex4(u[i+1:])
			if !ok {
				out = append(out, 'u')
				continue
			}
			out = append(out, n)
			i += 4
		default:
			out = append(out, u[i])
		}
	}
	return vm.FromUnits(out)
}

func hex4(u []uint16) (uint16, bool) {
	if len(u) < 4 {
		return 0, false
	}
	var n uint16
	for _, c := range u[:4] {
		switch {
		case c >= '0' && c <= '9':
			n = n<<4 | (c - '0')
		case c >= 'a' && c <= 'f':
			n = n<<4 | (c - 'a' + 10)
		case c >= 'A' && c <= 'F':
			n = n<<4 | (c - 'A' + 10)
		default:
			return 0, false
		}
	}
	return n, true
}

func stripTags(s string) string {
	var b strings.Builder
	depth := 0
	for _, c := range s {
		switch {
		case c == '<':
			depth++
		case c == '>' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(c)
		}
	}
	return html.UnescapeString(b.String())
}
