package metadata_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/facts"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// phrases says which properties a phrase of the class lists in
// upgrade-rules.md, section 3, stands for; "Kind: phrase" comes before the
// phrase alone. "-" stands for what has no property: names, and what is told in
// section 5 or by a rule of its own.
var phrases = map[string]string{
	"description": "description", "label": "label", "plural label": "pluralLabel", "API version": "apiVersion",
	"record name (name-field label)": "nameField/label", "auto-number display format of name": "nameField/displayFormat",
	"starts-with-vowel": "startsWith", "allow activities": "enableActivities", "allow reports": "enableReports",
	"available for portal": "-", "context help": "customHelp", "default sharing model (OWD)": "sharingModel",
	"deployment status": "deploymentStatus", "divisions": "enableDivisions", "enhanced lookup": "enableEnhancedLookup",
	"grant access using hierarchy": "-", "search layouts": "searchLayouts", "track field history": "enableHistory",
	"object API name": "-", "name-field data type": "nameField/type", "API name": "-", "name": "-", "full name": "-",
	"rule name": "-", "unique name": "-", "developer name": "-", "subject": "subject", "code": "*", "markup": "*", "markup/js": "*", "file": "*",
	"auto-number format": "displayFormat", "decimal places": "scale", "default value": "defaultValue", "formula": "formula",
	"length": "length", "lookup filter": "lookupFilter", "related-list label": "relationshipLabel", "required": "required",
	"roll-up filter criteria": "summaryFilterItems", "feed tracking": "trackFeedHistory", "help text": "inlineHelpText",
	"mask type/char": "maskType maskChar", "sharing setting (MD read/write)": "writeRequiresMasterRead", "sort picklist values": "valueSet",
	"track history": "trackHistory", "all picklist values (section 5)": "valueSet picklistValues", "child relationship name": "relationshipName",
	"data type": "type", "external id": "externalId", "unique": "unique", "roll-up field/object/function": "summarizedField summaryForeignKey summaryOperation",
	"set label": "masterLabel", "everything about values (section 5)": "customValue picklistValues",
	"error formula": "errorConditionFormula", "error location": "errorDisplayField", "error message": "errorMessage",
	"active flag": "active", "active": "active", "business process": "businessProcess", "all": "*", "all but name": "*", "all but unique name": "*",
	"available fields": "availableFields", "selected fields": "displayedFields", "isExposed (false->true only)": "isExposed",
	"targets": "targets", "targetConfigs": "targetConfigs", "category": "categories", "short description": "shortDescription", "value": "value",
	"object & field permissions (custom": "objectPermissions fieldPermissions", "packaged)": "-", "class access": "classAccesses", "page access": "pageAccesses",
	"custom permissions": "customPermissions", "tab settings": "tabSettings", "connected app": "connectedApp", "CustomPermission: name": "-",
	"flow label": "label", "status (active/inactive)": "status", "URL": "-", "active version number": "activeVersionNumber",
	"FlowDefinition: label": "masterLabel", "evaluation criteria": "triggerType", "rule criteria": "criteriaItems booleanFilter", "action associations": "actions",
	"field value": "literalValue", "lookup": "lookupValue", "additional emails": "ccEmails", "template": "template", "from": "senderType", "recipients": "recipients",
	"endpoint URL": "endpointUrl", "fields": "fields", "send session id": "includeSessionId", "user to send as": "integrationUser",
	"assignee": "assignedTo", "comments": "description", "due date": "dueDateOffset", "priority": "priority", "record type": "-", "status": "status",
	"everything but development status": "masterLabel baseObject", "development status": "deployed",
	"encoding": "encodingKey", "sidebar": "hasSidebar", "height": "frameHeight", "type": "type", "splash link": "splashPageLink", "width": "-",
	"CustomTab: URL": "url", "CustomTab: type": "-", "tab style": "motif", "LEX: selected items": "tabs", "utility bar": "utilityBar", `Classic: "show in Lightning"`: "-",
	"everything else (label": "label", "logo": "logo", "tab order in Classic...)": "-", "whole page": "*", "field overrides (predefined values)": "fieldOverrides",
	"all other (layout)": "quickActionLayout", "behaviour": "openType", "WebLink: URL": "url", "content source": "linkType", "display checkboxes": "requireRowSelection",
	"WebLink: label": "masterLabel", "window size/position options": "height width position", "display type": "displayType", "url pattern": "urlPattern",
	"type (legacy: endpoint)": "namedCredentialType endpoint", "NamedCredential: URL": "-", "auth/header params": "principalType protocol", "callout options": "generateAuthorizationHeader",
	"allowed namespaces (S)": "-", "client cert (S in 2GP)": "-", "protocol": "authenticationProtocol", "protocol variant": "authenticationProtocolVariant", "everything else": "principals",
	"auth": "authProvider", "cert": "certificate", "config": "customConfiguration", "endpoint...": "endpoint",
	"app URLs": "startUrl", "contact": "contactEmail", "scopes": "oauthConfig/scopes", "IP ranges": "ipRanges", "logo...": "logoUrl",
	"policies (IP relaxation": "oauthPolicy", "permitted users": "profileName permissionSetName", "refresh policy": "oauthPolicy/refreshTokenPolicy", "SAML...)": "samlConfig",
	"key/secret": "oauthConfig/consumerKey oauthConfig/consumerSecret", "version": "-",
	"body": "body", "position": "-", "everything except ->": "-", "workflow-task description": "workflowTasks", "field help": "-", "picklist value translation": "-", "layout-section label": "layouts",
	"isActive": "active", "object/field/record type": "entityName fieldName recordTypeName", "default flag": "isDefaultPartition", "org/trial capacity": "platformCachePartitionTypes",
	"PlatformCachePartition: label": "masterLabel", "LMO->subscriber value (pushed from LMO": "-", "no upgrade needed)": "-", "subscriber->LMO value": "-", "direction": "dataflowDirection",
	"FeatureParameterBoolean: type": "-", "HomePageComponent: type": "pageComponentType", "desktop/mobile": "desktop mobile", "criteria": "booleanFilter", "UserAccessPolicy: actions": "userAccessPolicyActions", "UserAccessPolicy: label": "masterLabel",
	"order": "order", "trigger type (S)": "triggerType", "UserAccessPolicy: status": "status", "installs as Design (off)": "-",
	"ExternalCredential: label": "label", "values of fields with `fieldManageability=DeveloperControlled` [help-cmdt]": "values",
}

