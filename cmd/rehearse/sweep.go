package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/release"
	"github.com/rehearsal-dev/rehearsal/harness/source"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// sweepFlags say which upgrades of a history are rehearsed.
type sweepFlags struct {
	releases release.Options
	last     int
	skips    bool
	since    string
}

func (a *app) sweepCommand() *cobra.Command {
	var (
		run       runFlags
		src       sourceFlags
		sweep     sweepFlags
		how       howFlags
		org, with []string
	)
	cmd := &cobra.Command{
		Use:   "sweep PATH [--last N] [--since REF] [--skips]",
		Short: "Rehearse every release of a package against its predecessor",
		Long: `Rehearse every release of a package against its predecessor, as package versions
lists them: the newest release that customers can upgrade from. A pair that can
not run stops nothing. One report tells each finding once, with the upgrades and
orgs in which it was met.

--skips rehearses upgrades that leave out a release as well (1.1 to 1.3), step by
step and at once; rows that depend on the way are a finding.

  rehearse sweep . --last 5
  rehearse sweep ~/src/MyPackage --since v2.0 --skips --org pristine
` + exitHelp,
		Args: arguments("a package: PATH of its repository"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := src.check(); err != nil {
				return err
			}
			s, err := a.sweepSuite(cmd.Context(), args[0], &sweep, &src)
			if err == nil {
				err = how.apply(s)
			}
			if err == nil {
				err = withPackages(s, with)
			}
			if err != nil {
				return err
			}
			for _, o := range org {
				s.Flags = append(s.Flags, "--org", o)
				s.Orgs = append(s.Orgs, orgSpec(o))
			}
			run.walkOn = true
			return a.rehearse(cmd.Context(), cmd, s, &run)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&sweep.last, "last", 0, "the last `N` upgrades alone (default: all)")
	flags.StringVar(&sweep.since, "since", "", "upgrades to what came after `REF`: a release, or any commit")
	flags.BoolVar(&sweep.skips, "skips", false, "upgrades that leave out a release, step by step and at once")
	flags.StringArrayVar(&org, "org", []string{"pristine", "typical"}, "recipe or .org file (repeatable)")
	flags.StringArrayVar(&with, "with", nil, "a package that this one requires: `PATH[@REF]` (repeatable, what is needed first)")
	flags.StringSliceVar(&how.modes, "mode", nil, "how it is started: manual or push (repeatable; manual without it)")
	flags.StringVar(&how.security, "security", "", "who gets access to new components: admins or all")
	addReleaseFlags(cmd, &sweep.releases)
	src.add(cmd)
	run.add(cmd)
	return cmd
}

// sweepSuite makes a suite of the releases of a repository.
func (a *app) sweepSuite(ctx context.Context, path string, f *sweepFlags, src *sourceFlags) (*suite.Suite, error) {
	if err := checkRange("--last", f.last, 0, 1_000_000); err != nil {
		return nil, err
	}
	f.releases.Source = src.options()
	log, err := listReleases(ctx, path, f.releases)
	if err != nil {
		return nil, err
	}
	if len(log.Releases) == 0 {
		return nil, badInput{log.None(path)}
	}
	a.noteLog(log)
	targets, err := f.targets(ctx, path, log)
	if err != nil {
		return nil, err
	}
	if len(targets) == 0 {
		return nil, badInput{errors.New("there is no upgrade to rehearse: no release has a predecessor that customers can upgrade from; see: rehearse package versions " + path)}
	}
	s := &suite.Suite{Name: "sweep", Flags: append(append([]string{"sweep", path}, f.args()...), src.args()...)}
	pkg := packageOf(path, src)
	for _, r := range log.Releases {
		pkg.Versions = append(pkg.Versions, suite.Version{Name: r.Ref, Ref: r.Ref, Number: r.Number.String()})
	}
	for _, i := range targets {
		at := log.Before(i)
		to, from := log.Releases[i].Ref, log.Releases[at].Ref
		s.Upgrades = append(s.Upgrades, suite.Upgrade{Package: pkg.Name, Path: []string{from, to}})
		if before := log.Before(at); f.skips && before >= 0 && slices.Contains(log.Releases[i].From, log.Releases[before].Ref) {
			first := log.Releases[before].Ref
			s.Upgrades = append(s.Upgrades,
				suite.Upgrade{Package: pkg.Name, Path: []string{first, to}},
				suite.Upgrade{Package: pkg.Name, Path: []string{first, from, to}})
		}
	}
	s.Packages = []suite.Package{pkg}
	return s, nil
}

// targets are the releases that are upgraded to, oldest first.
func (f *sweepFlags) targets(ctx context.Context, path string, log *release.Log) ([]int, error) {
	after := -1
	old := map[string]bool{} // commits
	if f.since != "" {
		if after = log.Find(f.since); after < 0 {
			history, err := source.OpenHistory(path)
			if err != nil {
				return nil, err
			}
			at, err := history.Resolve(f.since)
			if err != nil {
				return nil, err
			}
			reached, err := history.Reach(ctx, at)
			if err != nil {
				return nil, err
			}
			for _, c := range reached {
				old[c.ID] = true
			}
		}
	}
	var targets []int
	for i := after + 1; i < len(log.Releases); i++ {
		if !old[log.Releases[i].Commit] && log.Before(i) >= 0 {
			targets = append(targets, i)
		}
	}
	if f.last > 0 && len(targets) > f.last {
		targets = targets[len(targets)-f.last:]
	}
	if len(targets) == 0 && f.since != "" {
		return nil, badInput{fmt.Errorf("no release came after %s; see: rehearse package versions %s", f.since, path)}
	}
	return targets, nil
}

// args gives the flags back as they were, for reproduce commands.
func (f *sweepFlags) args() []string {
	var args []string
	if f.last > 0 {
		args = append(args, "--last", fmt.Sprint(f.last))
	}
	if f.since != "" {
		args = append(args, "--since", f.since)
	}
	if f.skips {
		args = append(args, "--skips")
	}
	if f.releases.Tags != "" {
		args = append(args, "--tags", f.releases.Tags)
	}
	if f.releases.Betas {
		args = append(args, "--betas")
	}
	return args
}
