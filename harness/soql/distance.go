package soql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// distance resolves DISTANCE(place, GEOLOCATION(latitude, longitude), unit),
// the great-circle distance in miles ('mi') or kilometres ('km'); one of the
// two places is a field, the other may be too (SOQL reference, DISTANCE).
func (b *builder) distance(c *query.Call) (operand, error) {
	if len(c.Args) != 3 {
		return operand{}, &Error{Range: c.Range, Code: "MALFORMED_QUERY", Message: "unexpected number of arguments for " + c.Name.Text}
	}
	lat1, lon1, err := b.place(c.Args[0])
	if err != nil {
		return operand{}, err
	}
	lat2, lon2, err := b.place(c.Args[1])
	if err != nil {
		return operand{}, err
	}
	radius := ""
	if unit, ok := c.Args[2].(*query.Literal); ok {
		radius = earthRadius[strings.ToLower(unit.Text)]
	}
	if radius == "" {
		return operand{}, &Error{Range: c.Args[2].At(), Code: "MALFORMED_QUERY", Message: "unit of DISTANCE must be 'mi' or 'km'"}
	}
	return operand{sql: fmt.Sprintf("(sf_arc(%s, %s, %s, %s) * %s)", lat1, lon1, lat2, lon2, radius),
		col: store.Column{Kind: approximate, Type: schema.Double}, node: b.root}, nil
}

// earthRadius is the mean radius of the earth by unit.
var earthRadius = map[string]string{"mi": "3958.8", "km": "6371.0"}

// place is the degrees of a location or address field, or of GEOLOCATION.
func (b *builder) place(o query.Operand) (latitude, longitude string, err error) {
	switch o := o.(type) {
	case *query.Path:
		n, last, err := b.walk(o)
		if err != nil {
			return "", "", err
		}
		whole := n.object.FieldIn(b.plan.ns, last.Text)
		if whole == nil || !whole.Type.IsCompound() {
			return "", "", &Error{Range: o.Range, Code: "INVALID_FIELD", Message: "field " + last.Text + " does not support function DISTANCE"}
		}
		for _, f := range n.object.Fields {
			name := strings.ToLower(f.Name)
			switch {
			case f.Compound != whole.Name:
			case strings.Contains(name, "latitude"):
				latitude = b.degrees(n, f)
			case strings.Contains(name, "longitude"):
				longitude = b.degrees(n, f)
			}
		}
		if latitude == "" || longitude == "" {
			return "", "", &Unsupported{Range: o.Range, Name: "DISTANCE of " + whole.Name}
		}
		return latitude, longitude, nil
	case *query.Call:
		if o.Name.Is("GEOLOCATION") && len(o.Args) == 2 {
			if latitude, err = b.number(o.Args[0]); err != nil {
				return "", "", err
			}
			longitude, err = b.number(o.Args[1])
			return latitude, longitude, err
		}
	}
	return "", "", &Error{Range: o.At(), Code: "MALFORMED_QUERY", Message: "unexpected argument for DISTANCE"}
}

// degrees is a field as a number with a fraction.
func (b *builder) degrees(n *node, f *schema.Field) string {
	b.mention(f)
	return fmt.Sprintf("(%s / 1%s.0)", b.columnSQL(n, f), strings.Repeat("0", int(store.ColumnOf(f).Scale)))
}

// number is a number of the query's text or a bound one.
func (b *builder) number(o query.Operand) (string, error) {
	switch o := o.(type) {
	case *query.Literal:
		if d, err := value.ParseDec(o.Text); err == nil {
			return b.param(func(*run) (value.Value, error) { return value.OfDouble(d.Float64()), nil }), nil
		}
	case *query.Bind:
		i := slices.Index(b.plan.binds, o)
		return b.param(func(r *run) (value.Value, error) {
			if v := r.single(i); !v.IsNull() {
				return value.OfDouble(v.Float64()), nil
			}
			return value.Value{}, nil
		}), nil
	}
	return "", &Error{Range: o.At(), Code: "MALFORMED_QUERY", Message: "unexpected argument for GEOLOCATION"}
}
