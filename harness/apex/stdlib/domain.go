package stdlib

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// hostForm is how the host names of one kind of domain are made: the org's
// name, then -- and the package where there is one, then the end; the end of a
// sandbox has its word in front (Apex Reference, DomainCreator Class).
type hostForm struct {
	kind     string // in System.DomainType
	end      string
	packaged bool
	creator  string // method of DomainCreator; "" when a host name is only read
}

var hostForms = []hostForm{
	{"ORG_MY_DOMAIN", "my.salesforce.com", false, "getOrgMyDomainHostname"},
	{"SALESFORCE_SITES_DOMAIN", "my.salesforce-sites.com", false, "getSalesforceSitesHostname"},
	{"SETUP_DOMAIN", "my.salesforce-setup.com", false, "getSetupHostname"},
	{"EXPERIENCE_CLOUD_SITES_DOMAIN", "my.site.com", false, "getExperienceCloudSitesHostname"},
	{"EXPERIENCE_CLOUD_SITES_BUILDER_DOMAIN", "builder.salesforce-experience.com", false, "getExperienceCloudSitesBuilderHostname"},
	{"EXPERIENCE_CLOUD_SITES_LIVE_PREVIEW_DOMAIN", "live-preview.salesforce-experience.com", false, "getExperienceCloudSitesLivePreviewHostname"},
	{"EXPERIENCE_CLOUD_SITES_PREVIEW_DOMAIN", "preview.salesforce-experience.com", false, "getExperienceCloudSitesPreviewHostname"},
	{"CONTENT_DOMAIN", "file.force.com", false, "getContentHostname"},
	{"LIGHTNING_CONTAINER_COMPONENT_DOMAIN", "container.force.com", true, "getLightningContainerComponentHostname"},
	{"LIGHTNING_DOMAIN", "lightning.force.com", false, "getLightningHostname"},
	{"VISUALFORCE_DOMAIN", "vf.force.com", true, "getVisualforceHostname"},
}

var domainTable = domainFuncs()

func domainFuncs() vm.Library {
	out := vm.Library{
		"DomainParser.parse": func(t thread, _ val, a vals) val {
			required(t, a[0], "")
			u, ok := a[0].Native().(*urlNative)
			if !ok {
				u = newURL(t, str(t, a[0])).Native().(*urlNative)
			}
			return parseHost(t, u.u.Hostname())
		},
		"Domain.getDomainType":         func(_ thread, r val, _ vals) val { return bagOf(r).Values["type"] },
		"Domain.getMyDomainName":       func(_ thread, r val, _ vals) val { return bagOf(r).Values["name"] },
		"Domain.getPackageName":        func(_ thread, r val, _ vals) val { return bagOf(r).Values["package"] },
		"Domain.getSandboxName":        func(_ thread, r val, _ vals) val { return bagOf(r).Values["sandbox"] },
		"Domain.getSitesSubdomainName": func(thread, val, vals) val { return vm.Null }, // before enhanced domains only
	}
	for _, f := range hostForms {
		out["DomainCreator."+f.creator] = func(t thread, _ val, a vals) val {
			org := t.Host().Organization()
			name, end := org.Domain, f.end
			if f.packaged {
				ns := "c"
				if p := arg(a, 0); !p.IsNull() && p.Text() != "" {
					ns = p.Text()
				}
				name += "--" + ns
			}
			if org.Sandbox {
				end = "sandbox." + end
			}
			return vm.Str(strings.ToLower(name) + "." + end)
		}
	}
	return out
}

// parseHost takes a host name of an org apart.
func parseHost(t *vm.Thread, host string) vm.Value {
	host = strings.ToLower(host)
	for _, f := range hostForms {
		head, ok := strings.CutSuffix(host, "."+f.end)
		if !ok {
			continue
		}
		head, sandbox := strings.CutSuffix(head, ".sandbox")
		if strings.Contains(head, ".") {
			continue
		}
		parts := strings.Split(head, "--")
		b := map[string]vm.Value{"type": t.EnumValue("System.DomainType", f.kind), "name": vm.Str(parts[0])}
		parts = parts[1:]
		if f.packaged && len(parts) > 0 {
			b["package"], parts = vm.Str(parts[len(parts)-1]), parts[:len(parts)-1]
		}
		if sandbox && len(parts) > 0 {
			b["sandbox"] = vm.Str(parts[0])
		}
		return t.NewNative("System.Domain", &vm.Bag{Values: b})
	}
	t.Throwf("System.InvalidParameterValueException", "The domain isn't owned by Salesforce: %s", host)
	return vm.Null
}
