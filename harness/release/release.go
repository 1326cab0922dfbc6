// Package release reads the releases of a package from the tags of its
// repository: which tags are releases and which are betas, their numbers, what
// each descends from, and which upgrades customers can make.
//
// The machine: tags are taken apart into style, number and what follows (tag.go);
// one style is the package's history, others are told; the project files of each
// release say its number and kind, by the rules that every reader of versions
// shares (metadata.NumberOf, metadata.NumberedByRefs); the platform's rules of
// upgrades give the ways from one to the other (ways.go).
//
// Components are not read. The list is the same for the same repository, in
// whatever order its tags are stored.
package release

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// Release is one version of a package that was given a tag.
type Release struct {
	Ref       string           `json:"ref"` // the tag
	Commit    string           `json:"commit"`
	Date      time.Time        `json:"date"` // of the tag, else of its commit; UTC
	Number    metadata.Version `json:"number"`
	Kind      string           `json:"kind"` // managed, unlocked, unmanaged; "" when its project files can not be read
	Namespace string           `json:"namespace,omitempty"`
	Beta      bool             `json:"beta,omitempty"`
	// Ancestor is the tag of what a second-generation managed version descends
	// from, or what its project file says where no tag is meant by it.
	Ancestor string `json:"ancestor,omitempty"`
	// From are the tags of the older releases whose orgs can upgrade to this one,
	// oldest first.
	From   []string `json:"upgradesFrom"`
	Also   []string `json:"also,omitempty"`   // other tags of the same commit and number
	Unread string   `json:"unread,omitempty"` // why its project files can not be read

	suffix string // of the tag, behind the number
	head   *metadata.Package
}

// Options narrow down which tags count.
type Options struct {
	Source source.Options // what the project files do not say
	Tags   string         // a glob that the tags match; empty: of the commonest style
	Betas  bool           // betas are listed as well
}

// Log is the releases of a package.
type Log struct {
	Releases []Release `json:"releases"` // oldest first: by number, then by date
	Betas    int       `json:"betas"`    // tags of betas that were left out
	Others   []Style   `json:"others"`   // styles of tags that are of another history
	Shallow  bool      `json:"shallow"`  // the clone lacks part of its history, tags perhaps
}

// Style is a way in which tags are written, by what stands before the number.
type Style struct {
	Prefix string `json:"prefix"`
	Tags   int    `json:"tags"`
}

// List reads the releases of the repository at a path. There may be none. Errors
// are those of source.OpenHistory; a release whose project files can not be read
// is listed all the same.
func List(ctx context.Context, path string, opt Options) (*Log, error) {
	history, err := source.OpenHistory(path)
	if err != nil {
		return nil, err
	}
	tags, err := history.Tags()
	if err != nil {
		return nil, err
	}
	l := &Log{Shallow: history.Shallow()}
	if err := l.choose(tags, opt); err != nil {
		return nil, err
	}
	if err := l.read(ctx, path, opt.Source); err != nil {
		return nil, err
	}
	l.settle()
	return l, nil
}

// read reads the project files of each release.
func (l *Log) read(ctx context.Context, path string, opt source.Options) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range l.Releases {
		r := &l.Releases[i]
		group.Go(func() error {
			opt := opt
			opt.Ref = r.Ref
			head, err := source.Head(ctx, path, opt)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				r.Unread = err.Error()
				head = &metadata.Package{Ref: r.Ref}
				head.Version, _ = metadata.NumberOf("", metadata.Version{}, r.Ref)
			}
			r.head = head
			return nil
		})
	}
	return group.Wait()
}

// settle gives the releases their numbers and kinds by what all of them say, puts
// them in order and finds the ways between them.
func (l *Log) settle() {
	heads := make([]*metadata.Package, len(l.Releases))
	for i := range l.Releases {
		heads[i] = l.Releases[i].head
	}
	heads = metadata.NumberedByRefs(metadata.OfOneKind(heads))
	for i := range l.Releases {
		r := &l.Releases[i]
		r.head, r.Number = heads[i], heads[i].Version
		if r.Unread == "" {
			r.Kind, r.Namespace = r.head.Kind.String(), r.head.Namespace
		}
	}
	slices.SortFunc(l.Releases, func(a, b Release) int {
		return cmp.Or(a.Number.Compare(b.Number), before(b.Beta, a.Beta), a.Date.Compare(b.Date),
			strings.Compare(a.suffix, b.suffix), strings.Compare(a.Ref, b.Ref))
	})
	kept := l.Releases[:0]
	for _, r := range l.Releases {
		if n := len(kept); n > 0 && kept[n-1].Commit == r.Commit && kept[n-1].Number == r.Number {
			kept[n-1].Also = append(kept[n-1].Also, r.Ref)
			continue
		}
		kept = append(kept, r)
	}
	l.Releases = kept
	for i := range l.Releases {
		l.connect(i)
	}
}

// before orders what has a property behind what has not.
func before(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}

// Find gives the index of the release that a tag or number names, or -1.
func (l *Log) Find(name string) int {
	for i := range l.Releases {
		if r := &l.Releases[i]; r.Ref == name || slices.Contains(r.Also, name) {
			return i
		}
	}
	number, ok := metadata.ParseVersion(name)
	if !ok || name != number.String() {
		return -1
	}
	return slices.IndexFunc(l.Releases, func(r Release) bool { return r.Number == number })
}

// None says why there is no release to go on with, and what to do.
func (l *Log) None(path string) error {
	switch {
	case l.Shallow:
		return fmt.Errorf("%s has no tag of a release: it is a shallow clone; fetch the tags with: git fetch --tags --unshallow", path)
	case l.Betas > 0:
		return fmt.Errorf("%s has tags of betas alone (%d); count them with --betas, or name the versions", path, l.Betas)
	default:
		return fmt.Errorf("%s has no tag with the number of a release, such as v1.2 or release/1.2.0; name the versions, or tag one", path)
	}
}
