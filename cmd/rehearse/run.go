package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/fixtures"
	"github.com/rehearsal-dev/rehearsal/harness"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
	"github.com/rehearsal-dev/rehearsal/reports"
	"github.com/rehearsal-dev/rehearsal/reports/console"
	"github.com/rehearsal-dev/rehearsal/scenarios"
)

// suiteFile is looked for when no suite is named.
const suiteFile = "rehearse.yaml"

// runFlags are common to run and upgrade.
type runFlags struct {
	out       string
	jobs      int
	seed      uint64
	records   int
	only      string
	push      bool
	plan      bool
	traffic   string
	mirror    string
	strict    bool
	bare      bool
	asyncJobs int
	failOn    string
	last      string // result.json of an earlier run, to be held against
	walkOn    bool   // scenarios whose versions can not be used stop no others
	store     storeFlags
	depth     string
	budget    time.Duration
}

// failOnNew is the value of --fail-on that takes only what the baseline lacks.
const failOnNew = "new"

func (f *runFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.out, "out", "rehearsal-report", "folder for result.json, junit.xml, report.md and index.html")
	flags.IntVar(&f.jobs, "jobs", 0, "scenarios at a time (default: one a processor)")
	flags.Uint64Var(&f.seed, "seed", 0, "seed of everything random (default: the suite's)")
	flags.IntVar(&f.records, "records", 0, "records of each object in populated orgs (default: the recipe's)")
	flags.StringVar(&f.only, "only", "", "run only scenarios whose id, or org, matches: a name, a part of the id, or a glob")
	flags.BoolVar(&f.push, "push", false, "push the upgrade instead of installing it as an admin")
	flags.StringVar(&f.traffic, "traffic", "", "business that goes on meanwhile: on, off, or transactions a phase (default: the suite's, else on)")
	flags.StringVar(&f.mirror, "mirror", "", "`DIRECTORY` of clones, as OWNER/NAME in it, for packages whose path is an address")
	flags.BoolVar(&f.strict, "strict", false, "stop at a file that can not be read instead of leaving it out with a warning, and take our checker's word against Apex of the package")
	flags.IntVar(&f.asyncJobs, "async-jobs", org.DefaultMaxJobs, "asynchronous jobs that may follow one install before they are taken for a chain without end, and stopped")
	flags.BoolVar(&f.bare, "bare", false, "leave out what projects deploy to the org beside the package: unpackaged/pre and post, unpackagedMetadata, seedMetadata")
	flags.StringVar(&f.failOn, "fail-on", "", "least `SEVERITY` that makes the exit status 1: blocker, major or minor (default: the suite's, else major); new: of these, only what the baseline has not")
	flags.StringVar(&f.last, "baseline", "", "`FILE`, result.json of an earlier run, or its folder: tell what is new, gone, moved")
	flags.StringVar(&f.depth, "depth", "", "how far experiments go: quick, normal or deep (default: the suite's, else normal); see: rehearse probe list")
	flags.DurationVar(&f.budget, "budget", 0, "how long a deep rehearsal may search in each scenario, as 10m (default 10m)")
	flags.BoolVar(&f.plan, "plan", false, "print the plan as a tree and stop")
	f.store.add(cmd)
}

func (a *app) runCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run [SUITE]",
		Short: "Run a suite of upgrade rehearsals",
		Long: `Run a suite of upgrade rehearsals: the file SUITE, else ./rehearse.yaml, else
the built-in quickstart. SUITE may also be the name of a built-in suite.

A complete suite:

` + exampleSuite() + exitHelp,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return badInput{fmt.Errorf("%s takes one suite, got %d; see: %s --help", cmd.CommandPath(), len(args), cmd.CommandPath())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			suite, err := a.findSuite(args)
			if err != nil {
				return err
			}
			return a.rehearse(cmd.Context(), cmd, suite, &f)
		},
	}
	f.add(cmd)
	return cmd
}

// exampleSuite is the quickstart, indented for help.
func exampleSuite() string {
	text, err := scenarios.Text(scenarios.Quickstart)
	if err != nil {
		return ""
	}
	return "  " + strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", "\n  ") + "\n"
}

// findSuite loads the suite that is named, lies here, or is built in.
func (a *app) findSuite(args []string) (*suite.Suite, error) {
	name := suiteFile
	if len(args) > 0 {
		name = args[0]
	}
	if _, err := os.Stat(name); err != nil && (len(args) == 0 || slices.Contains(scenarios.Builtins(), name)) {
		if len(args) == 0 {
			name = scenarios.Quickstart
			fmt.Fprintf(a.errs, "no %s here: running the built-in suite %s\n", suiteFile, name)
		}
		dir, err := a.temp()
		if err != nil {
			return nil, err
		}
		return scenarios.Builtin(name, dir)
	}
	suite, err := scenarios.Load(name)
	if err != nil {
		return nil, badInput{err}
	}
	suite.Flags = []string{"run", name}
	return suite, nil
}

