package access

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// permissioned are the standard objects that ObjectPermissions governs (Object
// Reference, "ObjectPermissions": the values of SobjectType).
var permissioned = words(`Account AccountBrand Asset AuthorizationForm AuthorizationFormConsent AuthorizationFormDataUse AuthorizationFormText
	Campaign Case CommSubscription CommSubscriptionConsent Contact ContactPointAddress ContactPointConsent ContactPointEmail
	ContactPointPhone ContactPointTypeConsent ContactRequest Contract DataUseLegalBasis DataUsePurpose Document
	DuplicateRecordSet Entitlement Idea Image Individual Lead Location Macro OperatingHours Opportunity Order Pricebook2
	Product2 PushTopic QuickText Quote Recommendation Seller ServiceAppointment ServiceContract ServiceResource
	ServiceTerritory Solution StreamingChannel Survey WorkOrder`)

// follows are the standard objects whose access is that of another one: the
// parent that their rows belong to.
var follows = map[string]string{
	"accountcontactrelation": "Account", "accountcontactrole": "Account", "accountpartner": "Account",
	"accountteammember": "Account", "assetrelationship": "Asset", "campaigninfluence": "Campaign", "campaignmember": "Campaign",
	"campaignmemberstatus": "Campaign", "casecomment": "Case", "casecontactrole": "Case", "casemilestone": "Case",
	"casesolution": "Case", "caseteammember": "Case", "contractcontactrole": "Contract", "contractlineitem": "ServiceContract",
	"duplicaterecorditem": "DuplicateRecordSet", "entitlementcontact": "Entitlement", "entitymilestone": "Entitlement",
	"ideacomment": "Idea", "macroinstruction": "Macro", "opportunitycompetitor": "Opportunity",
	"opportunitycontactrole": "Opportunity", "opportunitylineitem": "Opportunity", "opportunitylineitemschedule": "Opportunity",
	"opportunitypartner": "Opportunity", "opportunitysplit": "Opportunity", "opportunityteammember": "Opportunity",
	"orderitem": "Order", "partner": "Account", "pricebookentry": "Pricebook2", "quotelineitem": "Quote", "quotedocument": "Quote",
	"resourceabsence": "ServiceResource", "serviceresourceskill": "ServiceResource", "serviceterritorymember": "ServiceTerritory",
	"timeslot": "OperatingHours", "vote": "Idea", "workorderlineitem": "WorkOrder",
}

// setupWrite are the objects of an org's setup, with the user permission that
// writing them takes; everybody inside may read them.
var setupWrite = map[string]string{
	"user": "ManageUsers", "profile": "ManageProfilesPermissionsets", "permissionset": "ManageProfilesPermissionsets",
	"permissionsetgroup": "ManageProfilesPermissionsets", "permissionsetgroupcomponent": "ManageProfilesPermissionsets",
	"permissionsetassignment": "AssignPermissionSets", "permissionsetlicenseassign": "AssignPermissionSets",
	"objectpermissions": "ManageProfilesPermissionsets", "fieldpermissions": "ManageProfilesPermissionsets",
	"setupentityaccess": "ManageProfilesPermissionsets", "userrole": "ManageRoles", "group": "ManageUsers", "groupmember": "ManageUsers",
	"queuesobject": "ManageUsers", "organization": "CustomizeApplication", "apexclass": "AuthorApex", "apextrigger": "AuthorApex",
	"apexpage": "CustomizeApplication", "apexcomponent": "CustomizeApplication", "staticresource": "CustomizeApplication",
	"recordtype": "CustomizeApplication", "businesshours": "CustomizeApplication", "holiday": "CustomizeApplication",
	"emailtemplate": "EditPublicTemplates", "orgwideemailaddress": "CustomizeApplication", "userpackagelicense": "ManageUsers",
	"permissionsetlicense": "ManageProfilesPermissionsets", "custompermission": "CustomizeApplication",
}

// code are the objects of an org's code, which to read takes View Setup and
// Configuration (Salesforce Help, "User Permissions").
var code = words("ApexClass ApexTrigger ApexPage ApexComponent")

// activities are written with a user permission and read by everybody inside.
var activities = map[string]string{"task": "EditTask", "event": "EditEvent"}

// class says how access to an object is granted.
type class uint8

const (
	byPermission class = iota // ObjectPermissions
	byUser                    // a user permission to write; inside users may read
	open                      // inside users may do what the object allows
)

// governor finds how access to an object is granted, and by what: the object
// whose permissions count, or the name of a user permission.
func governor(o *schema.Object) (class, string) {
	name := strings.ToLower(o.Name)
	switch {
	case o.Kind == schema.Share || o.Kind == schema.History || o.Kind == schema.Feed || o.Kind == schema.ChangeEvent:
		return companion(name)
	case o.Kind.IsCustomSetting() || o.Kind == schema.CustomMetadata:
		return byUser, "CustomizeApplication"
	case o.Kind == schema.Custom || o.Kind == schema.BigObject || o.Kind == schema.External || o.Kind == schema.PlatformEvent:
		return byPermission, name
	case permissioned[name]:
		return byPermission, name
	}
	if parent, ok := follows[name]; ok {
		return byPermission, strings.ToLower(parent)
	}
	if permission, ok := setupWrite[name]; ok {
		return byUser, permission
	}
	if permission, ok := activities[name]; ok {
		return byUser, permission
	}
	return open, ""
}

// companion is the governor of a share, history, feed or change event: the
// object it accompanies.
func companion(name string) (class, string) {
	for _, suffix := range []string{"__share", "__history", "__feed", "__changeevent"} {
		if base, ok := strings.CutSuffix(name, suffix); ok {
			return byPermission, base + "__c"
		}
	}
	for _, suffix := range []string{"share", "fieldhistory", "history", "feed", "changeevent"} {
		if base, ok := strings.CutSuffix(name, suffix); ok && permissioned[base] {
			return byPermission, base
		}
	}
	return open, ""
}

func words(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[strings.ToLower(w)] = true
	}
	return out
}
