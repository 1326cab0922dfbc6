package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// passwordTable is what is done to users, who have no passwords here (Apex
// Reference: System.setPassword, System.resetPassword, UserManagement).
var passwordTable = vm.Library{
	"ResetPasswordResult.getPassword": fromBag("password"),
	"System.resetPassword": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		return t.NewNative("System.ResetPasswordResult", &vm.Bag{Values: map[string]val{"password": vm.Str(randomUUID(t)[:10])}})
	},
	"System.setPassword":           func(t thread, _ val, a vals) val { required(t, a[0], ""); return vm.Null },
	"UserManagement.obfuscateUser": inert("UserManagement.obfuscateUser", "the user keeps his name"),
}
