// Package standard is the rows that a new org comes with and that code looks
// up: business hours, roles, fiscal years, status lists, sales stages.
//
// Tables say what there is; Setup makes the rows through the few functions of
// the org that a Target names, in the same order every time. Left out: users,
// licences and profiles, which the org makes from the tables of package access.
package standard

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/org/sharing"
	"github.com/rehearsal-dev/rehearsal/harness/value"
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

// Stage is one value of Opportunity.StageName and what it stands for.
type Stage struct {
	Label       string
	Probability int64
	Forecast    string // category: Pipeline, Closed (won), Omitted (lost)
}

// Closed reports whether the stage ends an opportunity.
func (s Stage) Closed() bool { return s.Forecast != "Pipeline" }

// Won reports whether the opportunity was won.
func (s Stage) Won() bool { return s.Forecast == "Closed" }

// Stages are the sales stages of a new org (facts/schema/value-sets.json).
var Stages = []Stage{
	{"Prospecting", 10, "Pipeline"}, {"Qualification", 10, "Pipeline"}, {"Needs Analysis", 20, "Pipeline"},
	{"Value Proposition", 50, "Pipeline"}, {"Id. Decision Makers", 60, "Pipeline"}, {"Perception Analysis", 70, "Pipeline"},
	{"Proposal/Price Quote", 75, "Pipeline"}, {"Negotiation/Review", 90, "Pipeline"},
	{"Closed Won", 100, "Closed"}, {"Closed Lost", 0, "Omitted"},
}

// statusPrefix begins the ids of status rows, whatever their list
// (system-fields.md, section 1: shared prefixes).
const statusPrefix = "01J"

// roles are the roles of a new org, each after the one above it (Salesforce
// Help, the sample role hierarchy that orgs come with).
var roles = []struct{ name, above string }{
	{"CEO", ""}, {"CFO", "CEO"}, {"COO", "CEO"}, {"SVP, Customer Service & Support", "CEO"},
	{"Customer Support, International", "SVP, Customer Service & Support"},
	{"Customer Support, North America", "SVP, Customer Service & Support"},
	{"Installation & Repair Services", "SVP, Customer Service & Support"},
	{"SVP, Human Resources", "CEO"}, {"SVP, Sales & Marketing", "CEO"},
	{"VP, International Sales", "SVP, Sales & Marketing"}, {"VP, Marketing", "SVP, Sales & Marketing"},
	{"Marketing Team", "VP, Marketing"}, {"VP, North American Sales", "SVP, Sales & Marketing"},
	{"Director, Channel Sales", "VP, North American Sales"}, {"Channel Sales Team", "Director, Channel Sales"},
	{"Director, Direct Sales", "VP, North American Sales"}, {"Eastern Sales Team", "Director, Direct Sales"},
	{"Western Sales Team", "Director, Direct Sales"},
}

// Target is what Setup needs of the org whose rows it makes.
type Target struct {
	// Insert makes a row of an object and gives its id; "" for an object that
	// the org's features leave out.
	Insert func(ctx context.Context, object string, row Fields) (id string, err error)
	// NextID gives the next id of a key prefix.
	NextID   func(prefix string) string
	Now      int64 // the org's clock, milliseconds since the epoch
	TimeZone string
}

// setupRoles makes the role hierarchy and the groups that go with it.
func setupRoles(ctx context.Context, o Target) error {
	made := map[string]string{}
	name := strings.NewReplacer(", ", "", " & ", "", " ", "")
	for _, r := range roles {
		id, err := o.Insert(ctx, "UserRole", Fields{"Name": r.name, "DeveloperName": name.Replace(r.name), "ParentRoleId": made[r.above],
			"PortalType": "None", "OpportunityAccessForAccountOwner": "Edit", "CaseAccessForAccountOwner": "Edit", "ContactAccessForAccountOwner": "Edit"})
		if err != nil {
			return err
		}
		made[r.name] = id
		for _, group := range RoleGroups(id, name.Replace(r.name)) {
			if _, err := o.Insert(ctx, "Group", group); err != nil {
				return err
			}
		}
	}
	_, err := o.Insert(ctx, "Group", Fields{"Type": sharing.EveryoneType, "DeveloperName": "AllInternalUsers", "DoesIncludeBosses": true})
	return err
}

