package soql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// shape is what the SQL depends on in the value of a bind.
type shape uint8

const (
	hasNull    shape = 1 << iota // it is null, or a list with a null in it
	hasUnicode                   // a text has letters outside ASCII
	isList                       // a list where one value is usual
)

// arg gives one parameter of the SQL at run time.
type arg func(r *run) (value.Value, error)

// variant is the SQL of a plan for one shape of its binds.
type variant struct {
	sql      string
	args     []arg
	columns  []column
	root     *node
	objects  []*schema.Object
	indexes  []*schema.Field
	limit    arg // nil without LIMIT
	offset   arg
	grouping *grouping   // of a query grouped in Go
	pushed   bool        // it computes formulas
	post     bool        // LIMIT and OFFSET are applied after reading, with:
	filters  []filter    // conditions that mention formulas
	sort     []sortKey   // an order that does
	subs     []*subquery // child relationships
	types    []*typeOf
	aliased  []aliased     // functions of the SELECT list that have a name of their own
	groups   []groupColumn // of a query with aggregates
	names    []string      // of groups
	parent   int           // column of the lookup to the outer row, of a sub-query; -1
	lookup   string        // that lookup
}

// builder writes the SQL of one query.
type builder struct {
	plan       *Plan
	d          store.Dialect
	shapes     []shape
	q          *query.Query
	root       *node
	rootAlias  string
	aliasPaths map[string]*node // FROM Contact c, c.Account a
	aliases    *int
	kind       Kind
	columns    []column
	args       *[]arg
	resolving  map[*query.Field]bool // aliases being resolved
	filtering  bool                  // in WHERE, where aliases of the SELECT list mean nothing
	having     map[string]string     // while HAVING is written: a group's text to what stands for it
	parentSQL  string                // of a sub-query: the lookup to the outer row
	objects    []*schema.Object
	indexes    []*schema.Field
	mentioned  []*schema.Field

	targetsSeen []*schema.Object // targets of polymorphic lookups
	notes       []Note
	formulas    map[pushKey]*formula.Pushed
	grouping    *grouping // while what is read of its groups is resolved
	inner       bool      // it writes a semi-join
	inGo        bool      // formulas are left to Go
	post        bool      // some condition or order needs rows in Go
	v           *variant
	// has tells which targets of large polymorphic lookups have a table; nil
	// for all. Those without are left out, so that none is made for them.
	has func(*schema.Object) bool
	// sharing limits the rows to those that the user sees; nil for all.
	sharing Sharing
	shared  []*schema.Field // what it finds rows by
}

func newBuilder(p *Plan, shapes []shape) *builder {
	aliases := -1
	return &builder{plan: p, d: store.SQLite, shapes: shapes, q: p.query, aliases: &aliases, args: new([]arg), aliasPaths: map[string]*node{}}
}

// param adds a parameter and gives the SQL that stands for it.
func (b *builder) param(a arg) string {
	*b.args = append(*b.args, a)
	return b.d.Placeholder(len(*b.args))
}

// subBuilder writes a select inside the query, over another object.
func (b *builder) subBuilder(o *schema.Object) *builder {
	sub := &builder{plan: b.plan, d: b.d, shapes: b.shapes, aliases: b.aliases, args: b.args, aliasPaths: map[string]*node{}, has: b.has, inGo: b.inGo, v: b.v, sharing: b.sharing}
	sub.root = sub.newNode(o, nil, nil)
	sub.touch(o)
	return sub
}

func (b *builder) note(name, text string) {
	n := Note{name, text}
	if !slices.Contains(b.notes, n) {
		b.notes = append(b.notes, n)
	}
}

func (b *builder) build() (*variant, error) {
	b.v = &variant{parent: -1}
	if err := b.object(); err != nil {
		return nil, err
	}
	if err := b.classify(); err != nil {
		return nil, err
	}
	var err error
	switch b.kind {
	case Rows:
		err = b.rows()
	default:
		err = b.aggregate()
	}
	if err != nil {
		return nil, err
	}
	return b.finish(), nil
}

// finish hands what the builder gathered to the variant.
func (b *builder) finish() *variant {
	v := b.v
	v.args, v.columns, v.root, v.objects, v.indexes = *b.args, b.columns, b.root, b.objects, append(b.indexes, b.shared...)
	v.root.prepare()
	return v
}

// object resolves FROM.
func (b *builder) object() error {
	from := b.q.From[0]
	name := from.Path.String()
	o := b.plan.schema.ObjectIn(b.plan.ns, name)
	if o == nil || o.IDField() == nil || !o.Kind.Stored() || o.Name == "Name" {
		return &Error{Range: from.Path.Range, Code: "INVALID_TYPE", Message: "sObject type '" + name + "' is not supported." + customObjectHint}
	}
	return b.setRoot(o)
}

