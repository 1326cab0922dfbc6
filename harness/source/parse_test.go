package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseSpec(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "me@example.com")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ spec, path, ref, folder string }{
		{"pkg", "pkg", "", ""},
		{"pkg@v1.0", "pkg", "v1.0", ""},
		{"pkg@rel/3.187:force-app/main", "pkg", "rel/3.187", "force-app/main"},
		{"pkg@:plugins", "pkg", "", "plugins"},
		{"pkg@", "pkg", "", ""},
		{`C:\pkg@v1`, `C:\pkg`, "v1", ""},
		{"a@b/pkg@v1", "a@b/pkg", "v1", ""},
		{dir, dir, "", ""},
		{dir + "@v1:x", dir, "v1", "x"},
	} {
		path, ref, folder := ParseSpec(c.spec)
		if path != c.path || ref != c.ref || folder != c.folder {
			t.Errorf("%q: %q %q %q, want %q %q %q", c.spec, path, ref, folder, c.path, c.ref, c.folder)
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	const src = "%%%NAMESPACE%%%A__c %%%NAMESPACE_DOT%%%B %%%NAMESPACE_OR_C%%%:d %%%NAMESPACED_ORG%%%E %%%NAMESPACED_RT%%%F %%%OTHER%%%"
	for namespace, want := range map[string]string{
		"":    "A__c B c:d E F %%%OTHER%%%",
		"vol": "vol__A__c vol.B vol:d vol__E vol.F %%%OTHER%%%",
	} {
		if got := string(newTokens(namespace).text([]byte(src))); got != want {
			t.Errorf("namespace %q: %q, want %q", namespace, got, want)
		}
	}
	if got := newTokens("vol").name("___NAMESPACE___A__c-___NAMESPACE___A Layout"); got != "vol__A__c-vol__A Layout" {
		t.Errorf("file name: %q", got)
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"rel/3.186", "rel/3.187", "uat/3.187-Beta_1", "main", "v4.3.0", "v4.4.0"}
	for want, expect := range map[string]string{
		"rel/3.188": "rel/3.186 rel/3.187",
		"4.4.0":     "v4.4.0 v4.3.0",
		"mian":      "main",
		"zzzzzzzz":  "",
	} {
		if got := strings.Join(nearest(want, names, 2), " "); got != expect {
			t.Errorf("near %q: %q, want %q", want, got, expect)
		}
	}
}

// TestClassify: which component a file belongs to, by its path.
func TestClassify(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"classes/A.cls":                                                           "body ApexClass A",
		"main/reports/classes/A.cls":                                              "body ApexClass A",
		"anything/A.cls":                                                          "body ApexClass A",
		"classes/A.cls-meta.xml":                                                  "props ApexClass A",
		"objects/A__c.object":                                                     "props CustomObject A__c",
		"objects/A__c/A__c.object-meta.xml":                                       "props CustomObject A__c",
		"objects/A__c/fields/B__c.field-meta.xml":                                 "props CustomField A__c.B__c",
		"objects/A__c/webLinks/B.webLink-meta.xml":                                "props WebLink A__c.B",
		"weblinks/B.weblink-meta.xml":                                             "props CustomPageWebLink B",
		"objectTranslations/A__c-de/B__c.fieldTranslation-meta.xml":               "props CustomFieldTranslation A__c-de.B__c",
		"workflows/A/workflowRules/B.workflowRule-meta.xml":                       "props WorkflowRule A.B",
		"layouts/A-B.C Layout.layout-meta.xml":                                    "props Layout A-B.C Layout",
		"customMetadata/A.B.md":                                                   "props CustomMetadata A.B",
		"customMetadata/A.B.md-meta.xml":                                          "props CustomMetadata A.B",
		"reports/F/R.report":                                                      "props Report F/R",
		"reports/F-meta.xml":                                                      "props ReportFolder F",
		"reports/F/G/R.report-meta.xml":                                           "props Report F/G/R",
		"email/F/T.email":                                                         "part EmailTemplate F/T",
		"documents/F/D.png":                                                       "part Document F/D.png",
		"documents/F/D.png-meta.xml":                                              "props Document F/D.png",
		"documents/F/D.document-meta.xml":                                         "props Document F/D",
		"lwc/a/a.js":                                                              "part LightningComponentBundle a",
		"lwc/a/classes/x.cls":                                                     "part LightningComponentBundle a",
		"lwc/a/a.js-meta.xml":                                                     "props LightningComponentBundle a",
		"lwc/jsconfig.json":                                                       "nothing",
		"lwc/a/__tests__/a.test.js":                                               "nothing",
		"aura/a/a.cmp-meta.xml":                                                   "props AuraDefinitionBundle a",
		"staticresources/S.resource":                                              "part StaticResource S",
		"staticresources/S/img/x.png":                                             "part StaticResource S",
		"staticresources/S.resource-meta.xml":                                     "props StaticResource S",
		"featureParameters/F.featureParameterInteger":                             "props FeatureParameterInteger F",
		"permissionsets/P.permissionset-meta.xml":                                 "props PermissionSet P",
		"permissionsets/P/P.permissionset-meta.xml":                               "props PermissionSet P",
		"permissionsets/group/P.permissionset-meta.xml":                           "props PermissionSet P",
		"permissionsets/P/P.classAccesses-meta.xml":                               "piece PermissionSet P classAccesses",
		"permissionsets/P/objectSettings/A__c.objectSettings-meta.xml":            "piece PermissionSet P objectSettings",
		"permissionsets/P/fieldPermissions/A__c.B__c.fieldPermission-meta.xml":    "piece PermissionSet P fieldPermissions",
		"permissionsets/g/P/customPermissions/C.customPermission-meta.xml":        "piece PermissionSet P customPermissions",
		"permissionsets/P/recordTypeVisibilities/A.recordTypeVisibility-meta.xml": "piece PermissionSet P recordTypeVisibilities",
		"customPermissions/C.customPermission-meta.xml":                           "props CustomPermission C",
		"externalServiceRegistrations/S.yaml":                                     "part ExternalServiceRegistration S",
		"externalServiceRegistrations/S.externalServiceRegistration-meta.xml":     "props ExternalServiceRegistration S",
		"things/T.thing":                                                          "sniff T",
		"a/b/T.thing-meta.xml":                                                    "sniff T",
		"package.xml":                                                             "nothing",
		"README.md":                                                               "nothing",
		"docs/README.md":                                                          "nothing",
		"objects/.DS_Store":                                                       "nothing",
	} {
		at := classify(path)
		name := at.name
		if at.parent != "" {
			name = at.parent + "." + name
		}
		words := []string{"props", "body", "part", "piece", "sniff", "nothing"}[at.role : at.role+1]
		for _, w := range []string{string(at.kind), name} {
			if w != "" && at.role != roleNothing {
				words = append(words, w)
			}
		}
		if at.role == rolePiece {
			words = append(words, at.part)
		}
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func FuzzParseSpec(f *testing.F) {
	f.Add("pkg@rel/3.187:force-app")
	f.Fuzz(func(t *testing.T, s string) {
		path, ref, folder := ParseSpec(s)
		if strings.Contains(ref, ":") || len(path)+len(ref)+len(folder) > len(s) {
			t.Errorf("%q: %q %q %q", s, path, ref, folder)
		}
	})
}

func FuzzCleanPath(f *testing.F) {
	f.Add(`.\a\..\..\b`)
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := cleanPath(s); err == nil && (strings.HasPrefix(p, "/") || p == ".." || strings.HasPrefix(p, "../") || strings.Contains(p, `\`)) {
			t.Errorf("%q gives %q", s, p)
		}
	})
}

func FuzzParseProject(f *testing.F) {
	f.Add([]byte(`{"packageDirectories": [{"path": "a\\b", "package": "P", "dependencies": [{"package": "Q@1"}]}]}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := parseProject("sfdx-project.json", src)
		if err != nil {
			return
		}
		if i := p.choose(func(sfdxDirectory) bool { return true }); i >= 0 {
			p.dependencies(&p.Directories[i])
		}
		p.holding("a/b")
		scratchFeatures(src)
	})
}

func FuzzParseCumulus(f *testing.F) {
	f.Add([]byte("project:\n    package:\n        namespace: a\n        api_version: 48\n    dependencies:\n        - github: x\ntasks:\n"))
	f.Add([]byte("project:\n    a: &a [x]\n    dependencies: [*a]\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		_, _ = parseCumulus("cumulusci.yml", src)
		parseProperties(src)
	})
}

func FuzzParseListing(f *testing.F) {
	f.Add([]byte("100644 blob efc018d1115b7609587444a78d25d269cb4a4bc9\ta/b\x00"))
	f.Fuzz(func(t *testing.T, src []byte) { _, _ = parseListing(src) })
}

func FuzzClassify(f *testing.F) {
	f.Add("objects/A__c/fields/B__c.field-meta.xml")
	f.Add("a.field-meta.xml")
	f.Add("/-meta.xml")
	f.Fuzz(func(_ *testing.T, p string) { classify(p) })
}
