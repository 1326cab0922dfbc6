package stdlib

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// enqueueDeployment asks the org to deploy; tests can not (Apex Developer Guide,
// "Test Metadata Deployments").
func enqueueDeployment(t thread, r val, a vals) val {
	if t.Options().Test {
		t.Throw("System.AsyncException", "Metadata cannot be deployed from within a test")
	}
	return service("Metadata.Operations.enqueueDeployment", vm.Null)(t, r, a)
}

var metadataTable = vm.Library{
	"Metadata.Operations.enqueueDeployment": enqueueDeployment,
	"Metadata.Operations.retrieve":          service("Metadata.Operations.retrieve", vm.Null),
	"Metadata.DeployContainer.<init>": func(t thread, _ val, a vals) val {
		list := t.ListOf("Metadata.Metadata", nil)
		return t.NewNative("Metadata.DeployContainer", &vm.Bag{Values: map[string]vm.Value{"metadata": list}})
	},
	"Metadata.DeployContainer.addMetadata": func(t thread, r val, a vals) val {
		bagOf(r).Values["metadata"].List().Append(t, a[0])
		return vm.Null
	},
	"Metadata.DeployContainer.getMetadata": func(t thread, r val, a vals) val { return bagOf(r).Values["metadata"] },
	"Metadata.CustomMetadata.<init>": func(t thread, _ val, a vals) val {
		list := t.ListOf("Metadata.CustomMetadataValue", nil)
		return t.NewNative("Metadata.CustomMetadata", &vm.Bag{Values: map[string]vm.Value{"values": list}})
	},
	"Metadata.DeployContainer.removeMetadata": func(t thread, r val, a vals) val {
		l := bagOf(r).Values["metadata"].List()
		i := find(t, l.Vals, a[0])
		if i >= 0 {
			l.Vals = slices.Delete(l.Vals, i, i+1)
		}
		return vm.Bool(i >= 0)
	},
	"Metadata.DeployContainer.removeMetadataByFullName": func(t thread, r val, a vals) val {
		l := bagOf(r).Values["metadata"].List()
		n := len(l.Vals)
		l.Vals = slices.DeleteFunc(l.Vals, func(v val) bool { return strings.EqualFold(bagOf(v).Values["fullname"].Text(), str(t, a[0])) })
		return vm.Bool(len(l.Vals) < n)
	},
}
