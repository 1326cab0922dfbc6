package soql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/store"
)

// maxParents is how many levels a path may climb (SOQL reference,
// relationship query limits).
const maxParents = 5

const (
	customFieldHint = " If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. " +
		"Please reference your WSDL or the describe call for the appropriate names."
	customObjectHint = " If you are attempting to use a custom object, be sure to append the '__c' after the entity name. " +
		"Please reference your WSDL or the describe call for the appropriate names."
	customRelationshipHint = " If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. " +
		"Please reference your WSDL or the describe call for the appropriate names."
)

// nullSQL is the expression of what is never there. The bare word may not be
// ordered by in every database.
const nullSQL = "CAST(NULL AS TEXT)"

// node is one table of a query: the object queried, or a parent reached
// through a lookup. A polymorphic parent is a node of the pseudo object Name
// without a table; each of its fields is an expression.
type node struct {
	alias      string
	object     *schema.Object
	parent     *node
	via        *schema.Field // lookup of parent that leads here
	fk         string        // SQL of that lookup
	depth      int
	poly       []*schema.Object // targets of a polymorphic parent
	steps      []query.Ident    // path from the polymorphic lookup, of a node below one
	polyTop    *node            // the node of the lookup, of a node at or below a polymorphic parent
	definition bool             // a metadata definition, known by name only
	children   map[string]*node
	order      []*node // children in the order of first use

	columns map[*schema.Field]int // places in builder.columns
	out     []output              // what goes into the record
	idCol   int                   // place of the id, -1 before it is needed
	whole   bool                  // all stored fields are read, for formulas
	named   bool                  // results of functions go into the record under names

	shape    *schema.Shape   // of out
	all      []*schema.Field // of a whole node: the fields read
	allShape *schema.Shape
}

// output is a selected field of a node.
type output struct {
	field  *schema.Field
	column int  // -1 for a formula, computed after reading
	asked  bool // named in the SELECT list, not brought along by another field
	label  bool
	format bool
}

// column is one expression of the SELECT list.
type column struct {
	sql string
	col store.Column
}

// operand is a resolved path or function: SQL and how its result is stored.
type operand struct {
	sql        string
	col        store.Column
	field      *schema.Field // nil for functions
	node       *node
	formula    bool // of a field that only Go computes
	expression bool // a formula computed in SQL
	aggregate  bool
	inner      string // SQL of the argument of an aggregate
}

func (b *builder) newNode(o *schema.Object, parent *node, via *schema.Field) *node {
	n := &node{object: o, parent: parent, via: via, columns: map[*schema.Field]int{}, idCol: -1, children: map[string]*node{}}
	if parent != nil {
		n.depth = parent.depth + 1
	}
	*b.aliases++
	n.alias = fmt.Sprintf("t%d", *b.aliases)
	return n
}

// step follows one relationship upward.
func (b *builder) step(n *node, part query.Ident) (*node, error) {
	key := part.Key()
	if c := n.children[key]; c != nil {
		return c, nil
	}
	f := n.object.RelationshipIn(b.plan.ns, part.Text)
	if f == nil || len(f.ReferenceTo) == 0 {
		return nil, &Error{Range: part.Range, Code: "INVALID_FIELD",
			Message: "Didn't understand relationship '" + part.Text + "' in field path." + customRelationshipHint}
	}
	if n.depth+1 > maxParents {
		return nil, &Error{Range: part.Range, Code: "INVALID_FIELD", Message: "Only 5 levels of relationships are allowed in a field path: " + part.Text}
	}
	c, err := b.parentNode(n, f, part)
	if err != nil {
		return nil, err
	}
	n.children[key] = c
	n.order = append(n.order, c)
	return c, nil
}

