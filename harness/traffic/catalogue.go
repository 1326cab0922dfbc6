package traffic

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// catalogue is the standard objects that business works on, in order.
var catalogue = []string{"Account", "Contact", "Lead", "Opportunity", "Case", "Task", "Campaign"}

// present lists the objects that the org has and users can write to: those of
// the catalogue, then the further ones in the order given.
func present(o *org.Org, further []string) []string {
	var out []string
	for _, name := range slices.Concat(catalogue, further) {
		obj := o.Schema().Object(name)
		if obj != nil && obj.Createable && obj.Updateable && !slices.Contains(out, obj.Name) {
			out = append(out, obj.Name)
		}
	}
	return out
}

// newRow makes a row with its required fields filled; nil when a required
// field needs a row of another object.
func newRow(obj *schema.Object, text string, rnd *rand.Rand) *schema.Record {
	rec := schema.NewRecord(obj)
	for _, f := range obj.Fields {
		if !f.Createable || !f.IsStored() || f.AutoNumber {
			continue
		}
		naming := f.NameField || f.Name == "LastName" || f.Name == "Subject" || f.Name == "Company"
		if f.Nillable && !naming || f.DefaultedOnCreate && !naming || f.Type == schema.Boolean || f.Name == "OwnerId" {
			continue
		}
		v, ok := sample(f, text, rnd)
		if !ok {
			return nil
		}
		rec.Set(f, v)
	}
	return rec
}

// sample is a value that the field accepts.
func sample(f *schema.Field, text string, rnd *rand.Rand) (value.Value, bool) {
	switch {
	case f.Picklist != nil && (f.Type == schema.Picklist || f.Type == schema.MultiPicklist):
		var active []string
		for _, p := range f.Picklist.Values {
			if p.Active {
				active = append(active, p.Name)
			}
		}
		if len(active) == 0 {
			return value.Value{}, false
		}
		return value.OfText(active[rnd.IntN(len(active))]), true
	case f.Type == schema.Email:
		return value.OfText("someone@example.com"), true
	case f.Type.IsText():
		if f.Length > 0 && len(text) > f.Length {
			text = strings.TrimSpace(text[:f.Length])
		}
		return value.OfText(text), true
	case f.Type.IsNumber():
		return value.OfInt(int32(rnd.IntN(9))), true
	case f.Type == schema.Date:
		return value.OfDate(20_100 + int64(rnd.IntN(300))), true
	case f.Type == schema.Datetime:
		return value.OfDatetime((20_100 + int64(rnd.IntN(300))) * value.MsPerDay), true
	default:
		return value.Value{}, false
	}
}
