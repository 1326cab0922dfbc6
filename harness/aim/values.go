package aim

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// Writers lists the components of the version that write a value, as it stands
// in their source, into a picklist of an object: Apex that writes the field and
// has the value as a literal, flows and field updates that assign it.
func (v *Version) Writers(object, field, value string) []*metadata.Component {
	var list []*metadata.Component
	for _, c := range v.Naming(field) {
		switch c.Kind {
		case metadata.ApexClass, metadata.ApexTrigger:
			if v.writesInApex(c, object, field) && v.Apex(c).says(value) {
				list = append(list, c)
			}
		case metadata.Flow:
			if v.flowAssigns(c.Props, field, value) && (v.names(c, object) || !isObject(object)) {
				list = append(list, c)
			}
		case metadata.WorkflowFieldUpdate:
			if v.is(c.Props.Get("field"), field) && c.Props.Get("literalValue") == value && strings.EqualFold(c.Parent(), object) {
				list = append(list, c)
			}
		}
	}
	return list
}

func (v *Version) writesInApex(c *metadata.Component, object, field string) bool {
	for _, t := range v.Touches(v.Apex(c)) {
		if t.Writes && t.Field == strings.ToLower(field) && (t.Object == "" || t.Object == strings.ToLower(object)) {
			return true
		}
	}
	return false
}

// says reports whether a text literal of the unit is the value.
func (u *Unit) says(value string) bool {
	found := false
	for _, root := range u.roots() {
		syntax.Walk(root, func(n syntax.Node) bool {
			x, ok := n.(*syntax.Literal)
			found = found || ok && x.Kind == syntax.StringLiteral && x.Text == value
			return !found
		})
	}
	return found
}

// flowAssigns reports whether an element of a flow gives a field a value: an
// assignment to it, or a field of a record that is made or changed.
func (v *Version) flowAssigns(n *metadata.Node, field, value string) bool {
	to := n.Get("field")
	if at := n.Get("assignToReference"); at != "" {
		to = at[strings.LastIndexByte(at, '.')+1:]
	}
	if v.is(to, field) && n.Get("value/stringValue") == value && (n.Name == "inputAssignments" || n.Name == "assignmentItems") {
		return true
	}
	for _, c := range n.Children {
		if v.flowAssigns(c, field, value) {
			return true
		}
	}
	return false
}

// ReadBy lists the classes and triggers, other than the post-install class and
// tests, that name an object.
func (v *Version) ReadBy(object string) []*metadata.Component {
	var list []*metadata.Component
	for _, c := range inApex(v.Naming(object)) {
		if !strings.EqualFold(c.Name, v.Package.PostInstall) {
			list = append(list, c)
		}
	}
	return list
}
