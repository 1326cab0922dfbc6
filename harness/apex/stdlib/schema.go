package stdlib

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

var schemaTable = describeMethods("Schema.DescribeSObjectResult", map[string]vm.Func{
	"getName": obj(func(o *schema.Object) vm.Value { return vm.Str(o.Name) }),
	"getLocalName": func(t thread, r val, a vals) val {
		return vm.Str(localName(objectInfo(t, r).Name, t.Namespace()))
	},
	"getLabel":               obj(func(o *schema.Object) vm.Value { return vm.Str(o.Label) }),
	"getLabelPlural":         obj(func(o *schema.Object) vm.Value { return vm.Str(o.LabelPlural) }),
	"getKeyPrefix":           obj(func(o *schema.Object) vm.Value { return textOrNull(o.KeyPrefix) }),
	"isCustom":               obj(func(o *schema.Object) vm.Value { return vm.Bool(o.IsCustom()) }),
	"isCustomSetting":        obj(func(o *schema.Object) vm.Value { return vm.Bool(o.Kind.IsCustomSetting()) }),
	"isFeedEnabled":          obj(func(o *schema.Object) vm.Value { return vm.Bool(o.FeedEnabled) }),
	"isMergeable":            obj(func(o *schema.Object) vm.Value { return vm.Bool(o.Mergeable) }),
	"isMruEnabled":           obj(func(o *schema.Object) vm.Value { return vm.Bool(o.MruEnabled) }),
	"isQueryable":            obj(func(o *schema.Object) vm.Value { return vm.Bool(o.Queryable) }),
	"isSearchable":           obj(func(o *schema.Object) vm.Value { return vm.Bool(o.Searchable) }),
	"getHasSubtypes":         obj(func(o *schema.Object) vm.Value { return vm.Bool(o.HasSubtypes) }),
	"isDeprecatedAndHidden":  obj(func(o *schema.Object) vm.Value { return vm.Bool(false) }),
	"isAccessible":           objAccess(vm.Accessible),
	"isCreateable":           objAccess(vm.Createable),
	"isUpdateable":           objAccess(vm.Updateable),
	"isDeletable":            objAccess(vm.Deletable),
	"isUndeletable":          objAccess(vm.Undeletable),
	"getAssociateEntityType": obj(func(o *schema.Object) vm.Value { return textOrNull(associate(o)) }),
	"getAssociateParentEntity": func(t thread, r val, _ vals) val {
		o := objectInfo(t, r)
		kind := associate(o)
		if kind == "" {
			return vm.Null
		}
		parent := strings.TrimSuffix(o.Name, kind)
		if base, custom := strings.CutSuffix(parent, "__"); custom {
			parent = base + "__c"
		}
		return vm.Str(parent)
	},
	"getSObjectType": func(t thread, r val, a vals) val { return t.SObjectType(objectInfo(t, r)) },
	"getFields": func(t thread, r val, a vals) val {
		return t.NewNative("Schema.SObjectTypeFields", &vm.ObjectInfo{Object: objectInfo(t, r)})
	},
	"getFieldSets": func(t thread, r val, a vals) val {
		return t.NewNative("Schema.SObjectTypeFieldSets", &vm.ObjectInfo{Object: objectInfo(t, r)})
	},
	"getChildRelationships": func(t thread, r val, a vals) val {
		o := objectInfo(t, r)
		t.Work(200 * int64(len(o.Children))) // some milliseconds, as public packages that keep the answer find
		var out []vm.Value
		for i := range o.Children {
			if kid := t.Schema().Object(o.Children[i].Child); kid == nil || kid.Field(o.Children[i].Field) == nil {
				continue // of an object that is not modelled
			}
			out = append(out, t.NewNative("Schema.ChildRelationship", &childInfo{&o.Children[i]}))
		}
		return t.ListOf("Schema.ChildRelationship", out)
	},
	"getRecordTypeInfos": func(t thread, r val, a vals) val {
		return t.ListOf("Schema.RecordTypeInfo", recordTypes(t, objectInfo(t, r)))
	},
	"getRecordTypeInfosByName":          recordTypesBy(func(_ *vm.Thread, x *recordType) vm.Value { return vm.Str(x.label()) }),
	"getRecordTypeInfosByDeveloperName": recordTypesBy(func(t *vm.Thread, x *recordType) vm.Value { return vm.Str(x.devName(t.Namespace())) }),
	"getRecordTypeInfosById":            recordTypesBy(func(_ *vm.Thread, x *recordType) vm.Value { return vm.ID(x.id) }),
	"toString": func(t thread, r val, a vals) val {
		return vm.Str("Schema.DescribeSObjectResult[" + objectInfo(t, r).Name + "]")
	},
}, vm.Library{
	"Schema.getGlobalDescribe": func(t thread, _ val, a vals) val {
		return vm.Value(t.Memo("describe.global", func() any { return globalDescribe(t) }).(vm.Value))
	},
	"Schema.describeSObjects": func(t thread, _ val, a vals) val {
		var out []vm.Value
		for _, v := range t.Elements(a[0]) {
			out = append(out, t.ObjectDescribe(objectNamed(t, v.Text())))
		}
		return t.ListOf("Schema.DescribeSObjectResult", out)
	},
	"Schema.SObjectType.getDescribe": func(t thread, r val, a vals) val { return t.ObjectDescribe(objectToken(t, r)) },
	"Schema.SObjectType.get:fields": func(t thread, r val, a vals) val {
		return t.NewNative("Schema.SObjectTypeFields", &vm.ObjectInfo{Object: objectToken(t, r)})
	},
	"Schema.SObjectType.newSObject": newSObject,
	"Schema.SObjectType.toString":   func(t thread, r val, a vals) val { return vm.Str(t.Text(r)) },
	"Schema.SObjectTypeFields.getMap": func(t thread, r val, a vals) val {
		o := objectInfo(t, r)
		return vm.Value(t.Memo("describe.fields."+o.Name, func() any {
			m := t.MapOf("Schema.SObjectField")
			for _, f := range o.Fields {
				m.Put(t, vm.Str(strings.ToLower(f.Name)), t.SObjectField(f))
			}
			return describeMap(t, m)
		}).(vm.Value))
	},
	"Schema.SObjectTypeFieldSets.getMap": func(t thread, r val, a vals) val {
		o := objectInfo(t, r)
		m := t.MapOf("Schema.FieldSet")
		for i := range o.FieldSets {
			m.Put(t, vm.Str(strings.ToLower(o.FieldSets[i].Name)), t.FieldSet(o, o.FieldSets[i].Name))
		}
		return describeMap(t, m)
	},
	"Schema.SObjectField.getDescribe": func(t thread, r val, a vals) val { return t.FieldDescribe(fieldToken(t, r)) },
	"Schema.SObjectField.toString":    func(t thread, r val, a vals) val { return vm.Str(t.Text(r)) },
	"Schema.FieldSet.getName": func(t thread, r val, a vals) val {
		return vm.Str(localName(fieldSet(r).Set.Name, fieldSet(r).Set.Namespace))
	},
	"Schema.FieldSet.getLabel":       func(t thread, r val, a vals) val { return vm.Str(fieldSet(r).Set.Label) },
	"Schema.FieldSet.getNamespace":   func(t thread, r val, a vals) val { return textOrNull(fieldSet(r).Set.Namespace) },
	"Schema.FieldSet.getSObjectType": func(t thread, r val, a vals) val { return t.SObjectType(fieldSet(r).Object) },
	"Schema.FieldSet.getFields": func(t thread, r val, a vals) val {
		fs := fieldSet(r)
		var out []vm.Value
		for _, m := range fs.Set.Fields {
			if f := pathField(t.Schema(), fs.Object, m.Path); f != nil {
				out = append(out, t.NewNative("Schema.FieldSetMember", &memberInfo{m, f}))
			}
		}
		return t.ListOf("Schema.FieldSetMember", out)
	},
	"Schema.FieldSetMember.getFieldPath":  func(t thread, r val, a vals) val { return vm.Str(r.Native().(*memberInfo).member.Path) },
	"Schema.FieldSetMember.getLabel":      func(t thread, r val, a vals) val { return vm.Str(r.Native().(*memberInfo).field.Label) },
	"Schema.FieldSetMember.getType":       func(t thread, r val, a vals) val { return displayType(t, r.Native().(*memberInfo).field) },
	"Schema.FieldSetMember.getRequired":   func(t thread, r val, a vals) val { return vm.Bool(r.Native().(*memberInfo).member.Required) },
	"Schema.FieldSetMember.getDBRequired": func(t thread, r val, a vals) val { return vm.Bool(!r.Native().(*memberInfo).field.Nillable) },
	"Schema.FieldSetMember.getSObjectField": func(t thread, r val, a vals) val {
		return t.SObjectField(r.Native().(*memberInfo).field)
	},
	"Schema.ChildRelationship.getChildSObject": func(t thread, r val, a vals) val { return t.SObjectType(t.Schema().Object(child(r).Child)) },
	"Schema.ChildRelationship.getField": func(t thread, r val, a vals) val {
		if o := t.Schema().Object(child(r).Child); o != nil {
			if f := o.Field(child(r).Field); f != nil {
				return t.SObjectField(f)
			}
		}
		return vm.Null
	},
	"Schema.ChildRelationship.getRelationshipName":     func(t thread, r val, a vals) val { return textOrNull(child(r).Name) },
	"Schema.ChildRelationship.isCascadeDelete":         func(t thread, r val, a vals) val { return vm.Bool(child(r).CascadeDelete) },
	"Schema.ChildRelationship.isRestrictedDelete":      func(t thread, r val, a vals) val { return vm.Bool(child(r).RestrictDelete) },
	"Schema.ChildRelationship.isDeprecatedAndHidden":   func(t thread, r val, a vals) val { return vm.Bool(false) },
	"Schema.RecordTypeInfo.getName":                    func(t thread, r val, a vals) val { return vm.Str(recType(r).label()) },
	"Schema.RecordTypeInfo.getDeveloperName":           func(t thread, r val, a vals) val { return vm.Str(recType(r).devName(t.Namespace())) },
	"Schema.RecordTypeInfo.getRecordTypeId":            func(t thread, r val, a vals) val { return vm.ID(recType(r).id) },
	"Schema.RecordTypeInfo.isActive":                   func(t thread, r val, a vals) val { return vm.Bool(recType(r).rt == nil || recType(r).rt.Active) },
	"Schema.RecordTypeInfo.isAvailable":                func(t thread, r val, a vals) val { return vm.Bool(recType(r).available) },
	"Schema.RecordTypeInfo.isDefaultRecordTypeMapping": func(t thread, r val, a vals) val { return vm.Bool(recType(r).isDefault) },
	"Schema.RecordTypeInfo.isMaster":                   func(t thread, r val, a vals) val { return vm.Bool(recType(r).rt == nil) },
	"Schema.describeDataCategoryGroups": func(t thread, _ val, _ vals) val {
		return t.ListOf("Schema.DescribeDataCategoryGroupResult", nil) // orgs here have no data categories
	},
	"Schema.describeDataCategoryGroupStructures": func(t thread, _ val, _ vals) val {
		return t.ListOf("Schema.DescribeDataCategoryGroupStructureResult", nil)
	},
})

