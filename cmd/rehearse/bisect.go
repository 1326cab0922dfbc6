package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/fixtures"
	"github.com/rehearsal-dev/rehearsal/harness"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/reduce"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/harness/source"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// bisectFlags say what is looked for, and between what.
type bisectFlags struct {
	path, good, bad, from string
	org, with             []string
	src                   sourceFlags
	run                   runFlags
}

func (a *app) bisectCommand() *cobra.Command {
	var f bisectFlags
	cmd := &cobra.Command{
		Use:   "bisect [PATH] --good REF --bad REF --only FINGERPRINT|CODE",
		Short: "Find the first commit that shows a finding",
		Long: `Find the first commit that shows a finding, between one that does not and one that
does. Each commit that is tried is upgraded to from --good, or from the version
that --from names; about as many are tried as the number of commits can be halved.
Commits whose package does not differ are tried once; those that can not run are
passed over and named.

--only is the fingerprint of a finding (its first digits are enough) or a code.

  rehearse bisect . --good v1.2 --bad main --only save-broken --org typical
` + exitHelp,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return badInput{fmt.Errorf("%s takes one PATH, got %d; see: %s --help", cmd.CommandPath(), len(args), cmd.CommandPath())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			f.path = cmp.Or(append(args, "")[0], ".")
			if f.good == "" || f.bad == "" || f.run.only == "" {
				return badInput{errors.New("say between what and for what: --good REF --bad REF --only FINGERPRINT|CODE")}
			}
			if err := f.src.check(); err != nil {
				return err
			}
			return a.bisect(cmd.Context(), cmd, &f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.good, "good", "", "`REF` that does not show it")
	flags.StringVar(&f.bad, "bad", "", "`REF` that shows it")
	flags.StringVar(&f.from, "from", "", "version to start from: `REF` (default: that of --good)")
	flags.StringArrayVar(&f.org, "org", []string{"pristine", "typical"}, "recipe or .org file (repeatable)")
	flags.StringArrayVar(&f.with, "with", nil, "a package that this one requires: `PATH[@REF]` (repeatable, what is needed first)")
	f.src.add(cmd)
	f.run.add(cmd)
	for _, name := range []string{"only", "out", "plan", "baseline", "fail-on"} {
		flags.Lookup(name).Hidden = true // of whole runs
	}
	flags.Lookup("only").Hidden = false
	flags.Lookup("only").Usage = "`FINGERPRINT` or code of the finding"
	return cmd
}

// bisector tries commits.
type bisector struct {
	app     *app
	flags   *bisectFlags
	cmd     *cobra.Command
	history *source.History
	titles  map[string]string // of commits
	stores  *stores
	numbers [2]metadata.Version // of the version that is started from, and that the commits stand for

	known map[string]trial // by what the package holds
	saved int              // commits that were not run since another holds the same
	shown *finding.Finding // the finding, at the last commit that showed it
	why   map[string]string
}

// trial is what trying one commit came to.
type trial struct {
	verdict reduce.Verdict
	found   *finding.Finding
	why     string // it can not be tried
	others  []string
}

func (a *app) bisect(ctx context.Context, cmd *cobra.Command, f *bisectFlags) error {
	history, err := source.OpenHistory(f.path)
	if err != nil {
		return err
	}
	good, err := history.Resolve(f.good)
	if err != nil {
		return err
	}
	bad, err := history.Resolve(f.bad)
	if err != nil {
		return err
	}
	commits, err := history.Reach(ctx, bad, good)
	if err != nil {
		return err
	}
	if len(commits) == 0 {
		return badInput{fmt.Errorf("%s has no commit that %s has not; exchange --good and --bad", f.bad, f.good)}
	}
	if err := f.run.store.check(); err != nil {
		return err
	}
	open, err := f.run.store.open(ctx)
	if err != nil {
		return err
	}
	b := &bisector{app: a, flags: f, cmd: cmd, history: history, titles: map[string]string{}, stores: open,
		known: map[string]trial{}, why: map[string]string{}}
	list := make([]reduce.Commit, len(commits))
	for i, c := range commits {
		list[i] = reduce.Commit{ID: c.ID, Parents: c.Parents}
		b.titles[c.ID] = c.Title + ", " + c.Date.Format(time.DateOnly)
	}
	err = b.search(ctx, bad, good, list)
	return errors.Join(err, open.close())
}

// search makes sure of both ends, looks for the first commit and tells of it.
func (b *bisector) search(ctx context.Context, bad, good string, list []reduce.Commit) error {
	f := b.flags
	if err := b.numbered(ctx); err != nil {
		return err
	}
	last, err := b.trial(ctx, bad)
	if err != nil {
		return err
	}
	switch last.verdict {
	case reduce.Unknown:
		return badInput{fmt.Errorf("%s can not be tried: %s", f.bad, last.why)}
	case reduce.Absent:
		found := "nothing"
		if len(last.others) > 0 {
			found = strings.Join(last.others, ", ")
		}
		return badInput{fmt.Errorf("%s does not show %s in these orgs; it shows %s", f.bad, f.run.only, found)}
	}
	if f.from != "" && f.from != f.good {
		first, err := b.trial(ctx, good)
		if err != nil {
			return err
		}
		if first.verdict == reduce.Shows {
			return badInput{fmt.Errorf("%s shows %s already; name an older commit with --good", f.good, f.run.only)}
		}
	}
	found, err := reduce.Bisect(ctx, list, func(ctx context.Context, id string) (reduce.Verdict, error) {
		t, err := b.trial(ctx, id)
		return t.verdict, err
	})
	if err != nil {
		return err
	}
	return b.tell(found, len(list))
}

// numbered finds the numbers of both ends. All commits stand for that of --bad, or
// for what comes after the version that is started from.
func (b *bisector) numbered(ctx context.Context) error {
	opt := b.flags.src.options()
	for i, ref := range []string{cmp.Or(b.flags.from, b.flags.good), b.flags.bad} {
		opt.Ref = ref
		head, err := source.Head(ctx, b.flags.path, opt)
		if err != nil {
			return err
		}
		b.numbers[i] = head.Version
		if tagged, ok := metadata.ParseVersion(ref); ok {
			b.numbers[i] = tagged
		}
	}
	b.numbers[1] = after(b.numbers[1], b.numbers[0])
	return nil
}

// trial tries one commit, unless the package is known from another.
func (b *bisector) trial(ctx context.Context, id string) (trial, error) {
	content, err := b.content(ctx, id)
	if err == nil {
		if t, ok := b.known[content]; ok {
			b.saved++
			return b.note(id, t), nil
		}
	}
	t, err := b.rehearse(ctx, id)
	if err != nil {
		return t, err
	}
	if content != "" {
		b.known[content] = t
	}
	return b.note(id, t), nil
}

// note tells of a trial and keeps what the report needs.
func (b *bisector) note(id string, t trial) trial {
	words := map[reduce.Verdict]string{reduce.Shows: "shows it", reduce.Absent: "does not", reduce.Unknown: "can not be tried: " + t.why}
	fmt.Fprintf(b.app.errs, "%s  %s: %s\n", short(id), b.titles[id], words[t.verdict])
	if t.verdict == reduce.Shows {
		b.shown = t.found
	}
	b.why[id] = t.why
	return t
}

// content is what the package's folders and project files hold in a commit.
func (b *bisector) content(ctx context.Context, id string) (string, error) {
	opt := b.flags.src.options()
	opt.Ref = id
	head, err := source.Head(ctx, b.flags.path, opt)
	if err != nil {
		return "", err
	}
	return b.history.Contents(id, slices.Concat(head.Folders, head.Before, head.After, source.ProjectFiles()))
}

// rehearse upgrades to one commit.
func (b *bisector) rehearse(ctx context.Context, id string) (trial, error) {
	f := b.flags
	from := cmp.Or(f.from, f.good)
	s, err := upgradeSuite(f.path, []string{from}, nil, id, f.org, &f.src)
	if err == nil {
		err = withPackages(s, f.with)
	}
	if err != nil {
		return trial{}, err
	}
	(&here{versions: []suite.Version{
		{Name: from, Ref: from, Number: b.numbers[0].String()},
		{Name: id, Ref: id, Number: b.numbers[1].String()},
	}}).apply(s)
	run := f.run
	run.only = ""
	if err := run.apply(b.cmd, s); err != nil {
		return trial{}, err
	}
	planned, err := plan.New(s)
	if err != nil {
		return trial{}, badInput{err}
	}
	if err := checkRecipes(planned); err != nil {
		return trial{}, badInput{err}
	}
	res, err := harness.Run(ctx, planned, harness.RunOptions{Builder: builder{fixtures.Builder{Store: b.stores.New}, b.stores.load},
		Jobs: run.jobs, Version: version, WalkOn: true})
	if err != nil {
		return trial{}, err
	}
	return f.judge(res), nil
}

// judge looks for the finding in a result. Where no org shows it, and one could
// not run, nobody knows.
func (f *bisectFlags) judge(r *result.Result) trial {
	t := trial{}
	for i := range r.Scenarios {
		sc := &r.Scenarios[i]
		if sc.Error != "" && t.why == "" {
			t.why, _, _ = strings.Cut(sc.Error, "\n")
		}
		for j := range sc.Findings {
			found := &sc.Findings[j]
			if string(found.Code) == f.run.only || len(f.run.only) >= 6 && strings.HasPrefix(found.Fingerprint, f.run.only) {
				return trial{verdict: reduce.Shows, found: found}
			}
			if name := string(found.Code) + " " + found.Fingerprint; !slices.Contains(t.others, name) {
				t.others = append(t.others, name)
			}
		}
	}
	if t.why != "" {
		t.verdict = reduce.Unknown
	}
	return t
}

// tell writes what the search came to.
func (b *bisector) tell(found *reduce.Bisection, commits int) error {
	out := b.app.out
	if found.First != "" {
		fmt.Fprintf(out, "the first commit that shows it: %s\n  %s\n", found.First, b.titles[found.First])
	} else {
		fmt.Fprintf(out, "the first commit that shows it is one of %d:\n", len(found.Suspects))
		for _, id := range found.Suspects {
			fmt.Fprintf(out, "  %s  %s\n", id, b.titles[id])
		}
	}
	if b.shown != nil {
		fmt.Fprintf(out, "  %s: %s\n  cause: %s\n", b.shown.Code, b.shown.Title, b.shown.Cause)
		fmt.Fprintf(out, "  again: %s\n", b.shown.Reproduce)
	}
	fmt.Fprintf(out, "tried %d of %s", found.Tried+1, counted(commits, "commit"))
	if b.saved > 0 {
		fmt.Fprintf(out, ", %d of them by another that holds the same package", b.saved)
	}
	fmt.Fprintln(out)
	for _, id := range found.Skipped {
		fmt.Fprintf(out, "passed over: %s  %s: %s\n", short(id), b.titles[id], b.why[id])
	}
	if found.First == "" {
		return status(exitCouldNotRun)
	}
	return nil
}

// short is the beginning of a commit's id.
func short(id string) string { return id[:min(8, len(id))] }
