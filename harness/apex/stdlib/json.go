package stdlib

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

var jsonTable = vm.Library{
	"JSON.serialize":       func(t thread, _ val, a vals) val { return serialize(t, a[0], arg(a, 1).Bool(), false) },
	"JSON.serializePretty": func(t thread, _ val, a vals) val { return serialize(t, a[0], arg(a, 1).Bool(), true) },
	"JSON.deserialize": func(t thread, _ val, a vals) val {
		return fromJSON(t, parseJSON(t, str(t, a[0])), typeOf(t, a[1]), false)
	},
	"JSON.deserializeStrict": func(t thread, _ val, a vals) val {
		return fromJSON(t, parseJSON(t, str(t, a[0])), typeOf(t, a[1]), true)
	},
	"JSON.deserializeUntyped": func(t thread, _ val, a vals) val { return untyped(t, parseJSON(t, str(t, a[0]))) },
}

// jsonWriter writes values as the platform's serializer does.
type jsonWriter struct {
	t         *vm.Thread
	b         strings.Builder
	skipNulls bool
	pretty    bool
	depth     int
}

const maxJSONDepth = 500

func serialize(t *vm.Thread, v vm.Value, skipNulls, pretty bool) vm.Value {
	w := &jsonWriter{t: t, skipNulls: skipNulls, pretty: pretty}
	w.value(v)
	t.Work(int64(w.b.Len()) / 4)
	return vm.Str(w.b.String())
}

func (w *jsonWriter) value(v vm.Value) {
	w.t.Fits(w.b.Len())
	w.t.Work(1)
	switch v.Kind() {
	case vm.KindNull:
		w.b.WriteString("null")
	case vm.KindBoolean, vm.KindInteger, vm.KindLong, vm.KindDouble, vm.KindDecimal:
		w.b.WriteString(w.t.Text(v))
	case vm.KindString, vm.KindID:
		writeJSONString(&w.b, v.Text())
	case vm.KindDate:
		writeJSONString(&w.b, value.FormatDate(v.Int()))
	case vm.KindDatetime:
		writeJSONString(&w.b, isoMillis(v.Int()))
	case vm.KindTime:
		writeJSONString(&w.b, value.FormatTime(v.Int()))
	case vm.KindBlob:
		writeJSONString(&w.b, base64Text(v.Text()))
	case vm.KindEnum:
		writeJSONString(&w.b, vm.EnumName(v))
	default:
		w.nested(v)
	}
}

// isoMillis is a Datetime in JSON: 2024-05-01T10:00:00.000Z.
func isoMillis(ms int64) string {
	s := value.FormatDatetime(ms)
	return strings.Replace(s, "+0000", "Z", 1)
}

func (w *jsonWriter) nested(v vm.Value) {
	if w.depth++; w.depth > maxJSONDepth {
		w.t.Throw("System.JSONException", "Exceeded max depth of serialization")
	}
	defer func() { w.depth-- }()
	switch v.Kind() {
	case vm.KindList, vm.KindSet:
		w.array(w.t.Elements(v))
	case vm.KindMap:
		w.object(func(put func(string, func())) {
			v.Map().Each(func(k, x vm.Value) bool {
				put(w.t.ValueOf(k), func() { w.value(x) })
				return true
			})
		})
	case vm.KindRecord:
		w.record(v.Record())
	default:
		w.instance(v)
	}
}

func (w *jsonWriter) array(vals []vm.Value) {
	w.list(len(vals), func(i int) { w.value(vals[i]) })
}

func (w *jsonWriter) list(n int, item func(i int)) {
	w.b.WriteByte('[')
	for i := range n {
		if i > 0 {
			w.b.WriteByte(',')
			if w.pretty {
				w.b.WriteByte(' ')
			}
		} else if w.pretty {
			w.b.WriteByte(' ')
		}
		item(i)
	}
	if w.pretty {
		w.b.WriteByte(' ')
	}
	w.b.WriteByte(']')
}

// object writes the members that fields puts; pretty text has a member a line.
func (w *jsonWriter) object(fields func(put func(name string, write func()))) {
	w.b.WriteByte('{')
	n := 0
	fields(func(name string, write func()) {
		if n > 0 {
			w.b.WriteByte(',')
		}
		n++
		w.newline(w.depth)
		writeJSONString(&w.b, name)
		if w.pretty {
			w.b.WriteString(" : ")
		} else {
			w.b.WriteByte(':')
		}
		write()
	})
	if n > 0 {
		w.newline(w.depth - 1)
	} else if w.pretty {
		w.b.WriteByte(' ')
	}
	w.b.WriteByte('}')
}

func (w *jsonWriter) newline(depth int) {
	if w.pretty {
		w.b.WriteByte('\n')
		for range depth {
			w.b.WriteString("  ")
		}
	}
}

