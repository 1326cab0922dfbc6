package org_test

import (
	"context"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// TestRan notes the statements that ran in an org and its forks, those of code
// that was compiled before left out, and apart what ran for a while.
func TestRan(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o, err := org.New(ctx, org.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	deploy := func(o *org.Org, name, source string) {
		t.Helper()
		c := &metadata.Component{Kind: metadata.ApexClass, Name: name, Source: []byte(source), Props: &metadata.Node{Name: "ApexClass"}}
		if _, err := o.Deploy(ctx, org.Change{Put: []*org.Entry{{Component: c, State: org.Unmanaged}}}); err != nil {
			t.Fatal(err)
		}
	}
	run := func(o *org.Org, code string) {
		t.Helper()
		if _, err := o.Run(ctx, org.TxOptions{}, func(tx *org.Tx) error { return tx.Anonymous(ctx, code) }); err != nil {
			t.Fatal(err)
		}
	}
	const source = "public class A {\n public static Integer a(Boolean b) {\n  if (b) { return 1; }\n  return 2;\n }\n}"
	deploy(o, "A", source)
	o.NoteRan()
	run(o, "A.a(true);") // compiled before anybody asked
	deploy(o, "B", "public class B { public static void b() { A.a(false); } }")
	lines := func(r *org.Ran) map[int]bool {
		t.Helper()
		for _, c := range r.Coverage(o, func(c *org.ClassCoverage) bool { return c.Name == "A" }) {
			return c.Lines()
		}
		t.Fatal("nothing is known of A")
		return nil
	}
	if got := lines(o.Ran()); len(got) != 2 || got[3] || got[4] {
		t.Errorf("before anything ran: %v", got)
	}
	fork, err := o.Fork(ctx, "fork")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = fork.Close() }()
	own, err := fork.RanIn(func() error { run(fork, "B.b();"); return nil })
	if err != nil {
		t.Fatal(err)
	}
	run(fork, "insert new Account(Name = 'a');")
	if got := lines(o.Ran()); !got[3] || !got[4] {
		t.Errorf("what ran in the fork is not noted: %v", got)
	}
	if !o.Ran().Wrote("Account") || own.Wrote("Account") {
		t.Errorf("rows of Account: in all %v, in the while before %v", o.Ran().Wrote("Account"), own.Wrote("Account"))
	}
	var then, after bool
	for _, c := range own.Coverage(o, func(c *org.ClassCoverage) bool { return c.Name == "A" }) {
		then, after = c.Statements[1].Ran, c.Statements[2].Ran
	}
	if then || !after {
		t.Errorf("of the branch that was not taken %v, of what follows %v", then, after)
	}
}
