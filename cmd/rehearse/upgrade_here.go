package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/release"
	"github.com/rehearsal-dev/rehearsal/harness/source"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// asTheyAre names the version that the files of a clone are.
const asTheyAre = "working-tree"

// here are the versions that a clone says by itself: nil where all were given.
type here struct {
	versions []suite.Version
}

// apply gives them to the package of a suite.
func (h *here) apply(s *suite.Suite) {
	if h != nil {
		s.Packages[0].Versions = append(s.Packages[0].Versions, h.versions...)
	}
}

// completeWay fills in where an upgrade comes from and where it goes, by the
// clone that path is ("" for the folder that the command runs in).
func (a *app) completeWay(ctx context.Context, path *string, from *[]string, to *string, src *sourceFlags) (*here, error) {
	if len(*from) > 0 && *to != "" || *path == "" && (*to != "" || len(*from) > 0) {
		return nil, nil
	}
	clone := cmp.Or(*path, ".")
	history, err := source.OpenHistory(clone)
	if err != nil {
		return nil, badInput{fmt.Errorf("say from which version to which: --from REF --to REF; without them this needs a clone with its tags: %w", err)}
	}
	log, err := release.List(ctx, clone, release.Options{Source: src.options()})
	if err != nil {
		return nil, err
	}
	*path = clone
	h := &here{}
	if *to == "" {
		if !history.Worktree() {
			return nil, badInput{fmt.Errorf("%s has no files that are worked on; say where the upgrade goes: --to REF", clone)}
		}
		if len(log.Releases) == 0 {
			return nil, badInput{log.None(clone)}
		}
		*to = asTheyAre
		return h, h.toFiles(ctx, a, clone, from, log, history, src)
	}
	i := log.Find(*to)
	if i < 0 {
		return nil, badInput{fmt.Errorf("say from which version: --from REF; %s is not one of the %s that would say it", *to, counted(len(log.Releases), "release"))}
	}
	before := log.Before(i)
	if before < 0 {
		return nil, badInput{fmt.Errorf("no customer can upgrade to %s; say from which version: --from REF; see: rehearse package versions %s", *to, clone)}
	}
	*from = []string{log.Releases[before].Ref}
	h.versions = []suite.Version{versionIn(log, before), versionIn(log, i)}
	fmt.Fprintf(a.errs, "from the release before it, %s\n", (*from)[0])
	return h, nil
}

// versionIn is a release as a version of a suite.
func versionIn(log *release.Log, i int) suite.Version {
	r := &log.Releases[i]
	return suite.Version{Name: r.Ref, Ref: r.Ref, Number: r.Number.String()}
}

// toFiles finds the release that the files of a clone come after: the newest on
// the way to HEAD, but for one that they are themselves.
func (h *here) toFiles(ctx context.Context, a *app, clone string, from *[]string, log *release.Log, history *source.History, src *sourceFlags) error {
	files, err := source.Head(ctx, clone, src.options())
	if err != nil {
		return err
	}
	last := len(log.Releases) - 1
	if len(*from) == 0 {
		if last, err = lastOnTheWay(ctx, a, log, history, files.Namespace); err != nil {
			return err
		}
		*from = []string{log.Releases[last].Ref}
		h.versions = append(h.versions, versionIn(log, last))
		fmt.Fprintf(a.errs, "from the last release, %s, to the files as they are\n", (*from)[0])
	} else {
		for _, f := range *from {
			if i := log.Find(f); i >= 0 && log.Releases[i].Ref == f {
				h.versions = append(h.versions, versionIn(log, i))
			} else {
				h.versions = append(h.versions, suite.Version{Name: f, Ref: f})
			}
		}
	}
	number := after(files.Version, log.Releases[last].Number)
	h.versions = append(h.versions, suite.Version{Name: asTheyAre, Path: clone, Number: number.String()})
	return nil
}

// after is the number of what comes after a version, whatever number its project
// files still have.
func after(number, version metadata.Version) metadata.Version {
	if number.Compare(version) > 0 {
		return number
	}
	return metadata.Version{Major: version.Major, Minor: version.Minor + 1}
}

// lastOnTheWay is the newest release that HEAD descends from; where no tag is on
// the way (releases are tagged aside), the newest of all. Files that are that
// release themselves are held against the one before.
func lastOnTheWay(ctx context.Context, a *app, log *release.Log, history *source.History, namespace string) (int, error) {
	head, err := history.Resolve("HEAD")
	if err != nil {
		return 0, err
	}
	reached, err := history.Reach(ctx, head)
	if err != nil {
		return 0, err
	}
	onTheWay := map[string]bool{}
	for _, c := range reached {
		onTheWay[c.ID] = true
	}
	last := -1
	for i := range log.Releases {
		if r := &log.Releases[i]; onTheWay[r.Commit] && release.SamePackage(r.Namespace, namespace) {
			last = i
		}
	}
	if last < 0 {
		last = len(log.Releases) - 1
		fmt.Fprintf(a.errs, "no release is on the way to HEAD; %s is the newest of all\n", log.Releases[last].Ref)
		return last, nil
	}
	if log.Releases[last].Commit != head {
		return last, nil
	}
	clean, err := history.Clean()
	if err != nil || !clean {
		return last, err
	}
	before := log.Before(last)
	if before < 0 {
		return 0, badInput{errors.New("the files are the first release, " + log.Releases[last].Ref + ": there is nothing to upgrade from")}
	}
	fmt.Fprintf(a.errs, "the files are those of %s\n", log.Releases[last].Ref)
	return before, nil
}
