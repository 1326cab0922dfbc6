package stdlib

import (
	"fmt"
	"strings"

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
