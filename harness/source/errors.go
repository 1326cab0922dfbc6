package source

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// Error is what Read returns when the input is at fault. Diags, when there are
// any, are sorted and have positions; Err is the cause otherwise.
type Error struct {
	Path  string // as the caller wrote it
	Ref   string
	Diags diag.List
	Err   error
}

// Error names the package and the version, then what is wrong.
func (e *Error) Error() string {
	at := e.Path
	if e.Ref != "" {
		at += "@" + e.Ref
	}
	if len(e.Diags) == 1 {
		return fmt.Sprintf("reading package %s: %v", at, e.Diags[0])
	}
	if len(e.Diags) > 1 {
		return fmt.Sprintf("reading package %s: %d errors\n%v", at, len(e.Diags), e.Diags)
	}
	return fmt.Sprintf("reading package %s: %v", at, e.Err)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error {
	if e.Err == nil {
		return e.Diags
	}
	return e.Err
}

// Codes of the diagnostics and warnings that reading a package gives.
const (
	CodeProject     = "source/project"      // a project file can not be read
	CodeLink        = "source/link"         // a symbolic link in the package
	CodePath        = "source/path"         // a path that leaves the package
	CodeLimit       = "source/limit"        // larger than a package can be
	CodeBomb        = "source/bomb"         // an archive that is made to fill what unpacks it
	CodeTwice       = "source/twice"        // the same component in two files
	CodeNoMeta      = "source/no-meta"      // code without its -meta.xml file
	CodeNoContent   = "source/no-content"   // a file of which a partial clone has no content
	CodeUnreadable  = "source/unreadable"   // a file or folder that can not be read
	CodeNoBody      = "source/no-body"      // a -meta.xml file without its code
	CodeOtherFolder = "source/other-folder" // more package directories than are read
	CodePostInstall = "source/post-install" // the post-install class was guessed or is missing
	CodeNoFolder    = "source/no-folder"    // a source folder that is not there
)