func (w *jsonWriter) record(r *schema.Record) {
	w.object(func(put func(string, func())) {
		put("attributes", func() {
			w.depth++
			w.object(func(put func(string, func())) {
				put("type", func() { writeJSONString(&w.b, r.Object.Name) })
				if id := r.ID(); id != "" {
					put("url", func() {
						writeJSONString(&w.b, "/services/data/"+apiVersion+"/sobjects/"+r.Object.Name+"/"+id)
					})
				}
			})
			w.depth--
		})
		r.Each(func(f *schema.Field, v value.Value) {
			if !r.Populated(f) || v.IsNull() && w.skipNulls {
				return
			}
			put(f.Name, func() { w.field(f, v) })
		})
		if named := r.Aliased(); named != nil {
			for i, name := range named.Names {
				put(name, func() { w.value(vm.OfScalar(named.Values[i])) })
			}
		}
		r.Parents(func(f *schema.Field, p *schema.Record) {
			if p != nil {
				put(f.RelationshipName, func() { w.value(vm.Record(p)) })
			}
		})
		r.ChildLists(func(name string, rows []*schema.Record) {
			put(name, func() {
				w.depth++
				w.object(func(put func(string, func())) {
					put("totalSize", func() { w.b.WriteString(strconv.Itoa(len(rows))) })
					put("done", func() { w.b.WriteString("true") })
					put("records", func() { w.array(w.t.RecordList(types.ListOf(types.SObject), rows).List().Vals) })
				})
				w.depth--
			})
		})
	})
}

// field writes a field's value; a Datetime of a record has an offset.
func (w *jsonWriter) field(f *schema.Field, v value.Value) {
	if v.Kind() == value.Datetime {
		writeJSONString(&w.b, strings.Replace(isoMillis(v.Int64()), "Z", "+0000", 1))
		return
	}
	w.value(vm.FieldValue(f, v))
}

// dmlOptions writes all that options hold, in alphabetical order.
func (w *jsonWriter) dmlOptions(o *dmlOptions) {
	w.object(func(put func(string, func())) {
		for _, name := range sortedKeys(dmlOptionFields) {
			if v := *dmlOptionFields[name](o); !v.IsNull() || !w.skipNulls {
				put(name, func() { w.dmlOption(name, v) })
			}
		}
	})
}

func (w *jsonWriter) dmlOption(name string, v vm.Value) {
	if o := v.Object(); o != nil && o.Class == nil {
		o.Class = w.t.Program().LibClass("Database.DMLOptions." + name)
	}
	w.value(v)
}

func (w *jsonWriter) picklistEntry(e *picklistEntry) {
	w.object(func(put func(string, func())) {
		put("active", func() { w.value(vm.Bool(e.v.Active)) })
		put("defaultValue", func() { w.value(vm.Bool(e.v.Default)) })
		put("label", func() { w.value(vm.Str(e.v.Label)) })
		if e.validFor != "" {
			put("validFor", func() { w.value(vm.Str(e.validFor)) })
		}
		put("value", func() { w.value(vm.Str(e.v.Name)) })
	})
}

const apiVersion = "v62.0"

func (w *jsonWriter) instance(v vm.Value) {
	o := v.Object()
	switch n := o.Native.(type) {
	case *vm.TypeToken:
		writeJSONString(&w.b, n.Type.Name)
		return
	case *vm.Bag:
		w.bag(o.Class.Def, n)
		return
	case *picklistEntry:
		w.picklistEntry(n)
		return
	case *uuid:
		w.value(vm.Str(n.text))
		return
	case *result:
		w.result(n)
		return
	case *dmlOptions:
		w.dmlOptions(n)
		return
	case *vm.JobContext: // packages log the contexts of their batches
		w.object(func(put func(string, func())) {
			put("jobId", func() { w.value(idOrNull(n.JobID)) })
			put("childJobId", func() { w.value(idOrNull(n.ChildJobID)) })
		})
		return
	case *leadConverted:
		w.converted(n)
		return
	case *dmlError:
		w.rowError(n.RowError)
		return
	case *schema.AggregateRow:
		w.object(func(put func(string, func())) {
			for i, name := range n.Names {
				put(name, func() { w.value(vm.OfScalar(n.Values[i])) })
			}
		})
		return
	}
	if o.Class.Def.Lib {
		w.t.Throwf("System.JSONException", "Apex Type unsupported in JSON: %s", o.Class.Name)
	}
	w.object(func(put func(string, func())) {
		named := map[string]bool{}
		for _, f := range o.Class.Def.Fields() {
			if f.Transient || f.Slot < 0 || f.Slot >= len(o.Fields) || named[lower(f.Name)] {
				continue // an overridden property is one with that above
			}
			named[lower(f.Name)] = true
			x := w.t.Property(o, f)
			if x.IsNull() && w.skipNulls {
				continue
			}
			put(f.Name, func() { w.value(x) })
		}
	})
}

// bag writes what an object that only holds data has, under the names that its
// class gives; what the class does not name comes last.
func (w *jsonWriter) bag(class *types.Class, b *vm.Bag) {
	w.object(func(put func(string, func())) {
		named := map[string]bool{}
		for _, name := range vm.BagNames(class) {
			key := strings.ToLower(name)
			named[key] = true
			if v := b.Values[key]; !v.IsNull() || !w.skipNulls {
				put(name, func() { w.value(v) })
			}
		}
		for _, k := range sortedKeys(b.Values) {
			if !named[k] {
				put(k, func() { w.value(b.Values[k]) })
			}
		}
	})
}

