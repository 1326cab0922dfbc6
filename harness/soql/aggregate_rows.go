package soql

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Queries with aggregates that the database can not compute, over formula
// fields and with subtotals: their rows are read, filtered and grouped in Go.

// grouping is a query with aggregates that is computed in Go.
type grouping struct {
	keys   []groupingKey
	sets   [][]bool // which keys each grouping keeps: all, and those of subtotals
	rollup bool     // subtotals stand behind their groups
	items  []*groupingItem
	output []int // of each column of the answer: an item, or -1-i for the key i
	having filter
	order  []groupingOrder
}

type groupingKey struct {
	name string // as operandKey writes it
	op   operand
	get  getter
}

// groupingItem is one aggregate, or GROUPING of a key; get is nil for COUNT().
type groupingItem struct {
	name     string
	function string
	key      int // of GROUPING
	op       operand
	get      getter
}

type groupingOrder struct {
	get                   getter
	descending, nullsLast bool
}

// groupState is one group while its rows are read.
type groupState struct {
	set   []bool // the keys it has; those of a subtotal lack some
	keys  []value.Value
	items []itemState
	seen  int   // its place in the order of first sight
	place []int // its place in the answer
}

type itemState struct {
	count    int64
	sum      value.Dec
	best     value.Value
	distinct map[string]bool
}

// subtotals reports whether a query has GROUP BY ROLLUP or CUBE.
func (b *builder) subtotals() bool { return b.q.GroupBy != nil && b.q.GroupBy.Kind.Text != "" }

// needsRows reports whether a query with aggregates uses a formula that the
// database can not compute.
func (b *builder) needsRows() (bool, error) {
	for _, c := range append(conjuncts(b.q.Where), conjuncts(withFilter(b.q.With))...) {
		if f, err := b.hasFormula(c); f || err != nil {
			return f, err
		}
	}
	var operands []query.Operand
	if b.q.GroupBy != nil {
		operands = append(operands, b.q.GroupBy.Items...)
	}
	for _, item := range b.q.Select {
		if f, ok := item.(*query.Field); ok {
			operands = append(operands, f.Expr)
		}
	}
	for _, o := range operands {
		if c, ok := o.(*query.Call); ok && isAggregate(c) && len(c.Args) == 1 {
			o = c.Args[0]
		}
		if f, err := b.isFormula(o); f && err == nil {
			return true, nil
		}
	}
	return false, nil
}

// aggregateRows builds a query whose rows are grouped in Go; formula says that
// a formula is why.
func (b *builder) aggregateRows(formula bool) error {
	g := &grouping{sets: [][]bool{nil}}
	if err := b.groupingKeys(g); err != nil {
		return err
	}
	b.id(b.root)
	b.grouping = g
	if err := b.groupingColumns(g); err != nil {
		return err
	}
	if b.q.Having != nil {
		var err error
		if g.having, err = b.filter(b.q.Having); err != nil {
			return err
		}
	}
	for _, o := range b.q.OrderBy {
		_, get, err := b.getter(o.Expr)
		if err != nil {
			return err
		}
		g.order = append(g.order, groupingOrder{get, o.Descending, o.Nulls == query.NullsLast})
	}
	b.grouping = nil
	where, err := b.where()
	if err != nil {
		return err
	}
	b.v.grouping, b.post = g, b.post || formula
	if err := b.assemble(where, ""); err != nil {
		return err
	}
	b.v.post = true
	return nil
}

func (b *builder) groupingKeys(g *grouping) error {
	if b.q.GroupBy == nil {
		return nil
	}
	for _, item := range b.q.GroupBy.Items {
		op, get, err := b.fieldGetter(item)
		if err != nil {
			return err
		}
		if err := groupable(op, item); err != nil {
			return err
		}
		g.keys = append(g.keys, groupingKey{operandKey(item), op, get})
	}
	if kind := b.q.GroupBy.Kind; len(g.keys) > 3 && kind.Text != "" { // the documentation's limit of subtotals
		return &Error{Range: b.q.GroupBy.Range, Code: "MALFORMED_QUERY", Message: "too many fields in GROUP BY " + kind.Text}
	}
	g.rollup = b.q.GroupBy.Kind.Is("ROLLUP")
	g.sets = groupingSets(b.q.GroupBy, len(g.keys))
	return nil
}

// groupingSets lists which keys each grouping keeps: all of them; with ROLLUP
// also each shorter beginning; with CUBE every subset.
func groupingSets(g *query.GroupBy, n int) [][]bool {
	all := make([]bool, n)
	for i := range all {
		all[i] = true
	}
	sets := [][]bool{all}
	switch {
	case g.Kind.Is("ROLLUP"):
		for keep := n - 1; keep >= 0; keep-- {
			set := make([]bool, n)
			for i := range keep {
				set[i] = true
			}
			sets = append(sets, set)
		}
	case g.Kind.Is("CUBE"):
		for mask := 1<<n - 2; mask >= 0; mask-- {
			set := make([]bool, n)
			for i := range set {
				set[i] = mask>>(n-1-i)&1 == 1
			}
			sets = append(sets, set)
		}
	}
	return sets
}