// apply lays flags over a suite and keeps them for reproduce commands.
func (f *runFlags) apply(cmd *cobra.Command, s *suite.Suite) error {
	if err := checkRecipe(f.records, f.seed); err != nil {
		return err
	}
	if err := checkRange("--jobs", f.jobs, 0, maxJobs); err != nil {
		return err
	}
	if cmd.Flags().Changed("seed") {
		s.Seed = f.seed
		s.Flags = append(s.Flags, "--seed", strconv.FormatUint(f.seed, 10))
	}
	if f.records > 0 {
		for i := range s.Orgs {
			s.Orgs[i].Records = f.records
		}
		s.Flags = append(s.Flags, "--records", strconv.Itoa(f.records))
	}
	if f.traffic != "" {
		n, err := trafficOf(f.traffic)
		if err != nil {
			return err
		}
		s.Traffic = &n
		for i := range s.Orgs {
			s.Orgs[i].Traffic = nil
		}
		s.Flags = append(s.Flags, "--traffic", f.traffic)
	}
	if f.mirror != "" {
		s.Mirror = f.mirror
		s.Flags = append(s.Flags, "--mirror", f.mirror)
	}
	if f.push {
		s.How.Modes = []install.Mode{install.Push}
		s.Flags = append(s.Flags, "--push")
	}
	if err := checkRange("--async-jobs", f.asyncJobs, 1, maxAsyncJobs); err != nil {
		return err
	}
	if cmd.Flags().Changed("async-jobs") {
		s.AsyncJobs = f.asyncJobs
		s.Flags = append(s.Flags, "--async-jobs", strconv.Itoa(f.asyncJobs))
	}
	if f.bare {
		s.Bare = true
		s.Flags = append(s.Flags, "--bare")
	}
	if f.strict {
		s.Strict = true
		s.Flags = append(s.Flags, "--strict")
	}
	if f.failOn == failOnNew && f.last == "" {
		return badInput{errors.New("--fail-on new needs something to compare with: --baseline FILE")}
	}
	if f.failOn != "" && f.failOn != failOnNew {
		s.Expect.FailOn = finding.Severity(f.failOn)
		if !slices.Contains([]finding.Severity{finding.Blocker, finding.Major, finding.Minor}, s.Expect.FailOn) {
			return badInput{fmt.Errorf("--fail-on %q; write blocker, major, minor or new", f.failOn)}
		}
		s.Flags = append(s.Flags, "--fail-on", f.failOn)
	}
	if err := f.applyDepth(s); err != nil {
		return err
	}
	s.Flags = append(s.Flags, f.store.args()...)
	return f.store.check()
}

// applyDepth lays --depth and --budget over a suite.
func (f *runFlags) applyDepth(s *suite.Suite) error {
	if f.depth != "" {
		s.Depth = suite.Depth(f.depth)
		if !slices.Contains(suite.Depths, s.Depth) {
			return badInput{fmt.Errorf("--depth %q; write quick, normal or deep", f.depth)}
		}
		s.Flags = append(s.Flags, "--depth", f.depth)
	}
	switch {
	case f.budget < 0:
		return badInput{fmt.Errorf("--budget %s is less than nothing; write it as 10m", f.budget)}
	case f.budget > 0 && s.HowDeep() != suite.Deep:
		return badInput{fmt.Errorf("--budget is for --depth deep, and this is %s", s.HowDeep())}
	case f.budget > 0:
		s.Budget = f.budget
		s.Flags = append(s.Flags, "--budget", f.budget.String())
	}
	return nil
}

// trafficOf reads --traffic.
func trafficOf(s string) (int, error) {
	switch s {
	case "on":
		return suite.DefaultTraffic, nil
	case "off":
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 10_000 {
		return 0, badInput{fmt.Errorf("--traffic %q; write on, off, or a number of transactions up to 10,000", s)}
	}
	return n, nil
}

// rehearse runs a suite and reports: files first, then stdout.
func (a *app) rehearse(ctx context.Context, cmd *cobra.Command, suite *suite.Suite, f *runFlags) error {
	if err := f.apply(cmd, suite); err != nil {
		return err
	}
	planned, err := plan.New(suite)
	if err != nil {
		return badInput{err}
	}
	if planned, err = planned.Only(f.only); err != nil {
		return badInput{err}
	}
	if f.plan {
		fmt.Fprint(a.out, planned)
		return nil
	}
	if err := checkRecipes(planned); err != nil {
		return badInput{err}
	}
	var last *result.Result
	if f.last != "" {
		if last, err = readResult(f.last); err != nil {
			return err
		}
	}
	if err := a.checkReports(f.out); err != nil {
		return err
	}
	stores, err := f.store.open(ctx)
	if err != nil {
		return err
	}
	progress := a.progress(planned)
	res, err := harness.Run(ctx, planned, harness.RunOptions{Builder: builder{fixtures.Builder{Store: stores.New}, stores.load}, Jobs: f.jobs, Version: version, Progress: progress, WalkOn: f.walkOn})
	progress.close()
	// What has been found out is told also when databases could not be dropped.
	left := stores.close()
	if err != nil {
		return errors.Join(err, left)
	}
	if last != nil {
		res.HoldAgainst(f.last, last, f.failOn == failOnNew)
	}
	// The console report is printed also when the files could not be written.
	paths, lost := reports.Write(f.out, res)
	width, _ := terminal(a.screen.out)
	if err := console.Write(a.screen.out, res, console.Options{Color: a.color(), Width: min(width, 140)}); err != nil {
		return errors.Join(lost, fmt.Errorf("write the report: %w", err), left)
	}
	if f.only == "" && !planned.Shallow() && !res.Interrupted {
		a.warnOfAllows(res.Allows)
	}
	if lost != nil {
		return errors.Join(lost, left)
	}
	fmt.Fprintf(a.errs, "wrote %s\n", strings.Join(paths, ", "))
	if left != nil {
		return left
	}
	if code := res.ExitCode(); code != exitClean {
		return status(code)
	}
	return nil
}

// warnOfAllows tells of acceptances of the suite that are of no use any more.
func (a *app) warnOfAllows(list []result.AllowUse) {
	for _, use := range list {
		where := ""
		if use.Where != "" {
			where = use.Where + ": "
		}
		switch {
		case use.Expired:
			fmt.Fprintf(a.errs, "%swarning: allow of %s ended on %s: its findings count again\n", where, use.Code, use.Until)
		case use.Matched == 0:
			fmt.Fprintf(a.errs, "%swarning: allow of %s matched nothing; take it out of the suite\n", where, use.Code)
		}
	}
}
