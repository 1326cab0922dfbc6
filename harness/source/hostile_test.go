package source_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha1"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// TestHostile: input that was made to harm, or that is simply wrong, gives one
// clear error.
func TestHostile(t *testing.T) {
	t.Parallel()
	good := unpacked(t, archive(t, "formats"), "source/")
	bare := committed(t, unpacked(t, archive(t, "formats"), "source/"), "rel/1.187")
	linked := unpacked(t, archive(t, "project-root"), "")
	if err := os.Symlink("/etc/passwd", filepath.Join(linked, "classes", "Link.cls")); err != nil {
		t.Skip("no symbolic links here")
	}
	linkedBare := committed(t, linked, "v1")
	text := filepath.Join(t.TempDir(), "words.txt")
	if err := os.WriteFile(text, []byte("words"), 0o644); err != nil {
		t.Fatal(err)
	}
	huge := unpacked(t, archive(t, "project-root"), "")
	if err := os.Truncate(filepath.Join(huge, "classes", "Converter.cls"), 200<<20); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path string
		opt        source.Options
		want       string
	}{
		{"no such path", filepath.Join(good, "nowhere"), source.Options{}, "there is no file or directory"},
		{"neither directory nor zip", text, source.Options{}, "is neither a directory nor a zip file"},
		{"ref of no repository", t.TempDir(), source.Options{Ref: "v1"}, `is not a git repository, so it has no ref "v1"`},
		{"missing ref", bare, source.Options{Ref: "rel/1.188"}, `there is no tag, branch or commit "rel/1.188"; near it are rel/1.187`},
		{"missing ref without git", bare, source.Options{Ref: "rel/1.188", NoGit: true}, `there is no tag, branch or commit "rel/1.188"; near it are rel/1.187`},
		{"ref that is an option", bare, source.Options{Ref: "--output=/tmp/x"}, "is not the name of a tag, branch or commit"},
		{"folder outside", good, source.Options{Folder: "../.."}, "leads out of the project"},
		{"absolute folder", good, source.Options{Folder: "/etc"}, "leads out of the project"},
		{"missing folder", good, source.Options{Folder: "plugins/none"}, `there is no folder "plugins/none" in this version`},
		{"source outside", good, source.Options{Sources: []string{`..\..\etc`}}, "leads out of the project"},
		{"absurd size", huge, source.Options{}, "classes/Converter.cls has 209715200 bytes; a file of a package may have 134217728"},
		{"link in a directory", linked, source.Options{Strict: true}, "classes/Link.cls: error: a symbolic link that leads out"},
		{"link in a repository", linkedBare, source.Options{Ref: "v1", Strict: true}, "classes/Link.cls: error: a symbolic link that leads out"},
		{"link in a repository without git", linkedBare, source.Options{Ref: "v1", NoGit: true, Strict: true}, "a symbolic link that leads out"},
		{"zip with ..", zipOf(t, entry{name: "src/../../evil.cls"}), source.Options{}, "leads out of the folder it is unpacked into"},
		{"zip with an absolute path", zipOf(t, entry{name: "/etc/passwd"}), source.Options{}, "leads out of the folder it is unpacked into"},
		{"zip with a drive", zipOf(t, entry{name: "C:/x"}), source.Options{}, "leads out of the folder it is unpacked into"},
		{"zip with backslashes", zipOf(t, entry{name: `src\..\..\evil.cls`}), source.Options{}, "has a backslash"},
		{"zip with a link", zipOf(t, entry{name: "package.xml", data: []byte("<Package/>")}, entry{name: "classes/A.cls", data: []byte("/etc/passwd"), mode: fs.ModeSymlink | 0o777}), source.Options{}, "no package here"},
		{"zip bomb", zipOf(t, entry{name: "src/classes/A.cls", data: make([]byte, 20<<20)}), source.Options{}, "this looks like a zip bomb"},
		{"zip entry twice", zipOf(t, entry{name: "package.xml"}, entry{name: "package.xml"}), source.Options{}, "is there twice"},
		{"empty zip", zipOf(t), source.Options{}, "no package here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, _, err := source.Read(t.Context(), c.path, c.opt)
			if err == nil || p != nil {
				t.Fatalf("got %v, want an error with %q", p, c.want)
			}
			if !strings.Contains(err.Error(), c.want) || strings.Count(err.Error(), "\n") > 0 {
				t.Errorf("error %q, want one line with %q", err, c.want)
			}
		})
	}
}

type entry struct {
	name string
	data []byte
	mode fs.FileMode
}

