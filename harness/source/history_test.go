package source_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// forked is a repository in which a branch was merged: a, then b and c beside
// each other, then the merge d, tagged v1.0 with an annotation.
func forked(t *testing.T) (dir string, ids map[string]string) {
	t.Helper()
	dir = t.TempDir()
	repo, err := git.PlainInit(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	work, err := repo.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	ids = map[string]string{}
	for i, c := range []struct {
		name    string
		parents []string
	}{{"a", nil}, {"b", []string{"a"}}, {"c", []string{"a"}}, {"d", []string{"b", "c"}}} {
		if err := os.WriteFile(filepath.Join(dir, "sfdx-project.json"), []byte(`{"packageDirectories":[{"path":"src","package":"P","versionNumber":"1.0.0.NEXT"}]}`+strings.Repeat("\n", i)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(dir, "src", "classes"), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "src", "classes", "A.cls"), []byte("class A {}"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := work.Add("."); err != nil {
			t.Fatal(err)
		}
		who := &object.Signature{Name: "a", Email: "a@b.c", When: time.Date(2024, 5, 1+i, 0, 0, 0, 0, time.FixedZone("", 3600))}
		var parents []plumbing.Hash
		for _, p := range c.parents {
			parents = append(parents, plumbing.NewHash(ids[p]))
		}
		id, err := work.Commit("commit "+c.name+"\n\nmore", &git.CommitOptions{Author: who, Parents: parents})
		if err != nil {
			t.Fatal(err)
		}
		ids[c.name] = id.String()
	}
	who := &object.Signature{Name: "a", Email: "a@b.c", When: time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)}
	if _, err := repo.CreateTag("v1.0", plumbing.NewHash(ids["d"]), &git.CreateTagOptions{Tagger: who, Message: "first"}); err != nil {
		t.Fatal(err)
	}
	if _, err := repo.CreateTag("v0.9", plumbing.NewHash(ids["b"]), nil); err != nil {
		t.Fatal(err)
	}
	return dir, ids
}

func TestHistory(t *testing.T) {
	t.Parallel()
	dir, ids := forked(t)
	h, err := source.OpenHistory(dir)
	if err != nil {
		t.Fatal(err)
	}
	tags, err := h.Tags()
	if err != nil || len(tags) != 2 {
		t.Fatalf("%v, %v", tags, err)
	}
	for i, want := range []string{"v0.9 " + ids["b"] + " 2024-05-01T23:00:00Z", "v1.0 " + ids["d"] + " 2024-06-01T00:00:00Z"} {
		if got := tags[i].Name + " " + tags[i].Commit + " " + tags[i].Date.Format(time.RFC3339); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	list, err := h.Reach(t.Context(), ids["d"], ids["b"])
	if err != nil || len(list) != 2 || list[0].ID != ids["d"] || list[1].ID != ids["c"] {
		t.Errorf("from d without b: %v, %v; want d and c", list, err)
	}
	if !slices.Equal(list[0].Parents, []string{ids["b"], ids["c"]}) || list[0].Title != "commit d" {
		t.Errorf("%+v", list[0])
	}
	if id, err := h.Resolve("v1.0"); err != nil || id != ids["d"] {
		t.Errorf("v1.0 is %s, %v", id, err)
	}
	var told *source.Error
	if _, err := h.Resolve("v1.1"); !errors.As(err, &told) || !strings.Contains(err.Error(), "near it are v1.0") {
		t.Errorf("%v", err)
	}
	if clean, err := h.Clean(); !clean || err != nil || !h.Worktree() || h.Shallow() {
		t.Errorf("clean %v, %v", clean, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "new.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if clean, _ := h.Clean(); clean {
		t.Error("a file that is not committed is there, and the work tree is clean")
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Reach(cancelled, ids["d"]); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestHead reads the project files of a version, and no component.
func TestHead(t *testing.T) {
	t.Parallel()
	dir, ids := forked(t)
	head, err := source.Head(t.Context(), dir, source.Options{Ref: "v1.0"})
	if err != nil || head.Name != "P" || head.Commit != ids["d"] || head.Version.Major != 1 || len(head.Components) != 0 {
		t.Errorf("%+v, %v", head, err)
	}
	var told *source.Error
	if _, err := source.Head(t.Context(), dir, source.Options{Ref: "v7"}); !errors.As(err, &told) {
		t.Errorf("%v", err)
	}
	if _, err := source.OpenHistory(t.TempDir()); !errors.As(err, &told) {
		t.Errorf("%v", err)
	}
}