func (b *builder) setRoot(o *schema.Object) error {
	b.root = b.newNode(o, nil, nil)
	b.touch(o)
	if a := b.q.From[0].Alias; a != nil {
		b.rootAlias = a.Text
	}
	for _, f := range b.q.From[1:] {
		n := b.root
		parts := f.Path.Parts
		if b.isRoot(parts[0]) {
			parts = parts[1:]
		} else if a := b.aliasPaths[parts[0].Key()]; a != nil {
			n, parts = a, parts[1:]
		}
		for _, part := range parts {
			next, err := b.step(n, part)
			if err != nil {
				return err
			}
			n = next
		}
		if f.Alias != nil {
			b.aliasPaths[f.Alias.Key()] = n
		}
		if last := f.Path.Parts[len(f.Path.Parts)-1].Key(); b.aliasPaths[last] == nil {
			b.aliasPaths[last] = n // Account.Owner after Contact.Account
		}
	}
	return nil
}

// classify decides what form the answer has.
func (b *builder) classify() error {
	if b.q.GroupBy != nil {
		b.kind = Aggregate
		return nil
	}
	for _, item := range b.q.Select {
		f, ok := item.(*query.Field)
		if !ok {
			continue
		}
		call, ok := f.Expr.(*query.Call)
		if !ok || !isAggregate(call) {
			continue
		}
		b.kind = Aggregate
		if call.Name.Is("COUNT") && len(call.Args) == 0 {
			if len(b.q.Select) > 1 {
				return &Error{Range: call.Range, Code: "MALFORMED_QUERY", Message: "COUNT() must be the only element in the SELECT list"}
			}
			b.kind = Count
		}
	}
	return nil
}

// add puts an expression into the SELECT list.
func (b *builder) add(c column) int {
	b.columns = append(b.columns, c)
	return len(b.columns) - 1
}

// read makes sure a stored field of a node is read.
func (b *builder) read(op operand) int {
	if i, ok := op.node.columns[op.field]; ok {
		return i
	}
	i := b.add(column{op.sql, op.col})
	op.node.columns[op.field] = i
	return i
}

// id makes sure a node's id is read: it tells whether there is such a parent.
func (b *builder) id(n *node) {
	if n.idCol >= 0 || n.definition {
		return
	}
	id := n.object.IDField()
	sql := n.alias + `."id"`
	switch {
	case n.polyTop == n:
		sql = n.fk
	case n.polyTop != nil:
		op, _ := b.polyField(n, id, query.Ident{Text: "Id"})
		sql = op.sql
	}
	n.idCol = b.read(operand{sql: sql, col: store.Column{Kind: store.Identifier, Type: schema.ID}, field: id, node: n})
	if n.parent != nil {
		b.id(n.parent)
	}
}

// whole makes sure all stored fields of a node are read, as formulas need.
func (b *builder) whole(n *node) {
	if n.whole || n.polyTop != nil {
		return
	}
	n.whole = true
	for _, f := range n.object.Fields {
		if f.IsStored() {
			b.read(operand{sql: b.columnSQL(n, f), col: store.ColumnOf(f), field: f, node: n})
		}
	}
}

func (b *builder) rows() error {
	b.id(b.root)
	for _, item := range b.q.Select {
		var err error
		switch item := item.(type) {
		case *query.Field:
			err = b.selectField(item)
		case *query.SubQuery:
			err = b.subQuery(item)
		case *query.TypeOf:
			err = b.typeOf(item)
		}
		if err != nil {
			return err
		}
	}
	where, err := b.where()
	if err != nil {
		return err
	}
	order, err := b.orderBy()
	if err != nil {
		return err
	}
	return b.assemble(where, order)
}

// assemble puts the SQL of a plain query together.
func (b *builder) assemble(where, order string) error {
	var err error
	if b.v.limit, err = b.count(b.q.Limit); err != nil {
		return err
	}
	if b.v.offset, err = b.count(b.q.Offset); err != nil {
		return err
	}
	s := b.selected(where)
	s.WriteString(" ORDER BY " + order + b.root.alias + ".rowid")
	b.v.post = b.post
	if b.post {
		b.note("filter or order on a formula field", "applied to the rows after reading them")
	}
	s.WriteString(b.d.Limit(b.param(limitArg), b.param(offsetArg)))
	b.v.sql = s.String()
	return nil
}

// maxOffset is the greatest OFFSET (SOQL reference, OFFSET).
const maxOffset = 2000

