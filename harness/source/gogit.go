package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// goGitTree is a commit, read without the git program. It is slower and gives
// the same files.
type goGitTree struct {
	repo *git.Repository
	id   string
	list []file
}

func openGoGit(dir, ref string) (tree, error) {
	repo, err := git.PlainOpenWithOptions(dir, &git.PlainOpenOptions{DetectDotGit: !isBare(dir), EnableDotGitCommonDir: true})
	if err != nil {
		return nil, fmt.Errorf("%q is not a git repository, so it has no ref %q", dir, ref)
	}
	hash, err := repo.ResolveRevision(plumbing.Revision(ref))
	if err != nil {
		return nil, noSuchRef(ref, refNames(repo))
	}
	commit, err := repo.CommitObject(*hash)
	if err != nil {
		return nil, fmt.Errorf("ref %q does not name a commit: %w", ref, err)
	}
	root, err := treeAt(repo, commit, dir)
	if err != nil {
		return nil, fmt.Errorf("listing commit %s: %w", hash, err)
	}
	t := &goGitTree{repo: repo, id: hash.String()}
	walker := object.NewTreeWalker(root, true, nil)
	defer walker.Close()
	for {
		name, entry, err := walker.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("listing commit %s: %w", hash, err)
		}
		if entry.Mode == filemode.Dir || entry.Mode == filemode.Submodule {
			continue
		}
		if len(t.list) >= maxFiles {
			return nil, fmt.Errorf("listing commit %s: more than %d files", hash, maxFiles)
		}
		t.list = append(t.list, file{path: name, blob: entry.Hash.String(), link: entry.Mode == filemode.Symlink})
	}
	sortFiles(t.list)
	return t, nil
}

// treeAt is the tree of a commit at the folder of the work tree that dir is, as
// git itself takes it; in a bare repository the whole tree.
func treeAt(repo *git.Repository, commit *object.Commit, dir string) (*object.Tree, error) {
	root, err := commit.Tree()
	if err != nil {
		return nil, err
	}
	work, err := repo.Worktree()
	if errors.Is(err, git.ErrIsBareRepository) {
		return root, nil
	}
	if err != nil {
		return nil, err
	}
	top, err := filepath.EvalSymlinks(work.Filesystem.Root())
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	rel, err := filepath.Rel(top, dir)
	if err != nil || rel == "." || strings.HasPrefix(rel, "..") {
		return root, err
	}
	return root.Tree(filepath.ToSlash(rel))
}

func refNames(repo *git.Repository) []string {
	var names []string
	refs, err := repo.References()
	if err != nil {
		return nil
	}
	_ = refs.ForEach(func(r *plumbing.Reference) error {
		if r.Name().IsTag() || r.Name().IsBranch() {
			names = append(names, r.Name().Short())
		}
		return nil
	})
	return names
}

func (t *goGitTree) files() []file  { return t.list }
func (t *goGitTree) commit() string { return t.id }
func (t *goGitTree) close()         {}

func (t *goGitTree) read(ctx context.Context, want []file, got func(int, []byte)) error {
	var total int64
	for i, f := range want {
		if err := ctx.Err(); err != nil {
			return err
		}
		blob, err := t.repo.BlobObject(plumbing.NewHash(f.blob))
		if errors.Is(err, plumbing.ErrObjectNotFound) {
			got(i, nil)
			continue
		}
		if err != nil {
			return fmt.Errorf("git has no content for %s: %w", f.path, err)
		}
		if total += blob.Size; blob.Size > maxFile || total > maxTotal {
			return tooLarge(f.path, blob.Size)
		}
		data, err := readBlob(blob)
		if err != nil {
			return fmt.Errorf("reading %s: %w", f.path, err)
		}
		got(i, data)
	}
	return nil
}

func readBlob(blob *object.Blob) ([]byte, error) {
	r, err := blob.Reader()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data := make([]byte, blob.Size)
	_, err = io.ReadFull(r, data)
	return data, err
}