// RoleGroups are the groups that stand for the users of a role, and for them
// and those below (Object Reference, Group): rows can be shared with them.
func RoleGroups(role, developerName string) []Fields {
	var out []Fields
	for _, kind := range sharing.RoleGroupTypes() {
		out = append(out, Fields{"Type": kind, "RelatedId": role, "DeveloperName": developerName, "DoesIncludeBosses": true})
	}
	return out
}

// setupPeriods makes the fiscal years around the org's day with their quarters
// and months: standard years, which begin in January.
func setupPeriods(ctx context.Context, o Target) error {
	this := time.UnixMilli(o.Now).UTC().Year()
	for year := this - 1; year <= this+1; year++ {
		settings := o.NextID("022")
		period := func(kind string, number, month, months int) (string, error) {
			from := time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
			fs := Fields{"Type": kind, "StartDate": dateOf(from), "EndDate": dateOf(from.AddDate(0, months, -1)),
				"FiscalYearSettingsId": settings, "IsForecastPeriod": kind == "Month"}
			if number > 0 {
				fs["Number"] = int64(number)
			}
			return o.Insert(ctx, "Period", fs)
		}
		whole, err := period("Year", 0, 1, 12)
		if err != nil {
			return err
		}
		for q := 1; q <= 4; q++ {
			if _, err := period("Quarter", q, 3*q-2, 3); err != nil {
				return err
			}
		}
		for m := 1; m <= 12; m++ {
			if _, err := period("Month", m, m, 1); err != nil {
				return err
			}
		}
		start := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		if _, err := o.Insert(ctx, "FiscalYearSettings", Fields{"Id": settings, "Name": strconv.Itoa(year), "PeriodId": whole,
			"StartDate": dateOf(start), "EndDate": dateOf(start.AddDate(1, 0, -1)), "IsStandardYear": true, "YearType": "Standard"}); err != nil {
			return err
		}
	}
	return nil
}

func dateOf(t time.Time) value.Value { return value.OfDate(t.Unix() / (24 * 60 * 60)) }

// Setup makes the rows that every org has and that code looks up: default business hours, roles, fiscal years, status lists, sales stages.
func Setup(ctx context.Context, o Target) error {
	hours := Fields{"Name": "Default", "IsActive": true, "IsDefault": true, "TimeZoneSidKey": o.TimeZone}
	for day := range 7 { // open around the clock: from midnight to midnight
		name := time.Weekday(day).String()
		hours[name+"StartTime"], hours[name+"EndTime"] = value.OfTime(0), value.OfTime(0)
	}
	if _, err := o.Insert(ctx, "BusinessHours", hours); err != nil {
		return err
	}
	if err := setupRoles(ctx, o); err != nil {
		return fmt.Errorf("make the roles: %w", err)
	}
	if err := setupPeriods(ctx, o); err != nil {
		return fmt.Errorf("make the fiscal years: %w", err)
	}
	for _, list := range statusLists {
		for i, v := range list.values {
			row := Fields{"Id": o.NextID(statusPrefix), "MasterLabel": v.label, "ApiName": v.label, "SortOrder": int64(i + 1), "IsDefault": v.Default}
			if list.flag != "" {
				row[list.flag] = v.flag
			}
			if list.object == "ContractStatus" {
				row["StatusCode"] = contractCodes[v.label]
			}
			if _, err := o.Insert(ctx, list.object, row); err != nil {
				return fmt.Errorf("make %s %q: %w", list.object, v.label, err)
			}
		}
	}
	for i, s := range Stages {
		row := Fields{"Id": o.NextID(statusPrefix), "MasterLabel": s.Label, "ApiName": s.Label, "IsActive": true, "SortOrder": int64(i + 1),
			"IsClosed": s.Closed(), "IsWon": s.Won(), "ForecastCategory": s.Forecast,
			"ForecastCategoryName": s.Forecast, "DefaultProbability": s.Probability}
		if _, err := o.Insert(ctx, "OpportunityStage", row); err != nil {
			return fmt.Errorf("make sales stage %q: %w", s.Label, err)
		}
	}
	return nil
}
