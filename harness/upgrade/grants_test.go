package upgrade_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// TestGrants runs testdata/grants: the components of the version that is there
// (none for a first install) and of the next, a line each, and who gets access to
// what.
func TestGrants(t *testing.T) {
	t.Parallel()
	datadriven.RunTest(t, "testdata/grants", func(t *testing.T, d *datadriven.TestData) string {
		kindName, mode, security := "managed", string(install.Manual), string(install.AdminsOnly)
		d.MaybeScanArgs(t, "kind", &kindName)
		d.MaybeScanArgs(t, "mode", &mode)
		d.MaybeScanArgs(t, "security", &security)
		kind, ok := metadata.ParsePackageKind(kindName)
		if !ok {
			t.Fatalf("%s: no kind %s", d.Pos, kindName)
		}
		ns := ""
		if kind == managed {
			ns = "ns"
		}
		o := newOrg(t)
		held, next, isUpgrade := strings.Cut(d.Input+"\n", "=>\n")
		if !isUpgrade {
			held, next = "", held
		}
		if held != "" {
			mustInstall(t, o, version(t, kind, ns, "1.0", partsOf(t, held)...))
		}
		report, err := upgrade.Install(t.Context(), o, version(t, kind, ns, "1.1", partsOf(t, next)...),
			install.Options{Mode: install.Mode(mode), Security: install.Security(security)})
		if err != nil {
			return "error: " + err.Error() + "\n"
		}
		var out strings.Builder
		for _, g := range report.Grants {
			fmt.Fprintf(&out, "%s %s for %s: %s\n", g.Kind, g.Name, g.Profiles, g.Access)
		}
		return out.String()
	})
}

// partsOf reads components: "object Thing__c", "field Thing__c.F__c", "class A",
// "layout Thing__c-Main".
func partsOf(t *testing.T, text string) []part {
	t.Helper()
	var parts []part
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		switch sort, name, _ := strings.Cut(line, " "); sort {
		case "object":
			parts = append(parts, object(name))
		case "field":
			parts = append(parts, textField(name, ""))
		case "class":
			parts = append(parts, class(name, "public class "+name+" {}"))
		case "permission":
			parts = append(parts, part{kind: "CustomPermission", name: name, xml: "<label>" + name + "</label>"})
		case "rule":
			parts = append(parts, part{kind: "ValidationRule", name: name, xml: "<active>true</active><errorConditionFormula>FALSE</errorConditionFormula><errorMessage>no</errorMessage>"})
		default:
			t.Fatalf("no sort of component %q", sort)
		}
	}
	return parts
}
