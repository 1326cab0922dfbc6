package stdlib

import (
	"math"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// place is a System.Location: degrees.
type place struct{ latitude, longitude float64 }

// EqualNative and HashNative compare places by their coordinates.
func (p *place) EqualNative(o any) bool { w, ok := o.(*place); return ok && *p == *w }

// HashNative goes with EqualNative.
func (p *place) HashNative() uint32 { return uint32(int32(p.latitude*1e4)*31 + int32(p.longitude*1e4)) }

// String is the place as System.debug shows it.
func (p *place) String() string {
	return "API Location[" + value.OfDouble(p.latitude).String() + ", " + value.OfDouble(p.longitude).String() + "]"
}

func placeOf(t *vm.Thread, v vm.Value) *place {
	if v.IsNull() {
		t.ThrowNull()
	}
	switch p := v.Native().(type) {
	case *place:
		return p
	case *vm.Bag: // of a record's field
		return &place{p.Values["latitude"].Float(), p.Values["longitude"].Float()}
	}
	t.ThrowNull()
	return nil
}

var placeTable = vm.Library{
	"Location.newInstance": func(t thread, _ val, a vals) val {
		if a[0].IsNull() || a[1].IsNull() {
			t.ThrowNull()
		}
		return t.NewNative("System.Location", &place{a[0].Float(), a[1].Float()})
	},
	"Location.getLatitude":  func(t thread, r val, a vals) val { return vm.Double(placeOf(t, r).latitude) },
	"Location.getLongitude": func(t thread, r val, a vals) val { return vm.Double(placeOf(t, r).longitude) },
	"Location.getDistance": func(t thread, r val, a vals) val {
		if len(a) == 3 {
			return vm.Double(distance(placeOf(t, a[0]), placeOf(t, a[1]), str(t, a[2])))
		}
		return vm.Double(distance(placeOf(t, r), placeOf(t, a[0]), str(t, a[1])))
	},
	"Address.getDistance": func(t thread, r val, a vals) val {
		b := bagOf(r).Values
		if b["latitude"].IsNull() || b["longitude"].IsNull() || a[0].IsNull() {
			return vm.Null
		}
		here := &place{b["latitude"].Float(), b["longitude"].Float()}
		return vm.Double(distance(here, placeOf(t, a[0]), str(t, a[1])))
	},
}

// distance is the great-circle distance in miles, or in kilometres when the
// unit is "km".
func distance(p, q *place, unit string) float64 {
	const miles, kilometres = 3958.8, 6371.0
	rad := func(deg float64) float64 { return deg * math.Pi / 180 }
	sin := func(x float64) float64 { s := math.Sin(x / 2); return s * s }
	h := sin(rad(q.latitude-p.latitude)) +
		math.Cos(rad(p.latitude))*math.Cos(rad(q.latitude))*sin(rad(q.longitude-p.longitude))
	radius := miles
	if strings.EqualFold(unit, "km") {
		radius = kilometres
	}
	return 2 * radius * math.Asin(math.Sqrt(h))
}
