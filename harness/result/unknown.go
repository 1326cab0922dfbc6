package result

import "fmt"

// Unknown is a place beyond which a scenario is not known: the code asked there
// for something that is not simulated. It was tried with several answers in its
// place, and the findings of the scenario are those that all of them gave.
type Unknown struct {
	Class   string `json:"class"` // or trigger
	Line    int    `json:"line"`
	What    string `json:"what"`    // was asked
	Version string `json:"version"` // of the package that was being installed
	// LeftOut is how many findings only some of the answers gave.
	LeftOut int `json:"leftOut,omitempty"`
	// Before says that it was the version that the scenario starts with: one answer
	// was taken, and what it left is where the scenario begins.
	Before bool `json:"before,omitempty"`
}

// String is "unknown beyond line 12 of Sync: Http.send is not simulated".
func (u Unknown) String() string {
	at := fmt.Sprintf("line %d of %s", u.Line, u.Class)
	if u.Before {
		return fmt.Sprintf("installing %s reached %s, where %s: the scenario starts with what one answer in its place left", u.Version, at, u.What)
	}
	text := fmt.Sprintf("unknown beyond %s: %s", at, u.What)
	switch {
	case u.LeftOut == 1:
		text += "; a finding that only some answers in its place give is left out"
	case u.LeftOut > 1:
		text += fmt.Sprintf("; %d findings that only some answers in its place give are left out", u.LeftOut)
	}
	return text
}
