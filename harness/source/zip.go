package source

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// maxRatio is how much a zip entry of more than a megabyte may grow when it is
// unpacked; text packs at 20 to 1 at most, a bomb at hundreds.
const maxRatio = 200

// zipTree is a zip file: a deployment package, or a download of a repository
// with everything in one top folder, which is then left out of the paths.
type zipTree struct {
	archive *zip.ReadCloser
	list    []file
}

func openZip(name string) (tree, error) {
	archive, err := zip.OpenReader(name)
	if err != nil {
		return nil, fmt.Errorf("%q is neither a directory nor a zip file: %w", name, err)
	}
	t := &zipTree{archive: archive}
	if err := t.index(); err != nil {
		_ = archive.Close()
		return nil, err
	}
	return t, nil
}

func (t *zipTree) index() error {
	if len(t.archive.File) > maxFiles {
		return fmt.Errorf("the zip file has %d entries; at most %d are read", len(t.archive.File), maxFiles)
	}
	var total uint64
	for i, f := range t.archive.File {
		if err := checkEntry(f.Name); err != nil {
			return err
		}
		if f.FileInfo().IsDir() {
			continue
		}
		total += f.UncompressedSize64
		if f.UncompressedSize64 > maxFile || total > maxTotal {
			return fmt.Errorf("zip entry %q: %w", f.Name, tooLarge(f.Name, int64(min(f.UncompressedSize64, 1<<62))))
		}
		if growth(f) > maxRatio {
			return fmt.Errorf("zip entry %q grows %d times when unpacked; this looks like a zip bomb", f.Name, growth(f))
		}
		t.list = append(t.list, file{path: f.Name, link: f.Mode()&fs.ModeSymlink != 0, at: i})
	}
	t.dropTopFolder()
	sortFiles(t.list)
	for i := 1; i < len(t.list); i++ {
		if t.list[i].path == t.list[i-1].path {
			return fmt.Errorf("zip entry %q is there twice", t.list[i].path)
		}
	}
	return nil
}

// checkEntry refuses entry names that would leave the folder the zip file is
// unpacked into.
func checkEntry(name string) error {
	clean := strings.TrimSuffix(name, "/")
	switch {
	case strings.ContainsAny(name, "\\\x00"):
		return fmt.Errorf("zip entry %q has a backslash or a zero byte in its name", name)
	case !fs.ValidPath(clean) || path.IsAbs(name) || len(name) > maxPathBytes || strings.Contains(name, ":/"):
		return fmt.Errorf("zip entry %q leads out of the folder it is unpacked into; the file is not read", name)
	}
	return nil
}

// dropTopFolder takes the one folder that everything lies in off the paths,
// unless that folder means something to a package.
func (t *zipTree) dropTopFolder() {
	if len(t.list) == 0 {
		return
	}
	top, _, ok := strings.Cut(t.list[0].path, "/")
	if !ok || isKindFolder(top) {
		return
	}
	for _, f := range t.list {
		if !strings.HasPrefix(f.path, top+"/") {
			return
		}
	}
	for i := range t.list {
		t.list[i].path = t.list[i].path[len(top)+1:]
	}
}

func (t *zipTree) files() []file { return t.list }

// commit is what git archive writes into the comment of a zip file.
func (t *zipTree) commit() string {
	if id := t.archive.Comment; len(id) == 40 && strings.Trim(id, "0123456789abcdef") == "" {
		return id
	}
	return ""
}

func (t *zipTree) close() { _ = t.archive.Close() }

func (t *zipTree) read(ctx context.Context, want []file, got func(int, []byte)) error {
	for i, f := range want {
		if err := ctx.Err(); err != nil {
			return err
		}
		data, err := t.entry(t.archive.File[f.at])
		if err != nil {
			return fmt.Errorf("unpacking %s: %w", f.path, err)
		}
		got(i, data)
	}
	return nil
}

// entry unpacks one file and never more of it than its header promised.
func (t *zipTree) entry(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, int64(f.UncompressedSize64)+1))
	if err != nil {
		return nil, err
	}
	if uint64(len(data)) > f.UncompressedSize64 {
		return nil, fmt.Errorf("the entry is larger than its header says; this looks like a zip bomb")
	}
	return data, nil
}

// maxArchive is the size that a static resource has on the platform at most:
// 5 MB packed (governor-limits.md); unpacked much more is no resource.
const maxArchive = 64 << 20

// mayBeArchive says that a file is a static resource that may be zipped: source
// format keeps the same files unpacked in a folder.
func mayBeArchive(u *unit, f file) bool {
	return u.kind == metadata.StaticResource && strings.HasSuffix(f.path, ".resource")
}

// maxReadable is the size up to which the content of a static resource is kept for
// code that reads it: longer ones do not fit in the heap of a transaction.
const maxReadable = 6 << 20

// isReadable says that a file is the whole of a static resource or of an e-mail
// template, which Apex may read: default settings in a table, a template; or the
// main file of a Lightning
// component, where it is asked for.
func (b *builder) isReadable(u *unit, part string) bool {
	switch u.kind {
	case metadata.StaticResource, metadata.EmailTemplate, metadata.Document:
		return part == ""
	case metadata.LightningComponentBundle:
		return b.markup && part == u.name+".js"
	case metadata.AuraDefinitionBundle:
		stem, ext, _ := strings.Cut(part, ".")
		return b.markup && stem == u.name && (ext == "cmp" || ext == "app" || ext == "evt" || ext == "intf")
	}
	return false
}

// sizeOf is how large the files of a zipped static resource say that they are
// together. One that grows as no file of a resource does is an error.
func sizeOf(r *zip.Reader) (total int64, err error) {
	for _, f := range r.File {
		if growth(f) > maxRatio {
			return 0, fmt.Errorf("entry %q of the static resource grows %d times when unpacked; this looks like a zip bomb", f.Name, growth(f))
		}
		if total += int64(min(f.UncompressedSize64, maxTotal)); total > maxTotal {
			break
		}
	}
	return total, nil
}

// growth is how many times larger an entry is when it is unpacked; 0 for those
// that are small all the same.
func growth(f *zip.File) uint64 {
	if f.UncompressedSize64 <= 1<<20 {
		return 0
	}
	return f.UncompressedSize64 / max(f.CompressedSize64, 1)
}

// unpack gives the files of a zipped static resource, so that it compares
// equal to the folder it was made from. A resource that is no zip file, or an
// unreasonable one, stays what it is: there are no parts. All resources of a
// package together have the bounds of the package, and none is unpacked beyond.
func (b *builder) unpack(u *unit) (parts []metadata.Part, err error) {
	if u.archive == nil {
		return nil, nil
	}
	r, err := zip.NewReader(bytes.NewReader(u.archive), int64(len(u.archive)))
	if err != nil {
		return nil, nil
	}
	size, err := sizeOf(r)
	if err != nil || size > maxArchive {
		return nil, err
	}
	if u.unpacked = size; b.unpacked.Add(size) > maxTotal {
		return nil, nil // told for the package as a whole
	}
	t := &zipTree{}
	for _, f := range r.File {
		if base := path.Base(f.Name); f.FileInfo().IsDir() || base[0] == '.' || strings.HasPrefix(f.Name, "__MACOSX/") {
			continue // hidden files are left out of source format, too
		}
		if checkEntry(f.Name) != nil {
			return nil, nil
		}
		data, err := t.entry(f)
		if err != nil {
			return nil, nil
		}
		parts = append(parts, metadata.Part{Path: f.Name, Blob: blobID(data)})
	}
	return parts, nil
}
