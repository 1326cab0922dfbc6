package javaregex

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// property reads the name behind \p or \P, the cursor on the letter.
func (p *parser) property(negative bool) *charset {
	name := ""
	if c := p.next(); c != '{' {
		name = string(c)
		p.read()
	} else {
		p.next()
		from := p.cursor
		for p.cursor < p.n && p.at(0) != '}' {
			p.cursor++
		}
		p.cursor++
		if p.cursor > p.n {
			p.fail("Unclosed character family")
		}
		if name = string(p.in[from : p.cursor-1]); name == "" {
			p.fail("Empty character family")
		}
	}
	set := p.named(name)
	if negative {
		return set.negate()
	}
	return set
}

func (p *parser) named(name string) *charset {
	anyCase := p.on(ignoreCase)
	var set *charset
	if key, value, ok := strings.Cut(name, "="); ok {
		key = strings.ToLower(key)
		switch key {
		case "sc", "script":
			set = script(value)
		case "blk", "block":
			set = block(value)
		case "gc", "general_category":
			set = category(value, anyCase)
		}
		if set == nil {
			p.fail("Unknown Unicode property {name=<" + key + ">, value=<" + value + ">}")
		}
		return set
	}
	switch {
	case strings.HasPrefix(name, "In"):
		set = block(name[2:])
	case strings.HasPrefix(name, "Is"):
		if set = casedProperty(name[2:], anyCase); set == nil {
			set = category(name[2:], anyCase)
		}
		if set == nil {
			set = script(name[2:])
		}
	default:
		if full, ok := posixByUnicode[strings.ToUpper(name)]; ok && p.on(unicodeClass) {
			set = casedProperty(full, anyCase)
		}
		if set == nil {
			set = category(name, anyCase)
		}
	}
	if set == nil {
		p.fail("Unknown character property name {" + name + "}")
	}
	return set
}

// posix are the names that mean ASCII.
var posix = map[string]*charset{
	"Lower": setOf("a-z"), "Upper": setOf("A-Z"), "ASCII": newSet(span{0, 0x7F}), "Alpha": setOf("a-zA-Z"),
	"Digit": setOf("0-9"), "Alnum": setOf("a-zA-Z0-9"), "Punct": newSet(span{'!', '/'}, span{':', '@'}, span{'[', '`'}, span{'{', '~'}),
	"Graph": setOf("!-~"), "Print": setOf(" -~"), "Blank": setOf(" \t"), "Cntrl": newSet(span{0, 0x1F}, span{0x7F, 0x7F}),
	"XDigit": setOf("0-9a-fA-F"), "Space": setOf(" \t-\r"), "L1": newSet(span{0, 0xFF}), "all": every,
}

// posixByUnicode says what they mean under the flag U.
var posixByUnicode = map[string]string{
	"ALPHA": "ALPHABETIC", "LOWER": "LOWERCASE", "UPPER": "UPPERCASE", "SPACE": "WHITE_SPACE", "PUNCT": "PUNCTUATION",
	"XDIGIT": "HEX_DIGIT", "ALNUM": "ALNUM", "CNTRL": "CONTROL", "DIGIT": "DIGIT", "BLANK": "BLANK", "GRAPH": "GRAPH", "PRINT": "PRINT",
}

var (
	letters    = unicode.L
	unassigned = sync.OnceValue(func() *charset {
		return tables(unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs).negate()
	})
	cased     = []*unicode.RangeTable{unicode.Lu, unicode.Ll, unicode.Lt}
	ignorable = []span{{0, 8}, {0xE, 0x1B}, {0x7F, 0x9F}}
)

// category is a general category, a name of POSIX or a method of Java's
// Character (javaLowerCase); nil for none.
func category(name string, anyCase bool) *charset {
	if anyCase {
		switch name {
		case "Lu", "Ll", "Lt":
			return tables(cased...)
		case "Lower", "Upper":
			return posix["Alpha"]
		}
	}
	if set := posix[name]; set != nil {
		return set
	}
	switch name {
	case "Cn":
		return unassigned()
	case "C":
		return tables(unicode.C).union(unassigned())
	case "LC":
		return tables(cased...)
	case "LD":
		return tables(letters, unicode.Nd)
	}
	if t := unicode.Categories[name]; t != nil && len(name) <= 2 && name != "LC" {
		return tables(t)
	}
	if method, ok := strings.CutPrefix(name, "java"); ok {
		return ofCharacter(method, anyCase)
	}
	return nil
}

// ofCharacter is what a method is… of java.lang.Character takes.
func ofCharacter(method string, anyCase bool) *charset {
	start := []*unicode.RangeTable{letters, unicode.Nl, unicode.Sc, unicode.Pc}
	switch method {
	case "LowerCase", "UpperCase":
		return casedProperty(method, anyCase)
	case "TitleCase":
		if anyCase {
			return casedProperty("LOWERCASE", true)
		}
		return tables(unicode.Lt)
	case "Alphabetic", "Ideographic":
		return unicodeProperty(strings.ToUpper(method))
	case "Digit":
		return tables(unicode.Nd)
	case "Defined":
		return unassigned().negate()
	case "Letter":
		return tables(letters)
	case "LetterOrDigit":
		return tables(letters, unicode.Nd)
	case "JavaIdentifierStart":
		return tables(start...)
	case "JavaIdentifierPart":
		return tables(append(start, unicode.Nd, unicode.Mn, unicode.Mc, unicode.Cf)...).union(newSet(ignorable...))
	case "UnicodeIdentifierStart":
		return tables(letters, unicode.Nl, unicode.Other_ID_Start)
	case "UnicodeIdentifierPart":
		return tables(letters, unicode.Nl, unicode.Other_ID_Start, unicode.Other_ID_Continue, unicode.Pc, unicode.Nd, unicode.Mn,
			unicode.Mc, unicode.Cf).union(newSet(ignorable...))
	case "IdentifierIgnorable":
		return tables(unicode.Cf).union(newSet(ignorable...))
	case "SpaceChar":
		return tables(unicode.Z)
	case "Whitespace":
		return tables(unicode.Z).and(newSet(span{0xA0, 0xA0}, span{0x2007, 0x2007}, span{0x202F, 0x202F}).negate()).
			union(newSet(span{'\t', '\r'}, span{0x1C, 0x1F}))
	case "ISOControl":
		return tables(unicode.Cc)
	}
	return nil
}