// describeMap is a map whose keys the platform compares without case; the keys
// are in lower case and look-ups are folded.
func describeMap(_ *vm.Thread, m *vm.Map) vm.Value {
	m.FoldKeys()
	return vm.MapValue(m)
}

// describeMethods adds to a table the methods of a describe result, each also
// as the property it stands for: getLabel and isCustom as label and custom.
func describeMethods(class string, methods map[string]vm.Func, rest vm.Library) vm.Library {
	for name, f := range methods {
		rest[class+"."+name] = f
		property := strings.TrimPrefix(strings.TrimPrefix(name, "get"), "is")
		if property != name {
			rest[class+".get:"+property] = f
		}
	}
	return rest
}

func obj(f func(*schema.Object) vm.Value) vm.Func {
	return func(t thread, r val, _ vals) val { return f(objectInfo(t, r)) }
}

func objAccess(a vm.Access) vm.Func {
	return func(t thread, r val, _ vals) val {
		return vm.Bool(t.Host().Permission(objectInfo(t, r), nil, a))
	}
}

func textOrNull(s string) vm.Value {
	if s == "" {
		return vm.Null
	}
	return vm.Str(s)
}

// localName is a name without the prefix of a namespace.
func localName(name, ns string) string {
	if ns != "" && len(name) > len(ns)+2 && strings.EqualFold(name[:len(ns)], ns) && name[len(ns):len(ns)+2] == "__" {
		return name[len(ns)+2:]
	}
	return name
}

