package metadata

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// Canonical brings the property tree of a component into the one form its
// meaning has: names that are kept elsewhere dropped, old spellings renamed,
// platform defaults filled in, properties sorted by name and set-like lists by
// key. The tree is changed in place and returned; a nil root gives an empty
// tree. Lists whose order means something (picklist values, layout sections)
// keep it.
func Canonical(kind Kind, root *Node) *Node {
	root = respell(kind, root)
	fillDefaults(kind, root)
	order(root)
	return root
}

// respell does everything that Canonical does but the defaults and the order.
func respell(kind Kind, root *Node) *Node {
	if root == nil {
		root = &Node{}
	}
	root.Name, root.Text = string(kind), ""
	dropName(kind, root)
	for _, r := range spellings[kind] {
		r(root)
	}
	if dropsEmpty[kind] {
		dropEmpty(root)
	}
	return root
}

// dropName removes the element that holds the component's own name.
func dropName(kind Kind, root *Node) {
	name := "fullName"
	if info := byKind[kind]; info != nil && info.Key != "" {
		name = info.Key
	}
	root.remove(func(c *Node) bool { return c.Name == name && len(c.Children) == 0 })
}

func (n *Node) remove(drop func(*Node) bool) {
	n.Children = slices.DeleteFunc(n.Children, drop)
}

// dropsEmpty are the kinds in which an empty element says as much as none. In
// others it may stand for itself: an empty column of a layout, the empty string
// in a flow.
var dropsEmpty = kindSet(`CustomObject CustomField ValidationRule RecordType FieldSet BusinessProcess
	CompactLayout WebLink CustomObjectTranslation CustomFieldTranslation Translations CustomLabel
	GlobalValueSet StandardValueSet CustomMetadata PermissionSet Profile ApexClass ApexTrigger ApexPage
	ApexComponent GlobalValueSetTranslation StandardValueSetTranslation`)

func dropEmpty(n *Node) {
	for _, c := range n.Children {
		dropEmpty(c)
	}
	n.remove(func(c *Node) bool { return c.Text == "" && len(c.Children) == 0 })
}

// spellings are the ways older API versions wrote what newer ones write
// otherwise, a function a way (Metadata API guide, change notes by version).
var spellings = map[Kind][]func(*Node){
	CustomObject:   {settingsVisibility, standardActions},
	CustomField:    {picklistToValueSet, globalPicklistField},
	GlobalValueSet: {globalPicklist},
}

// settingsVisibility: API 33 and before had customSettingsVisibility.
func settingsVisibility(root *Node) {
	if old := root.Child("customSettingsVisibility"); old != nil {
		if root.Child("visibility") == nil {
			old.Name = "visibility"
		} else {
			root.remove(func(c *Node) bool { return c == old })
		}
	}
}

// standardActions: an action override of type Default overrides nothing; later
// API versions list more of them, one a form factor.
func standardActions(root *Node) {
	root.remove(func(c *Node) bool {
		return c.Name == "actionOverrides" && strings.EqualFold(c.Get("type"), "Default")
	})
}

// picklistToValueSet: API 37 and before wrote the values of a picklist field in
// <picklist>; since API 38 they are a value set.
func picklistToValueSet(root *Node) {
	old := root.Child("picklist")
	if old == nil {
		return
	}
	set, definition := &Node{Name: "valueSet", Line: old.Line, Column: old.Column}, &Node{Name: "valueSetDefinition"}
	dependencies := map[string]*Node{}
	for _, c := range old.Children {
		switch c.Name {
		case "picklistValues":
			c.Name = "value"
			dependency := &Node{Name: "valueSettings"}
			c.remove(func(v *Node) bool {
				if v.Name != "controllingFieldValues" {
					return false
				}
				v.Name = "controllingFieldValue"
				dependency.Children = append(dependency.Children, v)
				return true
			})
			if name := c.Get("fullName"); len(dependency.Children) > 0 && dependencies[name] == nil {
				dependencies[name] = dependency
				dependency.Children = append(dependency.Children, &Node{Name: "valueName", Text: name})
				set.Children = append(set.Children, dependency)
			}
			definition.Children = append(definition.Children, c)
		case "restrictedPicklist":
			c.Name = "restricted"
			set.Children = append(set.Children, c)
		case "controllingField":
			set.Children = append(set.Children, c)
		default:
			definition.Children = append(definition.Children, c)
		}
	}
	set.Children = append(set.Children, definition)
	root.remove(func(c *Node) bool { return c == old })
	root.Children = append(root.Children, set)
}

// globalPicklistField: API 37 named the global value set of a field beside it.
func globalPicklistField(root *Node) {
	old := root.Child("globalPicklist")
	if old == nil {
		return
	}
	root.remove(func(c *Node) bool { return c == old })
	set := root.Child("valueSet")
	if set == nil {
		set = &Node{Name: "valueSet", Line: old.Line, Column: old.Column}
		root.Children = append(root.Children, set)
	}
	set.Children = append(set.Children, &Node{Name: "valueSetName", Text: old.Text})
}

// globalPicklist: API 37 called the values of a global value set otherwise.
func globalPicklist(root *Node) {
	for _, c := range root.Children {
		if c.Name == "globalPicklistValues" {
			c.Name = "customValue"
		}
	}
}

