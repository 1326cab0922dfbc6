package probe

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/aim"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/lint"
)

// Static is what the two versions tell by themselves, whatever org they meet.
type Static struct {
	Scarce    []Scarce              // what an org may have few of, and the version adds
	Mailing   []Mailing             // code that newly sends mail while records are saved
	Sharing   []Sharing             // objects whose share rows Apex newly names
	Required  []Required            // fields that who makes a record must newly set
	Thrown    []Thrown              // exceptions that methods newly throw
	Crossings []lint.Crossing       // classes that go over an API version from which they behave otherwise
	IDs       []FixedID             // ids of records newly written in the source
	Withdrawn []*metadata.Component // objects of configuration that are gone
}

// What is read from the two versions, under the names that evidence goes by.
type (
	// Scarce is a sort of component of which an org may have few.
	Scarce = upgrade.Scarce
	// Mailing is code that newly sends mail while records are saved.
	Mailing = aim.Mailing
	// Sharing is an object whose share rows Apex newly names.
	Sharing = aim.Sharing
	// Required is a field that who makes a record must newly set.
	Required = aim.Required
	// Thrown is an exception that a method newly throws.
	Thrown = aim.Thrown
	// FixedID is the id of a record written in the source.
	FixedID = aim.FixedID
	// Moved is a field whose place another one took.
	Moved = aim.Moved
)

// readVersions asks what the two versions tell by themselves, in one scenario of
// each way: it is the same in all of them.
func readVersions(_ context.Context, s *Subject, e *Evidence) error {
	if !s.TellsVersions {
		return nil
	}
	a := s.Aim
	e.Static = Static{Scarce: upgrade.ScarceIn(s.From, s.To), Mailing: a.NewlyMailing(), Sharing: a.NewlySharing(),
		Required: a.NewlyRequired(), Thrown: a.NewlyThrown(), IDs: a.NewFixedIDs(), Crossings: lint.Crossings(s.From, s.To), Withdrawn: a.Withdrawn()}
	return nil
}
