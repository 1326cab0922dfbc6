package stdlib

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// fromJSON makes a value of a type out of JSON; strict refuses members the
// class does not have.
func fromJSON(t *vm.Thread, n *node, of *types.Type, strict bool) vm.Value {
	if n.kind == 'z' {
		return vm.Null
	}
	switch of.Kind {
	case types.KindObject: // verified-behaviours-2.md, row 240
		t.Throw("System.JSONException", "Apex Type unsupported in JSON: Object")
	case types.KindList, types.KindSet:
		if n.kind != 'a' {
			illegal(t, n, of)
		}
		out := make([]vm.Value, len(n.values))
		for i, x := range n.values {
			out[i] = fromJSON(t, x, of.Elem(), strict)
		}
		t.Grow(int64(8 * len(out)))
		if of.Kind == types.KindSet {
			return vm.NewSet(t, of, out)
		}
		return vm.NewList(of, out)
	case types.KindMap:
		if n.kind != 'o' {
			illegal(t, n, of)
		}
		m := vm.NewMap(of)
		for i, k := range n.keys {
			m.Put(t, fromJSON(t, &node{kind: 's', text: k}, of.Key(), strict), fromJSON(t, n.values[i], of.Elem(), strict))
		}
		return vm.MapValue(m)
	case types.KindSObject:
		if of == types.AggregateResult {
			return aggregateFromJSON(t, n, of)
		}
		return vm.Record(recordFromJSON(t, n, of, strict || oldJSON(t)))
	case types.KindClass, types.KindInterface:
		return objectFromJSON(t, n, of, strict)
	case types.KindEnum:
		for i, name := range of.Class.Enum {
			if strings.EqualFold(name, n.text) {
				return vm.Enum(t.Program().ClassOf(of.Class), i)
			}
		}
		t.Throwf("System.JSONException", "Invalid enum value: %s for %s", n.text, of.Name)
	}
	return scalarFromJSON(t, n, of)
}

// illegal refuses a value of another kind than the type needs. The messages are
// those that reports of System.JSONException quote.
func illegal(t *vm.Thread, n *node, of *types.Type) {
	composite := n.kind == 'o' || n.kind == 'a'
	switch {
	case of.Kind == types.KindList || of.Kind == types.KindSet:
		t.Throw("System.JSONException", "Malformed JSON: Expected '[' at the beginning of List/Set")
	case of.Kind == types.KindMap || of.Kind == types.KindSObject || of.Kind == types.KindClass || of.Kind == types.KindInterface:
		t.Throw("System.JSONException", "Malformed JSON: Expected '{' at the beginning of object")
	case composite:
		t.Throw("System.JSONException", "Illegal value for primitive")
	}
	text := n.text
	if n.kind == 'b' {
		text = value.OfBool(n.flag).String()
	}
	if of.Kind == types.KindDate || of.Kind == types.KindDatetime || of.Kind == types.KindTime {
		t.Throwf("System.JSONException", "Invalid format: \"%s\"", text)
	}
	t.Throwf("System.JSONException", "Illegal value for primitive: %s", text)
}

func scalarFromJSON(t *vm.Thread, n *node, of *types.Type) vm.Value {
	text := n.text
	if n.kind == 'b' {
		text = value.OfBool(n.flag).String()
	}
	if n.kind == 'o' || n.kind == 'a' {
		illegal(t, n, of)
	}
	switch of.Kind {
	case types.KindString:
		return vm.Str(text)
	case types.KindBoolean:
		if n.kind == 'b' || strings.EqualFold(text, "true") || strings.EqualFold(text, "false") {
			return vm.Bool(strings.EqualFold(text, "true"))
		}
	case types.KindInteger, types.KindLong, types.KindDouble, types.KindDecimal:
		if whole := of.Kind == types.KindInteger || of.Kind == types.KindLong; whole && n.kind == 'n' && strings.Contains(text, ".") {
			t.Host().Approximated(t, "JSON.deserialize", "with which words a fraction is refused as a whole number is not known", t.Where())
			break // a fraction is no whole number, not even 1.0
		}
		if d, err := value.ParseDec(text); err == nil {
			return t.Convert(vm.Decimal(d), of.Kind)
		}
	case types.KindID:
		if id, err := value.NewID(text); err == nil {
			return vm.ID(id)
		}
		return vm.ID(text) // not looked at: tests make records with any text for an id
	case types.KindDate:
		if d, ok := parseLooseDate(text); ok {
			return vm.Date(d)
		}
	case types.KindDatetime:
		if ms, err := value.ParseDatetime(text); err == nil {
			return vm.Datetime(ms)
		}
		if d, ok := parseLooseDate(text); ok {
			return vm.Datetime(d * value.MsPerDay)
		}
	case types.KindTime:
		if ms, err := value.ParseTime(text); err == nil {
			return vm.Time(ms)
		}
	case types.KindBlob:
		if raw, ok := decodeBase64(text); ok {
			return vm.Blob(raw)
		}
	}
	illegal(t, n, of)
	return vm.Null
}

// aggregateFromJSON makes a row of an aggregate query: of its fields only the
// Id can be given, which is the only one that the type has for itself.
func aggregateFromJSON(t *vm.Thread, n *node, of *types.Type) vm.Value {
	if n.kind != 'o' {
		illegal(t, n, of)
	}
	row := &schema.AggregateRow{}
	for i, key := range n.keys {
		switch {
		case strings.EqualFold(key, "attributes"):
		case strings.EqualFold(key, "Id"):
			row.Names = append(row.Names, "Id")
			row.Values = append(row.Values, value.OfText(n.values[i].text))
		default:
			t.Throwf("System.JSONException", "No such column '%s' on sobject of type AggregateResult", key)
		}
	}
	return t.NewNative("System.AggregateResult", row)
}

