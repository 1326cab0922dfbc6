package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

var featureTable = vm.Library{
	"FeatureManagement.checkPermission": func(t thread, _ val, a vals) val {
		return vm.Bool(t.Host().CustomPermission(t.Namespace(), str(t, a[0])))
	},
	"FeatureManagement.checkPackageBooleanValue": service("FeatureManagement.checkPackageBooleanValue", vm.Bool(false)),
	"FeatureManagement.checkPackageDateValue":    service("FeatureManagement.checkPackageDateValue", vm.Null),
	"FeatureManagement.checkPackageIntegerValue": service("FeatureManagement.checkPackageIntegerValue", vm.Int(0)),
	"FeatureManagement.setPackageBooleanValue":   inert("FeatureManagement.setPackageBooleanValue", "the value reaches no licence management org"),
	"FeatureManagement.setPackageDateValue":      inert("FeatureManagement.setPackageDateValue", "the value reaches no licence management org"),
	"FeatureManagement.setPackageIntegerValue":   inert("FeatureManagement.setPackageIntegerValue", "the value reaches no licence management org"),
	"FeatureManagement.changeProtection":         service("FeatureManagement.changeProtection", vm.Null),
}
