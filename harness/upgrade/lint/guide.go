package lint

import "strings"

// Salesforce's guides by their titles.
const (
	firstGeneration  = "First-Generation Managed Packaging Developer Guide"
	secondGeneration = "Second-Generation Managed Packaging Developer Guide"
	dxGuide          = "Salesforce DX Developer Guide"
)

// guides says which published guide tells what the project's own documents
// (harness/facts) have gathered, by document and section. Users read the guide.
var guides = map[string]string{
	"sharing.md, section 1":                "Apex Developer Guide, versioned behavior changes",
	"upgrade-rules.md, section 1":          firstGeneration + ", editable properties of packaged components",
	"upgrade-rules.md, section 3":          firstGeneration + ", editable properties of packaged components",
	"upgrade-rules.md, section 4":          firstGeneration + ", custom fields",
	"upgrade-rules.md, section 5":          firstGeneration + ", picklist values",
	"upgrade-rules.md, section 6":          secondGeneration + ", removing metadata components",
	"upgrade-rules.md, section 7":          dxGuide + ", upgrading unlocked packages",
	"upgrade-rules.md, section 8":          firstGeneration + ", profiles and permission sets",
	"upgrade-rules.md, section 9":          firstGeneration + ", flows",
	"upgrade-rules.md, section 11":         firstGeneration + ", upgrading managed packages",
	"upgrade-rules.md, section 12":         firstGeneration + ", what a new version may not change",
	"manageability.json, devRemovable":     firstGeneration + ", components available in managed packages",
	"manageability.json, updatedOnUpgrade": firstGeneration + ", components available in managed packages",
	"versions-and-push.md, section 1":      secondGeneration + ", package versions",
	"versions-and-push.md, section 2":      secondGeneration + ", package ancestors",
	"versions-and-push.md, section 4":      secondGeneration + ", patch versions",
	"versions-and-push.md, section 6":      secondGeneration + ", dependencies between packages",
	"versions-and-push.md, section 8":      firstGeneration + ", notifications for package errors",
	"post-install.md, section 1":           firstGeneration + ", running Apex on package install and upgrade",
	"post-install.md, section 2":           firstGeneration + ", running Apex on package install and upgrade",
	"post-install.md, section 3":           firstGeneration + ", running Apex on package install and upgrade",
	"post-install.md, section 4":           firstGeneration + ", running Apex on package install and upgrade",
	"post-install.md, section 5":           firstGeneration + ", running Apex on package install and upgrade",
	"post-install.md, section 6":           firstGeneration + ", running Apex on package install and upgrade",
}

// Source names the published guides that a rule is from, by title and subject.
func (r Rule) Source() string {
	var titles []string
	document := ""
	for cited := range strings.SplitSeq(r.Facts, "; ") {
		parts := strings.SplitN(cited, ", ", 3)
		if strings.HasPrefix(parts[0], "section ") { // of the same document
			parts = append([]string{document}, parts...)
		}
		document = parts[0]
		title := guides[document+", "+parts[1]]
		if title != "" && !strings.Contains(strings.Join(titles, "; "), title) {
			titles = append(titles, title)
		}
	}
	return strings.Join(titles, "; ")
}
