package invariant

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// ownRecordsWork finds methods that fail as soon as the subscriber has custom
// metadata of its own, and did not before.
func ownRecordsWork(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for _, c := range e.OwnRecordCalls {
		name := qualified(e.From.Namespace, c.Class) + "." + c.Method
		message, stack, failed := failureOf(c.Thrown)
		f := finding.New(finding.BusinessFails, fmt.Sprintf("%s fails where the subscriber has records of %s, and did not before", name, strings.Join(c.Types, ", ")))
		f.Several = "{n} methods fail where the subscriber has custom metadata of its own, and did not before"
		f.Message = message
		f.Stack, f.Failed = linesOf(stack), failed
		f.Cause = causeOfStack(stack, finding.ByComponent)
		f.Components = []finding.Component{{Kind: "ApexClass", Name: c.Class, Namespace: e.From.Namespace}}
		list = append(list, f)
	}
	return list
}
