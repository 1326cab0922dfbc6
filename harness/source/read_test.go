package source_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// archive loads testdata/name.txtar.
func archive(t testing.TB, name string) *txtar.Archive {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// unpacked writes the files of an archive below a folder of it ("" for all) to
// a new directory.
func unpacked(t testing.TB, a *txtar.Archive, folder string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range a.Files {
		name, ok := strings.CutPrefix(f.Name, folder)
		if !ok {
			continue
		}
		target := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// zipped packs a directory.
func zipped(t testing.TB, dir, prefix string) string {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, p)
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		entry, err := w.Create(prefix + filepath.ToSlash(rel))
		if err == nil {
			_, err = entry.Write(data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "package.zip")
	if err := os.WriteFile(name, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// committed makes a repository with the directory's files at tag and a bare
// clone of it.
func committed(t testing.TB, dir, tag string) (bare string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git to make a repository")
	}
	bare = filepath.Join(t.TempDir(), "bare.git")
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"},
		{"add", "-A"},
		{"-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "-q", "-m", "version"},
		{"tag", tag},
		{"clone", "-q", "--bare", dir, bare},
	} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	return bare
}

// listing is a package as comparable text: every component, its properties,
// body and parts.
func listing(p *metadata.Package) string {
	var b strings.Builder
	for _, c := range p.Components {
		b.WriteString("== " + string(c.Kind) + " " + c.Name + "\n" + c.Props.String())
		b.Write(c.Source)
		for _, part := range c.Parts {
			b.WriteString("part " + part.Path + " " + part.Blob + "\n")
		}
	}
	return b.String()
}

// TestFormats: one package in source format and in Metadata API format, as
// different API versions write it, is the same package.
func TestFormats(t *testing.T) {
	t.Parallel()
	a := archive(t, "formats")
	want := listing(mustRead(t, unpacked(t, a, "source/"), source.Options{}))
	got := listing(mustRead(t, unpacked(t, a, "mdapi/"), source.Options{}))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("source format (-) and Metadata API format (+) differ:\n%s", diff)
	}
	golden := filepath.Join("testdata", "formats.golden")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	known, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(known), want); diff != "" {
		t.Errorf("canonical form (set UPDATE=1 to accept):\n%s", diff)
	}
}

// TestPlaces: the same files read from a directory, zip files, a work tree, a
// bare repository, with and without the git program, are the same package.
func TestPlaces(t *testing.T) {
	t.Parallel()
	dir := unpacked(t, archive(t, "formats"), "source/")
	want := listing(mustRead(t, dir, source.Options{}))
	zip, download := zipped(t, dir, ""), zipped(t, dir, "repo-1.2/")
	bare := committed(t, dir, "v1.2.0")
	for _, c := range []struct {
		name, path string
		opt        source.Options
	}{
		{"zip", zip, source.Options{}},
		{"zip of a repository", download, source.Options{}},
		{"work tree at a tag", dir, source.Options{Ref: "v1.2.0"}},
		{"work tree at a branch", dir, source.Options{Ref: "main"}},
		{"bare repository at HEAD", bare, source.Options{}},
		{"bare repository at a tag", bare, source.Options{Ref: "v1.2.0"}},
		{"bare repository without git", bare, source.Options{Ref: "v1.2.0", NoGit: true}},
		{"work tree without git", dir, source.Options{Ref: "v1.2.0", NoGit: true}},
	} {
		p := mustRead(t, c.path, c.opt)
		if diff := cmp.Diff(want, listing(p)); diff != "" {
			t.Errorf("%s differs from the directory:\n%s", c.name, diff)
		}
		if c.opt.Ref != "" && len(p.Commit) != 40 {
			t.Errorf("%s: commit is %q", c.name, p.Commit)
		}
	}
	// What a cache gives back is what a read without one gives.
	cache := source.NewCache()
	first := mustRead(t, bare, source.Options{Cache: cache})
	second := mustRead(t, bare, source.Options{Ref: "v1.2.0", Cache: cache})
	if first.Components[0] != second.Components[0] || listing(second) != want {
		t.Error("a second read with the same cache gives other components")
	}
	// A folder of a work tree is a project of its own, with and without git.
	inner := mustRead(t, filepath.Join(dir, "force-app"), source.Options{Ref: "main"})
	if diff := cmp.Diff(listing(inner), listing(mustRead(t, filepath.Join(dir, "force-app"), source.Options{Ref: "main", NoGit: true}))); diff != "" {
		t.Errorf("folder of a work tree, git (-) and no git (+):\n%s", diff)
	}
}

// TestProjects: what the project files say about the package, project by
// project. The comment of each archive is the expected summary.
func TestProjects(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "project-*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal("no projects", err)
	}
	for _, name := range files {
		name := strings.TrimSuffix(filepath.Base(name), ".txtar")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := archive(t, name)
			opt, want := parseComment(t, string(a.Comment))
			p, warnings, err := source.Read(t.Context(), unpacked(t, a, ""), opt)
			var got strings.Builder
			if err != nil {
				var e *source.Error
				if !errors.As(err, &e) {
					t.Fatalf("%v is no *source.Error", err)
				}
				e.Path = "PATH"
				got.WriteString("error: " + e.Error() + "\n")
			} else {
				describe(&got, p, warnings)
			}
			if diff := cmp.Diff(want, got.String()); diff != "" {
				t.Errorf("want (-), got (+):\n%s", diff)
			}
		})
	}
}

// parseComment reads "option: value" lines up to "---"; the rest is expected.
func parseComment(t *testing.T, comment string) (source.Options, string) {
	t.Helper()
	head, want, ok := strings.Cut(comment, "---\n")
	if !ok {
		t.Fatal("no --- in the archive's comment")
	}
	var opt source.Options
	for line := range strings.Lines(head) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case "folder":
			opt.Folder = value
		case "source":
			opt.Sources = append(opt.Sources, value)
		case "namespace":
			opt.Namespace = value
		case "kind":
			opt.Kind, _ = metadata.ParsePackageKind(value)
		case "post-install":
			opt.PostInstall = value
		case "":
		default:
			if !strings.HasPrefix(name, "#") {
				t.Fatalf("unknown option %q", name)
			}
		}
	}
	return opt, want
}

func describe(b *strings.Builder, p *metadata.Package, warnings diag.List) {
	s := p.Summary()
	line := func(name, value string) {
		if value != "" {
			b.WriteString(name + ": " + value + "\n")
		}
	}
	line("package", s.Name)
	line("namespace", s.Namespace)
	line("kind", s.Kind.String())
	line("version", s.Version.String())
	line("api", s.APIVersion)
	line("post-install", s.PostInstall)
	line("uninstall", s.Uninstall)
	for _, d := range s.Dependencies {
		line("depends", strings.Join(strings.Fields(strings.Join([]string{d.Name, d.Namespace, d.Version, d.ID, d.Source}, " ")), " "))
	}
	line("features", strings.Join(s.Features, " "))
	line("folders", strings.Join(s.Folders, " "))
	for _, c := range p.Components {
		line("component", string(c.Kind)+" "+c.Name)
	}
	for _, w := range warnings {
		line("warning", w.Message)
	}
}

// TestCancelled: a cancelled context ends the reading with its own error.
func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := source.Read(ctx, unpacked(t, archive(t, "formats"), "source/"), source.Options{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func mustRead(t testing.TB, path string, opt source.Options) *metadata.Package {
	t.Helper()
	p, _, err := source.Read(context.Background(), path, opt)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
