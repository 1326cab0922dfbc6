package schema

import (
	_ "embed"
	"strings"
	"sync"
)

// outlineText is the objects of which no more than the name is known: a name and
// a key prefix a line. Written by internal/compact.
//
//go:embed outline.txt
var outlineText string

// recalled are objects that the collected names lack, mostly events of the
// platform, from knowledge of its object reference.
const recalled = "AIPredictionEvent AppointmentSchedulingEvent AssetTokenEvent AttachedContentNote BackgroundOperationResult " +
	"BillingScheduleCreatedEvent CommerceDiagnosticEvent ConcurLongRunApexErrEvent CreditInvoiceProcessedEvent " +
	"CreditMemoProcessedEvent ExternalEncryptionRootKeyEvent FOStatusChangedEvent FlowOrchestrationEvent " +
	"FulfillOrdItemQtyChgEvent InvoiceProcessedEvent ManagedContentStatusEvent MobileEmailEvent MobileEnforcedPolicyEvent " +
	"MobileScreenshotEvent MobileSecurityPolicyEvent OrderSumStatusChangedEvent OrderSummaryCreatedEvent PaymentCreationEvent " +
	"PendingOrdSumProcEvent ProcessExceptionEvent QuoteToOrderCompletedEvent QuoteToOrderErrDtlEvent RemoteKeyCalloutEvent " +
	"SolutionStatus"

type outlineIndex struct {
	lines map[string]string // by lower-case name
	made  sync.Map          // lower-case name → *Object
}

var outlines = sync.OnceValue(func() *outlineIndex {
	ix := &outlineIndex{lines: make(map[string]string, 2200)}
	for line := range strings.SplitSeq(outlineText, "\n") {
		if name, _, _ := strings.Cut(line, "\t"); name != "" {
			ix.lines[strings.ToLower(name)] = line
		}
	}
	for name := range strings.FieldsSeq(recalled) {
		ix.lines[strings.ToLower(name)] = name
	}
	return ix
})

// Outline gives a standard object that Object does not find and of which the name
// is known to be the platform's: one that the facts do not describe, or a
// companion of one (QuoteShare). It has no more than the fields that most objects
// have; what else is named of it can not be checked. Orgs do not hold it, and it
// is in no list. nil for all other names.
func (s *Schema) Outline(name string) *Object {
	lower, ix := strings.ToLower(name), outlines()
	if o, ok := ix.made.Load(lower); ok {
		return o.(*Object)
	}
	if s.Object(name) != nil || standardIndex().objects[lower] != "" {
		return nil
	}
	line, kind := ix.lines[lower], Standard
	if line == "" {
		if line, kind = ix.companion(name); line == "" {
			return nil
		}
	}
	c := cells(strings.Split(line, "\t"))
	o := &Object{Name: c.at(0), Label: c.at(0), LabelPlural: c.at(0), KeyPrefix: c.at(1), Kind: kind, Outline: true, Deployed: true,
		Createable: true, Updateable: true, Deletable: true, Queryable: true, Triggerable: true}
	for _, f := range []Field{
		{Name: "Id", Label: "Record ID", Type: ID, Length: 18},
		{Name: "IsDeleted", Label: "Deleted", Type: Boolean},
		{Name: "CreatedDate", Label: "Created Date", Type: Datetime},
		{Name: "CreatedById", Label: "Created By ID", Type: Reference, Length: 18, ReferenceTo: []string{"User"}, RelationshipName: "CreatedBy"},
		{Name: "LastModifiedDate", Label: "Last Modified Date", Type: Datetime},
		{Name: "LastModifiedById", Label: "Last Modified By ID", Type: Reference, Length: 18, ReferenceTo: []string{"User"}, RelationshipName: "LastModifiedBy"},
		{Name: "SystemModstamp", Label: "System Modstamp", Type: Datetime},
	} {
		f.Filterable, f.Sortable, f.Groupable = true, true, true
		o.Fields = append(o.Fields, &f)
	}
	o.finish()
	got, _ := ix.made.LoadOrStore(lower, o)
	return got.(*Object)
}

// companion makes the line of a share, history, feed or change event of a standard
// object, in the case of the object's own name.
func (ix *outlineIndex) companion(name string) (string, ObjectKind) {
	for suffix, kind := range map[string]ObjectKind{"ChangeEvent": ChangeEvent, "History": History, "Share": Share, "Feed": Feed} {
		n := len(name) - len(suffix)
		if n <= 0 || !strings.EqualFold(name[n:], suffix) {
			continue
		}
		stem := strings.ToLower(name[:n])
		line := ix.lines[stem]
		if line == "" {
			line = standardIndex().objects[stem]
		}
		if head, _, _ := strings.Cut(line, "\t"); head != "" {
			return head + suffix, kind
		}
	}
	return "", Standard
}