func objectInfo(t *vm.Thread, v vm.Value) *schema.Object {
	if x, ok := v.Native().(*vm.ObjectInfo); ok {
		return x.Object
	}
	return objectToken(t, v)
}

func objectToken(t *vm.Thread, v vm.Value) *schema.Object {
	if x, ok := v.Native().(*vm.ObjectToken); ok && x.Object != nil {
		return x.Object
	}
	t.ThrowNull()
	return nil
}

func fieldToken(t *vm.Thread, v vm.Value) *schema.Field {
	if x, ok := v.Native().(*vm.FieldToken); ok {
		return x.Field
	}
	t.ThrowNull()
	return nil
}

func fieldSet(v vm.Value) *vm.FieldSetInfo { return v.Native().(*vm.FieldSetInfo) }

type childInfo struct{ rel *schema.ChildRelationship }

// EqualNative makes the same relationship of two describes equal.
func (c *childInfo) EqualNative(o any) bool { d, ok := o.(*childInfo); return ok && *c.rel == *d.rel }

// HashNative goes with EqualNative.
func (c *childInfo) HashNative() uint32 { return uint32(vm.HashText(c.rel.Child + "." + c.rel.Field)) }

func child(v vm.Value) *schema.ChildRelationship { return v.Native().(*childInfo).rel }

