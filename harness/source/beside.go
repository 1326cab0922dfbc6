package source

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// ownBySubscriber makes what is read no package: components without namespace,
// no script, nothing that it needs.
func (l *location) ownBySubscriber() {
	h := &l.head
	h.Namespace, h.Kind, h.PostInstall, h.Uninstall, h.Dependencies = "", metadata.Unmanaged, "", "", nil
	h.Before, h.After, h.TestAccess = nil, nil, nil
}

// ReadBeside reads what a project deploys to an org beside the package that was
// read with these options: before it is installed and after. Each is nil where
// there is none.
func ReadBeside(ctx context.Context, path string, opt Options, pkg *metadata.Package) (before, after *metadata.Package, warnings diag.List, err error) {
	opt.Beside, opt.Folder, opt.Tokens = true, "", TokensUnmanaged
	opt.Namespace = pkg.Namespace
	if pkg.Kind == metadata.Managed {
		opt.Tokens = TokensManaged
	}
	for _, part := range []struct {
		folders []string
		into    **metadata.Package
	}{{pkg.Before, &before}, {pkg.After, &after}} {
		if len(part.folders) == 0 {
			continue
		}
		opt.Sources = part.folders
		p, list, err := Read(ctx, path, opt)
		if err != nil {
			return nil, nil, nil, err
		}
		warnings = append(warnings, list...)
		if len(p.Components) > 0 {
			*part.into = p
		}
	}
	return before, after, warnings, nil
}
