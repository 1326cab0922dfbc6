package probe

import (
	"context"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// OwnTab is an object for which the upgrade brings the first tab, and what
// becomes of the upgrade in an org whose administrator made one.
type OwnTab struct {
	Object  string // by its full name
	Failure *Failure
}

// ownTabs makes a tab for each object that had none in the old version and has
// one in the new, as an administrator does, and asks whether the upgrade goes
// ahead.
func ownTabs(ctx context.Context, s *Subject, e *Evidence) error {
	for _, step := range s.Steps[:1] {
		for _, tab := range step.To.OfKind(metadata.CustomTab) {
			if !definesObject(step.From, tab.Name) || step.From.Find(metadata.CustomTab, tab.Name) != nil {
				continue
			}
			object := s.Before.Schema().ObjectIn(step.From.Namespace, tab.Name)
			if object == nil || strings.HasSuffix(object.Name, "__mdt") || s.Before.Components().Find(metadata.CustomTab, "", object.Name) != nil {
				continue
			}
			own, err := s.withTab(ctx, object.Name, step.To)
			if err != nil {
				return fmt.Errorf("upgrade with a tab for %s: %w", object.Name, err)
			}
			if own.Failure != nil {
				e.OwnTabs = append(e.OwnTabs, own)
			}
		}
	}
	return nil
}

// withTab asks for the upgrade in a fork that has a tab of the subscriber's.
func (s *Subject) withTab(ctx context.Context, object string, to *metadata.Package) (OwnTab, error) {
	fork, err := s.Before.Fork(ctx, s.Before.Name()+", with a tab")
	if err != nil {
		return OwnTab{}, err
	}
	defer func() { _ = fork.Close() }()
	props := &metadata.Node{Name: "CustomTab", Children: []*metadata.Node{{Name: "customObject", Text: "true"}, {Name: "motif", Text: "Custom1: Heart"}}}
	tab := metadata.WithProps(&metadata.Component{Kind: metadata.CustomTab, Name: object}, props)
	if _, err := fork.Deploy(ctx, org.Change{Put: []*org.Entry{{Component: tab, State: org.Unmanaged}}}); err != nil {
		return OwnTab{}, err
	}
	failure, err := upgrade.Refused(ctx, fork, to, install.Options{})
	if failure != nil && failure.Class != upgrade.TabTaken {
		failure = nil // it is refused for another reason, with the tab and without
	}
	return OwnTab{object, failure}, err
}
