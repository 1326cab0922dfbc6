package types

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
)

// family is what sort of values a column holds, as far as filters tell them
// apart.
type family uint8

const (
	anyFamily family = iota // takes whatever comes
	textFamily
	idFamily
	numberFamily
	booleanFamily
	dateFamily
	datetimeFamily
	timeFamily
)

func familyOf(f *schema.Field) family {
	switch f.Type {
	case schema.ID, schema.Reference:
		return idFamily
	case schema.Boolean:
		return booleanFamily
	case schema.Int, schema.Long, schema.Double, schema.Currency, schema.Percent:
		return numberFamily
	case schema.Date:
		return dateFamily
	case schema.Datetime:
		return datetimeFamily
	case schema.Time:
		return timeFamily
	case schema.String, schema.Email, schema.Phone, schema.URL, schema.Picklist:
		return textFamily
	default:
		return anyFamily
	}
}

// takes reports whether a filter on the family takes a bind of a type.
func (f family) takes(t *Type) bool {
	switch t.Kind {
	case KindInvalid, KindNull, KindObject, KindVar:
		return true
	case KindList, KindSet:
		return f.takes(t.Args[0])
	case KindBoolean:
		return f == booleanFamily
	case KindInteger, KindLong, KindDouble, KindDecimal:
		return f == numberFamily
	case KindDate, KindDatetime:
		return f == dateFamily || f == datetimeFamily
	case KindTime:
		return f == timeFamily
	case KindString, KindID:
		return f == textFamily || f == idFamily
	case KindSObject:
		return f == idFamily
	case KindEnum:
		return f == textFamily
	default:
		return false
	}
}

// takesLiteral reports whether a filter on the family takes a literal.
func (f family) takesLiteral(k query.LiteralKind) bool {
	switch k {
	case query.BooleanLiteral:
		return f == booleanFamily
	case query.StringLiteral:
		return f == textFamily || f == idFamily
	case query.NumberLiteral, query.CurrencyLiteral:
		return f == numberFamily
	case query.DateLiteral:
		return f == dateFamily
	case query.DatetimeLiteral:
		return f == datetimeFamily
	case query.DateRangeLiteral:
		return f == dateFamily || f == datetimeFamily
	case query.TimeLiteral:
		return f == timeFamily
	default:
		return true
	}
}

// column is the field that a filter is about, nil where it is no plain path.
func (w *queryBinder) column(s *queryScope, x query.Operand) *schema.Field {
	p, ok := x.(*query.Path)
	if !ok || s.object == nil {
		return nil
	}
	o, parts := s.object, p.Parts
	if len(parts) > 1 {
		if a, ok := s.aliases[parts[0].Key()]; ok && a != nil {
			o, parts = a, parts[1:]
		}
	}
	for i := range parts[:len(parts)-1] {
		f := o.RelationshipIn(w.b.ns, parts[i].Text)
		if f == nil || len(f.ReferenceTo) != 1 {
			return nil
		}
		if o = w.b.program.schema.Object(f.ReferenceTo[0]); o == nil {
			return nil
		}
	}
	return o.FieldIn(w.b.ns, parts[len(parts)-1].Text)
}

// filter checks one value of a filter against its column.
func (w *queryBinder) filter(f *schema.Field, value query.Operand) {
	if f == nil {
		return
	}
	of := familyOf(f)
	if of == anyFamily {
		return
	}
	switch x := value.(type) {
	case *query.Literal:
		if of.takesLiteral(x.Kind) {
			return
		}
		quotes := ""
		if x.Kind == query.StringLiteral {
			quotes = " and should not be enclosed in quotes"
		}
		w.errorf(x, "value of filter criterion for field '%s' must be of type %s%s", f.Name, f.Type, quotes)
	case *query.Bind:
		w.filterBind(f, of, x)
	}
}

func (w *queryBinder) filterBind(f *schema.Field, of family, x *query.Bind) {
	if len(w.binds) == 0 || w.binds[len(w.binds)-1].Node != x {
		return
	}
	t := w.binds[len(w.binds)-1].X.Type()
	if !of.takes(t) {
		w.errorf(x, "Invalid bind expression type of %s for column of type %s", t.Name, fieldType(f).Name)
	}
}

// filterSet checks the bind of IN, which must be something to iterate over.
func (w *queryBinder) filterSet(f *schema.Field, x *query.Bind) {
	if len(w.binds) == 0 || w.binds[len(w.binds)-1].Node != x {
		return
	}
	switch t := w.binds[len(w.binds)-1].X.Type(); t.Kind {
	case KindBoolean, KindInteger, KindLong, KindDouble, KindDecimal, KindString, KindID, KindDate, KindDatetime, KindTime:
		w.errorf(x, "IN operator must be used with an iterable expression")
	default:
		if f == nil {
			return
		}
		if of := familyOf(f); of != anyFamily && !of.takes(t) && t.Kind != KindMap && !strings.HasPrefix(t.Name, "Iterable") {
			w.errorf(x, "Invalid bind expression type of %s for column of type %s", t.Name, fieldType(f).Name)
		}
	}
}
