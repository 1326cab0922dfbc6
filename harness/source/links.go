package source

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// linkedTree is a tree in which symbolic links are what they lead to, as far as
// that lies in the tree.
type linkedTree struct {
	tree
	list    []file
	dropped diag.List // links that lead nowhere, out of the tree or in a ring
}

func (t *linkedTree) files() []file { return t.list }

// maxLinks bounds how many links in a row are followed, and how many files the
// folders that links lead to add.
const (
	maxLinks  = 8
	maxLinked = 50_000
)

// followLinks replaces the links of a tree. Nothing outside of it is ever read:
// a link is a name for something in the same version, or it is left out.
func followLinks(ctx context.Context, t tree) (tree, error) {
	var links, rest []file
	for _, f := range t.files() {
		if f.link {
			links = append(links, f)
		} else {
			rest = append(rest, f)
		}
	}
	if len(links) == 0 {
		return t, nil
	}
	targets := map[string]string{}
	err := t.read(ctx, links, func(i int, data []byte) {
		to := string(data)
		if to != "" && !path.IsAbs(to) && !strings.Contains(to, `\`) {
			targets[links[i].path] = path.Join(path.Dir(links[i].path), to)
		}
	})
	if err != nil {
		return nil, err
	}
	out := &linkedTree{tree: t, list: rest}
	for _, l := range links {
		target, ok := resolve(targets, l.path)
		before := len(out.list)
		if ok && before <= len(rest)+maxLinked {
			out.list = append(out.list, under(rest, target, l.path)...)
		}
		if len(out.list) == before {
			d := diag.Errorf(diag.Span{File: l.path}, CodeLink, "a symbolic link that leads out of the project, nowhere or to a folder around it is not followed; put the file itself there")
			d.Severity = diag.Warning
			out.dropped = append(out.dropped, d)
		}
	}
	sortFiles(out.list)
	out.list = slices.CompactFunc(out.list, func(a, b file) bool { return a.path == b.path })
	return out, nil
}

// under lists what lies at a path of a sorted list, or below it, as if it lay at
// another.
func under(list []file, target, as string) []file {
	var found []file
	take := func(f file, name string) {
		f.from, f.path = cmp.Or(f.from, f.path), name
		found = append(found, f)
	}
	order := func(f file, p string) int { return cmp.Compare(f.path, p) }
	if i, ok := slices.BinarySearchFunc(list, target, order); ok {
		take(list[i], as)
	}
	for i, _ := slices.BinarySearchFunc(list, target+"/", order); i < len(list); i++ {
		rel, ok := strings.CutPrefix(list[i].path, target+"/")
		if !ok {
			break
		}
		take(list[i], join(as, rel))
	}
	return found
}

// resolve follows a link to what is no link. Folders on the way may be links
// too. It fails where the way leads out of the tree, to a folder that holds the
// link, or on and on.
func resolve(targets map[string]string, link string) (string, bool) {
	at := link
	for range maxLinks {
		next, changed := at, false
		for prefix := at; prefix != "."; prefix = path.Dir(prefix) {
			if to, ok := targets[prefix]; ok {
				next, changed = join(to, strings.TrimPrefix(at, prefix)), true
				break
			}
		}
		if next == ".." || strings.HasPrefix(next, "../") || within(link, next) && changed {
			return "", false
		}
		if !changed {
			return at, at != link
		}
		at = next
	}
	return "", false
}
