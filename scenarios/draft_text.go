package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// text is the suite, with comments.
func (d *draft) text() string {
	var b strings.Builder
	name := suiteWord(d.pkg.Name, "package")
	fmt.Fprintf(&b, `# A suite of upgrade rehearsals, written by "rehearse init": what to rehearse, in which
# orgs, and what to expect. Run it with "rehearse run", see what it would do with
# "rehearse run --plan"; "rehearse schema suite" says what else may stand here.
name: %s
seed: 1 # of everything random: another one makes other orgs of the same sort

`, quoted(name))
	d.packageText(&b, name)
	d.upgradesText(&b)
	d.orgsText(&b)
	d.expectText(&b)
	return b.String()
}

func (d *draft) packageText(b *strings.Builder, name string) {
	fmt.Fprintf(b, "packages:\n  - name: %s\n    path: %s\n", quoted(name), quoted(d.shown))
	p := d.pkg
	facts := []string{p.Kind.String() + " package"}
	if p.Namespace != "" {
		facts = append(facts, "namespace "+p.Namespace)
	}
	facts = append(facts, fmt.Sprintf("%d components in %s", len(p.Components), strings.Join(p.Folders, ", ")))
	fmt.Fprintf(b, "    # By its project files: %s.\n    # What they do not say may stand here: namespace, kind, postInstall, sources.\n", comment(strings.Join(facts, ", ")))
	for i, dep := range p.Dependencies {
		said := strings.Join(strings.Fields(dep.Namespace+" "+dep.Name+" "+dep.Version+" "+dep.ID+" "+dep.Source), " ")
		if i == 0 {
			b.WriteString("    # It requires what follows: an empty stand-in each, unless dependsOn names its source.\n    # dependsOn: [{path: ../OTHER, version: v1.0}]\n")
		}
		fmt.Fprintf(b, "    #   %s\n", comment(said))
	}
	b.WriteString("    versions:\n")
	for _, v := range append(slices.Clone(d.from), d.target) {
		var parts []string
		if v.Ref != "" {
			parts = append(parts, "ref: "+quoted(v.Ref))
		}
		if v.Path != "" {
			parts = append(parts, "path: "+quoted(v.Path))
		}
		if v.Number != "" {
			parts = append(parts, "number: "+strconv.Quote(v.Number))
		}
		fmt.Fprintf(b, "      %s: {%s}\n", quoted(v.Name), strings.Join(parts, ", "))
	}
	b.WriteString("\n")
}

func (d *draft) upgradesText(b *strings.Builder) {
	var names []string
	for _, v := range d.from {
		names = append(names, quoted(v.Name))
	}
	fmt.Fprintf(b, "# From %s.\nupgrades:\n", d.whence)
	fmt.Fprintf(b, "  - {from: [%s], to: %s}\n", strings.Join(names, ", "), quoted(d.target.Name))
	if len(names) > 1 {
		fmt.Fprintf(b, "  # Step by step, as orgs go that never miss one:\n  # - chain: [%s]\n", strings.Join(append(names, quoted(d.target.Name)), ", "))
	}
	if d.pkg.Kind == metadata.Managed {
		b.WriteString("# modes: [manual, push] # as a push upgrade too\n")
	}
	b.WriteString("\n")
}

func (d *draft) orgsText(b *strings.Builder) {
	b.WriteString(`# Recipes: pristine (no rows), small (200 of each object), typical (2,000 and everyday
# mess), hostile (everything at once). An org may also be a file: rehearse org new.
orgs:
  - {name: pristine, recipe: pristine}
  - {name: typical, recipe: typical}
`)
	taken := []string{"pristine", "typical"}
	for _, o := range d.orgs {
		for slices.Contains(taken, o.name) {
			o.name += "-scratch"
		}
		taken = append(taken, o.name)
		fmt.Fprintf(b, "  # As %s has it", comment(o.file))
		if len(o.unknown) > 0 {
			fmt.Fprintf(b, ", without features that are not known here: %s", comment(strings.Join(o.unknown, ", ")))
		}
		fmt.Fprintf(b, ".\n  - name: %s\n    recipe: small\n", quoted(o.name))
		if o.edition != "" {
			fmt.Fprintf(b, "    edition: %s\n", o.edition)
		}
		if len(o.features) > 0 {
			fmt.Fprintf(b, "    features: [%s]\n", strings.Join(o.features, ", "))
		}
	}
	b.WriteString(`  # Mess that a recipe lacks, by its number, as a share of the rows:
  # - {name: strict, recipe: small, mess: {C1: on, B5: 0.2}}

`)
}

func (d *draft) expectText(b *strings.Builder) {
	b.WriteString("expect:\n  failOn: major # exit status 1 from there on: blocker, major, minor\n")
	if script := d.pkg.PostInstall; script != "" {
		how := "its post-install script"
		if d.pkg.PostInstallGuessed {
			how += ", the only class that implements InstallHandler"
		}
		fmt.Fprintf(b, "  postInstall: required # %s: %s\n", comment(script), how)
	} else {
		b.WriteString("  # postInstall: required # no class of the package is named as its script\n")
	}
	object := d.ownObject()
	fmt.Fprintf(b, `  # What must hold before and after, asked of rows:
  # invariants:
  #   - name: no row lost its name
  #     soql: SELECT Id, Name FROM %s
  #     each: row.Name != null
  # What is known and accepted, with a reason and a last day:
  # allow:
  #   - {code: limits-tight, reason: the next release uses a batch, until: 2030-12-31}
`, object)
}

// ownObject is a custom object of the package, for the example.
func (d *draft) ownObject() string {
	for _, c := range d.pkg.Components {
		if c.Kind == metadata.CustomObject && strings.HasSuffix(c.Name, "__c") {
			if d.pkg.Kind == metadata.Managed && d.pkg.Namespace != "" {
				return d.pkg.Namespace + "__" + strings.TrimPrefix(c.Name, d.pkg.Namespace+"__")
			}
			return c.Name
		}
	}
	return "Account"
}

// plainScalar is a text that YAML reads as that text.
var plainScalar = regexp.MustCompile(`^[A-Za-z_./][A-Za-z0-9_./ -]*[A-Za-z0-9_./-]$|^[A-Za-z./]$`)

// notTexts are words that YAML reads as something else.
var notTexts = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}

// quoted is a text as a scalar of YAML.
func quoted(s string) string {
	if plainScalar.MatchString(s) && !slices.Contains(notTexts, strings.ToLower(s)) {
		return s
	}
	return strconv.Quote(s)
}

// comment is a text that stays in its comment.
func comment(s string) string { return strings.Join(strings.Fields(s), " ") }
