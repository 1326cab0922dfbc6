package lint

import (
	"strings"
	"testing"
)

// TestSourcesAreGuides: what users are told is the title of a published guide
// for each of the sections that a rule is from, and never a file of the project.
func TestSourcesAreGuides(t *testing.T) {
	t.Parallel()
	for _, r := range Rules {
		if source := r.Source(); !strings.Contains(source, " Guide, ") || strings.Contains(source, ".md") || strings.Contains(source, ".json") {
			t.Errorf("%s: source %q", r.Code, source)
		}
		document := ""
		for cited := range strings.SplitSeq(r.Facts, "; ") {
			parts := strings.SplitN(cited, ", ", 3)
			if strings.HasPrefix(parts[0], "section ") {
				parts = append([]string{document}, parts...)
			}
			document = parts[0]
			if guides[document+", "+parts[1]] == "" {
				t.Errorf("%s: no guide is named for %s", r.Code, cited)
			}
		}
	}
}
