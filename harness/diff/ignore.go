package diff

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// stamps are fields that every save sets, or that the platform derives from
// use. They say that a row was saved, never what the save changed.
var stamps = map[string]bool{
	"lastmodifieddate": true, "lastmodifiedbyid": true, "systemmodstamp": true,
	"lastvieweddate": true, "lastreferenceddate": true, "lastactivitydate": true,
}

// bookkeeping are objects whose rows the platform keeps about its own work.
// Components and jobs are reported as what they are, not as records.
var bookkeeping = map[string]bool{
	"asyncapexjob": true, "crontrigger": true, "cronjobdetail": true, "apexclass": true, "apextrigger": true,
	"apexpage": true, "apexcomponent": true, "permissionset": true, "objectpermissions": true,
	"fieldpermissions": true, "setupentityaccess": true, "permissionsettabsetting": true, "organization": true,
	"packagelicense": true, "publisher": true, "entitydefinition": true, "fielddefinition": true,
	"recordtype": true, "businessprocess": true, "staticresource": true, "customobjectuserlicensemetrics": true,
	"setupaudittrail": true, "flowinterview": true, "apexlog": true,
	"report": true, "dashboard": true, "listview": true, "weblink": true, "namedcredential": true, "customnotificationtype": true,
}

func ignoredField(f *schema.Field) bool { return f.Calculated || stamps[strings.ToLower(f.Name)] }

func ignoredObject(o *schema.Object) bool {
	switch {
	case bookkeeping[strings.ToLower(o.Name)]:
		return true
	case o.Kind == schema.CustomMetadata:
		return true // compared as components
	default:
		return false
	}
}
