package vm

import (
	"errors"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// query compiles a SOQL literal.
func (c *compiler) query(e *types.Query) valExpr {
	binds, pos, ns := c.binds(e.Binds), e.At, c.code.ns
	mode, tree, typ := e.Mode, e.Tree, e.T
	access, stated := treeAccess(tree), tree.With != nil && tree.With.Mode.Text != ""
	return func(f *frame) Value {
		t := f.t
		q := &QueryCall{Tree: tree, Namespace: ns, Access: access, Binds: f.bindAll(binds)}
		f.pos = pos
		if !stated {
			q.Access = t.Access()
		}
		q.Sharing = t.Sharing()
		switch mode {
		case types.QueryCount:
			q.Mode = QueryCount
		case types.QueryLocate:
			t.CheckLocator(q)
			return t.NewNative("Database.QueryLocator", &Locator{Call: q})
		}
		rs := t.Query(q)
		if mode == types.QueryRow || mode == types.QueryFirst {
			return t.oneRow(rs, mode == types.QueryFirst)
		}
		return t.Rows(rs, typ, mode)
	}
}

// Locator is the state of a Database.QueryLocator: the query is run when its
// rows are asked for.
type Locator struct {
	Call *QueryCall
	Text string
}

type boundExpr struct {
	node *query.Bind
	val  valExpr
}

func (c *compiler) binds(bs []types.Bind) []boundExpr {
	out := make([]boundExpr, len(bs))
	for i, b := range bs {
		out[i] = boundExpr{b.Node, c.val(b.X)}
	}
	return out
}

func (f *frame) bindAll(bs []boundExpr) map[*query.Bind]Bind {
	if len(bs) == 0 {
		return nil
	}
	out := make(map[*query.Bind]Bind, len(bs))
	for _, b := range bs {
		out[b.node] = f.t.BindValue(b.val(f))
	}
	return out
}

// BindValue turns a value into a bind: collections into lists, records into
// their ids.
func (t *Thread) BindValue(v Value) Bind {
	switch v.k {
	case KindList, KindSet:
		out := Bind{List: true}
		for _, x := range t.Elements(v) {
			out.Values = append(out.Values, t.bindScalar(x))
		}
		return out
	case KindMap:
		out := Bind{List: true}
		for _, x := range v.Map().Keys() {
			out.Values = append(out.Values, t.bindScalar(x))
		}
		return out
	default:
		return Bind{Values: []value.Value{t.bindScalar(v)}}
	}
}

func (t *Thread) bindScalar(v Value) value.Value {
	switch v.k {
	case KindRecord:
		if id := v.Record().ID(); id != "" {
			return value.OfID(id)
		}
		return value.Value{}
	case KindEnum:
		return value.OfText(EnumName(v))
	case KindObject:
		return value.OfText(t.Text(v))
	default:
		s, _ := v.Scalar()
		return s
	}
}

func treeAccess(q *query.Query) AccessMode {
	if q == nil || q.With == nil {
		return SystemMode
	}
	switch {
	case q.With.Mode.Is("USER_MODE"):
		return UserMode
	case q.With.Mode.Is("SECURITY_ENFORCED"):
		return SecurityEnforced
	default:
		return SystemMode
	}
}

// Query runs a query and counts it.
func (t *Thread) Query(q *QueryCall) *ResultSet {
	if t.Used(Queries) >= t.Allowed(Queries) && !q.onMetadata() && !q.Fetch {
		t.Use(Queries, 1)
	}
	if t.opt.Log != nil {
		text := q.Text
		if q.Tree != nil {
			text = q.Tree.String()
		}
		t.log("SOQL_EXECUTE_BEGIN", t.at(), "Aggregations:0", text)
	}
	rs, err := t.host.Query(t, q)
	t.checkQuery(err)
	if t.opt.Log != nil {
		t.log("SOQL_EXECUTE_END", t.at(), "Rows:"+strconv.Itoa(max(rs.Rows, len(rs.Records)+len(rs.Aggregates))))
	}
	if !rs.FreeOfCount && !q.Fetch {
		t.Use(Queries, 1)
	}
	if rs.Subqueries > 0 {
		t.Use(AggregateQueries, int64(rs.Subqueries))
	}
	rows := max(rs.Rows, len(rs.Records)+len(rs.Aggregates))
	t.Use(q.Mode.counted(), int64(rows))
	t.Work(int64(20 * rows))
	for _, r := range rs.Records {
		t.Grow(int64(32 + 12*r.Len()))
	}
	t.markQueried(rs.Records)
	return rs
}

// checkQuery is Check for a query. What a query asks of a package that is not at
// hand, and that is there wherever the code runs, is not known.
func (t *Thread) checkQuery(err error) {
	var fault *dml.Fault
	if errors.As(err, &fault) && fault.Type == "System.QueryException" {
		if name := t.prog.types.Lacking(fault.Message); name != "" {
			t.Unsupported("SOQL on "+name, "its package is not at hand")
		}
	}
	t.Check(err)
}

// CheckLocator refuses the query of a locator at once when it is wrong or has
// aggregates (verified-behaviours-2.md, row 254).
func (t *Thread) CheckLocator(q *QueryCall) {
	check := *q
	check.Mode = QueryChecked
	rs, err := t.host.Query(t, &check)
	t.checkQuery(err)
	if rs.Aggregate {
		t.Throw("System.QueryException", "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch")
	}
}

// counted is the limit that the rows of a query count against.
func (m QueryMode) counted() Limit {
	switch m {
	case QueryLocator:
		return LocatorRows
	case QueryCursor:
		return CursorRows
	default:
		return QueriedRows
	}
}

// onMetadata reports whether a query reads custom metadata, which counts no
// query (governor-limits.md, section 1).
func (q *QueryCall) onMetadata() bool {
	if q.Tree == nil {
		return strings.Contains(strings.ToLower(q.Text), "__mdt")
	}
	return len(q.Tree.From) > 0 && strings.HasSuffix(strings.ToLower(q.Tree.From[0].Path.String()), "__mdt")
}

// Rows makes the value of a query: a count, a list of records or a list of
// AggregateResults.
func (t *Thread) Rows(rs *ResultSet, typ *types.Type, mode types.QueryMode) Value {
	if mode == types.QueryCount || typ != nil && typ.Kind == types.KindInteger {
		return Int(int64(rs.Count))
	}
	if typ == nil || typ.Kind != types.KindList {
		typ = t.listTypeOf(rs)
	}
	if rs.Aggregate {
		return NewList(typ, t.aggregateRows(rs))
	}
	return t.RecordList(typ, rs.Records)
}

func (t *Thread) aggregateRows(rs *ResultSet) []Value {
	vals := make([]Value, len(rs.Aggregates))
	for i, a := range rs.Aggregates {
		vals[i] = t.NewNative("AggregateResult", a)
	}
	return vals
}

func (t *Thread) listTypeOf(rs *ResultSet) *types.Type {
	if rs.Object != nil && !rs.Aggregate {
		if typ := t.prog.types.SObjectType(rs.Object); typ != nil {
			return types.ListOf(typ)
		}
	}
	if rs.Aggregate {
		return types.ListOf(types.AggregateResult)
	}
	return types.ListOf(types.SObject)
}

// oneRow is assignment of a query to a single record.
func (t *Thread) oneRow(rs *ResultSet, orNull bool) Value {
	if rs.Aggregate {
		vals := t.aggregateRows(rs)
		if len(vals) == 1 {
			return vals[0]
		}
		t.wrongRows(len(vals), orNull)
		return Null
	}
	if len(rs.Records) == 1 {
		return Record(rs.Records[0])
	}
	t.wrongRows(len(rs.Records), orNull)
	return Null
}

func (t *Thread) wrongRows(n int, orNull bool) {
	if n > 1 {
		t.Throw("System.QueryException", "List has more than 1 row for assignment to SObject")
	}
	if !orNull {
		v := t.newException("System.QueryException", "List has no rows for assignment to SObject")
		ExceptionOf(v).noRow = true
		t.ThrowValue(v)
	}
}

// search compiles a SOSL literal.
func (c *compiler) search(e *types.Search) valExpr {
	binds, pos, ns := c.binds(e.Binds), e.At, c.code.ns
	tree, typ := e.Tree, e.T
	return func(f *frame) Value {
		q := &SearchCall{Tree: tree, Namespace: ns, Access: f.t.Access(), Binds: f.bindAll(binds)}
		f.pos = pos
		q.Sharing = f.t.Sharing()
		return f.t.Search(q, typ)
	}
}

// Search runs SOSL and counts it.
func (t *Thread) Search(q *SearchCall, typ *types.Type) Value {
	t.Use(SoslQueries, 1)
	if t.opt.Test { // a search in a test finds what the test has fixed, else nothing
		ids, _ := t.cache["search.fixed"].([]string)
		q.Fixed = append([]string{}, ids...)
	}
	t.log("SOSL_EXECUTE_BEGIN", t.at())
	lists, err := t.host.Search(t, q)
	t.Check(err)
	t.log("SOSL_EXECUTE_END", t.at())
	elem := types.ListOf(types.SObject)
	out := make([]Value, len(lists))
	for i, rows := range lists {
		t.markQueried(rows)
		of := elem
		if len(rows) > 0 {
			of = types.ListOf(t.prog.types.SObjectType(rows[0].Object))
		}
		out[i] = t.RecordList(of, rows)
	}
	if typ == nil {
		typ = types.ListOf(elem)
	}
	return NewList(typ, out)
}

// setting compiles a read of a custom setting or custom metadata type.
func (c *compiler) setting(e *types.SettingCall) valExpr {
	args, pos, object, method, typ := c.vals(e.Args), e.At, e.Object, e.Method, e.T
	return func(f *frame) Value {
		vals := evalAll(f, args)
		f.pos = pos
		return f.t.Setting(object, method, vals, typ)
	}
}

// Setting reads a custom setting or custom metadata type by method name.
func (t *Thread) Setting(object *schema.Object, method string, args []Value, typ *types.Type) Value {
	key := ""
	if len(args) > 0 {
		key = args[0].Text()
	}
	if object.Kind == schema.CustomMetadata {
		return t.metadata(object, method, key, typ)
	}
	call := SettingCall{Object: object, Key: key}
	switch method {
	case "getInstance":
		call.Kind = SettingInstance
		if object.Kind == schema.CustomSettingList {
			call.Kind = SettingValues
		}
	case "getValues":
		call.Kind = SettingValues
	case "getOrgDefaults":
		call.Kind = SettingOrgDefaults
	default:
		call.Kind = SettingAll
	}
	rows, err := t.host.Setting(t, call)
	t.Check(err)
	if call.Kind == SettingAll {
		return t.byName(rows, typ)
	}
	if len(rows) > 0 {
		return Record(rows[0])
	}
	return Null
}

func (t *Thread) metadata(object *schema.Object, method, key string, typ *types.Type) Value {
	if method != "getAll" && key == "" {
		return Null
	}
	rows, err := t.host.Metadata(t, object, key)
	t.Check(err)
	if t.readonly == nil {
		t.readonly = make(map[*schema.Record]struct{}, len(rows))
	}
	for _, r := range rows { // not so those that a query gives or that code makes
		t.readonly[r] = struct{}{}
	}
	if method == "getAll" {
		return t.byName(rows, typ)
	}
	if len(rows) == 0 {
		return Null
	}
	return Record(rows[0])
}

// byName is the map that getAll gives: by name of a list setting, by developer
// name of a custom metadata record.
func (t *Thread) byName(rows []*schema.Record, typ *types.Type) Value {
	if typ == nil || typ.Kind != types.KindMap {
		typ = types.MapOf(types.String, types.SObject)
	}
	m := NewMap(typ)
	for _, r := range rows {
		f := r.Object.Field("Name")
		if r.Object.Kind == schema.CustomMetadata {
			f = r.Object.Field("DeveloperName")
			if q := r.Object.Field("QualifiedApiName"); q != nil && !r.Get(q).IsNull() && f == nil {
				f = q
			}
		}
		if f != nil {
			m.Put(t, Str(r.Get(f).Text()), Record(r))
		}
	}
	return MapValue(m)
}

// Variable finds a variable in reach of the running code by name, for the
// binds of dynamic queries: a local, then a field of the instance, then a
// static of the class or of those around it. A property is read through its
// accessor.
func (t *Thread) Variable(name string) (Value, bool) {
	f := t.cur
	if f.code == nil {
		return Null, false
	}
	if i := strings.IndexByte(name, '.'); i >= 0 {
		v, ok := t.Variable(name[:i])
		if !ok {
			return Null, false
		}
		return t.path(v, name[i+1:])
	}
	for i := len(f.code.names) - 1; i >= 0; i-- {
		if strings.EqualFold(f.code.names[i], name) && i < len(f.l) {
			return f.l[i], true
		}
	}
	if f.code.class.Def.Lib {
		return Null, false
	}
	for _, fd := range f.code.class.Def.Fields() {
		if f.this != nil && strings.EqualFold(fd.Name, name) {
			return t.fieldNamed(f.this, fd)
		}
	}
	for d := f.code.class.Def; d != nil; d = d.Outer {
		for _, fd := range d.Statics() {
			if !strings.EqualFold(fd.Name, name) {
				continue
			}
			vals := t.initClass(t.prog.ClassOf(d)).vals
			switch {
			case t.readsThrough(fd):
				return t.call(t.prog.codeOf(fd.Get), nil, nil), true
			case fd.Slot >= 0:
				return vals[fd.Slot], true
			}
		}
	}
	return Null, false
}

// fieldNamed reads a field or property of an object.
func (t *Thread) fieldNamed(o *Object, fd *types.Field) (Value, bool) {
	switch {
	case t.readsThrough(fd):
		get := t.prog.codeOf(fd.Get)
		if s := fd.Get.Slot; s >= 0 && s < len(o.Class.vtable) {
			get = o.Class.vtable[s]
		}
		return t.call(get, o, nil), true
	case fd.Slot >= 0 && fd.Slot < len(o.Fields):
		return o.Fields[fd.Slot], true
	default:
		return Null, false
	}
}

// Property reads a field of an object, a property through its accessor.
func (t *Thread) Property(o *Object, fd *types.Field) Value {
	v, _ := t.fieldNamed(o, fd)
	return v
}

// readsThrough reports whether a field is a property with an accessor that is
// not itself what runs.
func (t *Thread) readsThrough(fd *types.Field) bool {
	m := t.cur.code.method
	return fd.Get != nil && (m == nil || m != fd.Get && m != fd.Set)
}

// Scope keeps the variables in reach of the running code as they are now, for a
// query that runs after the code has ended.
func (t *Thread) Scope() func(name string) (Value, bool) {
	at := *t.cur
	at.l = append([]Value(nil), at.l...)
	return func(name string) (Value, bool) {
		cur := t.cur
		t.cur = &at
		defer func() { t.cur = cur }()
		return t.Variable(name)
	}
}

// path follows record.Field in a bind of a dynamic query.
func (t *Thread) path(v Value, name string) (Value, bool) {
	if r := v.Record(); r != nil {
		if fd := r.Object.FieldIn(t.Namespace(), name); fd != nil {
			return FieldValue(fd, r.Get(fd)), true
		}
	}
	if o := v.Object(); o != nil && !o.Class.Def.Lib {
		for _, fd := range o.Class.Def.Fields() {
			if strings.EqualFold(fd.Name, name) {
				return t.fieldNamed(o, fd)
			}
		}
	}
	return Null, false
}

// singleRow compiles taking the one record of a dynamic query.
func (c *compiler) singleRow(e *types.SingleRow) valExpr {
	x, pos := c.val(e.X), e.At
	return func(f *frame) Value {
		v := x(f)
		f.pos = pos
		if v.k != KindList {
			return v
		}
		rows := v.List().Vals
		if len(rows) != 1 {
			f.t.wrongRows(len(rows), false)
		}
		return rows[0]
	}
}
