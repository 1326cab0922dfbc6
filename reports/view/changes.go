package view

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// Block is what the upgrade did to records, and the scenarios in which it did
// just that.
type Block struct {
	Where []string
	Lines []string // an object each
}

// Changes gathers the record changes of all scenarios.
func Changes(r *result.Result) []Block {
	var blocks []Block
	at := map[string]int{}
	for i := range r.Scenarios {
		sc := &r.Scenarios[i]
		var lines []string
		for _, o := range sc.Diff.Objects {
			if line := ObjectLine(o); line != "" {
				lines = append(lines, line)
			}
		}
		if len(lines) == 0 {
			continue
		}
		key := strings.Join(lines, "\n")
		j, ok := at[key]
		if !ok {
			j = len(blocks)
			at[key] = j
			blocks = append(blocks, Block{Lines: lines})
		}
		blocks[j].Where = append(blocks[j].Where, Label(sc))
	}
	return blocks
}

// Users adds up what users did in all scenarios.
func Users(r *result.Result) result.TrafficPhase {
	var sum result.TrafficPhase
	for i := range r.Scenarios {
		b := r.Scenarios[i].Traffic
		if b == nil {
			continue
		}
		for _, phase := range []result.TrafficPhase{b.Before, b.During, b.After} {
			sum.Add(phase)
		}
	}
	return sum
}
