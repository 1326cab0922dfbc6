package invariant

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// scriptTakesOthers finds rows and settings with which the script fails, though
// it succeeds in this org: what it asks came out otherwise.
func scriptTakesOthers(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for _, side := range e.OtherSides {
		message, stack, failed := failureOf(side.Err)
		class := qualified(e.To.Namespace, e.To.PostInstall)
		f := finding.New(finding.ScriptCondition, fmt.Sprintf("%s fails in an org with %s", side.Step, side.Did[0]))
		if len(side.Did) > 1 {
			f.Title += " and the like"
		}
		f.Message = message + "\nWith " + strings.Join(side.Did, "; ") + ". Without that it succeeds in this org."
		f.Stack, f.Failed = linesOf(stack), failed
		f.Cause = causeOfStack(stack, finding.ByScript)
		if f.Cause.Class == "" {
			f.Cause.Class = class
		}
		list = append(list, f)
	}
	return list
}