func (b *builder) parentNode(n *node, f *schema.Field, part query.Ident) (*node, error) {
	targets := b.targets(f)
	if f.Type == schema.String { // a name of metadata
		o := b.plan.schema.Object(f.ReferenceTo[0])
		if o == nil {
			o = b.plan.schema.Object("Name")
		}
		c := b.newNode(o, n, f)
		c.definition, c.polyTop = true, c
		c.fk = b.columnSQL(n, f)
		return c, nil
	}
	if len(targets) == 0 {
		return nil, &Error{Range: part.Range, Code: "INVALID_FIELD",
			Message: "Didn't understand relationship '" + part.Text + "' in field path." + customRelationshipHint}
	}
	if n.polyTop != nil { // below a polymorphic parent: its sub-selects go on
		c := b.newNode(targets[0], n, f)
		c.polyTop, c.steps = n.polyTop, append(slices.Clone(n.steps), part)
		return c, nil
	}
	if len(targets) == 1 {
		c := b.newNode(targets[0], n, f)
		c.fk = b.columnSQL(n, f)
		b.touch(targets[0])
		return c, nil
	}
	c := b.newNode(b.plan.schema.Object("Name"), n, f)
	c.poly, c.polyTop = targets, c
	c.fk = b.columnSQL(n, f)
	return c, nil
}

// targets lists the objects that a lookup may refer to. The polymorphic
// lookups of activities, notes and files reach custom objects too, which
// their describes leave out.
func (b *builder) targets(f *schema.Field) []*schema.Object {
	var out []*schema.Object
	for _, name := range f.ReferenceTo {
		if o := b.plan.schema.Object(name); o != nil {
			out = append(out, o)
		}
	}
	if len(f.ReferenceTo) < 2 {
		return out
	}
	for _, o := range b.plan.schema.Custom() {
		for i := range o.Children {
			c := &o.Children[i]
			if strings.EqualFold(c.Child, f.Object.Name) && strings.EqualFold(c.Field, f.Name) && !slices.Contains(out, o) {
				out = append(out, o)
			}
		}
	}
	return out
}

// path resolves a dotted name to a field.
func (b *builder) path(p *query.Path) (operand, error) {
	n, last, err := b.walk(p)
	if err != nil {
		return operand{}, err
	}
	return b.fieldOf(n, last)
}

// walk follows all but the last part of a path.
func (b *builder) walk(p *query.Path) (*node, query.Ident, error) {
	n, parts := b.root, p.Parts
	if len(parts) > 1 && b.isRoot(parts[0]) {
		parts = parts[1:]
	} else if len(parts) > 1 {
		if alias := b.aliasPaths[parts[0].Key()]; alias != nil {
			n, parts = alias, parts[1:]
		}
	}
	for _, part := range parts[:len(parts)-1] {
		next, err := b.step(n, part)
		if err != nil {
			return nil, query.Ident{}, err
		}
		n = next
	}
	return n, parts[len(parts)-1], nil
}

// isRoot reports whether the first part of a path names the queried object
// itself, by alias or by name.
func (b *builder) isRoot(part query.Ident) bool {
	if b.rootAlias != "" && part.Is(b.rootAlias) {
		return true
	}
	return b.root.object.RelationshipIn(b.plan.ns, part.Text) == nil && b.plan.schema.ObjectIn(b.plan.ns, part.Text) == b.root.object
}

// fieldOf resolves the last part of a path.
func (b *builder) fieldOf(n *node, name query.Ident) (operand, error) {
	f := n.object.FieldIn(b.plan.ns, name.Text)
	if f == nil {
		return operand{}, b.noColumn(n, name)
	}
	b.mention(f)
	if n.polyTop != nil {
		return b.polyField(n, f, name)
	}
	if f.Type.IsCompound() {
		return operand{field: f, node: n, col: store.Column{Kind: store.Text, Type: f.Type}, sql: nullSQL}, nil
	}
	if f.IsFormula() {
		return operand{field: f, node: n, formula: true, col: store.ColumnOf(f), sql: nullSQL}, nil
	}
	return operand{sql: b.columnSQL(n, f), col: store.ColumnOf(f), field: f, node: n}, nil
}

func (b *builder) noColumn(n *node, name query.Ident) error {
	return &Error{Range: name.Range, Code: "INVALID_FIELD",
		Message: "No such column '" + name.Text + "' on entity '" + n.object.Name + "'." + customFieldHint}
}

func (b *builder) columnSQL(n *node, f *schema.Field) string {
	return n.alias + "." + quote(f.Name)
}

func quote(name string) string {
	return `"` + strings.ReplaceAll(strings.ToLower(name), `"`, `""`) + `"`
}

func (b *builder) mention(f *schema.Field) {
	if !slices.Contains(b.mentioned, f) {
		b.mentioned = append(b.mentioned, f)
	}
}

func (b *builder) touch(o *schema.Object) {
	if !slices.Contains(b.objects, o) {
		b.objects = append(b.objects, o)
	}
}

