package soql

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// run is one execution of a plan.
type run struct {
	ctx     context.Context
	st      store.Store
	env     *Env
	plan    *Plan
	v       *variant
	binds   []Bind
	limit   int64 // -1 for none
	offset  int64
	parents value.Value // of a sub-query: the ids of the outer rows as JSON
	typed   map[*typeOf][]string
	group   *groupState // the one at hand, of a query grouped in Go
	empty   bool        // the object never had a row
	read    *int64      // rows read so far, sub-queries included
}

// run executes the plan once; pushed reports whether formulas were computed by
// the database.
func (p *Plan) run(ctx context.Context, st store.Store, env *Env) (res *Result, pushed bool, err error) {
	r, err := newRun(ctx, st, p, env, new(int64))
	if err != nil {
		return nil, false, err
	}
	res = &Result{}
	switch p.Kind {
	case Rows:
		var rows []*schema.Record
		if rows, err = r.rows(nil); err == nil {
			res.Records, res.Count = rows, int64(len(rows))
		}
	default:
		err = r.groups(res)
	}
	if err != nil {
		return nil, true, err
	}
	res.Retrieved = *r.read
	return res, false, nil
}

func newRun(ctx context.Context, st store.Store, p *Plan, env *Env, read *int64) (*run, error) {
	r := &run{ctx: ctx, st: st, env: env, plan: p, read: read, limit: -1, parents: value.OfText("[]")}
	if err := r.choose(); err != nil {
		return nil, err
	}
	if p.Kind == Rows && !st.HasTable(p.Object) {
		r.empty = true
		return r, nil
	}
	for _, o := range r.v.objects {
		if err := st.EnsureTable(ctx, o); err != nil {
			return nil, err
		}
	}
	for _, f := range r.v.indexes {
		if err := st.EnsureIndex(ctx, f); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// choose reads the binds and takes the variant for their shapes.
func (r *run) choose() error {
	p := r.plan
	shapes := make([]shape, len(p.binds))
	if len(p.binds) > 0 {
		if r.env.Bind == nil {
			return fmt.Errorf("run a query: it has binds and nobody gives their values")
		}
		r.binds = make([]Bind, len(p.binds))
		for i, b := range p.binds {
			v, err := r.env.Bind(b)
			if err != nil {
				return err
			}
			r.binds[i], shapes[i] = v, shapeOf(v)
		}
	}
	special := slices.ContainsFunc(shapes, func(s shape) bool { return s != 0 })
	lacking := slices.ContainsFunc(p.targets, func(o *schema.Object) bool { return !r.st.HasTable(o) })
	embedded := r.st.Dialect().Name == store.SQLite.Name
	if r.v = p.first; !special && !lacking && embedded && r.env.Sharing == nil && !(r.env.inGo && r.v.pushed) {
		return nil
	}
	key := string(r.variantKey(shapes))
	if v, ok := p.variants.Load(key); ok {
		r.v = v.(*variant)
		return nil
	}
	v, err := r.variant(shapes)
	if err != nil {
		return err
	}
	p.variants.Store(key, v)
	r.v = v
	return nil
}

// variant builds the SQL for shapes of binds and the tables there are.
func (r *run) variant(shapes []shape) (*variant, error) {
	b := newBuilder(r.plan, shapes)
	b.has, b.d, b.inGo, b.sharing = r.st.HasTable, r.st.Dialect(), r.env.inGo, r.env.Sharing
	if r.plan.first.parent >= 0 {
		return b.buildChild(r.plan.Object, r.plan.first.lookup)
	}
	return b.build()
}

func (r *run) variantKey(shapes []shape) []byte {
	key := append(make([]byte, 0, 10+len(shapes)+len(r.plan.targets)), r.st.Dialect().Name...)
	if r.env.inGo {
		key = append(key, '!')
	}
	if r.env.Sharing != nil {
		key = append(append(append(key, '<'), r.env.Sharing.Key()...), '>')
	}
	for _, s := range shapes {
		key = append(key, byte(s))
	}
	for _, o := range r.plan.targets {
		has := byte('-')
		if r.st.HasTable(o) {
			has = '+'
		}
		key = append(key, has)
	}
	return key
}

func shapeOf(b Bind) shape {
	var s shape
	if b.List {
		s |= isList
	}
	if !b.List && len(b.Values) == 0 {
		s |= hasNull
	}
	for _, v := range b.Values {
		if v.IsNull() || v.Kind() == value.Text && v.Text() == "" {
			s |= hasNull
		}
		if isUnicode(v) {
			s |= hasUnicode
		}
	}
	return s
}

// single is the value of a bind where one is expected.
func (r *run) single(i int) value.Value {
	if len(r.binds[i].Values) == 0 {
		return value.Value{}
	}
	return r.binds[i].Values[0]
}

// dateRange is a date literal's range as values of a date or datetime column.
func (r *run) dateRange(l *query.Literal, t schema.FieldType) (from, to value.Value) {
	today, _ := value.DaysOf(r.env.Now, r.env.Zone)
	a, z, _ := dateRange(l.Text, l.N, today)
	if t == schema.Date {
		return value.OfLong(a), value.OfLong(z)
	}
	return value.OfLong(value.StartOfDay(a, r.env.Zone)), value.OfLong(value.StartOfDay(z, r.env.Zone))
}

// window works out LIMIT and OFFSET: what the query says, what the caller has
// left, and for the database one more, so that too many shows.
func (r *run) window() (limit, offset int64, err error) {
	limit = -1
	if r.v.limit != nil {
		v, err := r.v.limit(r)
		if err != nil {
			return 0, 0, err
		}
		limit = v.Int64()
	}
	if r.v.offset != nil {
		v, err := r.v.offset(r)
		if err != nil {
			return 0, 0, err
		}
		offset = v.Int64()
	}
	r.limit, r.offset = limit, offset
	if r.v.post {
		r.limit, r.offset = -1, 0
	}
	if r.env.MaxRows > 0 && !r.v.post {
		if left := r.env.MaxRows - *r.read + 1; r.limit < 0 || r.limit > left {
			r.limit = left
		}
	}
	return limit, offset, nil
}

func (r *run) args() ([]value.Value, error) {
	out := make([]value.Value, len(r.v.args))
	for i, a := range r.v.args {
		v, err := a(r)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// rows reads records. parent, when given, is told the lookup of each.
func (r *run) rows(parent func(id string)) ([]*schema.Record, error) {
	limit, offset, err := r.window()
	if err != nil {
		return nil, err
	}
	args, err := r.args()
	if err != nil || r.empty {
		return nil, err
	}
	var out []*schema.Record
	var keys []sortRow
	err = r.st.Query(r.ctx, r.v.sql, args, func(row store.Row) error {
		if r.v.post {
			ok, err := r.matches(row)
			if err != nil || !ok {
				return err
			}
		}
		rec, err := r.record(r.v.root, row)
		if err != nil {
			return err
		}
		if len(r.v.aliased) > 0 {
			if err := r.nameResults(row, rec); err != nil {
				return err
			}
		}
		out = append(out, rec)
		if len(r.v.sort) > 0 {
			k, err := r.sortRow(row, rec)
			if err != nil {
				return err
			}
			keys = append(keys, k)
		}
		for _, t := range r.v.types {
			r.noteType(t, row)
		}
		if parent != nil {
			parent(row.Text(r.v.parent))
		}
		if *r.read++; r.env.MaxRows > 0 && *r.read > r.env.MaxRows && !r.v.post {
			return &TooManyRows{*r.read}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if r.v.post {
		if len(r.v.sort) > 0 {
			out = r.sorted(out, keys)
		}
		read := int64(len(out))
		out = cut(out, limit, offset)
		if *r.read += int64(len(out)) - read; r.env.MaxRows > 0 && *r.read > r.env.MaxRows {
			return nil, &TooManyRows{*r.read}
		}
	}
	for _, t := range r.v.types {
		if err := r.fillTypes(t, out); err != nil {
			return nil, err
		}
	}
	for _, s := range r.v.subs {
		if err := r.fillChildren(s, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func cut[T any](list []T, limit, offset int64) []T {
	list = list[min(offset, int64(len(list))):]
	if limit >= 0 && limit < int64(len(list)) {
		list = list[:limit]
	}
	return list
}

// record makes the record of a node from a row; nil when there is no such
// parent.
func (r *run) record(n *node, row store.Row) (*schema.Record, error) {
	if n.idCol >= 0 && row.Null(n.idCol) {
		return nil, nil
	}
	vals := make([]value.Value, len(n.out))
	for i := range n.out {
		o := &n.out[i]
		var err error
		if o.column >= 0 {
			vals[i] = r.v.columns[o.column].col.Read(row, o.column)
		} else if vals[i], err = r.formula(n, o.field, row); err != nil {
			return nil, err
		}
		if o.label {
			vals[i] = labelOf(o.field, vals[i])
		} else if o.format && !vals[i].IsNull() {
			vals[i] = value.OfText(vals[i].Plain())
		}
	}
	rec := n.shape.NewRecord(vals)
	for _, c := range n.order {
		if !c.selected() {
			continue
		}
		p, err := r.record(c, row)
		if err != nil {
			return nil, err
		}
		rec.SetParent(c.via, p)
	}
	return rec, nil
}

func labelOf(f *schema.Field, v value.Value) value.Value {
	if v.IsNull() || f.Picklist == nil {
		return v
	}
	parts := strings.Split(v.Text(), ";")
	for i, p := range parts {
		if pv := f.Picklist.Value(p); pv != nil && pv.Label != "" {
			parts[i] = pv.Label
		}
	}
	return value.OfText(strings.Join(parts, ";"))
}

// formula computes a formula field on the whole row of its object.
func (r *run) formula(n *node, f *schema.Field, row store.Row) (value.Value, error) {
	if r.env.Formula == nil || n.allShape == nil {
		return value.Value{}, fmt.Errorf("read formula field %s.%s: nobody computes formulas here", f.Object.Name, f.Name)
	}
	if n.idCol >= 0 && row.Null(n.idCol) {
		return value.Value{}, nil
	}
	vals := make([]value.Value, len(n.all))
	for i, field := range n.all {
		c := n.columns[field]
		vals[i] = r.v.columns[c].col.Read(row, c)
	}
	return r.env.Formula(r.ctx, n.allShape.NewRecord(vals), f)
}

// fillChildren runs a sub-query for all rows at once, or row by row when it
// has a LIMIT, which counts per row.
func (r *run) fillChildren(s *subquery, rows []*schema.Record) error {
	if len(rows) == 0 {
		return nil
	}
	sub, err := newRun(r.ctx, r.st, s.plan, r.env, r.read)
	if err != nil {
		return err
	}
	if sub.v.limit != nil || sub.v.offset != nil || sub.v.post {
		for _, rec := range rows {
			sub.parents = jsonList([]value.Value{value.OfText(rec.ID())}, store.Column{Kind: store.Text})
			children, err := sub.rows(nil)
			if err != nil {
				return err
			}
			rec.SetChildren(s.name, children)
		}
		return nil
	}
	lists, err := sub.byParent(rows)
	if err != nil {
		return err
	}
	for _, rec := range rows {
		rec.SetChildren(s.name, lists[rec.ID()])
	}
	return nil
}

// byParent reads the rows of a sub-query for all outer rows, by their ids.
func (r *run) byParent(rows []*schema.Record) (map[string][]*schema.Record, error) {
	ids := make([]string, len(rows))
	for i, rec := range rows {
		ids[i] = rec.ID()
	}
	return r.byIDs(ids)
}

func (r *run) byIDs(ids []string) (map[string][]*schema.Record, error) {
	list := make([]value.Value, len(ids))
	for i, id := range ids {
		list[i] = value.OfText(id)
	}
	r.parents = jsonList(list, store.Column{Kind: store.Text})
	var parents []string
	children, err := r.rows(func(id string) { parents = append(parents, id) })
	if err != nil {
		return nil, err
	}
	lists := make(map[string][]*schema.Record, len(ids))
	for i, c := range children {
		lists[parents[i]] = append(lists[parents[i]], c)
	}
	return lists, nil
}

func (r *run) noteType(t *typeOf, row store.Row) {
	if r.typed == nil {
		r.typed = map[*typeOf][]string{}
	}
	r.typed[t] = append(r.typed[t], row.Text(t.column))
}

// fillTypes attaches the parents of a TYPEOF: full rows of the types named,
// rows with only an id of the others.
func (r *run) fillTypes(t *typeOf, rows []*schema.Record) error {
	byPrefix := map[string][]string{}
	for _, id := range r.typed[t] {
		if len(id) == 18 && t.plans[id[:3]] != nil {
			byPrefix[id[:3]] = append(byPrefix[id[:3]], id)
		}
	}
	found := map[string]*schema.Record{}
	for _, prefix := range slices.Sorted(maps.Keys(byPrefix)) {
		ids := byPrefix[prefix]
		read := *r.read
		env := *r.env
		env.Sharing = nil // parents are shown whatever their sharing
		sub, err := newRun(r.ctx, r.st, t.plans[prefix], &env, r.read)
		if err != nil {
			return err
		}
		lists, err := sub.byIDs(ids)
		if err != nil {
			return err
		}
		*r.read = read // parents do not count as rows
		for id, list := range lists {
			found[id] = list[0]
		}
	}
	for i, rec := range rows {
		id := r.typed[t][i]
		p := found[id]
		if o := r.plan.schema.ByID(id); p == nil && o != nil {
			p = schema.NewRecord(o)
			p.SetID(id)
		}
		rec.SetParent(t.field, p)
	}
	delete(r.typed, t)
	return nil
}
