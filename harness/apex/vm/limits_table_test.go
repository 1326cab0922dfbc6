package vm

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/facts"
)

// TestLimitsAreTheFacts holds the table against the facts it was made from.
func TestLimitsAreTheFacts(t *testing.T) {
	t.Parallel()
	var doc struct {
		PerTransaction []struct {
			Key, GetUsed, Message string
			Sync, Async           json.Number
		}
	}
	if err := json.Unmarshal(facts.Read("governor-limits.json"), &doc); err != nil {
		t.Fatal(err)
	}
	byName := map[string]Limit{}
	for _, l := range AllLimits() {
		byName[l.String()] = l
	}
	met := 0
	for _, f := range doc.PerTransaction {
		l, ok := byName[strings.TrimPrefix(f.GetUsed, "get")]
		if !ok {
			continue
		}
		met++
		row := limitTable[l]
		for c, want := range map[Context]json.Number{Synchronous: f.Sync, Asynchronous: f.Async} {
			if n, err := want.Int64(); err == nil && row.max[c] != n {
				t.Errorf("%s: %d in context %d, the facts say %d", l, row.max[c], c, n)
			}
		}
		if f.Message != "" && !strings.HasPrefix(f.Message, row.text) {
			t.Errorf("%s: the text is %q, the facts say %q", l, row.text, f.Message)
		}
	}
	if met < 14 {
		t.Errorf("only %d limits are among the facts", met)
	}
}

// TestHeapIsLookedAt makes sure that a heap that came close is seen, though no
// limit stopped it, and that garbage is not taken for it.
func TestHeapIsLookedAt(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		kept, dropped int // values of 1,000 bytes
		close         bool
	}{
		"close":       {5500, 0, true},
		"small":       {100, 0, false},
		"all garbage": {10, 20_000, false},
		"both":        {5200, 2_000, true},
	} {
		th := (&Program{}).NewThread(t.Context(), nil, Options{})
		st := &classState{}
		th.statics = []*classState{st}
		text := strings.Repeat("x", 1000)
		for i := range max(tt.kept, tt.dropped) {
			if i < tt.dropped {
				th.Grow(1004)
			}
			if i < tt.kept {
				st.vals = append(st.vals, Str(strings.Clone(text)))
				th.Grow(1004)
			}
		}
		limit := th.Allowed(HeapSize)
		if got := th.heapPeak >= limit/5*4; got != tt.close {
			t.Errorf("%s: %d of %d were seen at most", name, th.heapPeak, limit)
		}
	}
}
