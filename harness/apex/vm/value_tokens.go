package vm

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// The states of library objects that the language itself makes: tokens and
// describe results. They are equal when they name the same thing.
type (
	// TypeToken is a System.Type.
	TypeToken struct{ Type *types.Type }
	// ObjectToken is a Schema.SObjectType; a nil Object is SObject's.
	ObjectToken struct{ Object *schema.Object }
	// FieldToken is a Schema.SObjectField.
	FieldToken struct{ Field *schema.Field }
	// ObjectInfo is a Schema.DescribeSObjectResult.
	ObjectInfo struct{ Object *schema.Object }
	// FieldInfo is a Schema.DescribeFieldResult.
	FieldInfo struct{ Field *schema.Field }
	// FieldSetInfo is a Schema.FieldSet.
	FieldSetInfo struct {
		Object *schema.Object
		Set    *schema.FieldSet
	}
)

// EqualNative and HashNative compare tokens by what they name.
func (x *TypeToken) EqualNative(o any) bool {
	y, ok := o.(*TypeToken)
	return ok && (x.Type == y.Type || strings.EqualFold(x.Type.Name, y.Type.Name))
}

// HashNative goes with EqualNative.
func (x *TypeToken) HashNative() uint32 { return uint32(HashText(strings.ToLower(x.Type.Name))) }

// EqualNative compares by object name.
func (x *ObjectToken) EqualNative(o any) bool {
	y, ok := o.(*ObjectToken)
	return ok && (x.Object == y.Object || x.Object != nil && y.Object != nil && x.Object.Name == y.Object.Name)
}

// HashNative goes with EqualNative.
func (x *ObjectToken) HashNative() uint32 {
	if x.Object == nil {
		return 0
	}
	return uint32(HashText(x.Object.Name))
}

// EqualNative compares by object and field name.
func (x *FieldToken) EqualNative(o any) bool {
	y, ok := o.(*FieldToken)
	return ok && (x.Field == y.Field || x.Field.Name == y.Field.Name && x.Field.Object.Name == y.Field.Object.Name)
}

// HashNative goes with EqualNative.
func (x *FieldToken) HashNative() uint32 {
	return uint32(HashText(x.Field.Object.Name + "." + x.Field.Name))
}

// EqualNative compares describe results as their tokens.
func (x *ObjectInfo) EqualNative(o any) bool {
	y, ok := o.(*ObjectInfo)
	return ok && (*ObjectToken)(x).EqualNative((*ObjectToken)(y))
}

// HashNative goes with EqualNative.
func (x *ObjectInfo) HashNative() uint32 { return (*ObjectToken)(x).HashNative() }

// EqualNative compares describe results as their tokens.
func (x *FieldInfo) EqualNative(o any) bool {
	y, ok := o.(*FieldInfo)
	return ok && (*FieldToken)(x).EqualNative((*FieldToken)(y))
}

// HashNative goes with EqualNative.
func (x *FieldInfo) HashNative() uint32 { return (*FieldToken)(x).HashNative() }

// String is the name the token prints as.
func (x *TypeToken) String() string { return TypeText(x.Type) }

// TypeText is the name of a type as System.Type gives it: that of the
// platform's exceptions has its namespace, as getTypeName has.
func TypeText(of *types.Type) string {
	if c := of.Class; c != nil && c.Lib && c.Namespace == "System" && strings.HasSuffix(c.Name, "Exception") {
		return "System." + of.Name
	}
	return of.Name
}

// String is the object's API name.
func (x *ObjectToken) String() string {
	if x.Object == nil {
		return "SObject"
	}
	return x.Object.Name
}

// String is the field's API name.
func (x *FieldToken) String() string { return x.Field.Name }

// NewNative makes a library object of a class with a state.
func (t *Thread) NewNative(class string, native any) Value {
	return Obj(&Object{Class: t.prog.LibClass(class), Native: native})
}

// TypeValue is X.class.
func (t *Thread) TypeValue(of *types.Type) Value { return t.NewNative("System.Type", &TypeToken{of}) }

// SObjectType is Account.SObjectType.
func (t *Thread) SObjectType(o *schema.Object) Value {
	return t.NewNative("Schema.SObjectType", &ObjectToken{o})
}

// SObjectField is Account.Name as a token.
func (t *Thread) SObjectField(f *schema.Field) Value {
	return t.NewNative("Schema.SObjectField", &FieldToken{f})
}

// ObjectDescribe is a describe result of an object.
func (t *Thread) ObjectDescribe(o *schema.Object) Value {
	return t.NewNative("Schema.DescribeSObjectResult", &ObjectInfo{o})
}

// FieldDescribe is a describe result of a field.
func (t *Thread) FieldDescribe(f *schema.Field) Value {
	return t.NewNative("Schema.DescribeFieldResult", &FieldInfo{f})
}

// FieldSet is a field set by name with namespace, null when there is none.
func (t *Thread) FieldSet(o *schema.Object, name string) Value {
	for i := range o.FieldSets {
		if strings.EqualFold(o.FieldSets[i].Name, name) {
			return t.NewNative("Schema.FieldSet", &FieldSetInfo{o, &o.FieldSets[i]})
		}
	}
	return Null
}

// Label is the text of a custom label, or of one of the standard labels of
// sites; ok is false when there is none.
func (t *Thread) Label(ns, name, language string) (text string, ok bool) {
	if text, ok = t.host.Label(ns, name, language); !ok && strings.EqualFold(ns, types.SiteLabels) {
		if text, ok = siteLabel(name); !ok {
			text, ok = strings.ReplaceAll(name, "_", " "), true
			t.host.Approximated(t, "Label.Site."+name, "the text of this standard label is not known; its name stands for it", t.Where())
		}
	}
	return text, ok
}

// label reads a label.
func (t *Thread) label(ns, name string) Value {
	s, ok := t.Label(ns, name, "")
	if !ok {
		t.Unsupported("Label."+name, "the org has no such custom label")
	}
	return Str(s)
}

// hook calls a library function that the language needs, by its table name.
func (t *Thread) hook(name string, args ...Value) Value {
	fn := t.prog.libFunc(name)
	if fn == nil {
		t.Unsupported(name, "")
	}
	return fn(t, Null, args)
}

// Hook is hook for the library's own use across its files.
func (t *Thread) Hook(name string, args ...Value) Value { return t.hook(name, args...) }

// EnumValue is a constant of a library enum by name, ignoring case; null when
// the enum lacks it.
func (t *Thread) EnumValue(enum, name string) Value {
	c := t.prog.LibClass(enum)
	for i, n := range c.Def.Enum {
		if strings.EqualFold(n, name) {
			return Enum(c, i)
		}
	}
	return Null
}

// EnumName is the name of an enum constant.
func EnumName(v Value) string {
	if c := v.EnumClass(); c != nil && int(v.n) < len(c.Def.Enum) {
		return c.Def.Enum[v.n]
	}
	return ""
}
