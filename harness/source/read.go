package source

import (
	"context"
	"errors"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

func read(ctx context.Context, path string, opt Options) (*metadata.Package, diag.List, error) {
	return nil, nil, errors.New("reading packages follows in the next commit")
}
