package finding

// Fact is what every upgrade of one kind of package does in such an org,
// whatever its release changes. It is told once for a scenario and is no
// finding: the release can do nothing about it.
type Fact struct {
	Kind       string      `json:"kind"`       // of the package: unlocked, unmanaged
	Text       string      `json:"text"`       // what such an upgrade does: "overwrites what the subscriber changed, …"
	Components []Component `json:"components"` // of this org that it concerns; the note of each says what of it
	Check      string      `json:"check"`      // the check of the scenario that it belongs to
}
