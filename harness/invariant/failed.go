package invariant

import (
	"regexp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// maxFailed is how many refused rows a finding keeps for blame.
const maxFailed = 1000

// addFailed adds rows that failed in the same way to those of a finding.
func addFailed(f *finding.Finding, rows []dml.FailedRow) {
	room := max(0, maxFailed-len(f.Failed.Rows))
	f.Failed.Rows = append(slices.Clip(f.Failed.Rows), rows[:min(len(rows), room)]...)
}

// refusedBy is what refused the first row; zero for the platform.
func refusedBy(failed *dml.Failed) dml.Source {
	if len(failed.Rows) == 0 {
		return dml.Source{}
	}
	return failed.Rows[0].Source
}

// statusOf is the status code of a failure, or the limit that it exceeded: what
// makes two failures the same.
func statusOf(failed *dml.Failed, message string) string {
	if failed.Limit != "" {
		return failed.Limit
	}
	told := *failed
	if onlyText(failed) {
		told.Rows = readText(message)
	}
	return told.Status()
}

// onlyText reports whether a failure is known by its text alone: an exception of
// the package's own, which may carry the message of another, or no exception at
// all. What the platform throws tells its structure.
func onlyText(failed *dml.Failed) bool {
	return len(failed.Rows) == 0 && failed.Limit == "" && !strings.HasPrefix(failed.Exception, "System.")
}

// The words of a DmlException, for messages that Apex of the package passes on
// as text.
var (
	// rowText is the error of a row: its status code, message and fields.
	rowText = regexp.MustCompile(`\b([A-Z][A-Z]+(?:_[A-Z]+)+)(?:, (.*?): \[([A-Za-z0-9_, ]*)\])?`)
	// idText is the row that a DmlException names.
	idText = regexp.MustCompile(`\bwith id ([a-zA-Z0-9]{15,18});`)
	// valueText is the value that a restricted picklist does not have.
	valueText = regexp.MustCompile(`bad value for restricted picklist field: (.*)$`)
)

// readText finds the errors of rows in a text that is all there is.
func readText(message string) []dml.FailedRow {
	var rows []dml.FailedRow
	for _, m := range rowText.FindAllStringSubmatch(message, -1) {
		e := dml.RowError{StatusCode: m[1], Message: m[2]}
		for name := range strings.SplitSeq(m[3], ",") {
			if name = strings.TrimSpace(name); name != "" {
				e.Fields = append(e.Fields, name)
			}
		}
		if v := valueText.FindStringSubmatch(m[2]); v != nil {
			e.Value = v[1]
		}
		rows = append(rows, dml.FailedRow{RowError: e})
	}
	if m := idText.FindStringSubmatch(message); m != nil && len(rows) > 0 {
		rows[0].ID = longID(m[1])
	}
	return rows
}