func zipOf(t *testing.T, entries ...entry) string {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, e := range entries {
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.mode != 0 {
			header.SetMode(e.mode)
		}
		out, err := w.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "hostile.zip")
	if err := os.WriteFile(name, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestPartialClone: of a clone that lacks contents, what no component needs is
// not missed, and what one does is named.
func TestPartialClone(t *testing.T) {
	t.Parallel()
	dir := unpacked(t, archive(t, "project-root"), "")
	for name, text := range map[string]string{"staticresources/Logo.resource": "GIF89a logo", "staticresources/Logo.resource-meta.xml": "<StaticResource><contentType>image/gif</contentType></StaticResource>",
		"films/Show.gif-meta.xml": "<Film/>"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	bare := committed(t, dir, "v1")
	lose := func(text string) {
		id := fmt.Sprintf("%x", sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(text), text)))
		if err := os.Remove(filepath.Join(bare, "objects", id[:2], id[2:])); err != nil {
			t.Fatal(err)
		}
	}
	lose("GIF89a logo")
	lose("<Film/>")
	class, err := os.ReadFile(filepath.Join(dir, "classes", "Converter.cls"))
	if err != nil {
		t.Fatal(err)
	}
	for _, noGit := range []bool{false, true} {
		p, warnings, err := source.Read(t.Context(), bare, source.Options{Ref: "v1", NoGit: noGit})
		if err != nil || len(p.OfKind(metadata.StaticResource)) != 1 || !strings.Contains(fmt.Sprint(warnings), "films/Show.gif-meta.xml") {
			t.Errorf("without contents that no component needs: %v, %v", warnings, err)
		}
	}
	lose(string(class))
	for _, noGit := range []bool{false, true} {
		_, _, err := source.Read(t.Context(), bare, source.Options{Ref: "v1", NoGit: noGit})
		if err == nil || !strings.Contains(err.Error(), "classes/Converter.cls") || !strings.Contains(err.Error(), "partial") {
			t.Errorf("without the text of a class: %v", err)
		}
	}
}

// TestResourceBombs: a static resource that is a zip bomb is refused wherever it
// lies; one that only compresses well is read.
func TestResourceBombs(t *testing.T) {
	t.Parallel()
	read := func(size int) error {
		t.Helper()
		packed, err := os.ReadFile(zipOf(t, entry{name: "x.txt", data: make([]byte, size)}))
		if err != nil {
			t.Fatal(err)
		}
		dir := unpacked(t, archive(t, "project-root"), "")
		folder := filepath.Join(dir, "staticresources")
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string][]byte{"Z.resource": packed, "Z.resource-meta.xml": []byte("<StaticResource><contentType>application/zip</contentType></StaticResource>")} {
			if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		_, _, err = source.Read(t.Context(), dir, source.Options{Lenient: true})
		return err
	}
	if err := read(1 << 20); err != nil {
		t.Errorf("a resource of a megabyte: %v", err)
	}
	err := read(8 << 20)
	var bad *source.Error
	if !errors.As(err, &bad) || !strings.Contains(err.Error(), "staticresources/Z.resource") || !strings.Contains(err.Error(), "this looks like a zip bomb") {
		t.Errorf("error %v", err)
	}
}

// TestResourcesTogether: resources that are bounded one by one are bounded
// together, too. The sizes are those that the headers say; what does not fit is
// not unpacked.
func TestResourcesTogether(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for i := range 60 {
		_, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("%d.txt", i), Method: zip.Store, CompressedSize64: 0, UncompressedSize64: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	dir := unpacked(t, archive(t, "project-root"), "")
	folder := filepath.Join(dir, "staticresources")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	add := func(n int) {
		for name, data := range map[string][]byte{".resource": packed.Bytes(), ".resource-meta.xml": []byte("<StaticResource><contentType>application/zip</contentType></StaticResource>")} {
			if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("R%02d%s", n, name)), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for n := range 17 { // 1,020 MiB
		add(n)
	}
	if _, _, err := source.Read(t.Context(), dir, source.Options{}); err != nil {
		t.Errorf("17 resources of 60 MiB: %v", err)
	}
	add(17)
	if _, _, err := source.Read(t.Context(), dir, source.Options{}); err == nil || !strings.Contains(err.Error(), "together when they are unpacked") {
		t.Errorf("18 resources of 60 MiB: %v", err)
	}
}

// TestResourceOfBytes: Apex may read a static resource whatever is in it, an
// image like a text.
func TestResourceOfBytes(t *testing.T) {
	t.Parallel()
	dir := unpacked(t, archive(t, "project-root"), "")
	image := []byte("GIF89a\xff\x00\xfe")
	folder := filepath.Join(dir, "staticresources")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"Logo.resource": image, "Logo.resource-meta.xml": []byte("<StaticResource><contentType>image/gif</contentType></StaticResource>")} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, _, err := source.Read(t.Context(), dir, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if found := p.OfKind(metadata.StaticResource); len(found) != 1 || !bytes.Equal(found[0].Source, image) {
		t.Errorf("resources are %v", found)
	}
}
