//go:build corpus

package project_test

import (
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// TestOlderReleasesParse parses every class and trigger of ten older releases
// of the two packages with the longest history.
func TestOlderReleasesParse(t *testing.T) {
	for _, c := range []struct {
		repo string
		opt  source.Options
		refs []string
	}{
		{"SalesforceFoundation+NPSP", source.Options{}, []string{"rel/3.45", "rel/3.60", "rel/3.70", "rel/3.90", "rel/3.110", "rel/3.130",
			"rel/3.150", "rel/3.170", "rel/3.190", "rel/3.214"}},
		{"jongpie+NebulaLogger", source.Options{Sources: []string{"nebula-logger"}}, []string{"v4.0.0", "v4.2.0", "v4.4.0", "v4.6.0", "v4.7.0", "v4.8.0",
			"v4.10.0", "v4.12.0", "v4.13.0", "v4.15.5"}},
	} {
		cache := syntax.NewCache()
		for _, ref := range c.refs {
			t.Run(c.repo+"@"+ref, func(t *testing.T) {
				files, bad := 0, 0
				p := read(t, c.repo+"@"+ref, c.opt)
				var list []syntax.Source
				for _, x := range p.OfKind(metadata.ApexClass) {
					list = append(list, syntax.Source{Name: x.Span.File, Src: x.Source})
				}
				for _, x := range p.OfKind(metadata.ApexTrigger) {
					list = append(list, syntax.Source{Name: x.Span.File, Src: x.Source, Options: syntax.Options{Kind: syntax.TriggerUnit}})
				}
				for _, x := range syntax.ParseAll(list, cache) {
					files++
					if x.Errors.Err() != nil {
						bad++
						t.Errorf("%s", x.Errors)
					}
				}
				t.Logf("%s %s: %d files, %d do not parse", c.repo, ref, files, bad)
			})
		}
	}
}
