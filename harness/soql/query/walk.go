package query

// Binds gives every bind of a query or search, sub-queries included, in the
// order of the text.
func Binds(n Node) []*Bind {
	v := binds{}
	switch n := n.(type) {
	case *Query:
		v.query(n)
	case *Search:
		v.search(n)
	}
	return v.found
}

type binds struct{ found []*Bind }

func (v *binds) query(q *Query) {
	for _, it := range q.Select {
		v.item(it)
	}
	v.condition(q.Where)
	if q.With != nil {
		v.condition(q.With.Filter)
		v.params(q.With.Params)
	}
	if q.GroupBy != nil {
		v.operands(q.GroupBy.Items)
	}
	v.condition(q.Having)
	v.orders(q.OrderBy)
	v.operand(q.Limit)
	v.operand(q.Offset)
}

func (v *binds) search(s *Search) {
	v.operand(s.Term)
	for _, r := range s.Returning {
		for _, f := range r.Fields {
			v.item(f)
		}
		v.condition(r.Where)
		v.orders(r.OrderBy)
		v.operand(r.Limit)
		v.operand(r.Offset)
	}
	for _, w := range s.With {
		v.operands(w.Values)
		v.params(w.Params)
	}
	v.operand(s.Limit)
}

func (v *binds) item(it SelectItem) {
	switch n := it.(type) {
	case *Field:
		v.operand(n.Expr)
	case *SubQuery:
		v.query(n.Query)
	}
}

func (v *binds) orders(list []Order) {
	for _, o := range list {
		v.operand(o.Expr)
	}
}

func (v *binds) params(list []*Compare) {
	for _, c := range list {
		v.condition(c)
	}
}

func (v *binds) operands(list []Operand) {
	for _, x := range list {
		v.operand(x)
	}
}

func (v *binds) operand(x Operand) {
	switch n := x.(type) {
	case *Call:
		v.operands(n.Args)
	case *Bind:
		v.found = append(v.found, n)
	}
}

func (v *binds) condition(c Condition) {
	switch n := c.(type) {
	case *And:
		for _, t := range n.Terms {
			v.condition(t)
		}
	case *Or:
		for _, t := range n.Terms {
			v.condition(t)
		}
	case *Not:
		v.condition(n.Term)
	case *Compare:
		v.operand(n.Left)
		v.operand(n.Right)
	case *In:
		v.operand(n.Left)
		v.operands(n.Values)
		if n.Bind != nil {
			v.found = append(v.found, n.Bind)
		}
		if n.Query != nil {
			v.query(n.Query)
		}
	}
}
