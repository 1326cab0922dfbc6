package source

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// Head reads what the project files of one version say of its package: name,
// number, kind, namespace, ancestor, folders. Components are not read, so that a
// long history costs little; a class that only its source makes the post-install
// class is not known. Errors are those of Read.
func Head(ctx context.Context, path string, opt Options) (*metadata.Package, error) {
	fail := func(err error) (*metadata.Package, error) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &Error{Path: path, Ref: opt.Ref, Err: err}
	}
	t, err := open(ctx, path, opt)
	if err != nil {
		return fail(err)
	}
	defer t.close()
	if t, err = followLinks(ctx, t); err != nil {
		return fail(err)
	}
	loc, err := locate(ctx, t, opt)
	if err != nil {
		return fail(err)
	}
	if loc.head.Name == "" {
		loc.head.Name = NameOf(path)
	}
	return &loc.head, nil
}

// Tag is a tag of a repository.
type Tag struct {
	Name   string
	Commit string    // that it names, through annotations
	Date   time.Time // in UTC: of the annotation, else of the commit
}

// History is the commits and tags of a repository. It is read without the git
// program.
type History struct {
	dir  string
	repo *git.Repository
}

// OpenHistory opens the repository that a directory is or lies in. A directory
// that is none, and a zip, are an *Error.
func OpenHistory(path string) (*History, error) {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		return nil, &Error{Path: path, Err: errors.New("it is no git repository; name a clone, with its tags")}
	}
	repo, err := git.PlainOpenWithOptions(path, &git.PlainOpenOptions{DetectDotGit: !isBare(path), EnableDotGitCommonDir: true})
	if err != nil {
		return nil, &Error{Path: path, Err: errors.New("it is no git repository; name a clone, with its tags")}
	}
	return &History{dir: path, repo: repo}, nil
}

// Shallow reports whether the clone lacks part of its history: tags and commits
// that are not there are then no sign of anything.
func (h *History) Shallow() bool {
	ids, err := h.repo.Storer.Shallow()
	return err == nil && len(ids) > 0
}

// Tags lists the tags that name commits, sorted by name.
func (h *History) Tags() ([]Tag, error) {
	refs, err := h.repo.Tags()
	if err != nil {
		return nil, &Error{Path: h.dir, Err: fmt.Errorf("list its tags: %w", err)}
	}
	var tags []Tag
	err = refs.ForEach(func(r *plumbing.Reference) error {
		tag := Tag{Name: r.Name().Short()}
		id := r.Hash()
		if annotated, err := h.repo.TagObject(id); err == nil {
			commit, err := annotated.Commit()
			if err != nil {
				return nil // of a tree or a file
			}
			id, tag.Date = commit.Hash, annotated.Tagger.When.UTC()
		}
		commit, err := h.repo.CommitObject(id)
		if err != nil {
			return nil // of a tree or a file, or not in a partial clone
		}
		if tag.Date.IsZero() {
			tag.Date = commit.Committer.When.UTC()
		}
		tag.Commit = id.String()
		tags = append(tags, tag)
		return nil
	})
	if err != nil {
		return nil, &Error{Path: h.dir, Err: fmt.Errorf("list its tags: %w", err)}
	}
	slices.SortFunc(tags, func(a, b Tag) int { return strings.Compare(a.Name, b.Name) })
	return tags, nil
}

// Commit is one commit and those it was made from.
type Commit struct {
	ID      string
	Parents []string
	Date    time.Time // of the commit, in UTC
	Title   string    // first line of its message
}

// Resolve gives the commit that a tag, branch or commit names; "" for HEAD.
func (h *History) Resolve(ref string) (string, error) {
	if ref == "" {
		ref = "HEAD"
	}
	id, err := h.repo.ResolveRevision(plumbing.Revision(ref))
	if err != nil {
		return "", &Error{Path: h.dir, Err: noSuchRef(ref, refNames(h.repo))}
	}
	return id.String(), nil
}

// Reach lists the commits that can be reached from one, itself included and
// first, without those that can be reached from any of without. Each commit comes
// once, the nearest first.
func (h *History) Reach(ctx context.Context, from string, without ...string) ([]Commit, error) {
	seen := map[plumbing.Hash]bool{}
	for _, id := range without {
		if err := h.walk(ctx, plumbing.NewHash(id), seen, func(*object.Commit) {}); err != nil {
			return nil, err
		}
	}
	var list []Commit
	err := h.walk(ctx, plumbing.NewHash(from), seen, func(c *object.Commit) {
		commit := Commit{ID: c.Hash.String(), Date: c.Committer.When.UTC(), Title: strings.TrimSpace(strings.SplitN(strings.TrimSpace(c.Message), "\n", 2)[0])}
		for _, p := range c.ParentHashes {
			commit.Parents = append(commit.Parents, p.String())
		}
		list = append(list, commit)
	})
	return list, err
}

// walk visits what can be reached from a commit and was not seen.
func (h *History) walk(ctx context.Context, from plumbing.Hash, seen map[plumbing.Hash]bool, visit func(*object.Commit)) error {
	var todo []plumbing.Hash
	push := func(id plumbing.Hash) {
		if !seen[id] {
			seen[id] = true
			todo = append(todo, id)
		}
	}
	push(from)
	for i := 0; i < len(todo); i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		c, err := h.repo.CommitObject(todo[i])
		if err != nil {
			continue // beyond what a shallow clone has
		}
		visit(c)
		for _, p := range c.ParentHashes {
			push(p)
		}
	}
	return nil
}

// Worktree reports whether files lie there that are worked on, as they do not in
// a bare repository or one without a checkout.
func (h *History) Worktree() bool {
	_, err := h.repo.Worktree()
	return err == nil && !nothingCheckedOut(h.dir)
}

// Clean reports whether the files of the work tree are those of HEAD, and none is
// there besides.
func (h *History) Clean() (bool, error) {
	work, err := h.repo.Worktree()
	if err != nil {
		return false, &Error{Path: h.dir, Err: err}
	}
	status, err := work.Status()
	if err != nil {
		return false, &Error{Path: h.dir, Err: fmt.Errorf("see what has changed in it: %w", err)}
	}
	return status.IsClean(), nil
}

// Contents says what a commit holds at some paths of the folder that the history
// was opened at: equal for commits that hold the same there.
func (h *History) Contents(commit string, paths []string) (string, error) {
	fail := func(err error) (string, error) {
		return "", &Error{Path: h.dir, Ref: commit, Err: err}
	}
	c, err := h.repo.CommitObject(plumbing.NewHash(commit))
	if err != nil {
		return fail(err)
	}
	root, err := treeAt(h.repo, c, h.dir)
	if err != nil {
		return fail(err)
	}
	var text strings.Builder
	for _, p := range slices.Sorted(slices.Values(paths)) {
		if p == "." {
			return root.Hash.String(), nil
		}
		entry, err := root.FindEntry(p)
		if err != nil {
			continue // not there
		}
		fmt.Fprintf(&text, "%s\x00%s\n", p, entry.Hash)
	}
	return text.String(), nil
}

// ProjectFiles are the files that say what a package is, at the top of a project.
func ProjectFiles() []string {
	return []string{sfdxFile, manifestFile, cumulusFile, propertiesFile, ignoreFile}
}
