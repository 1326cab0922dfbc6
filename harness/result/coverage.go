package result

// Coverage is how much of what a release changes a scenario made use of: what
// ran in the script, its jobs, the business that went on and the experiments.
type Coverage struct {
	Components []CoveredComponent `json:"components"` // changed ones that can run: Apex with statements, flows
	Objects    []ObjectRows       `json:"objects"`    // of the package, by name; settings and the like left out
	Script     *ScriptCoverage    `json:"script,omitempty"`
}

// CoveredComponent is one component that the release changes.
type CoveredComponent struct {
	Kind  string `json:"kind"`
	Name  string `json:"name"`
	Lines int    `json:"lines"`         // of Apex: those with statements; 1 for a flow
	Ran   int    `json:"ran"`           // of them
	Why   string `json:"why,omitempty"` // why nothing of it ran
}

// ObjectRows is how many rows an object had before the upgrade.
type ObjectRows struct {
	Object  string `json:"object"`
	Rows    int    `json:"rows"`
	Changed bool   `json:"changed"` // by the release
}

// ScriptCoverage is how much of the post-install class ran in the last step.
type ScriptCoverage struct {
	Class string      `json:"class"`
	Lines int         `json:"lines"` // of the class, with statements
	Ran   int         `json:"ran"`   // of them
	Wrote bool        `json:"wrote"` // it wrote rows or started jobs
	Gates []GateTaken `json:"gates"` // its branches on the previous version and the mode
}

// GateTaken is one branch of a script on the previous version or on how the
// install is made.
type GateTaken struct {
	Class     string `json:"class"`
	Line      int    `json:"line"`
	Condition string `json:"condition"`
	Version   bool   `json:"version"` // it compares the previous version
	Reached   bool   `json:"reached"`
	Taken     bool   `json:"taken"`
}
