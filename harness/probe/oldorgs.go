package probe

// OldOrgs is what the upgrade makes of rows and records that were there before
// it: of the org, or given to it.
type OldOrgs struct {
	Recomputed     []Recomputed    // by object and field
	LeftBlank      []LeftBlank     // by field
	OwnRecordCalls []OwnRecordCall // by class, in the order of its methods
}
