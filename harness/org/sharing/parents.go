package sharing

// following says how the rows of a standard object follow others.
type following struct {
	fields []string // lookups to what they follow
	any    bool     // lookups to rows of any object; each that is set must be reached
	// write is what changing a row takes on its parent where it is not the
	// same as for the row.
	write Level
}

// level is what a level of a row takes on its parent.
func (p following) level(l Level) Level {
	if l > Read && p.write != None {
		return p.write
	}
	return l
}

// parents are the standard objects whose rows follow those they belong to, by
// object in lower case (Object Reference, the access section of each object).
var parents = map[string]following{
	"contact":                {fields: []string{"AccountId"}},
	"contract":               {fields: []string{"AccountId"}},
	"order":                  {fields: []string{"AccountId"}},
	"asset":                  {fields: []string{"AccountId"}},
	"orderitem":              {fields: []string{"OrderId"}, write: Edit},
	"quote":                  {fields: []string{"OpportunityId"}, write: Edit},
	"quotelineitem":          {fields: []string{"QuoteId"}, write: Edit},
	"opportunitylineitem":    {fields: []string{"OpportunityId"}, write: Edit},
	"opportunitycontactrole": {fields: []string{"OpportunityId"}, write: Edit},
	"opportunitycompetitor":  {fields: []string{"OpportunityId"}, write: Edit},
	"opportunityhistory":     {fields: []string{"OpportunityId"}},
	"opportunityteammember":  {fields: []string{"OpportunityId"}, write: Edit},
	"accountteammember":      {fields: []string{"AccountId"}, write: Edit},
	"accountcontactrole":     {fields: []string{"AccountId"}, write: Edit},
	"accountcontactrelation": {fields: []string{"AccountId"}, write: Edit},
	"contractcontactrole":    {fields: []string{"ContractId"}, write: Edit},
	"casecomment":            {fields: []string{"ParentId"}, write: Read},
	"casecontactrole":        {fields: []string{"CasesId"}, write: Edit},
	"caseteammember":         {fields: []string{"ParentId"}, write: Edit},
	"campaignmember":         {fields: []string{"CampaignId"}, write: Edit},
	"campaignmemberstatus":   {fields: []string{"CampaignId"}, write: Edit},
	"attachment":             {fields: []string{"ParentId"}, any: true, write: Edit},
	"note":                   {fields: []string{"ParentId"}, any: true, write: Edit},
	"contentdocumentlink":    {fields: []string{"LinkedEntityId"}, any: true, write: Read},
	"task":                   {fields: []string{"WhatId", "WhoId"}, any: true},
	"event":                  {fields: []string{"WhatId", "WhoId"}, any: true},
}

// files are the objects of files, which links share.
var files = map[string]bool{"contentversion": true, "contentdocument": true}

// accountChildren are the objects of which an account's owner gets the rows of
// his accounts as his role says, and whose rows give their own owners sight of
// the account (Salesforce Help, "Built-in Sharing Behavior").
var accountChildren = []string{"Contact", "Opportunity", "Case"}

// accountDependents are the objects whose owners see the account they name.
var accountDependents = []string{"Contract", "Order"}
