package access

import "strings"

// Administrator is the name of the profile that may do everything.
const Administrator = "System Administrator"

// Profile is a profile that comes with an org.
type Profile struct {
	Name     string
	License  string // of UserLicense.Name
	UserType string // what User.UserType of its users is
	// Objects are its permissions on standard objects; nil for none.
	Objects map[string]Object
	// Permissions are its user permissions, without the prefix of their
	// fields.
	Permissions []string
	// NoFields says that it grants no standard field that needs a grant.
	NoFields bool
}

// Profiles lists the profiles of a fresh org in the order they are made. Names,
// licences and user types are those of facts/schema/value-sets.json; the
// permissions are those that Salesforce Help, "Standard Profiles", tells of,
// object by object as such profiles show them.
func Profiles() []Profile { return profiles }

var profiles = []Profile{
	{Name: Administrator, License: "Salesforce", UserType: "Standard", Objects: everything(salesObjects)},
	{Name: "Standard User", License: "Salesforce", UserType: "Standard", Objects: salesObjects, Permissions: worker},
	{Name: "Marketing User", License: "Salesforce", UserType: "Standard", Objects: with(salesObjects, map[string]Object{
		"Campaign": ReadWrite, "Lead": ReadWrite, "Document": ReadWrite}), Permissions: append([]string{"MarketingUser"}, worker...)},
	{Name: "Contract Manager", License: "Salesforce", UserType: "Standard", Objects: with(salesObjects, map[string]Object{
		"Contract": ReadWrite}), Permissions: worker},
	{Name: "Solution Manager", License: "Salesforce", UserType: "Standard", Objects: with(salesObjects, map[string]Object{
		"Solution": ReadWrite}), Permissions: append([]string{"ManageSolutions"}, worker...)},
	{Name: "Read Only", License: "Salesforce", UserType: "Standard", Objects: readOnly(salesObjects), Permissions: reader},
	{Name: "Minimum Access - Salesforce", License: "Salesforce", UserType: "Standard", Permissions: minimum, NoFields: true},
	{Name: "Standard Platform User", License: "Salesforce Platform", UserType: "Standard", Objects: platformObjects, Permissions: worker},
	{Name: "Chatter Free User", License: "Chatter Free", UserType: "CsnOnly", Permissions: chatter, NoFields: true},
	{Name: "Guest License User", License: "Guest User License", UserType: "Guest", NoFields: true},
	{Name: "Chatter Moderator User", License: "Chatter Free", UserType: "CsnOnly", Permissions: chatter, NoFields: true},
	{Name: "Chatter External User", License: "Chatter External", UserType: "CsnOnly", Permissions: chatter, NoFields: true},
	{Name: "Identity User", License: "Identity", UserType: "Standard", NoFields: true},
	{Name: "External Identity User", License: "External Identity", UserType: "CustomerSuccess", NoFields: true},
	{Name: "Force.com - Free User", License: "Force.com - Free", UserType: "Standard", Objects: readOnly(platformObjects), Permissions: reader},
	{Name: "Force.com - App Subscription User", License: "Force.com - App Subscription", UserType: "Standard", Objects: readOnly(platformObjects), Permissions: reader},
	{Name: "Customer Community User", License: "Customer Community", UserType: "CspLitePortal", Objects: portalObjects},
	{Name: "Customer Community Login User", License: "Customer Community Login", UserType: "CspLitePortal", Objects: portalObjects},
	{Name: "Customer Community Plus User", License: "Customer Community Plus", UserType: "PowerCustomerSuccess", Objects: portalObjects},
	{Name: "Partner Community User", License: "Partner Community", UserType: "PowerPartner", Objects: partnerObjects},
	{Name: "Partner Community Login User", License: "Partner Community Login", UserType: "PowerPartner", Objects: partnerObjects},
	{Name: "Analytics Cloud Integration User", License: "Analytics Cloud Integration User", UserType: "Standard", NoFields: true},
	{Name: "Analytics Cloud Security User", License: "Analytics Cloud Integration User", UserType: "Standard", NoFields: true},
	{Name: "Minimum Access - API Only Integrations", License: "Salesforce Integration", UserType: "Standard", Permissions: []string{"ApiEnabled", "ApiUserOnly"}, NoFields: true},
}

// User permissions of the profiles for internal work.
var (
	minimum = []string{"ActivitiesAccess", "ChatterInternalUser", "LightningConsoleAllowedForUser", "ViewHelpLink"}
	reader  = append([]string{"ApiEnabled", "RunReports", "ExportReport", "ViewSetup", "SelectFilesFromSalesforce", "ChatterInviteExternalUsers", "AllowViewEditConvertedLeads"}, minimum...)
	worker  = append([]string{"EditEvent", "EditTask", "CreateCustomizeFilters", "CreateCustomizeReports", "MassInlineEdit", "SendSitRequests",
		"ConvertLeads", "ImportPersonal", "SubmitMacrosAllowed", "ContentWorkspaces", "ChatterFileLink", "ChatterOwnGroups", "ListEmailSend", "SolutionImport"}, reader...)
	chatter = []string{"ChatterInviteExternalUsers", "ChatterFileLink", "ChatterOwnGroups"}
)

