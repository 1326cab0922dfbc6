package stdlib

import (
	"encoding/json"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// jsonParser is the state of System.JSONParser: the flat list of tokens.
type jsonParser struct {
	tokens []jsonToken
	at     int
}

type jsonToken struct {
	kind string // name in System.JSONToken
	text string
	name string // of the member the token belongs to
}

// jsonGenerator is the state of System.JSONGenerator.
type jsonGenerator struct {
	w     jsonWriter
	comma []bool
	field bool
}

var jsonStreamTable = vm.Library{
	"JSON.createParser": func(t thread, _ val, a vals) val {
		p := &jsonParser{at: -1}
		p.flatten(parseJSON(t, str(t, a[0])), "")
		return t.NewNative("System.JSONParser", p)
	},
	"JSONParser.nextToken": func(t thread, r val, a vals) val {
		p := parser(r)
		p.at++
		return p.token(t)
	},
	"JSONParser.nextValue": func(t thread, r val, a vals) val {
		p := parser(r)
		for p.at++; p.at < len(p.tokens) && p.tokens[p.at].kind == "FIELD_NAME"; p.at++ {
		}
		return p.token(t)
	},
	"JSONParser.getCurrentToken":   func(t thread, r val, a vals) val { return parser(r).token(t) },
	"JSONParser.hasCurrentToken":   func(t thread, r val, a vals) val { return vm.Bool(parser(r).here() != nil) },
	"JSONParser.clearCurrentToken": func(t thread, r val, a vals) val { return vm.Null },
	"JSONParser.getText": func(t thread, r val, a vals) val {
		if k := parser(r).here(); k != nil {
			return vm.Str(k.text)
		}
		return vm.Null
	},
	"JSONParser.getCurrentName": func(t thread, r val, a vals) val {
		if k := parser(r).here(); k != nil && k.name != "" {
			return vm.Str(k.name)
		}
		return vm.Null
	},
	"JSONParser.getBooleanValue":  parsed(types.Boolean),
	"JSONParser.getIntegerValue":  parsed(types.Integer),
	"JSONParser.getLongValue":     parsed(types.Long),
	"JSONParser.getDoubleValue":   parsed(types.Double),
	"JSONParser.getDecimalValue":  parsed(types.Decimal),
	"JSONParser.getDateValue":     parsed(types.Date),
	"JSONParser.getDateTimeValue": parsed(types.Datetime),
	"JSONParser.getTimeValue":     parsed(types.Time),
	"JSONParser.getIdValue":       parsed(types.ID),
	"JSONParser.getBlobValue":     parsed(types.Blob),
	"JSONParser.skipChildren": func(t thread, r val, a vals) val {
		parser(r).skip()
		return vm.Null
	},
	"JSONParser.readValueAs": func(t thread, r val, a vals) val { return fromJSON(t, parser(r).read(), typeOf(t, a[0]), false) },
	"JSONParser.readValueAsStrict": func(t thread, r val, a vals) val {
		return fromJSON(t, parser(r).read(), typeOf(t, a[0]), true)
	},
	"JSON.createGenerator": func(t thread, _ val, a vals) val {
		return t.NewNative("System.JSONGenerator", &jsonGenerator{w: jsonWriter{t: t, pretty: false}})
	},
	"JSONGenerator.writeStartObject": func(t thread, r val, a vals) val { gen(r).open("{"); return vm.Null },
	"JSONGenerator.writeStartArray":  func(t thread, r val, a vals) val { gen(r).open("["); return vm.Null },
	"JSONGenerator.writeEndObject":   func(t thread, r val, a vals) val { gen(r).close("}"); return vm.Null },
	"JSONGenerator.writeEndArray":    func(t thread, r val, a vals) val { gen(r).close("]"); return vm.Null },
	"JSONGenerator.writeFieldName":   func(t thread, r val, a vals) val { gen(r).name(str(t, a[0])); return vm.Null },
	"JSONGenerator.getAsString":      func(t thread, r val, a vals) val { return vm.Str(gen(r).w.b.String()) },
	"JSONGenerator.close":            func(t thread, r val, a vals) val { return vm.Null },
	"JSONGenerator.isClosed":         func(t thread, r val, a vals) val { return vm.Bool(false) },
	"JSONGenerator.writeNull":        func(t thread, r val, a vals) val { gen(r).put(vm.Null); return vm.Null },
	"JSONGenerator.writeNullField":   func(t thread, r val, a vals) val { gen(r).name(str(t, a[0])); gen(r).put(vm.Null); return vm.Null },
	"JSONGenerator.writeBoolean":     writeOne, "JSONGenerator.writeNumber": writeOne, "JSONGenerator.writeString": writeOne,
	"JSONGenerator.writeDate": writeOne, "JSONGenerator.writeDateTime": writeOne, "JSONGenerator.writeTime": writeOne,
	"JSONGenerator.writeId": writeOne, "JSONGenerator.writeBlob": writeOne, "JSONGenerator.writeObject": writeOne,
	"JSONGenerator.writeBooleanField": writeMember, "JSONGenerator.writeNumberField": writeMember,
	"JSONGenerator.writeStringField": writeMember, "JSONGenerator.writeDateField": writeMember,
	"JSONGenerator.writeDateTimeField": writeMember, "JSONGenerator.writeTimeField": writeMember,
	"JSONGenerator.writeIdField": writeMember, "JSONGenerator.writeBlobField": writeMember,
	"JSONGenerator.writeObjectField": writeMember,
}

func parser(v vm.Value) *jsonParser { return v.Native().(*jsonParser) }
func gen(v vm.Value) *jsonGenerator { return v.Native().(*jsonGenerator) }

func writeOne(_ thread, r val, a vals) val { gen(r).put(a[0]); return vm.Null }

func writeMember(t thread, r val, a vals) val {
	gen(r).name(str(t, a[0]))
	gen(r).put(a[1])
	return vm.Null
}

func (g *jsonGenerator) separate() {
	if g.field {
		g.field = false
		return
	}
	if n := len(g.comma); n > 0 {
		if g.comma[n-1] {
			g.w.b.WriteByte(',')
		}
		g.comma[n-1] = true
	}
}

func (g *jsonGenerator) open(s string) {
	g.separate()
	g.w.b.WriteString(s)
	g.comma = append(g.comma, false)
}

func (g *jsonGenerator) close(s string) {
	g.w.b.WriteString(s)
	if n := len(g.comma); n > 0 {
		g.comma = g.comma[:n-1]
	}
}

func (g *jsonGenerator) name(s string) {
	g.separate()
	writeJSONString(&g.w.b, s)
	g.w.b.WriteByte(':')
	g.field = true
}

func (g *jsonGenerator) put(v vm.Value) {
	g.separate()
	g.w.value(v)
}

func (p *jsonParser) here() *jsonToken {
	if p.at < 0 || p.at >= len(p.tokens) {
		return nil
	}
	return &p.tokens[p.at]
}

func (p *jsonParser) token(t *vm.Thread) vm.Value {
	if k := p.here(); k != nil {
		return t.EnumValue("System.JSONToken", k.kind)
	}
	return vm.Null
}

func (p *jsonParser) flatten(n *node, name string) {
	add := func(kind, text string) { p.tokens = append(p.tokens, jsonToken{kind, text, name}) }
	switch n.kind {
	case 'o':
		add("START_OBJECT", "{")
		for i, k := range n.keys {
			p.tokens = append(p.tokens, jsonToken{"FIELD_NAME", k, k})
			p.flatten(n.values[i], k)
		}
		add("END_OBJECT", "}")
	case 'a':
		add("START_ARRAY", "[")
		for _, x := range n.values {
			p.flatten(x, "")
		}
		add("END_ARRAY", "]")
	case 's':
		add("VALUE_STRING", n.text)
	case 'n':
		if strings.ContainsAny(n.text, ".eE") {
			add("VALUE_NUMBER_FLOAT", n.text)
		} else {
			add("VALUE_NUMBER_INT", n.text)
		}
	case 'b':
		add("VALUE_"+strings.ToUpper(value.OfBool(n.flag).String()), value.OfBool(n.flag).String())
	default:
		add("VALUE_NULL", "null")
	}
}

func parsed(of *types.Type) vm.Func {
	return func(t thread, r val, _ vals) val {
		k := parser(r).here()
		if k == nil {
			t.Throw("System.JSONException", "No current token")
		}
		kind := byte('s')
		if strings.HasPrefix(k.kind, "VALUE_NUMBER") {
			kind = 'n'
		}
		return scalarFromJSON(t, &node{kind: kind, text: k.text}, of)
	}
}

// skip goes to the end of the object or array the parser stands at.
func (p *jsonParser) skip() {
	if k := p.here(); k == nil || !strings.HasPrefix(k.kind, "START") {
		return
	}
	for depth := 0; p.at < len(p.tokens); p.at++ {
		switch {
		case strings.HasPrefix(p.tokens[p.at].kind, "START"):
			depth++
		case strings.HasPrefix(p.tokens[p.at].kind, "END"):
			if depth--; depth == 0 {
				return
			}
		}
	}
}

// read builds the tree of the value the parser stands at and goes to its end.
func (p *jsonParser) read() *node {
	k := p.here()
	if k == nil {
		return &node{kind: 'z'}
	}
	switch k.kind {
	case "FIELD_NAME":
		p.at++
		return p.read()
	case "START_OBJECT", "START_ARRAY":
		n := &node{kind: 'a'}
		if k.kind == "START_OBJECT" {
			n.kind = 'o'
		}
		for p.at++; p.here() != nil && !strings.HasPrefix(p.here().kind, "END"); p.at++ {
			if n.kind == 'o' {
				n.keys = append(n.keys, p.here().text)
				p.at++
			}
			n.values = append(n.values, p.read())
		}
		return n
	case "VALUE_NULL":
		return &node{kind: 'z'}
	case "VALUE_TRUE", "VALUE_FALSE":
		return &node{kind: 'b', flag: k.kind == "VALUE_TRUE"}
	case "VALUE_STRING":
		return &node{kind: 's', text: k.text}
	default:
		return &node{kind: 'n', text: json.Number(k.text).String()}
	}
}
