package source

import (
	"cmp"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Limits of what is read. A managed package may have 10,000 metadata files and
// 600 MB (versions-and-push.md, section 1); a repository holds more than its
// package.
const (
	maxFiles     = 500_000
	maxTotal     = 1 << 30   // bytes read of one version
	maxFile      = 128 << 20 // bytes of one file
	maxPathBytes = 4096
)

// file is one entry of a tree.
type file struct {
	path string // slash separated, relative to the root of the tree
	blob string // git blob id, empty where it has to be computed
	from string // where the content lies, when path is a link to it
	link bool   // a symbolic link: its content is the path that it leads to
	at   int    // the tree's own index of the entry
	lost bool   // it can not be read
}

// tree is the files of one version of a project, wherever they lie.
type tree interface {
	// files lists every regular file and link, sorted by path.
	files() []file
	// read fetches files and hands each to got, in any order but one at a time.
	// The index is that of the file in want; nil data means that the repository
	// is a partial clone that lacks the file, or that a file can not be read.
	read(ctx context.Context, want []file, got func(i int, data []byte)) error
	// commit is the id that the ref named, empty without git.
	commit() string
	close()
}

// open finds out what path is and opens it.
func open(ctx context.Context, path string, opt Options) (tree, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file or directory %q", path)
	case err != nil:
		return nil, err
	}
	if !info.IsDir() {
		if opt.Ref != "" {
			return nil, fmt.Errorf("%q is a file and has no ref %q; name a git repository", path, opt.Ref)
		}
		return openZip(path)
	}
	if opt.Ref != "" || isBare(path) || nothingCheckedOut(path) {
		return openGit(ctx, path, opt)
	}
	return openDir(ctx, path)
}

// isBare says that a directory is a git directory itself, without a work tree.
func isBare(path string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Stat(filepath.Join(path, name)); err != nil {
			return false
		}
	}
	_, err := os.Stat(filepath.Join(path, "sfdx-project.json"))
	return err != nil
}

// nothingCheckedOut says that a directory is a repository whose work tree was
// never filled, as after a clone without a checkout: its HEAD is what is meant.
func nothingCheckedOut(path string) bool {
	entries, err := os.ReadDir(path)
	return err == nil && len(entries) == 1 && entries[0].Name() == ".git"
}

// blobID is the id that git gives to a content, so that bodies compare alike
// wherever they were read from.
func blobID(data []byte) string {
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00", len(data))
	_, _ = h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

// skipped are directories that never hold package source.
var skipped = map[string]bool{".git": true, "node_modules": true, ".sfdx": true, ".sf": true}

// dirTree is a directory as it is on disk.
type dirTree struct {
	root *os.Root
	list []file
}

func openDir(ctx context.Context, path string) (tree, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	t := &dirTree{root: root}
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && p == path {
			return err
		}
		if err != nil {
			return t.unreadable(path, p, d)
		}
		if d.IsDir() {
			if skipped[d.Name()] && p != path {
				return filepath.SkipDir
			}
			return nil
		}
		isLink := d.Type()&fs.ModeSymlink != 0
		if !isLink && !d.Type().IsRegular() {
			return nil
		}
		rel, err := filepath.Rel(path, p)
		if err != nil {
			return err
		}
		if len(t.list) >= maxFiles {
			return fmt.Errorf("more than %d files below %q; name the directory of the package", maxFiles, path)
		}
		t.list = append(t.list, file{path: filepath.ToSlash(rel), link: isLink})
		return nil
	})
	if err != nil {
		_ = root.Close()
		return nil, err
	}
	sortFiles(t.list)
	return t, nil
}

// sortFiles orders by path and renumbers nothing: at keeps the tree's own index.
func sortFiles(list []file) {
	slices.SortFunc(list, func(a, b file) int { return strings.Compare(a.path, b.path) })
}

// unreadable notes a folder that can not be listed.
func (t *dirTree) unreadable(top, p string, d fs.DirEntry) error {
	rel, err := filepath.Rel(top, p)
	if err != nil {
		return err
	}
	t.list = append(t.list, file{path: filepath.ToSlash(rel), lost: true})
	if d != nil && d.IsDir() {
		return filepath.SkipDir
	}
	return nil
}

func (t *dirTree) files() []file  { return t.list }
func (t *dirTree) commit() string { return "" }
func (t *dirTree) close()         { _ = t.root.Close() }

func (t *dirTree) read(ctx context.Context, want []file, got func(int, []byte)) error {
	var total int64
	for i, f := range want {
		if err := ctx.Err(); err != nil {
			return err
		}
		name := filepath.FromSlash(cmp.Or(f.from, f.path))
		if f.link {
			to, err := t.root.Readlink(name)
			if err != nil {
				to = ""
			}
			got(i, []byte(filepath.ToSlash(to)))
			continue
		}
		info, err := t.root.Stat(name)
		if err != nil {
			got(i, nil)
			continue
		}
		if total += info.Size(); info.Size() > maxFile || total > maxTotal {
			return tooLarge(f.path, info.Size())
		}
		data, err := t.root.ReadFile(name)
		if err != nil {
			data = nil
		}
		got(i, data)
	}
	return nil
}

func tooLarge(path string, size int64) error {
	if size > maxFile {
		return fmt.Errorf("%s has %d bytes; a file of a package may have %d", path, size, int64(maxFile))
	}
	return fmt.Errorf("the files of the package have more than %d bytes together (at %s)", int64(maxTotal), path)
}