// salesObjects is what the Standard User profile may do: most major types of
// records; campaigns are read, solutions, leads, cases and contracts not
// deleted.
var salesObjects = map[string]Object{
	"Account": ReadWrite, "Asset": ReadWrite, "Campaign": Read, "Case": ReadCreateEdit, "Contact": ReadWrite,
	"Contract": ReadCreateEdit, "Document": ReadWrite, "Idea": ReadCreate, "Individual": ReadCreateEdit, "Lead": ReadCreateEdit,
	"Opportunity": ReadWrite, "Order": ReadWrite, "Pricebook2": Read, "Product2": Read, "Quote": ReadWrite,
	"Solution": ReadCreateEdit, "Entitlement": Read, "ServiceContract": Read, "WorkOrder": ReadCreateEdit, "Macro": ReadCreateEdit,
	"QuickText": ReadCreateEdit, "Location": Read, "OperatingHours": Read, "ServiceResource": Read, "ServiceTerritory": Read,
	"ServiceAppointment": ReadCreateEdit, "Recommendation": Read, "PushTopic": Read, "StreamingChannel": Read, "Image": Read,
	"ContactRequest": ReadCreateEdit, "Survey": ReadWrite, "DuplicateRecordSet": Read,
	"ContactPointAddress": ReadCreateEdit, "ContactPointEmail": ReadCreateEdit, "ContactPointPhone": ReadCreateEdit,
	"ContactPointConsent": Read, "ContactPointTypeConsent": Read, "DataUsePurpose": Read, "DataUseLegalBasis": Read,
	"AuthorizationForm": Read, "AuthorizationFormConsent": Read, "AuthorizationFormDataUse": Read, "AuthorizationFormText": Read,
	"CommSubscription": Read, "CommSubscriptionConsent": Read, "Seller": Read,
}

// platformObjects is what licences of the platform reach: no sales and service
// objects.
var platformObjects = map[string]Object{
	"Account": ReadWrite, "Contact": ReadWrite, "Asset": Read, "Document": ReadWrite, "Idea": ReadCreate, "Individual": ReadCreateEdit,
}

// portalObjects and partnerObjects are those of the users of sites.
var (
	portalObjects  = map[string]Object{"Account": ReadCreateEdit, "Asset": Read, "Case": ReadCreateEdit, "Contact": ReadCreateEdit, "Idea": ReadCreate}
	partnerObjects = with(portalObjects, map[string]Object{"Lead": ReadCreateEdit, "Opportunity": ReadCreateEdit, "Campaign": Read,
		"Product2": Read, "Pricebook2": Read, "Document": Read})
)

func with(base, more map[string]Object) map[string]Object {
	out := make(map[string]Object, len(base)+len(more))
	for name, p := range base {
		out[name] = p
	}
	for name, p := range more {
		out[name] = p
	}
	return out
}

func everything(base map[string]Object) map[string]Object {
	out := make(map[string]Object, len(base))
	for name := range base {
		out[name] = Everything
	}
	return out
}

func readOnly(base map[string]Object) map[string]Object {
	out := make(map[string]Object, len(base))
	for name := range base {
		out[name] = Read
	}
	return out
}

// metadataNames are the names that the Metadata API has for profiles whose
// users see another one.
var metadataNames = map[string]string{
	"admin": Administrator, "standard": "Standard User", "readonly": "Read Only", "marketingprofile": "Marketing User",
	"contractmanager": "Contract Manager", "solutionmanager": "Solution Manager", "minimumaccess": "Minimum Access - Salesforce",
	"standardaul": "Standard Platform User", "platformportal": "Authenticated Website", "guestlicense": "Guest License User",
	"chatterfree": "Chatter Free User", "chatter free user": "Chatter Free User", "chatter moderator user": "Chatter Moderator User",
	"chatter external user": "Chatter External User",
}

// ProfileName is the name that users see of a profile of the Metadata API.
func ProfileName(metadata string) string {
	if name, ok := metadataNames[strings.ToLower(metadata)]; ok {
		return name
	}
	return metadata
}

// ProfileNamed finds a profile that comes with an org, ignoring case; nil for
// others.
func ProfileNamed(name string) *Profile {
	for i := range profiles {
		if strings.EqualFold(profiles[i].Name, name) {
			return &profiles[i]
		}
	}
	return nil
}

// UserTypeOf is the type of the users of a licence; "Standard" for those not
// known.
func UserTypeOf(license string) string {
	for i := range profiles {
		if strings.EqualFold(profiles[i].License, license) {
			return profiles[i].UserType
		}
	}
	return "Standard"
}

// licenseKeys are the keys of licences (Object Reference, UserLicense,
// LicenseDefinitionKey); those of licences that it does not list follow the
// pattern of the others.
var licenseKeys = map[string]string{
	"Salesforce": "SFDC", "Salesforce Platform": "AUL", "Chatter Free": "PID_CHATTER", "Chatter External": "PID_CHATTER_EXTERNAL",
	"Guest User License": "PID_Guest_User", "Identity": "PID_IDENTITY", "External Identity": "PID_CIAM", "Force.com - Free": "PID_FDC_FREE",
	"Force.com - App Subscription": "FDC_SUB", "Customer Community": "PID_Customer_Community", "Customer Community Login": "PID_Customer_Community_Login",
	"Customer Community Plus": "PID_Customer_Community_Plus", "Partner Community": "PID_Partner_Community",
	"Partner Community Login": "PID_Partner_Community_Login",
}

// LicenseKey is the definition key of a licence.
func LicenseKey(license string) string {
	if key, ok := licenseKeys[license]; ok {
		return key
	}
	return "PID_" + strings.ReplaceAll(license, " ", "_")
}