type memberInfo struct {
	member schema.FieldSetMember
	field  *schema.Field
}

func pathField(s *schema.Schema, o *schema.Object, path string) *schema.Field {
	for {
		head, rest, more := strings.Cut(path, ".")
		if !more {
			return o.Field(head)
		}
		rel := o.Relationship(head)
		if rel == nil || len(rel.ReferenceTo) == 0 {
			return nil
		}
		if o = s.Object(rel.ReferenceTo[0]); o == nil {
			return nil
		}
		path = rest
	}
}

// globalDescribe maps every object's API name in lower case to its token;
// packaged objects are also found by local name inside their namespace.
func globalDescribe(t *vm.Thread) vm.Value {
	m := t.MapOf("Schema.SObjectType")
	for _, o := range t.Schema().Objects() {
		m.Put(t, vm.Str(strings.ToLower(o.Name)), t.SObjectType(o))
	}
	return describeMap(t, m)
}

func objectNamed(t *vm.Thread, name string) *schema.Object {
	o := t.Schema().ObjectIn(t.Namespace(), name)
	if o == nil {
		t.Throwf("System.InvalidParameterValueException", "sObject type '%s' is not supported.", name)
	}
	return o
}

// newSObject is newSObject(), (id) and (recordTypeId, loadDefaults).
func newSObject(t thread, r val, a vals) val {
	rec := schema.NewRecord(objectToken(t, r))
	switch len(a) {
	case 1:
		if !a[0].IsNull() {
			id := t.Convert(a[0], types.KindID).Text()
			if !strings.HasPrefix(id, rec.Object.KeyPrefix) {
				t.Throwf("System.SObjectException", "Invalid id value for this SObject type: %s", id)
			}
			rec.SetID(id)
		}
	case 2:
		if f := rec.Object.Field("RecordTypeId"); f != nil && !a[0].IsNull() {
			t.SetField(rec, f, a[0])
		}
		if a[1].Bool() {
			loadDefaults(t, rec)
			if f := rec.Object.Field("EventUuid"); f != nil && rec.Object.Kind == schema.PlatformEvent {
				t.SetField(rec, f, vm.Str(randomUUID(t))) // with it a publish callback tells events apart
			}
		}
	}
	return vm.Record(rec)
}

