package stdlib

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// siteTable is Site, Network and what goes with logging in to them (Apex
// Reference). Code in a rehearsal never runs as a request of a site: what tells
// of the site is null, and what logs somebody in, signs him up or changes a
// password does nothing and says so by null or false, as the templates of sites
// expect it of their own tests.
var siteTable = siteFuncs()

func siteFuncs() vm.Library {
	out := vm.Library{
		// what generated login controllers rely on: outside of a site there is no
		// page to go to, and their own tests expect this answer
		"Aura.redirect": func(t thread, _ val, a vals) val {
			if a[0].IsNull() {
				t.Throw("System.NullPointerException", "Argument 1 cannot be null")
			}
			return vm.Null
		},
		// nobody is signed up outside of a site, so nothing is wrong with anybody
		"Site.ExternalUserCreateException.getDisplayMessages": func(t thread, _ val, _ vals) val { return t.StringList(nil) },
		"Site.isValidUsername":                                func(_ thread, _ val, a vals) val { return vm.Bool(validUsername(a[0].Text())) },
		"Auth.CommunitiesUtil.isInternalUser": func(t thread, _ val, _ vals) val {
			return vm.Bool(t.Host().User().Type == "Standard")
		},
		"Auth.CommunitiesUtil.isGuestUser": func(t thread, _ val, _ vals) val {
			return vm.Bool(t.Host().User().Type == "Guest")
		},
		"Auth.CommunitiesUtil.getUserDisplayName": func(t thread, _ val, _ vals) val { return vm.Str(t.Host().User().Name) },
		"Auth.CommunitiesUtil.getLogoutUrl":       func(_ thread, _ val, _ vals) val { return vm.Str("/secur/logout.jsp") },
		"Auth.AuthConfiguration.getAuthProviders": func(t thread, _ val, _ vals) val { return t.ListOf("System.SObject", nil) },
		"Auth.AuthConfiguration.getSamlProviders": func(t thread, _ val, _ vals) val { return t.ListOf("System.SObject", nil) },
		// a login page asks for a username and a password unless somebody says otherwise
		"Auth.AuthConfiguration.getUsernamePasswordEnabled": func(thread, val, vals) val { return vm.Bool(true) },
	}
	for _, name := range outsideOfSites {
		out[name] = func(thread, val, vals) val { return vm.Null }
	}
	for _, name := range neverOfSites {
		out[name] = func(thread, val, vals) val { return vm.Bool(false) }
	}
	return out
}

// outsideOfSites are the methods that answer null outside of a site.
var outsideOfSites = []string{
	"Site.changePassword", "Site.createExternalUser", "Site.createPersonAccountPortalUser", "Site.createPortalUser",
	"Site.getAdminEmail", "Site.getAdminId", "Site.getAnalyticsTrackingCode", "Site.getBaseCustomUrl",
	"Site.getBaseInsecureUrl", "Site.getBaseRequestUrl", "Site.getBaseSecureUrl", "Site.getBaseUrl",
	"Site.getCurrentSiteUrl", "Site.getCustomWebAddress", "Site.getDomain", "Site.getErrorDescription",
	"Site.getErrorMessage", "Site.getExperienceId", "Site.getMasterLabel", "Site.getOriginalUrl",
	"Site.getPasswordPolicyStatement", "Site.getPathPrefix", "Site.getPrefix", "Site.getSiteType",
	"Site.getSiteTypeLabel", "Site.getTemplate", "Site.login", "Site.passwordlessLogin", "Site.setExperienceId",
	"Site.validatePassword", "Network.getNetworkId", "Site.getSiteId", "Site.getName",
	"Network.communitiesLanding", "Network.createExternalUserAsync", "Network.forwardToAuthPage",
	"Network.getLoginUrl", "Network.getLogoutUrl", "Network.getSelfRegUrl",
	"Auth.AuthConfiguration.getSelfRegistrationUrl", "Auth.AuthConfiguration.getForgotPasswordUrl",
	"Auth.AuthConfiguration.getBackgroundColor", "Auth.AuthConfiguration.getFooterText",
	"Auth.AuthConfiguration.getLogoUrl", "Auth.AuthConfiguration.getLoginRightFrameUrl",
	"Auth.AuthConfiguration.getDefaultProfileForRegistration",
}

// neverOfSites are the questions whose answer is no outside of a site.
var neverOfSites = []string{
	"Site.forgotPassword", "Site.isLoginEnabled", "Site.isPasswordExpired", "Site.isRegistrationEnabled",
	"Site.setPortalUserAsAuthProvider", "Auth.AuthConfiguration.getSelfRegistrationEnabled",
	"Auth.AuthConfiguration.getAllowInternalUserLoginEnabled", "Auth.AuthConfiguration.isCommunityUsingSiteAsContainer",
	"Auth.AuthConfiguration.getCertificateLoginEnabled", "Auth.AuthConfiguration.getEmbeddedLoginEnabled",
}

// validUsername reports whether a text has the form of an email address, as
// usernames do.
func validUsername(s string) bool {
	name, domain, ok := strings.Cut(s, "@")
	host, top, dotted := strings.Cut(domain, ".")
	return ok && dotted && name != "" && host != "" && top != "" && !strings.ContainsAny(s, " \t,;") && !strings.Contains(domain, "@")
}
