package stdlib

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// zipTable is the Compression namespace (Apex Reference, Compression
// Namespace).
var zipTable = vm.Library{
	"Compression.ZipEntry.<init>":  func(t thread, _ val, _ vals) val { return newZipEntry(t, "", vm.Null) },
	"Compression.ZipEntry.getName": func(_ thread, r val, _ vals) val { return bagOf(r).Values["name"] },
	"Compression.ZipEntry.getUncompressedSize": func(_ thread, r val, _ vals) val {
		return vm.Long(int64(len(bagOf(r).Values["content"].Text())))
	},
	"Compression.ZipEntry.getCompressedSize": func(_ thread, r val, _ vals) val { return bagOf(r).Values["compressedsize"] },
	"Compression.ZipEntry.getCrc": func(_ thread, r val, _ vals) val {
		return vm.Long(int64(crc32.ChecksumIEEE([]byte(bagOf(r).Values["content"].Text()))))
	},
	"Compression.ZipEntry.setComment":          chained("comment"),
	"Compression.ZipEntry.setContent":          chained("content"),
	"Compression.ZipEntry.setLastModifiedTime": chained("lastmodifiedtime"),
	"Compression.ZipEntry.setMethod":           chained("method"),
	"Compression.ZipWriter.setLevel":           chained("level"),
	"Compression.ZipWriter.setMethod":          chained("method"),
	"Compression.ZipWriter.<init>": func(t thread, _ val, _ vals) val {
		return t.NewNative("Compression.ZipWriter", &vm.Bag{Values: map[string]val{"entries": vm.MapValue(t.MapOf("Compression.ZipEntry"))}})
	},
	"Compression.ZipWriter.addEntry":   addZipEntry,
	"Compression.ZipWriter.getEntry":   zipEntryNamed,
	"Compression.ZipWriter.getEntries": zipEntries,
	"Compression.ZipWriter.getEntryNames": func(t thread, r val, _ vals) val {
		return vm.NewSet(t, types.SetOf(types.String), entriesOf(r).Keys())
	},
	"Compression.ZipWriter.removeEntry": func(t thread, r val, a vals) val {
		entriesOf(r).Remove(t, vm.Str(str(t, a[0])))
		return vm.Null
	},
	"Compression.ZipWriter.getArchive":    func(t thread, r val, _ vals) val { return writeZip(t, entriesOf(r)) },
	"Compression.ZipReader.<init>":        func(t thread, _ val, a vals) val { return readZip(t, str(t, a[0])) },
	"Compression.ZipReader.getEntry":      zipEntryNamed,
	"Compression.ZipReader.getEntries":    zipEntries,
	"Compression.ZipReader.getEntriesMap": func(_ thread, r val, _ vals) val { return bagOf(r).Values["entries"] },
	"Compression.ZipReader.getEntryNames": func(_ thread, r val, _ vals) val {
		return vm.NewList(types.ListOf(types.String), entriesOf(r).Keys())
	},
	"Compression.ZipReader.extract": func(t thread, r val, a vals) val {
		e := a[0]
		if e.Kind() == vm.KindString {
			e = zipEntryNamed(t, r, a)
		}
		if e.IsNull() {
			t.Throwf("Compression.ZipException", "Entry not found: %s", a[0].Text())
		}
		return bagOf(e).Values["content"]
	},
}

// chained is a setter that gives its object back.
func chained(name string) vm.Func {
	return func(_ thread, r val, a vals) val {
		bagOf(r).Values[name] = a[0]
		return r
	}
}

func newZipEntry(t *vm.Thread, name string, content vm.Value) vm.Value {
	return t.NewNative("Compression.ZipEntry", &vm.Bag{Whole: true, Values: map[string]vm.Value{"name": textOrNull(name), "content": content,
		"method": t.EnumValue("Compression.Method", "DEFLATED"), "lastmodifiedtime": vm.Datetime(now(t))}})
}

func entriesOf(v vm.Value) *vm.Map { return bagOf(v).Values["entries"].Map() }

// addZipEntry is addEntry(entry), (name, data) and (name, comment, modified,
// method, data).
func addZipEntry(t thread, r val, a vals) val {
	e := a[0]
	switch len(a) {
	case 2:
		e = newZipEntry(t, str(t, a[0]), a[1])
	case 5:
		e = newZipEntry(t, str(t, a[0]), a[4])
		b := bagOf(e).Values
		b["comment"], b["lastmodifiedtime"], b["method"] = a[1], a[2], a[3]
	}
	entriesOf(r).Put(t, bagOf(e).Values["name"], e)
	return e
}

func zipEntryNamed(t thread, r val, a vals) val { return entriesOf(r).Get(t, vm.Str(str(t, a[0]))) }

func zipEntries(t thread, r val, _ vals) val {
	return t.ListOf("Compression.ZipEntry", slices.Clone(entriesOf(r).Values()))
}

func writeZip(t *vm.Thread, entries *vm.Map) vm.Value {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range entries.Values() {
		b := bagOf(e).Values
		h := &zip.FileHeader{Name: b["name"].Text(), Comment: b["comment"].Text(), Method: zip.Deflate}
		if vm.EnumName(b["method"]) == "STORED" {
			h.Method = zip.Store
		}
		if m := b["lastmodifiedtime"]; !m.IsNull() {
			h.Modified = time.UnixMilli(m.Int()).UTC()
		}
		f, err := w.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(f, b["content"].Text())
		}
		if err != nil {
			t.Throwf("Compression.ZipException", "%v", err)
		}
	}
	if err := w.Close(); err != nil {
		t.Throwf("Compression.ZipException", "%v", err)
	}
	t.Reserve(int64(out.Len()))
	return vm.Blob(out.String())
}

func readZip(t *vm.Thread, data string) vm.Value {
	z, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		t.Throwf("Compression.ZipException", "%v", err)
	}
	entries := t.MapOf("Compression.ZipEntry")
	for _, f := range z.File {
		t.Reserve(int64(f.UncompressedSize64))
		content, err := unzip(f)
		if err != nil {
			t.Throwf("Compression.ZipException", "%v", err)
		}
		e := newZipEntry(t, f.Name, vm.Blob(content))
		b := bagOf(e).Values
		b["comment"], b["lastmodifiedtime"] = textOrNull(f.Comment), vm.Datetime(f.Modified.UnixMilli())
		b["compressedsize"] = vm.Long(int64(f.CompressedSize64))
		if f.Method == zip.Store {
			b["method"] = t.EnumValue("Compression.Method", "STORED")
		}
		entries.Put(t, vm.Str(f.Name), e)
	}
	return t.NewNative("Compression.ZipReader", &vm.Bag{Values: map[string]vm.Value{"entries": vm.MapValue(entries)}})
}

// unzip reads one file, not more than its header says.
func unzip(f *zip.File) (string, error) {
	r, err := f.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, int64(f.UncompressedSize64)))
	return string(data), err
}