// loadDefaults sets picklist, checkbox and plain default values.
func loadDefaults(t *vm.Thread, rec *schema.Record) {
	for _, f := range rec.Object.Fields {
		if !f.Createable || rec.IsSet(f) {
			continue
		}
		if v := defaultValue(t, f); !v.IsNull() {
			if s, ok := vm.FieldScalar(t, f, v); ok {
				rec.Set(f, s)
			}
		}
	}
}

// recordType is the state of a RecordTypeInfo; rt is nil for the master.
type recordType struct {
	rt                   *schema.RecordType
	id                   string
	available, isDefault bool
}

func (x *recordType) label() string {
	if x.rt == nil {
		return "Master"
	}
	return x.rt.Label
}

func (x *recordType) devName(ns string) string {
	switch {
	case x.rt == nil:
		return "Master"
	case x.rt.Namespace != "" && !strings.EqualFold(x.rt.Namespace, ns):
		return x.rt.Namespace + "__" + x.rt.DeveloperName
	default:
		return x.rt.DeveloperName
	}
}

func recType(v vm.Value) *recordType { return v.Native().(*recordType) }

const masterRecordType = "012000000000000AAA"

// associate is what an object is of another one: its Share, History, Feed or
// ChangeEvent; "" for an object of its own.
func associate(o *schema.Object) string {
	switch o.Kind {
	case schema.Share, schema.History, schema.Feed, schema.ChangeEvent:
		return o.Kind.String()
	default:
		return ""
	}
}

// hasRecordTypes reports whether an object can have record types: those without
// have not even the master one (verified-behaviours-2.md, row 272).
func hasRecordTypes(o *schema.Object) bool {
	switch o.Kind {
	case schema.Standard:
		return o.Layoutable || o.Triggerable || len(o.RecordTypes) > 0
	case schema.PlatformEvent, schema.Share, schema.History, schema.Feed, schema.ChangeEvent:
		return false
	default:
		return true
	}
}

func recordTypes(t *vm.Thread, o *schema.Object) []vm.Value {
	if !hasRecordTypes(o) {
		return nil
	}
	var out []vm.Value
	anyDefault := false
	for i := range o.RecordTypes {
		rt := &o.RecordTypes[i]
		x := &recordType{rt: rt, id: t.Host().RecordTypeID(o, rt)}
		x.available, x.isDefault = t.Host().RecordTypeAvailable(o, rt)
		anyDefault = anyDefault || x.isDefault
		out = append(out, t.NewNative("Schema.RecordTypeInfo", x))
	}
	return append(out, t.NewNative("Schema.RecordTypeInfo", &recordType{id: masterRecordType, available: true, isDefault: !anyDefault}))
}

func recordTypesBy(key func(*vm.Thread, *recordType) vm.Value) vm.Func {
	return func(t thread, r val, _ vals) val {
		m := t.MapOf("Schema.RecordTypeInfo")
		for _, v := range recordTypes(t, objectInfo(t, r)) {
			m.Put(t, key(t, recType(v)), v)
		}
		return vm.MapValue(m)
	}
}
