package stdlib

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// recordOptions is the Memo of what setOptions gave to records.
const recordOptions = "sobject.options"

// aggregateObject is what rows of aggregate queries say they are of.
var aggregateObject = &schema.Object{Name: "AggregateResult", Label: "Aggregate Result"}

var sobjectTable = vm.Library{
	"SObject.get":         sobjectGet,
	"AggregateResult.get": sobjectGet,
	"SObject.put":         sobjectPut,
	"SObject.getSObject":  sobjectParent,
	"SObject.putSObject": func(t thread, r val, a vals) val {
		rec := record(t, r)
		f := relationship(t, rec.Object, a[0])
		old, _ := rec.ParentOf(f)
		t.Writable(rec)
		rec.SetParent(f, a[1].Record())
		return vm.Record(old)
	},
	"SObject.getSObjects": func(t thread, r val, a vals) val {
		rec := record(t, r)
		if a[0].IsNull() {
			t.ThrowNull()
		}
		name := a[0].Text()
		if c := rec.Object.ChildIn(t.Namespace(), name); c != nil {
			name = c.Name
		} else if _, ok := rec.Children(name); !ok {
			t.Throwf("System.SObjectException", "Invalid aggregate relationship %s for %s", name, rec.Object.Name)
		}
		rows, ok := rec.Children(name)
		if !ok || len(rows) == 0 {
			return vm.Null
		}
		return t.RecordList(types.ListOf(t.Program().Types().SObjectType(rows[0].Object)), rows)
	},
	"SObject.getSObjectType": func(t thread, r val, a vals) val {
		if _, ok := r.Native().(*schema.AggregateRow); ok {
			return t.SObjectType(aggregateObject)
		}
		return t.SObjectType(record(t, r).Object)
	},
	"SObject.isSet": func(t thread, r val, a vals) val {
		rec := record(t, r)
		return vm.Bool(rec.IsSet(fieldOf(t, rec.Object, a[0]))) // also by being queried as null (Apex Reference)
	},
	"SObject.clear": func(t thread, r val, a vals) val {
		rec := record(t, r)
		t.Writable(rec)
		for _, f := range rec.Fields() {
			rec.Unset(f)
		}
		return vm.Null
	},
	"SObject.clone": func(t thread, r val, a vals) val {
		rec := record(t, r)
		c := cloneRecord(rec, arg(a, 0).Bool(), arg(a, 1).Bool(), arg(a, 2).Bool(), arg(a, 3).Bool())
		clones(t)[c] = rec.ID()
		return vm.Record(c)
	},
	"SObject.isClone": func(t thread, r val, a vals) val { _, ok := clones(t)[record(t, r)]; return vm.Bool(ok) },
	"SObject.getCloneSourceId": func(t thread, r val, a vals) val {
		if id := clones(t)[record(t, r)]; id != "" {
			return vm.ID(id)
		}
		return vm.Null
	},
	"SObject.getPopulatedFieldsAsMap": func(t thread, r val, a vals) val {
		m := vm.NewMap(types.MapOf(types.String, types.Object))
		if row, ok := r.Native().(*schema.AggregateRow); ok {
			order := make([]int, len(row.Names))
			for i := range order {
				order[i] = i
			}
			slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(row.Names[a], row.Names[b]) })
			for _, i := range order { // alphabetical (verified-behaviours-2.md, row 232)
				m.Put(t, vm.Str(row.Names[i]), vm.OfScalar(row.Values[i]))
			}
			return vm.MapValue(m)
		}
		rec := record(t, r)
		rec.ChildLists(func(name string, rows []*schema.Record) {
			if len(rows) > 0 {
				m.Put(t, vm.Str(name), t.RecordList(types.ListOf(t.Program().Types().SObjectType(rows[0].Object)), rows))
			}
		})
		rec.Each(func(f *schema.Field, v value.Value) {
			if rec.Populated(f) {
				m.Put(t, vm.Str(f.Name), vm.FieldValue(f, v))
			}
		})
		rec.Parents(func(f *schema.Field, p *schema.Record) {
			if p != nil {
				m.Put(t, vm.Str(f.RelationshipName), vm.Record(p))
			}
		})
		return vm.MapValue(m)
	},
	"SObject.addError":  sobjectAddError,
	"SObject.hasErrors": func(t thread, r val, a vals) val { return vm.Bool(len(t.Errors(record(t, r))) > 0) },
	"SObject.getErrors": func(t thread, r val, a vals) val { return errorList(t, t.Errors(record(t, r))) },
	"SObject.setOptions": func(t thread, r val, a vals) val {
		rec := record(t, r)
		if o, ok := a[0].Native().(*dmlOptions); ok {
			t.SetRecordOptions(rec, o.options())
		} else {
			t.SetRecordOptions(rec, nil)
		}
		t.Memo(recordOptions, func() any { return map[*schema.Record]vm.Value{} }).(map[*schema.Record]vm.Value)[rec] = a[0]
		return vm.Null
	},
	"SObject.getOptions": func(t thread, r val, a vals) val {
		return t.Memo(recordOptions, func() any { return map[*schema.Record]vm.Value{} }).(map[*schema.Record]vm.Value)[record(t, r)]
	},
	"SObject.getQuickActionName": func(t thread, r val, a vals) val { return vm.Null },
	"SObject.toString":           func(t thread, r val, a vals) val { return vm.Str(t.Text(r)) },
	"SObject.recalculateFormulas": func(t thread, r val, a vals) val {
		recalculate(t, []*schema.Record{record(t, r)})
		return vm.Null
	},
}

func clones(t *vm.Thread) map[*schema.Record]string {
	return t.Memo("clones", func() any { return map[*schema.Record]string{} }).(map[*schema.Record]string)
}