func (b *builder) groupingColumns(g *grouping) error {
	unnamed := 0
	for _, item := range b.q.Select {
		f, ok := item.(*query.Field)
		if !ok {
			return &Error{Range: item.At(), Code: "MALFORMED_QUERY", Message: "Grouped query cannot use child relationships in the SELECT list"}
		}
		at, op, err := b.groupingOperand(f.Expr)
		if err != nil {
			return err
		}
		name := ""
		switch {
		case f.Alias != nil:
			name = f.Alias.Text
		case at < 0 && op.field != nil:
			name = op.field.Name
		default:
			name = fmt.Sprintf("expr%d", unnamed)
			unnamed++
		}
		g.output = append(g.output, at)
		b.v.names = append(b.v.names, name)
	}
	return nil
}

// fieldGetter reads what is grouped or aggregated of a row: a field, even where
// an alias of the SELECT list has the same name (MIN(Name) name).
func (b *builder) fieldGetter(o query.Operand) (operand, getter, error) {
	before := b.filtering
	b.filtering = true
	op, get, err := b.getter(o)
	b.filtering = before
	return op, get, err
}

// groupingOperand finds a key (-1 less its place) or an aggregate.
func (b *builder) groupingOperand(o query.Operand) (int, operand, error) {
	g, name := b.grouping, operandKey(o)
	if at := slices.IndexFunc(g.keys, func(k groupingKey) bool { return k.name == name }); at >= 0 {
		return -1 - at, g.keys[at].op, nil
	}
	c, ok := o.(*query.Call)
	if ok && c.Name.Is("GROUPING") && len(c.Args) == 1 {
		if at := slices.IndexFunc(g.keys, func(k groupingKey) bool { return k.name == operandKey(c.Args[0]) }); at >= 0 {
			op := operand{col: store.Column{Kind: store.Whole, Type: schema.Int}, aggregate: true}
			g.items = append(g.items, &groupingItem{name: name, function: "grouping", key: at, op: op})
			return len(g.items) - 1, op, nil
		}
	}
	if !ok || !isAggregate(c) {
		return 0, operand{}, &Error{Range: o.At(), Code: "MALFORMED_QUERY", Message: "Field must be grouped or aggregated: " + name}
	}
	if at := slices.IndexFunc(g.items, func(i *groupingItem) bool { return i.name == name }); at >= 0 {
		return at, g.items[at].op, nil
	}
	item := &groupingItem{name: name, function: c.Name.Key()}
	if len(c.Args) == 1 {
		b.grouping = nil
		op, get, err := b.fieldGetter(c.Args[0])
		b.grouping = g
		if err != nil {
			return 0, op, err
		}
		item.op, item.get = op, get
	}
	switch item.function {
	case "count", "count_distinct":
		item.op = operand{col: store.Column{Kind: store.Whole, Type: schema.Int}}
	case "avg":
		item.op.col = store.Column{Kind: approximate, Type: schema.Double}
	}
	item.op.aggregate = true
	g.items = append(g.items, item)
	return len(g.items) - 1, item.op, nil
}

// groupingGetter reads a key or an aggregate of the group at hand.
func (b *builder) groupingGetter(o query.Operand) (operand, getter, error) {
	at, op, err := b.groupingOperand(o)
	return op, func(r *run, _ store.Row) (value.Value, error) { return r.grouped(at), nil }, err
}

func (r *run) grouped(at int) value.Value {
	if at < 0 {
		return r.group.keys[-1-at]
	}
	item := r.v.grouping.items[at]
	if item.function == "grouping" {
		if r.group.set[item.key] {
			return value.OfInt(0)
		}
		return value.OfInt(1)
	}
	return item.result(&r.group.items[at])
}

func (i *groupingItem) result(s *itemState) value.Value {
	switch {
	case i.function == "count":
		return value.OfInt(int32(s.count))
	case i.function == "count_distinct":
		return value.OfInt(int32(len(s.distinct)))
	case s.count == 0:
		return value.Value{}
	case i.function == "sum":
		return value.OfDecimal(s.sum)
	case i.function == "avg":
		return value.OfDouble(s.sum.Float64() / float64(s.count))
	default:
		return s.best
	}
}

func (i *groupingItem) add(s *itemState, v value.Value) {
	if i.get != nil && v.IsNull() {
		return
	}
	s.count++
	switch i.function {
	case "count_distinct":
		if s.distinct == nil {
			s.distinct = map[string]bool{}
		}
		s.distinct[groupText(v)] = true
	case "sum", "avg":
		s.sum = s.sum.Add(v.Decimal())
	case "min":
		if c := value.Compare(v, s.best); s.count == 1 || c < 0 || c == 0 && spelledBefore(v, s.best) {
			s.best = v
		}
	case "max":
		if c := value.Compare(v, s.best); s.count == 1 || c > 0 || c == 0 && spelledBefore(v, s.best) {
			s.best = v
		}
	}
}

// spelledBefore tells equal texts apart by their letters.
func spelledBefore(v, w value.Value) bool {
	return v.Kind() == value.Text && v.Text() < w.Text()
}