// polyField is a field seen through a polymorphic lookup: the value comes from
// whichever object the id's prefix tells.
func (b *builder) polyField(n *node, f *schema.Field, name query.Ident) (operand, error) {
	top := n.polyTop
	op := operand{field: f, node: n, col: store.ColumnOf(f)}
	if top.definition { // of the definition of an object or field only the name is known
		op.sql = nullSQL
		switch f.Name {
		case "Id", "Name", "QualifiedApiName", "DeveloperName", "DurableId", "Label", "MasterLabel":
			op.sql, op.col = top.fk, store.Column{Kind: store.Text, Type: schema.String}
		}
		return op, nil
	}
	if n == top && f.Type == schema.ID {
		op.sql = top.fk
		return op, nil
	}
	var s strings.Builder
	fmt.Fprintf(&s, "CASE substr(%s, 1, 3)", top.fk)
	any := false
	for _, target := range top.poly {
		sql := b.polyTarget(n, target, f, name)
		if sql == "" || target.KeyPrefix == "" {
			continue
		}
		fmt.Fprintf(&s, " WHEN '%s' THEN %s", target.KeyPrefix, sql)
		any = true
	}
	s.WriteString(" END")
	op.sql = s.String()
	if !any {
		op.sql = nullSQL
	}
	return op, nil
}

// polyTarget is the expression for one target of a polymorphic lookup, "" when
// the target has no such field.
func (b *builder) polyTarget(n *node, target *schema.Object, f *schema.Field, name query.Ident) string {
	top := n.polyTop
	if n == top && strings.EqualFold(f.Name, "Type") {
		if target.Name == "Group" { // a queue owns records as type Queue
			b.touch(target)
			return fmt.Sprintf(`(SELECT CASE WHEN x."type" = 'Queue' THEN 'Queue' ELSE 'Group' END FROM "group" AS x WHERE x."id" = %s)`, top.fk)
		}
		return "'" + target.Name + "'"
	}
	if !slices.Contains(b.targetsSeen, target) {
		b.targetsSeen = append(b.targetsSeen, target)
	}
	if b.has != nil && !b.has(target) {
		return ""
	}
	sub := b.subBuilder(target)
	at := sub.root
	for _, part := range n.steps {
		next, err := sub.step(at, part)
		if err != nil {
			return ""
		}
		at = next
	}
	found := at.object.FieldIn(b.plan.ns, name.Text)
	if n == top && strings.EqualFold(f.Name, "Name") && target.NameField != nil {
		found = target.NameField
	}
	if found == nil || !found.IsStored() || at.polyTop != nil {
		return ""
	}
	for _, o := range sub.objects {
		b.touch(o)
	}
	return fmt.Sprintf(`(SELECT %s FROM %s WHERE %s."id" = %s)`, sub.columnSQL(at, found), sub.from(), sub.root.alias, top.fk)
}

// from is the FROM clause: the root and a join per parent.
func (b *builder) from() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s AS %s", quote(b.root.object.Name), b.root.alias)
	b.joins(&s, b.root)
	return s.String()
}

func (b *builder) joins(s *strings.Builder, n *node) {
	for _, c := range n.order {
		if c.polyTop == nil {
			fmt.Fprintf(s, ` LEFT JOIN %s AS %s ON %s."id" = %s`, quote(c.object.Name), c.alias, c.alias, c.fk)
			b.joins(s, c)
		}
	}
}

// prepare settles the shape of the records of a node and those above it.
func (n *node) prepare() {
	if id := n.object.IDField(); id != nil && n.idCol >= 0 && (n.parent == nil || n.selected()) {
		n.out = appendOutput(n.out, output{field: id, column: n.idCol})
	}
	fields := make([]*schema.Field, len(n.out))
	for i, o := range n.out {
		fields[i] = o.field
	}
	n.shape = schema.NewShape(n.object, fields)
	if n.whole {
		for _, f := range n.object.Fields {
			if _, ok := n.columns[f]; ok {
				n.all = append(n.all, f)
			}
		}
		n.allShape = schema.NewShape(n.object, n.all)
	}
	for _, c := range n.order {
		c.prepare()
	}
}

// selected reports whether a field of the node or of one above it goes into
// the record.
func (n *node) selected() bool {
	return n.named || len(n.out) > 0 || slices.ContainsFunc(n.order, (*node).selected)
}
