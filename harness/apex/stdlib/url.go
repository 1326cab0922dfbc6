package stdlib

import (
	"net/url"
	"strconv"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// urlTable is System.URL, which is Java's java.net.URL.
var urlTable = vm.Library{
	"URL.getOrgDomainUrl":      orgURL,
	"URL.getSalesforceBaseUrl": orgURL,
	"URL.getCurrentRequestUrl": orgURL,
	"URL.<init>":               makeURL,
	"URL.toExternalForm":       func(t thread, r val, a vals) val { return vm.Str(urlOf(r).String()) },
	"URL.toString":             func(t thread, r val, a vals) val { return vm.Str(t.Text(r)) },
	"URL.getHost":              func(t thread, r val, a vals) val { return vm.Str(urlOf(r).Hostname()) },
	"URL.getPath":              func(t thread, r val, a vals) val { return vm.Str(urlOf(r).EscapedPath()) },
	"URL.getProtocol":          func(t thread, r val, a vals) val { return vm.Str(urlOf(r).Scheme) },
	"URL.getQuery":             func(t thread, r val, a vals) val { return textOrNull(urlOf(r).RawQuery) },
	"URL.getRef":               func(t thread, r val, a vals) val { return textOrNull(urlOf(r).Fragment) },
	"URL.getAuthority":         func(t thread, r val, a vals) val { return vm.Str(urlOf(r).Host) },
	"URL.getFile": func(t thread, r val, a vals) val {
		u := urlOf(r)
		file := u.EscapedPath()
		if u.RawQuery != "" {
			file += "?" + u.RawQuery
		}
		return vm.Str(file)
	},
	"URL.getUserInfo": func(t thread, r val, a vals) val {
		if u := urlOf(r).User; u != nil {
			return vm.Str(u.String())
		}
		return vm.Null
	},
	"URL.getPort": func(t thread, r val, a vals) val {
		if n, err := strconv.Atoi(urlOf(r).Port()); err == nil {
			return vm.Int(int64(n))
		}
		return vm.Int(-1)
	},
	"URL.getDefaultPort": func(t thread, r val, a vals) val {
		if n, ok := defaultPorts[urlOf(r).Scheme]; ok {
			return vm.Int(n)
		}
		return vm.Int(-1)
	},
	"URL.sameFile": func(t thread, r val, a vals) val {
		if a[0].IsNull() {
			t.ThrowNull()
		}
		x, y := *urlOf(r), *urlOf(a[0])
		x.Fragment, y.Fragment = "", ""
		return vm.Bool(x.String() == y.String())
	},
	"URL.getFileFieldURL": func(t thread, _ val, a vals) val {
		base := orgURL(t, vm.Null, nil).Native().(*urlNative).u.String()
		return vm.Str(base + "/servlet/servlet.FileDownload?file=" + str(t, a[0]))
	},
}

var defaultPorts = map[string]int64{"http": 80, "https": 443, "ftp": 21}

func urlOf(v vm.Value) *url.URL { return v.Native().(*urlNative).u }

// makeURL is the constructors: an address; a base and an address; protocol,
// host and file, with a port between them.
func makeURL(t thread, _ val, a vals) val {
	switch {
	case len(a) == 1:
		return newURL(t, str(t, a[0]))
	case len(a) == 2:
		base, ok := a[0].Native().(*urlNative)
		if !ok {
			base = newURL(t, str(t, a[0])).Native().(*urlNative)
		}
		ref, err := url.Parse(str(t, a[1]))
		if err != nil {
			t.Throwf("System.StringException", "no protocol: %s", a[1].Text())
		}
		return t.NewNative("System.URL", &urlNative{base.u.ResolveReference(ref)})
	default:
		port := ""
		if len(a) == 4 {
			port = ":" + strconv.FormatInt(num(t, a[2]), 10)
		}
		return newURL(t, str(t, a[0])+"://"+str(t, a[1])+port+str(t, a[len(a)-1]))
	}
}

type urlNative struct{ u *url.URL }

// String is the address as System.debug shows it.
func (u *urlNative) String() string { return "System.Url[delegate=" + u.u.String() + "]" }

func newURL(t *vm.Thread, s string) vm.Value {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" {
		t.Throwf("System.StringException", "no protocol: %s", s)
	}
	return t.NewNative("System.URL", &urlNative{u})
}

func orgURL(t thread, _ val, _ vals) val {
	return newURL(t, "https://"+t.Host().Organization().Domain+".my.salesforce.com")
}
