package view

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// Facts are what the upgrades of one kind of package do in some scenarios,
// whatever the release changes.
type Facts struct {
	Kind  string             // of the package
	Where []*result.Scenario // in which it reads the same
	Text  string
}

// Title is "Facts of an unlocked upgrade".
func (f Facts) Title() string { return "Facts of an " + f.Kind + " upgrade" }

// KindFacts gathers the facts of all scenarios: one text for each, and once for
// those in which it reads the same.
func KindFacts(r *result.Result) []Facts {
	var list []Facts
	at := map[string]int{}
	for i := range r.Scenarios {
		sc := &r.Scenarios[i]
		if len(sc.Facts) == 0 {
			continue
		}
		var texts []string
		for _, f := range sc.Facts {
			texts = append(texts, "it "+f.Text)
		}
		one := Facts{Kind: sc.Facts[0].Kind, Text: strings.Join(texts, "; ")}
		key := one.Kind + "\x00" + one.Text
		j, ok := at[key]
		if !ok {
			j = len(list)
			at[key] = j
			list = append(list, one)
		}
		list[j].Where = append(list[j].Where, sc)
	}
	return list
}

// WhereShort names the scenarios of the facts as Group.WhereShort does.
func (f Facts) WhereShort(r *result.Result) string { return whereShort(r, f.Where) }