// casedProperty is a property of Unicode; of upper and lower case Java takes
// each for the other when it ignores case.
func casedProperty(name string, anyCase bool) *charset {
	key := strings.ToUpper(name)
	switch key {
	case "LOWER", "UPPER":
		return nil
	case "LOWERCASE", "UPPERCASE", "TITLECASE":
		if anyCase {
			return tables(append(cased, unicode.Other_Lowercase, unicode.Other_Uppercase)...)
		}
	}
	return unicodeProperty(key)
}

// unicodeProperty is a binary property by its name in capitals; nil for none.
func unicodeProperty(key string) *charset {
	switch key {
	case "ALPHABETIC":
		return tables(letters, unicode.Nl, unicode.Other_Alphabetic)
	case "LETTER":
		return tables(letters)
	case "IDEOGRAPHIC":
		return tables(unicode.Ideographic)
	case "LOWERCASE":
		return tables(unicode.Ll, unicode.Other_Lowercase)
	case "UPPERCASE":
		return tables(unicode.Lu, unicode.Other_Uppercase)
	case "TITLECASE":
		return tables(unicode.Lt)
	case "WHITE_SPACE", "WHITESPACE":
		return tables(unicode.White_Space)
	case "CONTROL":
		return tables(unicode.Cc)
	case "PUNCTUATION":
		return tables(unicode.P)
	case "HEX_DIGIT", "HEXDIGIT":
		return tables(unicode.Nd, unicode.Hex_Digit)
	case "ASSIGNED":
		return unassigned().negate()
	case "NONCHARACTER_CODE_POINT", "NONCHARACTERCODEPOINT":
		return tables(unicode.Noncharacter_Code_Point)
	case "DIGIT":
		return tables(unicode.Nd)
	case "ALNUM":
		return tables(letters, unicode.Nl, unicode.Other_Alphabetic, unicode.Nd)
	case "BLANK":
		return tables(unicode.Zs).union(one('\t'))
	case "GRAPH":
		return tables(unicode.Z, unicode.Cc, unicode.Cs).union(unassigned()).negate()
	case "PRINT":
		return unicodeProperty("GRAPH").union(tables(unicode.Zs))
	case "WORD":
		return tables(letters, unicode.Nl, unicode.Other_Alphabetic, unicode.M, unicode.Nd, unicode.Pc, unicode.Join_Control)
	case "JOIN_CONTROL", "JOINCONTROL":
		return tables(unicode.Join_Control)
	}
	return nil
}

// scriptCodes are the codes of four letters for scripts that are met.
var scriptCodes = map[string]string{
	"LATN": "LATIN", "GREK": "GREEK", "CYRL": "CYRILLIC", "ARAB": "ARABIC", "HEBR": "HEBREW", "HANI": "HAN", "HIRA": "HIRAGANA",
	"KANA": "KATAKANA", "HANG": "HANGUL", "DEVA": "DEVANAGARI", "ARMN": "ARMENIAN", "GEOR": "GEORGIAN", "ZYYY": "COMMON", "ZINH": "INHERITED",
	"BENG": "BENGALI", "ETHI": "ETHIOPIC", "TAML": "TAMIL", "TELU": "TELUGU", "KHMR": "KHMER", "LAOO": "LAO", "MONG": "MONGOLIAN",
}

var scripts = sync.OnceValue(func() map[string]*unicode.RangeTable {
	out := map[string]*unicode.RangeTable{}
	for name, table := range unicode.Scripts {
		out[strings.ToUpper(name)] = table
	}
	return out
})

func script(name string) *charset {
	name = strings.ToUpper(name)
	if full, ok := scriptCodes[name]; ok {
		name = full
	}
	if t := scripts()[name]; t != nil {
		return tables(t)
	}
	return nil
}

//go:embed blocks.txt
var blockFile string

// blocks are the blocks of Unicode by name, in capitals without what parts
// words: a line of blocks.txt has the first and the last character and the name.
var blocks = sync.OnceValue(func() map[string]span {
	out := map[string]span{}
	for line := range strings.Lines(blockFile) {
		f := strings.Fields(line)
		lo, _ := strconv.ParseInt(f[0], 16, 32)
		hi, _ := strconv.ParseInt(f[1], 16, 32)
		out[blockKey(f[2])] = span{rune(lo), rune(hi)}
	}
	return out
})

func blockKey(name string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "_", "", "-", "").Replace(name))
}

func block(name string) *charset {
	if s, ok := blocks()[blockKey(name)]; ok {
		return newSet(s)
	}
	return nil
}
