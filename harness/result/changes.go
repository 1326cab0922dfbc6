package result

// Diff is what differs between the org before and after.
type Diff struct {
	Components []ComponentChange `json:"components"`
	Objects    []ObjectChange    `json:"objects"`
}

// ComponentChange is one component that differs.
type ComponentChange struct {
	Kind       string   `json:"kind"` // as the Metadata API names it
	Name       string   `json:"name"`
	Change     string   `json:"change"`     // added, removed, modified, deprecated
	Properties []string `json:"properties"` // "length: 80 → 255"
	Cause      string   `json:"cause,omitempty"`
}

// ObjectChange counts the records of one object that the upgrade changed.
type ObjectChange struct {
	Object string `json:"object"`
	RowCounts
	Fields []FieldChange `json:"fields"`
	Causes []CauseChange `json:"causes"`          // most records first
	Users  *RowCounts    `json:"users,omitempty"` // records that users had a hand in meanwhile, not counted above
}

// RowCounts is how many records were inserted, updated and deleted.
type RowCounts struct {
	Inserted int `json:"inserted,omitempty"`
	Updated  int `json:"updated,omitempty"`
	Deleted  int `json:"deleted,omitempty"`
}

// FieldChange counts the updated records in which one field differs.
type FieldChange struct {
	Field  string `json:"field"`
	Rows   int    `json:"rows"`
	Sample string `json:"sample,omitempty"` // "R-000001: 99.50 → 110.00"
	Before string `json:"before,omitempty"` // of the sample
	After  string `json:"after,omitempty"`  // of the sample
}

// CauseChange is one cause and how many of the records it wrote; a record may
// have several.
type CauseChange struct {
	Kind  string `json:"kind"`           // script, job, automation, upgrade, other
	Cause string `json:"cause"`          // "toolshed.TotalsRepair.run, line 18"
	Text  string `json:"text,omitempty"` // the whole of it, from the transaction down
	Rows  int    `json:"rows"`
}
