package source

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// noSuchRef says which refs come near the one that is not there.
func noSuchRef(ref string, names []string) error {
	if ref == "HEAD" {
		return fmt.Errorf("the repository has no commit at HEAD; name a tag, branch or commit")
	}
	near := nearest(ref, names, 5)
	if len(near) == 0 {
		return fmt.Errorf("there is no tag, branch or commit %q", ref)
	}
	return fmt.Errorf("there is no tag, branch or commit %q; near it are %s", ref, strings.Join(near, ", "))
}

// nearest gives the n names that take the fewest edits to become want, among
// names that are not wholly different.
func nearest(want string, names []string, n int) []string {
	type candidate struct {
		name     string
		distance int
	}
	var all []candidate
	low := strings.ToLower(want)
	for _, name := range names {
		d := diag.Edits(low, strings.ToLower(name))
		if base := name[strings.LastIndexByte(name, '/')+1:]; base != name {
			d = min(d, diag.Edits(strings.TrimPrefix(low, "v"), strings.ToLower(base))+1)
		}
		if d <= max(len(want)/2, 2) {
			all = append(all, candidate{name, d})
		}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), strings.Compare(a.name, b.name))
	})
	var near []string
	for i := range min(n, len(all)) {
		near = append(near, all[i].name)
	}
	return near
}
