package source

import (
	"path"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// role is what a file is to its component.
type role uint8

const (
	roleProps   role = iota // the XML that describes it
	roleBody                // its code or content
	rolePart                // one file of several, compared by content id only
	rolePiece               // XML with some of the properties of a component that is kept as several files
	roleSniff               // XML of a type the registry does not list: its root element tells
	roleNothing             // no part of a package
)

// place is where a file belongs.
type place struct {
	role role
	kind metadata.Kind // empty for roleSniff
	name string        // full name as the path tells it, before namespace tokens
	part string        // path within the component, for rolePart; the property it holds, for rolePiece
	// parent is the container's name for a kind that lives in another.
	parent string
	// mdapi says that the file is in Metadata API format and may hold
	// components of several kinds.
	mdapi bool
}

// classify tells from its path what a file of a package is. Both formats are
// understood in any folder, since projects mix them.
func classify(p string) place {
	segments := strings.Split(p, "/")
	base := segments[len(segments)-1]
	if neverPackaged(segments, base) {
		return place{role: roleNothing}
	}
	if at, ok := bundleAt(segments, base); ok {
		return at
	}
	if stem, ok := strings.CutSuffix(base, "-meta.xml"); ok {
		return classifyMeta(segments, stem)
	}
	return classifyPlain(segments, base)
}

// neverPackaged are files that no deployment takes: manifests, tests of
// Lightning components and what editors leave behind.
func neverPackaged(segments []string, base string) bool {
	switch {
	case base == "package.xml" || strings.HasPrefix(base, "destructiveChanges") || strings.HasPrefix(base, "."):
		return true
	case base == "jsconfig.json" || base == "tsconfig.json":
		return true
	}
	for _, s := range segments[:len(segments)-1] {
		if s == "__tests__" || s == "__mocks__" {
			return true
		}
	}
	return false
}

// isKindFolder says that a folder name is one that the Metadata API knows.
func isKindFolder(name string) bool { return len(metadata.FolderKinds(name)) > 0 }

// bundleAt finds the component that a file in a bundle, or a static resource,
// belongs to. The first such folder counts: what is below it may be called
// anything.
func bundleAt(segments []string, base string) (place, bool) {
	for i, folder := range segments[:len(segments)-1] {
		infos := metadata.FolderKinds(folder)
		if len(infos) == 0 {
			continue
		}
		rest := segments[i+1:]
		switch {
		case infos[0].Kind == metadata.StaticResource:
			return resourceAt(rest), true
		case infos[0].Shape == metadata.Bundle:
			return bundleFile(infos[0].Kind, rest, base), true
		}
	}
	return place{}, false
}

func bundleFile(kind metadata.Kind, rest []string, base string) place {
	if len(rest) == 1 {
		// experiences/foo.site-meta.xml describes the folder beside it.
		if stem, ok := strings.CutSuffix(base, "-meta.xml"); ok {
			name, _, _ := strings.Cut(stem, ".")
			return place{role: roleProps, kind: kind, name: name}
		}
		return place{role: roleNothing}
	}
	at := place{role: rolePart, kind: kind, name: rest[0], part: strings.Join(rest[1:], "/")}
	if stem, ok := strings.CutSuffix(base, "-meta.xml"); ok && len(rest) == 2 && strings.HasPrefix(stem, rest[0]+".") {
		at.role, at.part = roleProps, ""
	}
	return at
}

// resourceAt: x.resource (either format), x.js (source format), or a folder x
// that is zipped when it is deployed; described by x.resource-meta.xml.
func resourceAt(rest []string) place {
	name, _, _ := strings.Cut(rest[0], ".")
	at := place{role: rolePart, kind: metadata.StaticResource, name: name}
	if len(rest) > 1 {
		at.part = strings.Join(rest[1:], "/")
	} else if strings.HasSuffix(rest[0], "-meta.xml") {
		at.role = roleProps
	}
	return at
}

// classifyMeta places Foo.suffix-meta.xml.
func classifyMeta(segments []string, stem string) place {
	dot := strings.LastIndexByte(stem, '.')
	folder := kindFolder(segments)
	if dot < 0 {
		// reports/MyFolder-meta.xml describes a folder in Metadata API format.
		if folder >= 0 {
			for _, info := range metadata.FolderKinds(segments[folder]) {
				if info.FolderKind != "" {
					return place{role: roleProps, kind: info.FolderKind, name: below(segments, folder, stem)}
				}
			}
		}
		return place{role: roleSniff, name: stem}
	}
	name, suffix := stem[:dot], stem[dot+1:]
	if at, ok := pieceAt(segments, name, suffix); ok {
		return at
	}
	if folder >= 0 {
		for _, info := range metadata.FolderKinds(segments[folder]) {
			switch {
			case info.Suffix != "" && strings.EqualFold(info.Suffix, suffix):
				if info.Shape == metadata.Foldered || info.Shape == metadata.FolderBody || isFolderKind(info.Kind) {
					name = below(segments, folder, name)
				}
				return place{role: roleProps, kind: info.Kind, name: name}
			case info.Kind == metadata.Document && strings.EqualFold(suffix, "document"):
				return place{role: roleProps, kind: info.Kind, name: below(segments, folder, name)}
			case info.Kind == metadata.Document && !strings.EqualFold(suffix, "documentFolder"):
				return place{role: roleProps, kind: info.Kind, name: below(segments, folder, stem)}
			}
		}
	}
	info := metadata.SuffixKind(suffix)
	switch {
	case info == nil:
		return place{role: roleSniff, name: name}
	case info.Parent == "":
		return place{role: roleProps, kind: info.Kind, name: name}
	case info.Bare:
		return place{role: roleProps, kind: info.Kind, name: name}
	}
	return place{role: roleProps, kind: info.Kind, name: name, parent: parentOf(segments, info)}
}

// pieceAt finds the component of which a file holds a piece. The folders of the
// pieces may be called like folders of kinds: "customPermissions".
func pieceAt(segments []string, stem, suffix string) (place, bool) {
	for i, folder := range segments[:len(segments)-1] {
		for _, info := range metadata.FolderKinds(folder) {
			if owner, property, ok := metadata.Piece(info.Kind, segments[i+1:len(segments)-1], stem, suffix); ok {
				return place{role: rolePiece, kind: info.Kind, name: owner, part: property}, true
			}
		}
	}
	return place{}, false
}

// isFolderKind says that a kind is the folder of reports and the like.
func isFolderKind(kind metadata.Kind) bool {
	return strings.HasSuffix(string(kind), "Folder")
}

// parentOf is the name of the folder below "objects" (or the like) that a child
// lies in; where there is no such folder, the one above the child's own.
func parentOf(segments []string, info *metadata.KindInfo) string {
	parent, _ := metadata.InfoOf(info.Parent)
	for i := len(segments) - 3; i >= 0; i-- {
		if strings.EqualFold(segments[i], parent.Folder) {
			return segments[i+1]
		}
	}
	up := 2
	if info.ChildFolder != "" {
		up = 3
	}
	if len(segments) >= up {
		return segments[len(segments)-up]
	}
	return ""
}

// classifyPlain places a file without -meta.xml: a body, or a file in Metadata
// API format.
func classifyPlain(segments []string, base string) place {
	folder := kindFolder(segments)
	ext := strings.TrimPrefix(path.Ext(base), ".")
	name := strings.TrimSuffix(base, path.Ext(base))
	// Source format lets code lie in any folder: its suffix is enough.
	if info := metadata.SuffixKind(ext); info != nil && info.KeepBody {
		return place{role: roleBody, kind: info.Kind, name: name}
	}
	if folder < 0 {
		if len(segments) == 2 && ext != "" && !strings.EqualFold(ext, "md") {
			return place{role: roleSniff, name: name, mdapi: true}
		}
		return place{role: roleNothing}
	}
	for _, info := range metadata.FolderKinds(segments[folder]) {
		if info.Kind == metadata.Document {
			return place{role: rolePart, kind: info.Kind, name: below(segments, folder, base)}
		}
		if metadata.Beside(info.Kind, ext) {
			return place{role: rolePart, kind: info.Kind, name: name, part: base}
		}
		if info.Suffix == "" || !strings.EqualFold(info.Suffix, ext) {
			continue
		}
		switch info.Shape {
		case metadata.WithBody:
			return place{role: roleBody, kind: info.Kind, name: name}
		case metadata.FolderBody:
			return place{role: rolePart, kind: info.Kind, name: below(segments, folder, name)}
		case metadata.Foldered:
			return place{role: roleProps, kind: info.Kind, name: below(segments, folder, name), mdapi: true}
		default:
			return place{role: roleProps, kind: info.Kind, name: name, mdapi: true}
		}
	}
	return place{role: roleNothing}
}

// kindFolder is the index of the innermost directory that the Metadata API
// knows, -1 when there is none.
func kindFolder(segments []string) int {
	for i := len(segments) - 2; i >= 0; i-- {
		if isKindFolder(segments[i]) {
			return i
		}
	}
	return -1
}

// below is a name with the folders between it and its kind's folder.
func below(segments []string, folder int, name string) string {
	between := segments[folder+1 : len(segments)-1]
	if len(between) == 0 {
		return name
	}
	return strings.Join(between, "/") + "/" + name
}
