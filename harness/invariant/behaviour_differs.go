package invariant

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// sameWork finds transactions that are saved in both versions and do not do the
// same in them: one finding a kind of difference, told of the first transaction
// that showed it.
func sameWork(e *Evidence) []finding.Finding {
	groups := newGrouping()
	also := map[*finding.Finding][]string{}
	for i := range e.Twins.Differing {
		twin := &e.Twins.Differing[i]
		for j := range twin.Differs {
			d := &twin.Differs[j]
			if d.Kind == probe.RefusedNow || d.Kind == probe.RefusedElse {
				continue
			}
			f, first := groups.at(string(d.Kind) + d.Object + d.Field + d.Type + d.Job + sense(d))
			if !first {
				also[f] = append(also[f], twin.What)
				continue
			}
			*f = finding.New(finding.BehaviourDiffers, titleOfTwin(twin, d))
			f.Severity = weight(d)
			f.Message = messageOfTwin(twin, d)
			f.Cause = causeOfStack(d.Origin, finding.ByComponent)
			if len(twin.Changed) == 1 && f.Cause.Class == "" {
				f.Cause.Component = "ApexClass " + twin.Changed[0].Name
			}
			f.Stack, f.Failed = linesOf(d.Origin), d.Failed
			if d.Object != "" {
				f.Rows = []finding.Rows{{Object: d.Object, Count: max(d.Rows, 1)}}
			}
		}
	}
	for _, f := range groups.items {
		if others := also[f]; len(others) > 0 {
			f.Cause.Detail = strings.TrimPrefix(f.Cause.Detail+"; also when "+others[0]+more(len(others)-1), "; ")
		}
	}
	return groups.list()
}

func more(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d times more", n)
}

// sense is whether a difference is a loss: rows that are no longer made and such
// that are made for the first time are two findings.
func sense(d *probe.Difference) string {
	if lost(d) {
		return "-"
	}
	return "+"
}

func lost(d *probe.Difference) bool {
	switch d.Kind {
	case probe.RowsMade, probe.RowsGone, probe.JobsStarted, probe.MailsSent:
		return fewer(d)
	case probe.FieldEmpty, probe.ThrownNow:
		return true
	case probe.Answers:
		return d.Is == "nothing" || strings.HasPrefix(d.Is, "threw ")
	default:
		return false
	}
}

func fewer(d *probe.Difference) bool {
	var was, is int
	_, _ = fmt.Sscan(d.Was, &was)
	_, _ = fmt.Sscan(d.Is, &is)
	return is < was
}

// weight is how much a difference matters: what no longer happens does, what
// happens besides or otherwise is worth a look.
func weight(d *probe.Difference) finding.Severity {
	if lost(d) {
		return finding.Major
	}
	return finding.Minor
}

func titleOfTwin(twin *probe.Twin, d *probe.Difference) string {
	what := capital(whatAndWho(twin))
	switch d.Kind {
	case probe.RowsMade:
		return fmt.Sprintf("%s %s of %s: %s → %s", what, howOften(d, "makes"), d.Object, d.Was, d.Is)
	case probe.RowsGone:
		return fmt.Sprintf("%s %s of %s: %s → %s", what, howOften(d, "deletes"), d.Object, d.Was, d.Is)
	case probe.FieldEmpty:
		return fmt.Sprintf("%s leaves %s.%s empty, which was filled before", what, d.Object, d.Field)
	case probe.FieldSet:
		return fmt.Sprintf("%s fills %s.%s, which stayed empty before", what, d.Object, d.Field)
	case probe.FieldValue:
		return fmt.Sprintf("%s writes another value into %s.%s than before", what, d.Object, d.Field)
	case probe.ThrownNow:
		if d.Job != "" {
			return fmt.Sprintf("%s starts a job that fails now", what)
		}
		return fmt.Sprintf("%s meets an exception that the package catches", what)
	case probe.Answers:
		switch opened, page := strings.CutPrefix(what, "Opening the page "); {
		case page && d.Was == "nothing":
			return fmt.Sprintf("The page %s shows what it did not show before (%s): %s → %s", opened, d.Field, d.Was, d.Is)
		case page && lost(d):
			return fmt.Sprintf("The page %s no longer shows what it did (%s): %s → %s", opened, d.Field, d.Was, d.Is)
		case page:
			return fmt.Sprintf("The page %s shows something else than before (%s): %s → %s", opened, d.Field, d.Was, d.Is)
		}
		return fmt.Sprintf("%s gives something else than before: %s → %s", what, d.Was, d.Is)
	case probe.JobsStarted:
		return fmt.Sprintf("%s %s of %s", what, howOften(d, "starts jobs"), d.Job)
	default:
		return fmt.Sprintf("%s %s", what, howOften(d, "sends mail"))
	}
}

func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// howOften says whether something no longer happens, happens less or more often,
// or for the first time.
func howOften(d *probe.Difference, does string) string {
	counted := d.Kind == probe.RowsMade || d.Kind == probe.RowsGone
	switch {
	case counted && d.Is == "0":
		return "no longer " + does + " rows"
	case counted && d.Was == "0":
		return does + " rows, and did not before,"
	case counted && fewer(d):
		return does + " fewer rows"
	case counted:
		return does + " more rows"
	case fewer(d):
		return "no longer " + does
	default:
		return does + ", and did not before,"
	}
}

// messageOfTwin says what differs, how it was called, and what is new in the
// classes that changed on the way.
func messageOfTwin(twin *probe.Twin, d *probe.Difference) string {
	parts := []string{differenceOf(twin, d)}
	if twin.Code != "" {
		parts = append(parts, "called as "+clipTo(twin.Code, 160))
	}
	for i, c := range twin.Changed {
		if i < 3 && len(c.New) > 0 {
			parts = append(parts, "new in "+c.Name+": "+strings.Join(c.New, ", "))
		}
	}
	return strings.TrimPrefix(strings.Join(parts, "; "), "; ")
}

func differenceOf(twin *probe.Twin, d *probe.Difference) string {
	switch d.Kind {
	case probe.ThrownNow:
		return d.Type + ": " + d.Text
	case probe.FieldEmpty, probe.FieldSet, probe.FieldValue:
		text := d.Field + ": " + clipPair(cmp.Or(d.Was, "nothing"), cmp.Or(d.Is, "nothing"))
		return text + caughtBesides(twin)
	case probe.RowsMade:
		if len(d.Names) > 0 {
			return "new besides: " + strings.Join(d.Names, ", ") + caughtBesides(twin)
		}
		return strings.TrimPrefix(caughtBesides(twin), "; ")
	default:
		return strings.TrimPrefix(caughtBesides(twin), "; ")
	}
}

// caughtBesides names the exception that the same transaction met.
func caughtBesides(twin *probe.Twin) string {
	i := slices.IndexFunc(twin.Differs, func(d probe.Difference) bool { return d.Kind == probe.ThrownNow })
	if i < 0 {
		return ""
	}
	return "; caught: " + twin.Differs[i].Type + ": " + twin.Differs[i].Text
}
