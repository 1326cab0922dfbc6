package formula

import (
	"math"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// placeFunctions are about places on the globe and rows of other objects.
var placeFunctions = []function{
	{name: "GEOLOCATION", takes: "N N", bind: bindGeolocation},
	{name: "DISTANCE", takes: "L L T", bind: bindDistance},
	{name: "VLOOKUP", takes: "O O T", in: 1<<Rule | 1<<Default, bind: bindVLookup},
}

func bindGeolocation(b *binder, e *Expr) (node, *problem) {
	args, err := b.arguments(e, functions[e.Text])
	if err != nil {
		return node{}, err
	}
	return node{typ: Location, lat: args[0].eval, lon: args[1].eval, eval: args[0].eval}, nil
}

// earth radii of the haversine formula, by unit.
var earth = map[string]float64{"mi": 3958.761, "km": 6371.009}

func bindDistance(b *binder, e *Expr) (node, *problem) {
	args, err := b.arguments(e, functions[e.Text])
	if err != nil {
		return node{}, err
	}
	for _, a := range args[:2] {
		if a.lat == nil {
			return node{}, b.problem(a.expr, CodeType,
				"Incorrect parameter type for function 'DISTANCE()'. Expected Geolocation, received %s", a.typ)
		}
	}
	parts := []evaluator{args[0].lat, args[0].lon, args[1].lat, args[1].lon}
	return node{typ: Number, eval: func(f *frame) (value.Value, error) {
		var at [4]float64
		for i, part := range parts {
			v, err := part(f)
			if err != nil || v.IsNull() {
				return null, err
			}
			at[i] = v.Decimal().Float64()
		}
		if math.Abs(at[0]) > 90 || math.Abs(at[2]) > 90 || math.Abs(at[1]) > 180 || math.Abs(at[3]) > 180 {
			return null, errDomain
		}
		unit, err := args[2].eval(f)
		if err != nil {
			return null, err
		}
		radius, ok := earth[strings.ToLower(unit.Text())]
		if !ok {
			return null, errDomain
		}
		return ofFloat(radius * angle(at[0], at[1], at[2], at[3]))
	}}, nil
}

// angle between two places in radians.
func angle(lat1, lon1, lat2, lon2 float64) float64 {
	rad := func(d float64) float64 { return d * math.Pi / 180 }
	s := func(d float64) float64 { x := math.Sin(rad(d) / 2); return x * x }
	h := s(lat2-lat1) + math.Cos(rad(lat1))*math.Cos(rad(lat2))*s(lon2-lon1)
	return 2 * math.Asin(math.Sqrt(math.Min(h, 1)))
}

func bindVLookup(b *binder, e *Expr) (node, *problem) {
	args, err := b.arguments(e, functions[e.Text])
	if err != nil {
		return node{}, err
	}
	get, key := args[0].field, args[1].field
	if get == nil || key == nil || get.Object != key.Object {
		return node{}, b.problem(e, CodeType,
			"Function VLOOKUP() wants two fields of one object, written $ObjectType.Object__c.Fields.Field__c")
	}
	return node{typ: TypeOf(get.Type), eval: func(f *frame) (value.Value, error) {
		v, err := args[2].eval(f)
		if err != nil || v.IsNull() {
			return null, err
		}
		found, err := f.env.Lookup(get, key, v.Text())
		if err != nil {
			return null, err
		}
		return read(found, get, b.options.BlankAsZero)
	}}, nil
}