// documented are rows whose cells are sentences: rules of their own, with cases in
// harness/upgrade/testdata/decide and removals.
var documented = []string{"Field on custom metadata type", "CustomMetadata type", "Custom setting", "Profile settings", "PermissionSetGroup", "Queue", "EmailTemplate (Lightning)", "Translation", "LightningMessageChannel"}

// TestAttributesFollowTheFacts reads the table of upgrade-rules.md, section 3,
// and holds each attribute's class against the one the table gives it.
func TestAttributesFollowTheFacts(t *testing.T) {
	t.Parallel()
	rules := string(facts.Read("upgrade-rules.md"))
	_, table, _ := strings.Cut(rules, "## 3. Component table")
	table, _, _ = strings.Cut(table, "## 4.")
	checked := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) < 11 || strings.HasPrefix(cells[1], "-") || strings.Contains(cells[1], "Component (") {
			continue
		}
		name := strings.TrimSpace(strings.ReplaceAll(cells[1], "**", ""))
		if slices.ContainsFunc(documented, func(s string) bool { return strings.HasPrefix(name, s) }) {
			continue
		}
		name, _, _ = strings.Cut(name, " (")
		for kindName := range strings.SplitSeq(strings.NewReplacer(" record", "", "\\*", "", " / ", ",", ", ", ",").Replace(name), ",") {
			checked += checkRow(t, kindOf(strings.TrimSpace(kindName)), cells)
		}
	}
	if checked < 150 {
		t.Errorf("the table holds %d attributes that could be read, there were 150 and more", checked)
	}
	t.Logf("%d attributes agree with the facts", checked)
}

func kindOf(name string) metadata.Kind {
	switch {
	case name == "FeatureParameter":
		return metadata.FeatureParameterBoolean
	default:
		return metadata.Kind(strings.Fields(name)[0])
	}
}

// mark is an aside that says where a statement comes from.
var mark = regexp.MustCompile(`\\\*|\*\*|\[[A-Za-z0-9-]+\]`)

