package stdlib

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

var userTable = vm.Library{
	"UserInfo.getUserId":           user(func(u *vm.UserInfo) vm.Value { return vm.ID(u.ID) }),
	"UserInfo.getUserName":         user(func(u *vm.UserInfo) vm.Value { return vm.Str(u.Username) }),
	"UserInfo.getName":             user(func(u *vm.UserInfo) vm.Value { return vm.Str(u.Name) }),
	"UserInfo.getFirstName":        user(func(u *vm.UserInfo) vm.Value { return textOrNull(u.FirstName) }),
	"UserInfo.getLastName":         user(func(u *vm.UserInfo) vm.Value { return textOrNull(u.LastName) }),
	"UserInfo.getUserEmail":        user(func(u *vm.UserInfo) vm.Value { return textOrNull(u.Email) }),
	"UserInfo.getProfileId":        user(func(u *vm.UserInfo) vm.Value { return idOrNull(u.ProfileID) }),
	"UserInfo.getUserRoleId":       user(func(u *vm.UserInfo) vm.Value { return idOrNull(u.RoleID) }),
	"UserInfo.getUserType":         user(func(u *vm.UserInfo) vm.Value { return vm.Str(u.Type) }),
	"UserInfo.getLocale":           user(func(u *vm.UserInfo) vm.Value { return vm.Str(u.Locale) }),
	"UserInfo.getLanguage":         user(func(u *vm.UserInfo) vm.Value { return vm.Str(u.Language) }),
	"UserInfo.getSessionId":        sessionID,
	"UserInfo.getUiTheme":          user(func(u *vm.UserInfo) vm.Value { return vm.Str("Theme4d") }),
	"UserInfo.getCurrentUvid":      user(func(u *vm.UserInfo) vm.Value { return vm.Null }),
	"UserInfo.getUiThemeDisplayed": user(func(u *vm.UserInfo) vm.Value { return vm.Str("Theme3") }), // no page of Lightning is shown to what runs through an API
	"UserInfo.getTimeZone": func(t thread, _ val, a vals) val {
		return zoneValue(t, t.Host().User().TimeZoneID)
	},
	"UserInfo.getDefaultCurrency": func(t thread, _ val, a vals) val {
		if c := t.Host().User().Currency; c != "" {
			return vm.Str(c)
		}
		return vm.Str(t.Host().Organization().Currency)
	},
	"UserInfo.getOrganizationId":   func(t thread, _ val, a vals) val { return vm.ID(t.Host().Organization().ID) },
	"UserInfo.getOrganizationName": func(t thread, _ val, a vals) val { return vm.Str(t.Host().Organization().Name) },
	"UserInfo.isMultiCurrencyOrganization": func(t thread, _ val, a vals) val {
		return vm.Bool(t.Host().Organization().MultiCurrency)
	},
	"UserInfo.isCurrentUserLicensed": func(t thread, _ val, a vals) val {
		u := t.Host().User()
		if u.Packages == nil {
			return vm.Bool(true)
		}
		for _, p := range u.Packages {
			if strings.EqualFold(p, a[0].Text()) {
				return vm.Bool(true)
			}
		}
		return vm.Bool(false)
	},
	"UserInfo.hasPackageLicense":               func(t thread, _ val, a vals) val { return vm.Bool(true) },
	"UserInfo.isCurrentUserLicensedForPackage": func(t thread, _ val, a vals) val { return vm.Bool(true) },
}

// sessionID is the session of a synchronous request; asynchronous ones and
// install scripts have none (Apex Reference, UserInfo.getSessionId). Its text
// opens nothing.
func sessionID(t thread, _ val, _ vals) val {
	if quiddity(t) != "RUNTEST_SYNC" {
		return vm.Null
	}
	return vm.Str(fmt.Sprintf("%.15s!%016x", t.Host().Organization().ID, vm.HashText(t.Host().User().ID)))
}

func user(f func(*vm.UserInfo) vm.Value) vm.Func {
	return func(t thread, _ val, _ vals) val { return f(t.Host().User()) }
}

func idOrNull(s string) vm.Value {
	if s == "" {
		return vm.Null
	}
	return vm.ID(s)
}

var typeTable = vm.Library{
	"Type.forName": func(t thread, _ val, a vals) val {
		ns, name := t.Namespace(), a[0].Text()
		if len(a) == 2 {
			if !a[0].IsNull() {
				ns = a[0].Text()
			}
			name = a[1].Text()
		}
		if of := t.Program().Types().TypeByName(ns, name); of != nil {
			return t.TypeValue(of)
		}
		return vm.Null
	},
	"Type.getName":     func(t thread, r val, a vals) val { return vm.Str(vm.TypeText(typeOf(t, r))) },
	"Type.toString":    func(t thread, r val, a vals) val { return vm.Str(vm.TypeText(typeOf(t, r))) },
	"Type.equals":      func(t thread, r val, a vals) val { return vm.Bool(t.Equal(r, a[0])) },
	"Type.hashCode":    func(t thread, r val, a vals) val { return vm.Int(int64(t.HashCode(r))) },
	"Type.newInstance": func(t thread, r val, a vals) val { return newInstance(t, typeOf(t, r)) },
	"Type.isInstance":  func(t thread, r val, a vals) val { return vm.Bool(t.InstanceOf(a[0], typeOf(t, r))) },
	"Type.isAssignableFrom": func(t thread, r val, a vals) val {
		of, from := typeOf(t, r), typeOf(t, a[0])
		return vm.Bool(of == from || of.Kind == types.KindObject ||
			from.Class != nil && from.Class.SubtypeOf(of))
	},
}

func typeOf(t *vm.Thread, v vm.Value) *types.Type {
	if x, ok := v.Native().(*vm.TypeToken); ok {
		return x.Type
	}
	t.ThrowNull()
	return nil
}

// newInstance is Type.newInstance.
func newInstance(t *vm.Thread, of *types.Type) vm.Value {
	switch of.Kind {
	case types.KindList:
		return vm.NewList(of, nil)
	case types.KindSet:
		return vm.NewSet(t, of, nil)
	case types.KindMap:
		return vm.MapValue(vm.NewMap(of))
	case types.KindSObject:
		if of.SObject != nil {
			return vm.Record(newRecord(of.SObject))
		}
	case types.KindClass:
		return t.NewObject(of.Class)
	}
	t.Throwf("System.TypeException", "Cannot create an instance of %s", of.Name)
	return vm.Null
}

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

// service asks the org's Call for a method: its arguments as values, its
// result as a vm.Value, none standing for the one given here.
func service(name string, none vm.Value) vm.Func {
	return func(t thread, _ val, a vals) val {
		args := make([]any, len(a))
		for i, v := range a {
			args[i] = v
		}
		out, ok, err := t.Host().Call(t, name, args...)
		t.Check(err)
		if !ok {
			t.Unsupported(name, "")
		}
		if v, ok := out.(vm.Value); ok {
			return v
		}
		return none
	}
}

// inert is service for what changes nothing inside the org: where the org does
// not simulate it, it is noted and passed over.
func inert(name, note string) vm.Func {
	return func(t thread, _ val, a vals) val {
		args := make([]any, len(a))
		for i, v := range a {
			args[i] = v
		}
		_, ok, err := t.Host().Call(t, name, args...)
		t.Check(err)
		if !ok {
			t.Host().Approximated(t, name, note, t.Where())
		}
		return vm.Null
	}
}