func writeJSONString(b *strings.Builder, s string) {
	const hex = "0123456789ABCDEF"
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\f':
			b.WriteString(`\f`)
		case c == '\b':
			b.WriteString(`\b`)
		case c < 0x20:
			b.WriteString(`\u00`)
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&0xF])
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
}

// node is parsed JSON; objects keep the order of their members.
type node struct {
	kind   byte // 'o' object, 'a' array, 's' string, 'n' number, 'b' boolean, 'z' null
	text   string
	flag   bool
	keys   []string
	values []*node
}

func (n *node) get(key string) *node {
	for i, k := range n.keys {
		if strings.EqualFold(k, key) {
			return n.values[i]
		}
	}
	return nil
}

func parseJSON(t *vm.Thread, s string) *node {
	t.Work(int64(len(s)) / 4)
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	n, err := readNode(d, 0)
	if err != nil {
		jsonError(t, s, d.InputOffset(), err)
	}
	return n
}

// jsonError says what a text that is no JSON has wrong where, as the parser of
// the platform does: columns count from 1 and stand behind the character.
func jsonError(t *vm.Thread, s string, at int64, err error) {
	if strings.TrimSpace(s) == "" {
		t.Throw("System.JSONException", "No content to map to Object due to end of input")
	}
	i := min(int(at), len(s))
	if strings.Contains(err.Error(), "EOF") {
		line, column := linePosition(s, i)
		t.Throwf("System.JSONException", "Unexpected end-of-input at [line:%d, column:%d]", line, column)
	}
	i, what, word := wrongInJSON(s)
	if i >= len(s) {
		line, column := linePosition(s, len(s))
		t.Throwf("System.JSONException", "Unexpected end-of-input at [line:%d, column:%d]", line, column)
	}
	if word != "" {
		line, column := linePosition(s, i+len(word))
		t.Throwf("System.JSONException", "Malformed JSON: Unrecognized token '%s': was expecting 'null', 'true', 'false' or NaN at [line:%d, column:%d]", word, line, column)
	}
	c, size := utf8.DecodeRuneInString(s[i:])
	line, column := linePosition(s, i+size)
	t.Throwf("System.JSONException", "Unexpected character ('%c' (code %d)): %s at [line:%d, column:%d]", c, c, what, line, column)
}

func linePosition(s string, i int) (line, column int) {
	return 1 + strings.Count(s[:i], "\n"), i - strings.LastIndexByte(s[:i], '\n')
}

func readNode(d *json.Decoder, depth int) (*node, error) {
	tok, err := d.Token()
	if err != nil {
		return nil, err
	}
	return nodeOf(d, tok, depth)
}

func nodeOf(d *json.Decoder, tok json.Token, depth int) (*node, error) {
	switch x := tok.(type) {
	case json.Delim:
		if depth > maxJSONDepth {
			return nil, strconv.ErrRange
		}
		n := &node{kind: 'a'}
		if x == '{' {
			n.kind = 'o'
		}
		for d.More() {
			if n.kind == 'o' {
				key, err := d.Token()
				if err != nil {
					return nil, err
				}
				n.keys = append(n.keys, key.(string))
			}
			v, err := readNode(d, depth+1)
			if err != nil {
				return nil, err
			}
			n.values = append(n.values, v)
		}
		_, err := d.Token()
		return n, err
	case string:
		return &node{kind: 's', text: x}, nil
	case json.Number:
		return &node{kind: 'n', text: x.String()}, nil
	case bool:
		return &node{kind: 'b', flag: x}, nil
	default:
		return &node{kind: 'z'}, nil
	}
}

// untyped makes maps, lists and scalars: whole numbers are Integers, larger
// ones Longs, others Decimals.
func untyped(t *vm.Thread, n *node) vm.Value {
	switch n.kind {
	case 'o':
		m := vm.NewMap(types.MapOf(types.String, types.Object))
		for i, k := range n.keys {
			m.Put(t, vm.Str(k), untyped(t, n.values[i]))
		}
		return vm.MapValue(m)
	case 'a':
		out := make([]vm.Value, len(n.values))
		for i, x := range n.values {
			out[i] = untyped(t, x)
		}
		t.Grow(int64(8 * len(out)))
		return vm.NewList(types.ListOf(types.Object), out)
	case 's':
		return vm.Str(n.text)
	case 'b':
		return vm.Bool(n.flag)
	case 'n':
		return number(n.text)
	default:
		return vm.Null
	}
}

func number(s string) vm.Value {
	if i, err := strconv.ParseInt(s, 10, 32); err == nil {
		return vm.Int(i)
	}
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return vm.Long(i)
	}
	d, err := value.ParseDec(s)
	if err != nil {
		return vm.Null
	}
	return vm.Decimal(d)
}
