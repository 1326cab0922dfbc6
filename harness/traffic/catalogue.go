package traffic

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// catalogue is the standard objects that business works on, in order.
var catalogue = []string{"Account", "Contact", "Lead", "Opportunity", "Case", "Task", "Campaign"}

// present lists those of the objects that the org has, users can write to, and
// that have rows, or all of them when empty ones count too.
func present(ctx context.Context, o *org.Org, names []string, empty bool) ([]string, error) {
	var out []string
	for _, name := range names {
		obj := o.Schema().Object(name)
		if obj == nil || !obj.Createable || !obj.Updateable || obj.Kind.IsCustomSetting() || slices.Contains(out, obj.Name) {
			continue
		}
		if !empty {
			n, err := o.Store().Count(ctx, obj)
			if err != nil {
				return nil, fmt.Errorf("count the rows of %s: %w", obj.Name, err)
			}
			if n == 0 {
				continue
			}
		}
		out = append(out, obj.Name)
	}
	return out, nil
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
		return value.OfText(strings.TrimSpace(cut(text, f.Length))), true
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