func record(t *vm.Thread, v vm.Value) *schema.Record {
	r := v.Record()
	if r == nil {
		t.ThrowNull()
	}
	return r
}

// fieldOf finds a field by token or by name; an unknown name throws.
func fieldOf(t *vm.Thread, o *schema.Object, v vm.Value) *schema.Field {
	if tok, ok := v.Native().(*vm.FieldToken); ok {
		switch of := tok.Field.Object; {
		case of == o:
			return tok.Field
		case of != nil && of.Name == o.Name: // of another generation of the object
			if f := o.Field(tok.Field.Name); f != nil {
				return f
			}
		}
		t.Throwf("System.SObjectException", "%s.%s does not belong to SObject type %s", objectName(tok.Field), tok.Field.Name, o.Name)
	}
	name := str(t, v)
	f := o.FieldIn(t.Namespace(), name)
	if f == nil {
		t.Throwf("System.SObjectException", "Invalid field %s for %s", name, o.Name)
	}
	return f
}

func objectName(f *schema.Field) string {
	if f.Object == nil {
		return ""
	}
	return f.Object.Name
}

// sobjectGet is get of a record or an AggregateResult.
func sobjectGet(t thread, r val, a vals) val {
	if row, ok := r.Native().(*schema.AggregateRow); ok {
		v, ok := row.Get(str(t, a[0]))
		if !ok {
			t.Throwf("System.SObjectException", "Invalid field %s for AggregateResult", a[0].Text())
		}
		return vm.OfScalar(v)
	}
	rec := record(t, r)
	if named := rec.Aliased(); named != nil && a[0].Kind() == vm.KindString {
		if v, ok := named.Get(a[0].Text()); ok {
			return vm.OfScalar(v)
		}
	}
	f := fieldOf(t, rec.Object, a[0])
	v := rec.Get(f)
	if v.IsNull() {
		return t.UnsetField(rec, f)
	}
	return vm.FieldValue(f, v)
}

func sobjectPut(t thread, r val, a vals) val {
	rec := record(t, r)
	f := fieldOf(t, rec.Object, a[0])
	old := vm.FieldValue(f, rec.Get(f))
	if f.Calculated || f.IsFormula() {
		t.Throwf("System.SObjectException", "Field is not writeable: %s.%s", rec.Object.Name, f.Name)
	}
	t.SetField(rec, f, a[1])
	return old
}

// relationship finds a lookup by token, relationship name or field name.
func relationship(t *vm.Thread, o *schema.Object, v vm.Value) *schema.Field {
	if _, ok := v.Native().(*vm.FieldToken); ok {
		f := fieldOf(t, o, v)
		if len(f.ReferenceTo) == 0 {
			t.Throwf("System.SObjectException", "%s.%s is not a relationship", o.Name, f.Name)
		}
		return f
	}
	name := str(t, v)
	f := o.RelationshipIn(t.Namespace(), name)
	if f == nil {
		f = o.FieldIn(t.Namespace(), name)
	}
	if f == nil || len(f.ReferenceTo) == 0 {
		t.Throwf("System.SObjectException", "Invalid relationship %s for %s", name, o.Name)
	}
	return f
}

func sobjectParent(t thread, r val, a vals) val {
	rec := record(t, r)
	p, _ := rec.ParentOf(relationship(t, rec.Object, a[0]))
	return vm.Record(p)
}

// sobjectAddError is addError(message | exception [, escape]) and
// addError(field, message [, escape]).
func sobjectAddError(t thread, r val, a vals) val {
	rec := record(t, r)
	if len(a) >= 2 && a[1].Kind() == vm.KindString {
		t.AddError(rec, fieldOf(t, rec.Object, a[0]), a[1].Text())
		return vm.Null
	}
	t.AddError(rec, nil, errorMessage(t, a[0]))
	return vm.Null
}

func errorMessage(t *vm.Thread, v vm.Value) string {
	if x := vm.ExceptionOf(v); x != nil {
		return x.Text()
	}
	return t.Text(v)
}

var idTable = vm.Library{
	"Id.valueOf": func(t thread, _ val, a vals) val { return t.Convert(vm.Str(str(t, a[0])), types.KindID) },
	"Id.getSObjectType": func(t thread, r val, a vals) val {
		o := t.Schema().ByPrefix(r.Text()[:3])
		if o == nil {
			t.Throwf("System.SObjectException", "Cannot locate Apex Type for ID: %s", r.Text())
		}
		return t.SObjectType(o)
	},
	"Id.to15":     func(t thread, r val, a vals) val { return vm.Str(r.Text()[:15]) },
	"Id.toString": func(t thread, r val, a vals) val { return vm.Str(r.Text()) },
	"Id.equals":   func(t thread, r val, a vals) val { return vm.Bool(t.Equal(r, a[0])) },
	"Id.hashCode": func(t thread, r val, a vals) val { return vm.Int(int64(t.HashCode(r))) },
}

var blobTable = vm.Library{
	"Blob.valueOf":  func(t thread, _ val, a vals) val { return vm.Blob(str(t, a[0])) },
	"Blob.size":     func(t thread, r val, a vals) val { return vm.Int(int64(len(r.Text()))) },
	"Blob.toString": func(t thread, r val, a vals) val { return vm.Str(strings.ToValidUTF8(r.Text(), "\uFFFD")) },
	"Blob.toPdf": func(t thread, _ val, a vals) val {
		t.Host().Approximated(t, "Blob.toPdf", "the text is not rendered", t.Where())
		return vm.Blob("%PDF-1.4\n" + a[0].Text())
	},
	"Blob.equals": func(t thread, r val, a vals) val { return vm.Bool(t.Equal(r, a[0])) },
}

func newRecord(o *schema.Object) *schema.Record { return schema.NewRecord(o) }