// count reads LIMIT or OFFSET.
func (b *builder) count(o query.Operand) (arg, error) {
	switch o := o.(type) {
	case nil:
		return nil, nil
	case *query.Literal:
		d, err := value.ParseDec(o.Text)
		n, ok := d.Int64()
		if err != nil || !ok || n < 0 {
			return nil, &Error{Range: o.Range, Code: "MALFORMED_QUERY", Message: "unexpected token: '" + o.Text + "'"}
		}
		if o == b.q.Offset && n > maxOffset {
			return nil, &Error{Range: o.Range, Code: "NUMBER_OUTSIDE_VALID_RANGE", Message: "Maximum SOQL offset allowed is 2000"}
		}
		return func(*run) (value.Value, error) { return value.OfLong(n), nil }, nil
	case *query.Bind:
		i := slices.Index(b.plan.binds, o)
		return func(r *run) (value.Value, error) {
			v := r.single(i)
			if v.IsNull() {
				return value.OfLong(0), nil
			}
			n, _ := v.Decimal().Int64()
			return value.OfLong(n), nil
		}, nil
	default:
		return nil, &Error{Range: o.At(), Code: "MALFORMED_QUERY", Message: "unexpected token in LIMIT"}
	}
}

// where writes the conditions that the database can apply. Terms that mention
// a formula are left to the rows.
func (b *builder) where() (string, error) {
	b.filtering = true
	defer func() { b.filtering = false }()
	var terms []string
	if b.parentSQL != "" {
		terms = append(terms, b.d.In(b.parentSQL, b.param(parentsArg), store.Identifier, false))
	}
	if f := b.root.object.Field("IsDeleted"); f != nil && f.IsStored() && !b.q.AllRows {
		terms = append(terms, "("+b.columnSQL(b.root, f)+" = 0 OR "+b.param(allRowsArg)+")")
	}
	if sql := b.visible(); sql != "" {
		terms = append(terms, sql)
	}
	if b.q.Scope != nil && b.q.Scope.Is("mine") {
		if f := b.root.object.Field("OwnerId"); f != nil {
			terms = append(terms, b.columnSQL(b.root, f)+" = "+b.param(userArg))
		}
	} else if b.q.Scope != nil && !b.q.Scope.Is("everything") {
		b.note("USING SCOPE "+b.q.Scope.Text, "all rows are read")
	}
	for _, c := range append(conjuncts(b.q.Where), conjuncts(withFilter(b.q.With))...) {
		formula, err := b.hasFormula(c)
		if err != nil {
			return "", err
		}
		if formula {
			f, err := b.filter(c)
			if err != nil {
				return "", err
			}
			b.post = true
			b.v.filters = append(b.v.filters, f)
			continue
		}
		sql, err := b.condition(c)
		if err != nil {
			return "", err
		}
		terms = append(terms, sql)
	}
	return joined(terms, " AND "), nil
}

// conjuncts are the terms that must all hold.
func conjuncts(c query.Condition) []query.Condition {
	switch c := c.(type) {
	case nil:
		return nil
	case *query.And:
		return c.Terms
	default:
		return []query.Condition{c}
	}
}

func withFilter(w *query.With) query.Condition {
	if w == nil {
		return nil
	}
	return w.Filter
}

// sortKey is an ORDER BY item that is applied in Go.
type sortKey struct {
	op         operand
	column     int
	descending bool
	nullsLast  bool
}

// orderBy writes the ORDER BY list with a comma at its end. Nulls come first
// unless the query says otherwise, also in descending order.
func (b *builder) orderBy() (string, error) {
	var s strings.Builder
	var keys []sortKey
	inGo := false
	for _, o := range b.q.OrderBy {
		op, err := b.operand(o.Expr)
		if err != nil {
			return "", err
		}
		if f := op.field; f != nil && (!f.Sortable && !f.IsFormula() && f.IsLongText() || f.Type == schema.MultiPicklist) {
			return "", &Error{Range: o.Expr.At(), Code: "MALFORMED_QUERY", Message: "field '" + f.Name + "' can not be sorted in a query call"}
		}
		op = b.computed(op)
		last := o.Nulls == query.NullsLast
		keys = append(keys, sortKey{op: op, descending: o.Descending, nullsLast: last})
		inGo = inGo || op.formula
		s.WriteString(b.orderItem(op, o.Descending, last))
	}
	if inGo {
		b.post = true
		for i := range keys {
			keys[i].column = -1
			if keys[i].op.formula {
				b.whole(keys[i].op.node)
			} else {
				keys[i].column = b.add(column{keys[i].op.sql, keys[i].op.col})
			}
		}
		b.v.sort = keys
		return "", nil
	}
	return s.String(), nil
}

func (b *builder) orderItem(op operand, descending, nullsLast bool) string {
	sql := op.sql
	if op.col.Kind == store.Text {
		sql = b.d.Fold(sql)
	}
	if descending {
		sql += " DESC"
	}
	if nullsLast {
		return sql + " NULLS LAST,"
	}
	return sql + " NULLS FIRST,"
}

// selected begins a statement: its columns, tables and condition.
func (b *builder) selected(where string) *strings.Builder {
	var s strings.Builder
	s.WriteString("SELECT ")
	for i, c := range b.columns {
		if i > 0 {
			s.WriteByte(',')
		}
		s.WriteString(c.sql)
	}
	fmt.Fprintf(&s, " FROM %s", b.from())
	if where != "" {
		s.WriteString(" WHERE " + where)
	}
	return &s
}
