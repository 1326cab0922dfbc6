package formula

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// globalObjects are the global variables that stand for one row of an object.
var globalObjects = map[string]string{
	"$user":         "User",
	"$userrole":     "UserRole",
	"$profile":      "Profile",
	"$organization": "Organization",
	"$network":      "Network",
	"$site":         "Site",
}

// globalText are the global variables whose members are all texts the org
// knows.
var globalText = map[string]bool{
	"$label": true, "$api": true, "$client": true, "$resource": true, "$page": true, "$component": true,
	"$currentpage": true, "$action": true, "$remoteaccess": true, "$siteprefix": true,
}

// origin is $System.OriginDateTime: 1900-01-01.
var origin = value.OfDatetime(value.DateOf(1900, 1, 1) * value.MsPerDay)

func (b *binder) global(e *Expr, parts []string) (node, *problem) {
	root := strings.ToLower(parts[0])
	switch {
	case root == "$recordtype" && len(parts) == 2:
		if ref, ok := b.resolve([]string{"RecordType", parts[1]}); ok {
			return b.fieldNode(e, ref)
		}
	case globalObjects[root] != "" && len(parts) == 2:
		o := b.compiler.schema.Object(globalObjects[root])
		return b.globalField(e, o, parts[:1], parts[1])
	case root == "$setup" && len(parts) == 3:
		if o := b.compiler.schema.ObjectIn(b.ns, parts[1]); o != nil {
			return b.globalField(e, o, []string{parts[0], o.Name}, parts[2])
		}
	case root == "$custommetadata" && len(parts) == 4:
		if o := b.compiler.schema.ObjectIn(b.ns, parts[1]); o != nil {
			return b.globalField(e, o, []string{parts[0], o.Name, parts[2]}, parts[3])
		}
	case root == "$objecttype" && len(parts) >= 2:
		return b.objectType(e, parts)
	case root == "$permission" && len(parts) >= 2:
		return globalNode(Boolean, b.inNamespace(parts), nil, false), nil
	case root == "$system" && len(parts) == 2 && strings.EqualFold(parts[1], "OriginDateTime"):
		return constantNode(DateTime, origin), nil
	case root == "$label" && len(parts) >= 2:
		return globalNode(Text, b.inNamespace(parts), nil, false), nil
	case globalText[root] && len(parts) >= 2:
		return globalNode(Text, parts, nil, false), nil
	}
	return node{}, b.unknownField(e)
}

// inNamespace completes the name of a component that a package's formula writes
// without its namespace: $Label.Greeting is $Label.ns.Greeting.
func (b *binder) inNamespace(parts []string) []string {
	if b.ns == "" || len(parts) != 2 || strings.Contains(parts[1], "__") {
		return parts
	}
	return []string{parts[0], b.ns, parts[1]}
}

// globalField reads a field of the row that a global variable stands for.
func (b *binder) globalField(e *Expr, o *schema.Object, path []string, name string) (node, *problem) {
	if o == nil {
		return node{}, b.unknownField(e)
	}
	f := o.FieldIn(b.ns, name)
	if f == nil {
		return node{}, b.unknownField(e)
	}
	b.noteField(f)
	path = append(append([]string(nil), path...), f.Name)
	return globalNode(TypeOf(f.Type), path, f, b.options.BlankAsZero), nil
}

func globalNode(t Type, path []string, f *schema.Field, zeroBlank bool) node {
	return node{typ: t, eval: func(fr *frame) (value.Value, error) {
		v, ok := fr.env.Global(path)
		switch {
		case f != nil:
			return read(v, f, zeroBlank)
		case t == Boolean:
			return value.OfBool(ok && v.Bool()), nil
		case !ok || v.IsNull():
			return null, nil
		default:
			return text(v.Text()), nil
		}
	}}
}

// objectType is $ObjectType.Object.Fields.Field, which names a field for
// VLOOKUP.
func (b *binder) objectType(e *Expr, parts []string) (node, *problem) {
	o := b.compiler.schema.ObjectIn(b.ns, parts[1])
	if o == nil {
		return node{}, b.unknownField(e)
	}
	n := node{typ: Object, eval: func(*frame) (value.Value, error) { return null, nil }}
	if len(parts) == 2 {
		return n, nil
	}
	if len(parts) != 4 || !strings.EqualFold(parts[2], "Fields") {
		return node{}, b.unknownField(e)
	}
	if n.field = o.FieldIn(b.ns, parts[3]); n.field == nil {
		return node{}, b.unknownField(e)
	}
	b.noteField(n.field)
	return n, nil
}
