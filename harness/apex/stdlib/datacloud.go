package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// datacloudTable asks the duplicate rules of the org without saving (Apex
// Reference, "Datacloud Namespace").
var datacloudTable = vm.Library{
	"Datacloud.FindDuplicates.findDuplicates":           service("Datacloud.FindDuplicates.findDuplicates", vm.Null),
	"Datacloud.FindDuplicatesByIds.findDuplicatesByIds": service("Datacloud.FindDuplicatesByIds.findDuplicatesByIds", vm.Null),
}
