package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/apextest"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// apexTestFlags are the flags of apex test.
type apexTestFlags struct {
	with, sources     []string
	filter, namespace string
	jobs              int
	junit, trace      string
	profile, coverage string
	json, noLimits    bool
}

func (a *app) apexTestCommand() *cobra.Command {
	var flags apexTestFlags
	cmd := &cobra.Command{
		Use:   "test PATH[@REF[:FOLDER]]...",
		Short: "Run the Apex tests of packages",
		Long: `Run the Apex tests of packages. Each PATH is run on its own, in a pristine org
without namespace (with the project's own where its source spells that out) that
also has what --with names: packages with a namespace as installed ones, others
as source. Of a project all package directories are read, as a push to a scratch
org takes them, but for those that depend on packages which --with does not give,
and what the flow ci_feature of a cumulusci.yml deploys besides. Every test method
has an org of its own.

  rehearse apex test .
  rehearse apex test ~/src/MyPackage@v1.3 --filter MyServiceTest --jobs 4
  rehearse apex test ~/src/Extension --with ~/src/Base --junit results.xml

Exit status: 0 all tests passed, 1 tests failed or met what is not simulated,
2 bad usage or input, 3 could not run.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return badInput{fmt.Errorf("%s needs a package: PATH or PATH@REF; see: %s --help", cmd.CommandPath(), cmd.CommandPath())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkRange("--jobs", flags.jobs, 1, maxJobs); err != nil {
				return err
			}
			if err := a.checkOutputs(flags.junit, flags.trace, flags.coverage, flags.profile); err != nil {
				return err
			}
			return a.testApex(cmd.Context(), args, &flags)
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.filter, "filter", "", "run only `CLASS[.METHOD]`")
	f.StringArrayVar(&flags.with, "with", nil, "`PATH[@REF]` of a package the tested one needs (repeatable, in the order of installation)")
	f.StringArrayVar(&flags.sources, "source", nil, "source `FOLDER` instead of the package directories (repeatable)")
	f.StringVar(&flags.namespace, "namespace", "", "namespace of the org the tests run in")
	f.IntVar(&flags.jobs, "jobs", runtime.GOMAXPROCS(0), "how many tests run at a time, `N`")
	f.StringVar(&flags.junit, "junit", "", "write JUnit XML to `FILE`")
	f.BoolVar(&flags.json, "json", false, "print the result as JSON")
	f.StringVar(&flags.trace, "trace", "", "write the debug logs of the tests to `FILE`: methods, SOQL, DML, exceptions, limits")
	f.StringVar(&flags.profile, "profile", "", "write which Apex methods took the CPU time to `FILE`, for go tool pprof")
	f.StringVar(&flags.coverage, "coverage", "", "write the coverage by line to `FILE` as JSON, and print it by class")
	f.BoolVar(&flags.noLimits, "no-limits", false, "run without governor limits")
	return cmd
}

func (a *app) testApex(ctx context.Context, specs []string, flags *apexTestFlags) error {
	var base []*metadata.Package
	for _, spec := range flags.with {
		p, err := a.testedPackage(ctx, spec, source.Options{})
		if err != nil {
			return err
		}
		base = append(base, p)
	}
	total := &apextest.Report{}
	for _, spec := range specs {
		p, err := a.testedPackage(ctx, spec, source.Options{Sources: flags.sources, Project: true, External: len(base) > 0, Namespace: flags.namespace})
		if err != nil {
			return err
		}
		namespace := flags.namespace
		if namespace == "" {
			namespace = apextest.NamespaceOf(p)
		}
		if namespace != flags.namespace {
			if p, err = a.testedPackage(ctx, spec, source.Options{Sources: flags.sources, Project: true, External: len(base) > 0, Namespace: namespace}); err != nil {
				return err
			}
		}
		report, err := a.testPackage(ctx, apextest.Set{Base: base, Package: p, Namespace: namespace}, flags)
		if err != nil {
			return err
		}
		total.Add(report)
	}
	return a.reportTests(total, flags)
}

// testedPackage reads a package for a test run.
func (a *app) testedPackage(ctx context.Context, spec string, opt source.Options) (*metadata.Package, error) {
	path, ref, folder := source.ParseSpec(spec)
	opt.Ref, opt.Folder = ref, folder
	p, warnings, err := source.Read(ctx, path, opt)
	warn(a.errs, source.NameOf(spec), warnings)
	return p, err
}

func (a *app) testPackage(ctx context.Context, set apextest.Set, flags *apexTestFlags) (report *apextest.Report, err error) {
	o, warnings, err := apextest.Build(ctx, org.Config{Name: set.Package.Name}, set)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	warn(a.errs, set.Package.Name, warnings)
	return apextest.Run(ctx, o, apextest.Options{Namespace: set.Namespace, Package: set.Package, Filter: flags.filter, Jobs: flags.jobs,
		NoLimits: flags.noLimits, Log: flags.trace != "", Coverage: flags.coverage != "", Profile: flags.profile != ""})
}

// reportTests prints a run and writes the files that were asked for.
func (a *app) reportTests(r *apextest.Report, flags *apexTestFlags) error {
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{{flags.junit, r.WriteJUnit}, {flags.trace, r.WriteTrace}, {flags.coverage, r.WriteCoverage}, {flags.profile, r.Profile}} {
		if err := writeFile(file.name, file.write); err != nil {
			return err
		}
	}
	if flags.json {
		if err := r.WriteJSON(a.out); err != nil {
			return err
		}
	} else {
		a.printTests(r)
		if flags.coverage != "" {
			r.PrintCoverage(a.out)
		}
	}
	if len(r.Results) == 0 && flags.filter != "" {
		return badInput{fmt.Errorf("no test is named %q; leave out --filter to run all", flags.filter)}
	}
	if r.Passed < len(r.Results) {
		return status(exitFindings)
	}
	return nil
}

func (a *app) printTests(r *apextest.Report) {
	for i := range r.Results {
		t := &r.Results[i]
		if t.Kind == "" {
			continue
		}
		fmt.Fprintf(a.out, "%s.%s: %s: %s\n", t.Class, t.Method, t.Kind, t.Message)
		if t.Stack != "" {
			fmt.Fprintf(a.out, "    %s\n", strings.ReplaceAll(shortened(t.Stack), "\n", "\n    "))
		}
	}
	fmt.Fprintf(a.out, "%s: %d passed, %d failed, %d unsupported\n", counted(len(r.Results), "test"), r.Passed, r.Failed, r.Unsupported)
}

// shownFrames is how much of a long stack trace is shown.
const shownFrames = 10

// shortened is a stack trace with its innermost frames only.
func shortened(stack string) string {
	lines := strings.Split(stack, "\n")
	if len(lines) <= shownFrames {
		return stack
	}
	return fmt.Sprintf("%s\n(%d more)", strings.Join(lines[:shownFrames], "\n"), len(lines)-shownFrames)
}