// oldJSON says that the class that runs has a record refused with a field that
// its object lacks.
func oldJSON(t *vm.Thread) bool { v := t.APIVersion(); return v > 0 && v < types.LaxJSONFrom }

// recordFromJSON makes a record. What its object does not have is refused or
// left out; in records below others it is always refused
// (from reports; the facts leave it open).
func recordFromJSON(t *vm.Thread, n *node, of *types.Type, strict bool) *schema.Record {
	if n.kind != 'o' {
		illegal(t, n, of)
	}
	object := of.SObject
	if a := n.get("attributes"); a != nil && object == nil {
		if name := a.get("type"); name != nil {
			object = t.Schema().ObjectIn(t.Namespace(), name.text)
		}
	}
	if object == nil {
		t.Throw("System.JSONException", "SObject type is missing from the JSON")
	}
	r := schema.NewRecord(object)
	for i, key := range n.keys {
		if !strings.EqualFold(key, "attributes") {
			memberFromJSON(t, r, key, n.values[i], strict)
		}
	}
	return r
}

func memberFromJSON(t *vm.Thread, r *schema.Record, key string, x *node, strict bool) {
	ns := t.Namespace()
	if f := r.Object.FieldIn(ns, key); f != nil {
		if f.Type.IsCompound() && x.kind == 'o' {
			partsFromJSON(t, r, f, x)
			return
		}
		v := fromJSON(t, x, vm.FieldType(f), false)
		if s, ok := vm.FieldScalar(t, f, v); ok {
			r.Set(f, s)
		}
		return
	}
	if f := r.Object.RelationshipIn(ns, key); f != nil && x.kind == 'o' {
		of := types.SObject
		if o := t.Schema().Object(f.ReferenceTo[0]); o != nil && !f.IsPolymorphic() {
			of = t.Program().Types().SObjectType(o)
		}
		r.SetParent(f, recordFromJSON(t, x, of, strict))
		return
	}
	if c := r.Object.ChildIn(ns, key); c != nil && x.kind != 'z' {
		if x.kind != 'o' {
			t.Throw("System.JSONException", "QueryResult must start with '{'")
		}
		rows := x.get("records")
		if rows == nil {
			return
		}
		of := t.Program().Types().SObjectType(t.Schema().Object(c.Child))
		var kids []*schema.Record
		for _, k := range rows.values {
			kids = append(kids, recordFromJSON(t, k, of, true))
		}
		r.SetChildren(c.Name, kids)
		return
	}
	if strict {
		t.Throwf("System.JSONException", "No such column '%s' on sobject of type %s", key, r.Object.Name)
	}
}

// partsFromJSON sets the parts of an address or a location that are not set yet.
func partsFromJSON(t *vm.Thread, r *schema.Record, of *schema.Field, x *node) {
	for _, f := range r.Object.Fields {
		if !strings.EqualFold(f.Compound, of.Name) || r.IsSet(f) {
			continue
		}
		part := x.get(vm.CompoundPart(of, f))
		if part == nil || part.kind == 'z' {
			continue
		}
		if s, ok := vm.FieldScalar(t, f, fromJSON(t, part, vm.FieldType(f), false)); ok {
			r.Set(f, s)
		}
	}
}

// objectFromJSON fills the fields of a class without running its constructor.
func objectFromJSON(t *vm.Thread, n *node, of *types.Type, strict bool) vm.Value {
	if n.kind != 'o' {
		illegal(t, n, of)
	}
	if of.Class.Lib {
		return libraryFromJSON(t, n, of.Class, strict)
	}
	if of.Class.Abstract || of.Kind == types.KindInterface {
		t.Throwf("System.JSONException", "Apex Type unsupported in JSON: %s", of.Name)
	}
	v := t.Blank(of.Class)
	o := v.Object()
	for i, key := range n.keys {
		found := false
		for _, f := range of.Class.Fields() {
			if strings.EqualFold(f.Name, key) && !f.Transient && f.Slot >= 0 {
				o.Fields[f.Slot] = fromJSON(t, n.values[i], f.Type, strict)
				found = true
			}
		}
		if !found && strict {
			t.Throwf("System.JSONException", "Unknown field: %s.%s", of.Name, key)
		}
	}
	return v
}

// libraryFromJSON makes an object of a library class: a result, or properties
// with the types that their accessors give.
func libraryFromJSON(t *vm.Thread, n *node, class *types.Class, strict bool) vm.Value {
	if v, ok := resultFromJSON(t, n, class.FullName()); ok {
		return v
	}
	bag := &vm.Bag{Values: map[string]vm.Value{}, Whole: true}
	for i, k := range n.keys {
		of := (*types.Type)(nil)
		for _, m := range class.Methods() {
			if len(m.Params) == 0 && (strings.EqualFold(m.Name, "get"+k) || strings.EqualFold(m.Name, "is"+k)) {
				of = m.Returns
			}
		}
		if of == nil {
			bag.Values[strings.ToLower(k)] = untyped(t, n.values[i])
			continue
		}
		bag.Values[strings.ToLower(k)] = fromJSON(t, n.values[i], of, strict)
	}
	return t.NewNative(class.FullName(), bag)
}
