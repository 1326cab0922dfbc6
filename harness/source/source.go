// Package source reads packages: from a directory, a zip file, a git work tree
// or a bare repository at a tag, branch or commit; in source format, in
// Metadata API format, and in projects that mix the two.
//
// The machine: a tree lists files and fetches the few that matter (tree.go and
// a file for each sort); the project files say what the package is and where
// its source lies (project.go); a layout tells for each path which component
// it belongs to (layout.go); workers parse in parallel and the results are put
// together in path order, so the same input gives the same package however
// many cores there are (build.go).
//
// Bodies that are only compared (bundles, packed resources) are not read: their
// git blob id stands for them, and is computed where there is no git, unless a
// caller asks for the main files. The text of a static resource is kept, since
// Apex may read it.
//
// What was written by others is not trusted: paths and links that leave the
// package are not followed, bombs are refused, entity declarations are not read.
// Nothing in a repository is executed. One stray file does not spoil a package:
// it is left out with a warning that names it.
package source

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// NamespaceMode says what the namespace tokens in a source (%%%NAMESPACE%%% and
// its relatives) become.
type NamespaceMode uint8

// The modes.
const (
	TokensByKind    NamespaceMode = iota // as the package's kind says: managed packages get their prefix
	TokensManaged                        // "ns__"
	TokensUnmanaged                      // empty: as in a deployment without a namespace
)

// Options say what the project files do not. The zero value reads what they say.
type Options struct {
	Ref         string               // tag, branch or commit; empty: the files as they are, HEAD in a bare repository
	Folder      string               // folder of the project to read, slash separated
	Sources     []string             // source folders instead of the package directories
	Project     bool                 // what a scratch org of the project gets: all package directories instead of the package's own, and what its flows deploy besides
	External    bool                 // with Project: packages outside the project that its directories depend on are at hand
	Namespace   string               // overrides the project's namespace
	PostInstall string               // class name, overrides the project's
	Kind        metadata.PackageKind // zero: managed with a namespace or a post-install class, unlocked when sfdx-project.json names a package, or lists its released versions and no ancestor, else unmanaged
	Tokens      NamespaceMode
	Markup      bool   // the main file of Lightning components too, as their Source: what they offer to pages
	Cache       *Cache // shares components between reads of related versions; may be nil
	NoGit       bool   // read repositories without the git program
	Lenient     bool   // what a partial clone lacks is left out, with a warning
	Beside      bool   // the folders of Sources are the subscriber's own and not the package's: their components keep its prefix, and there may be none
	Strict      bool   // a file that can not be read is an error; without it, it is left out with a warning (see Unreadable)
}

// Read reads one version of a package. The list holds warnings, sorted; the
// error is an *Error for anything that is wrong with the input.
func Read(ctx context.Context, path string, opt Options) (*metadata.Package, diag.List, error) {
	return read(ctx, path, opt)
}
