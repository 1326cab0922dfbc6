package probe

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apextest"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// OldTests is what became of tests that say how the old version is used: those
// of the package that the release changes or drops, as the old version has them,
// and those of the org's own Apex.
type OldTests struct {
	Tried  int       // that passed before
	Failed []OldTest // of those, by class
}

// OldTest is a test that passed in the org before and fails in the one after.
type OldTest struct {
	Class, Method string
	Own           bool // of the subscriber, or of another package
	Thrown        bool // an exception ended it, no assertion
	Message       string
	Stack         string
}

// mostOldTests is how many methods are run in each namespace.
const mostOldTests = 60

// oldTests runs tests of the old version against the new one. They are their
// authors' examples of use: one that the release had to change or drop shows
// what does not work any more as it did. Those that are as they were pass, or
// the release would not have been made.
func oldTests(ctx context.Context, s *Subject, e *Evidence) error {
	if len(changedClasses(s.From, s.To)) == 0 {
		return nil
	}
	chosen := s.chosenTests()
	if len(chosen.methods) == 0 {
		return nil
	}
	upgraded := cmp.Or(s.Upgraded, s.After)
	after, err := upgraded.Fork(ctx, upgraded.Name()+", with the old tests")
	if err != nil {
		return err
	}
	defer func() { _ = after.Close() }()
	var change org.Change
	for _, c := range chosen.classes {
		entry := *s.Before.Components().Find(metadata.ApexClass, s.From.Namespace, c.Name)
		change.Put = append(change.Put, &entry)
	}
	if len(change.Put) > 0 {
		if _, err := after.Deploy(ctx, change); err != nil {
			return fmt.Errorf("put the old tests into the org: %w", err)
		}
	}
	namespaces := []string{s.From.Namespace}
	if s.From.Namespace != "" {
		namespaces = append(namespaces, "")
	}
	for _, ns := range namespaces {
		if err := compareTests(ctx, s.Before, after, ns, chosen, &e.OldTests); err != nil {
			return err
		}
	}
	return nil
}

// testChoice is the tests that are worth running.
type testChoice struct {
	methods map[string][]string   // by the lower-case names of their classes
	own     map[string]bool       // classes that are not of the package
	classes []*metadata.Component // of the old version that tests need and the new one changed or dropped
}

// chosenTests are the methods whose text the new version does not have: of the
// package's tests, and of those that the project deploys beside it. Of tests
// that somebody else wrote they are all.
func (s *Subject) chosenTests() *testChoice {
	t := &testChoice{methods: map[string][]string{}, own: map[string]bool{}}
	program := s.Before.Program().Types()
	for _, name := range changedClasses(s.From, s.To) {
		c := program.Class(s.From.Namespace, name)
		if c == nil || !c.Test || c.Unit.Bad || s.Before.Components().Find(metadata.ApexClass, s.From.Namespace, name) == nil {
			continue
		}
		t.classes = append(t.classes, s.From.Find(metadata.ApexClass, name))
		t.choose(c, s.To.Find(metadata.ApexClass, name))
	}
	for _, e := range s.Before.Components().OfKind(metadata.ApexClass) {
		c := program.Class("", e.Component.Name)
		if !subscriberApex(e) || c == nil || !c.Test || c.Unit.Bad {
			continue
		}
		t.own[strings.ToLower(c.Name)] = true
		var next *metadata.Component
		if s.Beside.To != nil && s.Beside.From != nil && s.Beside.From.Find(metadata.ApexClass, c.Name) != nil {
			next = s.Beside.To.Find(metadata.ApexClass, c.Name)
		}
		t.choose(c, next)
	}
	return t
}

// choose takes the test methods of a class that its successor does not have.
func (t *testChoice) choose(c *types.Class, successor *metadata.Component) {
	var next []byte
	if successor != nil {
		next = metadata.Code(metadata.ApexClass, successor.Source)
	}
	key := strings.ToLower(c.Name)
	for _, m := range c.Methods() {
		if m.Test && m.Static && !bytes.Contains(next, metadata.Code(metadata.ApexClass, textOfMethod(c, m))) {
			t.methods[key] = append(t.methods[key], strings.ToLower(m.Name))
		}
	}
}

// textOfMethod is a method as its class has it.
func textOfMethod(c *types.Class, m *types.Method) []byte {
	at := m.Decl.At()
	return c.Unit.File.Src[at.Pos:at.End]
}

// compareTests runs the chosen tests of a namespace before and, those that pass
// there, after.
func compareTests(ctx context.Context, before, after *org.Org, ns string, chosen *testChoice, out *OldTests) error {
	n := 0
	was, err := apextest.Run(ctx, before, apextest.Options{Namespace: ns, Only: func(class, method string) bool {
		if n >= mostOldTests || !slices.Contains(chosen.methods[strings.ToLower(class)], strings.ToLower(method)) {
			return false
		}
		n++
		return true
	}})
	if err != nil {
		return fmt.Errorf("run the old tests before: %w", err)
	}
	passed := map[string]bool{}
	for _, r := range was.Results {
		passed[strings.ToLower(bareClass(r.Class, ns)+"."+r.Method)] = r.Kind == ""
	}
	is, err := apextest.Run(ctx, after, apextest.Options{Namespace: ns, Only: func(class, method string) bool {
		return passed[strings.ToLower(class+"."+method)]
	}})
	if err != nil {
		return fmt.Errorf("run the old tests after: %w", err)
	}
	out.Tried += len(is.Results)
	for _, r := range is.Results {
		if r.Kind == apextest.Assertion || r.Kind == apextest.Exception {
			class := bareClass(r.Class, ns)
			out.Failed = append(out.Failed, OldTest{Class: class, Method: r.Method, Own: chosen.own[strings.ToLower(class)],
				Thrown: r.Kind == apextest.Exception, Message: r.Message, Stack: r.Stack})
		}
	}
	return nil
}

func bareClass(name, ns string) string {
	if ns == "" {
		return name
	}
	return strings.TrimPrefix(name, ns+".")
}
