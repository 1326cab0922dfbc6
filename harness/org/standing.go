package org

import (
	"context"
	"fmt"
)

// status is one value of a status list that a standard object keeps as rows of
// their own: Flag is what the list knows besides its label.
type status struct {
	label   string
	Default bool
	flag    bool // closed, converted or high priority, by the list
}

// statusLists are the lists of a new org, in their order, with the field that
// their flag goes into (facts/schema/value-sets.json, "developer").
var statusLists = []struct {
	object, flag string
	values       []status
}{
	{"TaskPriority", "IsHighPriority", []status{{"High", false, true}, {"Normal", true, false}, {"Low", false, false}}},
	{"TaskStatus", "IsClosed", []status{{"Not Started", true, false}, {"In Progress", false, false}, {"Completed", false, true},
		{"Waiting on someone else", false, false}, {"Deferred", false, false}}},
	{"CaseStatus", "IsClosed", []status{{"New", true, false}, {"Working", false, false}, {"Escalated", false, false}, {"Closed", false, true}}},
	{"LeadStatus", "IsConverted", []status{{"Open - Not Contacted", true, false}, {"Working - Contacted", false, false},
		{"Closed - Converted", false, true}, {"Closed - Not Converted", false, false}}},
	{"ContractStatus", "", []status{{"In Approval Process", false, false}, {"Activated", false, false}, {"Draft", true, false}}},
}

// contractCodes are the categories of contract statuses.
var contractCodes = map[string]string{"In Approval Process": "InApproval", "Activated": "Activated", "Draft": "Draft"}

// stage is one value of Opportunity.StageName and what it stands for.
type stage struct {
	label       string
	probability int64
	forecast    string // category: Pipeline, Closed (won), Omitted (lost)
}

func (s stage) closed() bool { return s.forecast != "Pipeline" }
func (s stage) won() bool    { return s.forecast == "Closed" }

// stages are the sales stages of a new org (facts/schema/value-sets.json).
var stages = []stage{
	{"Prospecting", 10, "Pipeline"}, {"Qualification", 10, "Pipeline"}, {"Needs Analysis", 20, "Pipeline"},
	{"Value Proposition", 50, "Pipeline"}, {"Id. Decision Makers", 60, "Pipeline"}, {"Perception Analysis", 70, "Pipeline"},
	{"Proposal/Price Quote", 75, "Pipeline"}, {"Negotiation/Review", 90, "Pipeline"},
	{"Closed Won", 100, "Closed"}, {"Closed Lost", 0, "Omitted"},
}

// statusPrefix begins the ids of status rows, whatever their list
// (system-fields.md, section 1: shared prefixes).
const statusPrefix = "01J"

// foundStanding makes the set-up rows that every org has and that code looks
// up: default business hours, status lists, sales stages.
func (o *Org) foundStanding(ctx context.Context) error {
	hours := fields{"Name": "Default", "IsActive": true, "IsDefault": true, "TimeZoneSidKey": o.cfg.TimeZone}
	if _, err := o.insertRow(ctx, "BusinessHours", hours); err != nil {
		return err
	}
	for _, list := range statusLists {
		for i, v := range list.values {
			row := fields{"Id": o.nextID(statusPrefix), "MasterLabel": v.label, "ApiName": v.label, "SortOrder": int64(i + 1), "IsDefault": v.Default}
			if list.flag != "" {
				row[list.flag] = v.flag
			}
			if list.object == "ContractStatus" {
				row["StatusCode"] = contractCodes[v.label]
			}
			if _, err := o.insertRow(ctx, list.object, row); err != nil {
				return fmt.Errorf("found %s %q: %w", list.object, v.label, err)
			}
		}
	}
	for i, s := range stages {
		row := fields{"Id": o.nextID(statusPrefix), "MasterLabel": s.label, "ApiName": s.label, "IsActive": true, "SortOrder": int64(i + 1),
			"IsClosed": s.closed(), "IsWon": s.won(), "ForecastCategory": s.forecast,
			"ForecastCategoryName": s.forecast, "DefaultProbability": s.probability}
		if _, err := o.insertRow(ctx, "OpportunityStage", row); err != nil {
			return fmt.Errorf("found sales stage %q: %w", s.label, err)
		}
	}
	return nil
}
