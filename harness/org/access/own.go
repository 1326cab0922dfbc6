package access

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// own are the fields of User that users may change of themselves without the
// right to manage users: those of their personal settings (Salesforce Help,
// "Personalize Your Experience": My Personal Information).
var own = words(`AboutMe Address Alias City CommunityNickname CompanyName Country CountryCode DefaultGroupNotificationFrequency Department
	DigestFrequency Division Email EmailEncodingKey EmailPreferencesAutoBcc EmailPreferencesAutoBccStayInTouch EmployeeNumber Extension
	Fax FirstName GeocodeAccuracy LanguageLocaleKey LastName Latitude LocaleSidKey Longitude MiddleName MobilePhone Phone PostalCode
	ReceivesAdminInfoEmails ReceivesInfoEmails SenderEmail SenderName Signature State StateCode StayInTouchNote StayInTouchSignature
	StayInTouchSubject Street Suffix TimeZoneSidKey Title`)

// OwnField reports whether users may change a field of their own row.
func OwnField(f *schema.Field) bool {
	return f.Object.Name == "User" && f.Updateable && (own[strings.ToLower(f.Name)] || strings.HasPrefix(f.Name, "UserPreferences"))
}