// groupText is the same for values that group together.
func groupText(v value.Value) string {
	if v.Kind() == value.Decimal {
		return v.Decimal().StripZeros().String()
	}
	return value.Fold(v.String())
}

// groupRows reads the rows and groups them.
func (r *run) groupRows(res *Result) error {
	g := r.v.grouping
	limit, offset, err := r.window()
	if err != nil {
		return err
	}
	args, err := r.args()
	if err != nil {
		return err
	}
	var groups []*groupState
	byKey := map[string]*groupState{}
	err = r.st.Query(r.ctx, r.v.sql, args, func(row store.Row) error {
		if ok, err := r.matches(row); err != nil || !ok {
			return err
		}
		of, err := r.groupsOf(row, byKey, &groups)
		if err != nil {
			return err
		}
		for i, item := range g.items {
			var v value.Value
			if item.get != nil {
				if v, err = item.get(r, row); err != nil {
					return err
				}
			}
			for _, s := range of {
				item.add(&s.items[i], v)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(groups, func(a, b *groupState) int { return slices.Compare(a.place, b.place) })
	if len(g.keys) == 0 && len(groups) == 0 {
		groups = []*groupState{{items: make([]itemState, len(g.items))}}
	}
	return r.groupAnswer(res, groups, limit, offset)
}

// groupsOf is the group of a row and those of its subtotals. New ones are added
// to groups, those of all keys in order of first sight.
func (r *run) groupsOf(row store.Row, byKey map[string]*groupState, groups *[]*groupState) ([]*groupState, error) {
	g := r.v.grouping
	keys, texts := make([]value.Value, len(g.keys)), make([]string, len(g.keys))
	for i, k := range g.keys {
		v, err := k.get(r, row)
		if err != nil {
			return nil, err
		}
		keys[i], texts[i] = v, fmt.Sprintf("%v:%q,", v.IsNull(), groupText(v))
	}
	of := make([]*groupState, len(g.sets))
	for n, set := range g.sets {
		var text strings.Builder
		fmt.Fprintf(&text, "%d ", n)
		for i, kept := range set {
			if kept {
				text.WriteString(texts[i])
			}
		}
		s := byKey[text.String()]
		if s == nil {
			s = &groupState{set: set, seen: len(*groups), keys: make([]value.Value, len(keys)), items: make([]itemState, len(g.items))}
			byKey[text.String()] = s
			*groups = append(*groups, s)
			for i, kept := range set {
				if kept {
					s.keys[i] = keys[i]
				}
			}
		}
		for i, kept := range set { // one spelling of the group, always the same
			if v := keys[i]; kept && v.Kind() == value.Text && v.Text() < s.keys[i].Text() {
				s.keys[i] = v
			}
		}
		of[n] = s
	}
	g.arrange(of)
	return of, nil
}

// arrange gives the new groups of a row their places among all: with ROLLUP
// subtotals follow the groups they sum up, as the documentation's examples
// show; the groupings of CUBE come one after another.
func (g *grouping) arrange(of []*groupState) {
	for n, s := range of {
		switch {
		case s.place != nil:
		case !g.rollup:
			s.place = []int{n, s.seen}
		default:
			s.place = make([]int, len(g.keys))
			for level := range s.place {
				s.place[level] = math.MaxInt
				if s.set[level] {
					s.place[level] = of[len(g.keys)-1-level].seen
				}
			}
		}
	}
}

// groupAnswer applies HAVING, order and limit.
func (r *run) groupAnswer(res *Result, groups []*groupState, limit, offset int64) error {
	g := r.v.grouping
	r.v = &variant{grouping: g, names: r.v.names}
	var kept []sortRow
	answers := map[*schema.Record][]value.Value{}
	for _, o := range g.order {
		r.v.sort = append(r.v.sort, sortKey{descending: o.descending, nullsLast: o.nullsLast})
	}
	for _, s := range groups {
		r.group = s
		if g.having != nil {
			if ok, err := g.having(r, nil); err != nil {
				return err
			} else if !ok {
				continue
			}
		}
		k := sortRow{rec: &schema.Record{}}
		for _, o := range g.order {
			v, err := o.get(r, nil)
			if err != nil {
				return err
			}
			k.keys = append(k.keys, v)
		}
		for _, at := range g.output {
			answers[k.rec] = append(answers[k.rec], r.grouped(at))
		}
		kept = append(kept, k)
	}
	slices.SortStableFunc(kept, r.compareRows)
	if r.plan.Kind == Count {
		n := max(0, answers[kept[0].rec][0].Int64()-offset)
		if limit >= 0 {
			n = min(n, limit)
		}
		res.Count = n
		*r.read++
		return nil
	}
	for _, k := range cut(kept, limit, offset) {
		res.Rows = append(res.Rows, schema.AggregateRow{Names: r.v.names, Values: answers[k.rec]})
		if *r.read++; r.env.MaxRows > 0 && *r.read > r.env.MaxRows {
			return &TooManyRows{*r.read}
		}
	}
	res.Count = int64(len(res.Rows))
	return nil
}