// setKeys are the lists whose order means nothing, with the elements that tell
// their entries apart. They are sorted by these. A text-only entry is its own
// key.
var setKeys = map[string][]string{
	"actionOverrides":            {"actionName", "formFactor"},
	"applicationVisibilities":    {"application"},
	"classAccesses":              {"apexClass"},
	"controllingFieldValue":      {},
	"customMetadataTypeAccesses": {"name"},
	"customPermissions":          {"name"},
	"customSettingAccesses":      {"name"},
	"externalDataSourceAccesses": {"externalDataSource"},
	"fieldPermissions":           {"field"},
	"flowAccesses":               {"flow"},
	"layoutAssignments":          {"layout", "recordType"},
	"objectPermissions":          {"object"},
	"pageAccesses":               {"apexPage"},
	"picklistValues":             {"picklist", "fullName"},
	"recordTypeVisibilities":     {"recordType"},
	"tabSettings":                {"tab"},
	"tabVisibilities":            {"tab"},
	"userPermissions":            {"name"},
	"valueSettings":              {"valueName"},
	"values":                     {"fullName", "field"},
}

func order(n *Node) {
	for _, c := range n.Children {
		if len(c.Children) > 0 {
			order(c)
		}
	}
	byName := func(a, b *Node) int { return strings.Compare(a.Name, b.Name) }
	if !slices.IsSortedFunc(n.Children, byName) {
		slices.SortStableFunc(n.Children, byName)
	}
	for i := 0; i < len(n.Children); {
		j := i + 1
		for j < len(n.Children) && n.Children[j].Name == n.Children[i].Name {
			j++
		}
		if keys, ok := setKeys[n.Children[i].Name]; ok && j-i > 1 {
			slices.SortStableFunc(n.Children[i:j], func(a, b *Node) int {
				return strings.Compare(entryKey(a, keys), entryKey(b, keys))
			})
		}
		i = j
	}
}

func entryKey(n *Node, keys []string) string {
	if len(n.Children) == 0 {
		return n.Text
	}
	var b strings.Builder
	for _, k := range keys {
		b.WriteString(n.Get(k))
		b.WriteByte(0)
	}
	return b.String()
}

// Split takes the tree of a container's file apart: the entries that are
// components of their own, and the container itself when something of it is
// left. It is how one Metadata API file of an object becomes the components
// that source format keeps in files of their own. The tree is used up.
func Split(kind Kind, name, file string, root *Node) []*Component {
	if !hasChildOf[kind] {
		return []*Component{NewComponent(kind, name, file, root)}
	}
	var all []*Component
	rest := root.Children[:0:0]
	for _, c := range root.Children {
		info := byElement[childKey{kind, c.Name}]
		if info == nil {
			rest = append(rest, c)
			continue
		}
		childName := c.Get(info.Key)
		if !info.Bare {
			childName = name + "." + childName
		}
		all = append(all, NewComponent(info.Kind, childName, file, c))
	}
	root.Children = rest
	hasOwn := slices.ContainsFunc(rest, func(c *Node) bool { return c.Text != "" || len(c.Children) > 0 })
	switch {
	case kind == CustomObject && !IsOwnObject(name):
		if len(respell(kind, root).Children) > 0 {
			all = append(all, newExtension(name, file, root))
		}
	case hasOwn || !pureContainer[kind]:
		all = append(all, NewComponent(kind, name, file, root))
	}
	return all
}

// newExtension is what a package says about an object that it does not define.
// Nothing is assumed for what it leaves unsaid: that is as the org has it.
func newExtension(name, file string, respelt *Node) *Component {
	order(respelt)
	return &Component{Kind: CustomObject, Name: name, Props: respelt,
		Span: diag.Span{File: file, Line: respelt.Line, Column: respelt.Column}}
}

// NewComponent makes a component from its property tree, which is used up and
// may be nil. Seal must be called once Source and Parts are set.
func NewComponent(kind Kind, name, file string, root *Node) *Component {
	c := &Component{Kind: kind, Name: name, Span: diag.Span{File: file}}
	if root != nil {
		c.Span.Line, c.Span.Column = root.Line, root.Column
	}
	c.Props = Canonical(kind, root)
	c.APIVersion = c.Props.Get("apiVersion")
	return c
}

// Seal computes the hash of the canonical form. A component must not change
// after it.
func (c *Component) Seal() {
	h := sha256.New()
	writeNode(h, c.Props, make([]byte, 0, 256))
	_, _ = h.Write(c.Source)
	for _, p := range c.Parts {
		_, _ = h.Write([]byte("\x00" + p.Path + "\x00" + p.Blob))
	}
	c.Hash = hex.EncodeToString(h.Sum(nil)[:16])
}

func writeNode(h hash.Hash, n *Node, buf []byte) {
	buf = append(buf[:0], n.Name...)
	buf = append(buf, 1)
	buf = append(buf, n.Text...)
	buf = append(buf, 2)
	_, _ = h.Write(buf)
	for _, c := range n.Children {
		writeNode(h, c, buf)
	}
	_, _ = h.Write([]byte{3})
}

// WithProps is a copy of a component with other properties, which must be
// canonical, and the hash that goes with them. Body and position stay.
func WithProps(c *Component, props *Node) *Component {
	with := *c
	with.Props = props
	with.APIVersion = props.Get("apiVersion")
	with.Seal()
	return &with
}
