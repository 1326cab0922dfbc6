package probe

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/lint"
)

// Problem is something that the platform refuses in a new version.
type Problem = lint.Problem

// NotMade is what the platform refuses in one version of the path, so that it
// could not be made or installed after the one before it.
type NotMade struct {
	From, To *metadata.Package
	Problems []Problem
}

// judgedInTheOrg are the rules of a version's text that the rehearsal asks the
// org itself, which knows more: whether Apex compiles there, whether what is
// named is still there (an upgrade keeps what it deprecates), and which version
// follows which, where tags say it and project files are bumped later.
var judgedInTheOrg = map[lint.Code]bool{
	lint.NotCompiling: true, lint.StillReferenced: true, lint.NamesakeBundle: true,
	lint.VersionNotNewer: true, lint.AncestorInvalid: true, lint.AncestorNotDescendant: true,
}

// checkVersions asks of each step what the check of a package asks, without any
// org: what the platform refuses there, it refuses here.
func checkVersions(_ context.Context, s *Subject, e *Evidence) error {
	for _, step := range s.Steps {
		report := lint.Check([]lint.Old{{Name: step.From.Version.String(), Package: step.From}}, step.To.Version.String(), step.To)
		made := NotMade{From: step.From, To: step.To}
		for _, p := range report.Problems {
			if p.Effect == lint.Refused && !judgedInTheOrg[p.Code] {
				made.Problems = append(made.Problems, p)
			}
		}
		if len(made.Problems) > 0 {
			e.NotMade = append(e.NotMade, made)
		}
	}
	return nil
}
