package automation

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/org/standard"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// derivations fill in standard fields that follow from others. The table is
// small on purpose: fields that packages read after they wrote the others.
var derivations = map[string]func(rec *schema.Record){
	"Case":        func(rec *schema.Record) { deriveClosed(rec, "Status", "Closed") },
	"Task":        func(rec *schema.Record) { deriveClosed(rec, "Status", "Completed") },
	"Opportunity": deriveStage,
	"Attachment":  deriveBodyLength,
	"Document":    deriveBodyLength,
}

func deriveClosed(rec *schema.Record, status, closed string) {
	f, is := rec.Object.Field(status), rec.Object.Field("IsClosed")
	if f != nil && is != nil && is.IsStored() {
		rec.Set(is, value.OfBool(strings.EqualFold(rec.Get(f).Text(), closed)))
	}
}

func deriveBodyLength(rec *schema.Record) {
	if body := rec.Object.Field("Body"); body != nil && rec.IsSet(body) {
		standard.SetIfStored(rec, "BodyLength", value.OfInt(int32(len(rec.Get(body).Text()))))
	}
}

func deriveStage(rec *schema.Record) {
	o := rec.Object
	f := o.Field("StageName")
	if f == nil {
		return
	}
	i := slices.IndexFunc(standard.Stages, func(s standard.Stage) bool { return strings.EqualFold(s.Label, rec.Get(f).Text()) })
	if i < 0 {
		return
	}
	s := standard.Stages[i]
	standard.SetIfStored(rec, "IsClosed", value.OfBool(s.Closed()))
	standard.SetIfStored(rec, "IsWon", value.OfBool(s.Won()))
	standard.SetIfStored(rec, "ForecastCategory", value.OfText(s.Forecast))
	standard.SetIfStored(rec, "ForecastCategoryName", value.OfText(s.Forecast))
	if f := o.Field("Probability"); f != nil && rec.Get(f).IsNull() {
		rec.Set(f, value.OfInt(int32(s.Probability)))
	}
}