// checkRow holds the three class cells of a row against the tables.
func checkRow(t *testing.T, kind metadata.Kind, cells []string) (checked int) {
	t.Helper()
	for i, class := range []string{"D", "BS", "N"} {
		cell := strings.TrimSpace(mark.ReplaceAllString(cells[7+i], ""))
		if cell == "-" || cell == "nothing (locked; clones are subscriber's own and don't upgrade)" {
			continue
		}
		for phrase := range strings.FieldsFuncSeq(cell, func(r rune) bool { return r == ',' || r == ';' }) {
			phrase = strings.TrimSpace(phrase)
			properties, ok := phrases[string(kind)+": "+phrase]
			if !ok {
				properties, ok = phrases[phrase]
			}
			if !ok {
				if len(strings.Fields(phrase)) <= 4 {
					t.Logf("%s %s: %q is not known as an attribute", kind, class, phrase)
				}
				continue // a sentence
			}
			for property := range strings.FieldsSeq(properties) {
				if property == "-" {
					continue
				}
				checked++
				if got := metadata.Attribute(kind, property).String(); !strings.Contains(class, got) {
					t.Errorf("%s.%s is of class %s, the facts say %s (%q)", kind, property, got, class, phrase)
				}
			}
		}
	}
	return checked
}

// TestManageabilityFollowsTheFacts holds the flags of every type against
// manageability.json.
func TestManageabilityFollowsTheFacts(t *testing.T) {
	t.Parallel()
	var doc struct{ Rows [][]any }
	if err := json.Unmarshal(facts.Read("manageability.json"), &doc); err != nil {
		t.Fatal(err)
	}
	flag := func(v any) metadata.Flag {
		switch v {
		case true:
			return metadata.Yes
		case false:
			return metadata.No
		case nil:
			return metadata.Unknown
		default:
			return metadata.Conditional
		}
	}
	// As the tables here call them; Lightning e-mail templates are not told from
	// classic ones by their files.
	known := map[string]string{"CustomLabels": "CustomLabel", "CustomMetadata(record)": "CustomMetadata",
		"EmailTemplate(classic)": "EmailTemplate", "EmailTemplate(lightning)": "", "WebLink|CustomPageWebLink": "WebLink"}
	for _, row := range doc.Rows {
		name := row[0].(string)
		if other, renamed := known[name]; renamed {
			if name = other; name == "" {
				continue
			}
		}
		m := metadata.ManageabilityOf(metadata.Kind(name))
		in := row[1].(string)
		removable := row[4].(string)
		if m.FirstGen != strings.Contains(in, "1") || m.SecondGen != strings.Contains(in, "2") || m.Upgraded != flag(row[2]) ||
			m.SubscriberDeletable != flag(row[3]) || (removable == "no") != (!m.Removable1GP && !m.Removable2GP) {
			t.Errorf("%s: %+v, the facts say %v", name, m, row)
		}
	}
	if len(doc.Rows) < 240 {
		t.Errorf("the facts have %d rows", len(doc.Rows))
	}
}

// TestCasesFollowTheFacts holds the expectations of harness/upgrade/testdata/types
// against manageability.json: what an upgrade keeps whole is deployed once, and
// nothing else is.
func TestCasesFollowTheFacts(t *testing.T) {
	t.Parallel()
	var doc struct{ Rows [][]any }
	if err := json.Unmarshal(facts.Read("manageability.json"), &doc); err != nil {
		t.Fatal(err)
	}
	files, cases := 0, 0
	for _, row := range doc.Rows {
		data, err := os.ReadFile(filepath.Join("../upgrade/testdata/types", row[0].(string)))
		if err != nil {
			continue
		}
		files++
		for test := range strings.SplitSeq(string(data), "\n# ") {
			head, body, ok := strings.Cut(test, "\nupgrade\n")
			held, rest, cut := strings.Cut(body, "=>\n")
			if !ok || !cut || strings.HasPrefix(held, "!") || strings.TrimSpace(held) == "" {
				continue
			}
			next, outcome, _ := strings.Cut(rest, "----\n")
			if strings.TrimSpace(next) == "" {
				continue
			}
			cases++
			if kept := strings.HasPrefix(outcome, "kept "); kept != (row[2] == false) {
				t.Errorf("%s: %q expects %q, the facts say updated %v", row[0], head, strings.TrimSpace(outcome), row[2])
			}
		}
	}
	t.Logf("%d files, %d cases of an upgrade over what the org has", files, cases)
	if files < 60 || cases < 100 {
		t.Errorf("%d files and %d cases were held against the facts", files, cases)
	}
}
