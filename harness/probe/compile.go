package probe

import (
	"cmp"
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// Compiled is what the compiler says of the subscriber's Apex.
type Compiled struct{ Before, After []Message }

// Message is one error of the compiler.
type Message struct {
	File, Text string
	Line       int
}

// compile compiles all Apex of the subscriber after the upgrade, and where that
// has errors before it too.
func compile(_ context.Context, s *Subject, e *Evidence) error {
	if e.Compiled.After = compileIn(s.After); len(e.Compiled.After) > 0 {
		e.Compiled.Before = compileIn(s.Before)
	}
	return nil
}

// compileIn compiles the Apex that came with no package. What is said against a
// package's own says nothing of the upgrade: the release exists.
func compileIn(o *org.Org) []Message {
	own := map[string]bool{} // files
	for _, e := range o.Components().All() {
		if subscriberApex(e) {
			own[cmp.Or(e.Component.Span.File, e.Component.Name)] = true
		}
	}
	if len(own) == 0 {
		return nil
	}
	var out []Message
	for _, d := range o.CheckApex("") {
		if own[d.Span.File] {
			out = append(out, Message{d.Span.File, d.Message, d.Span.Line})
		}
	}
	return out
}

func subscriberApex(e *org.Entry) bool {
	return e.Package == "" && (e.Component.Kind == metadata.ApexClass || e.Component.Kind == metadata.ApexTrigger)
}
