package source

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// maxYAML is the size a project file may have; real ones have a few thousand
// lines.
const maxYAML = 4 << 20

// cumulusProject is what cumulusci.yml says that matters here.
type cumulusProject struct {
	Name, Managed, Namespace string
	APIVersion               string
	Install, Uninstall       string
	SFDX                     bool // source_format: sfdx
	Dependencies             []metadata.Dependency
}

// parseCumulus reads the project part of cumulusci.yml. The rest may be
// anything.
func parseCumulus(name string, src []byte) (*cumulusProject, error) {
	if len(src) > maxYAML {
		return nil, diag.Errorf(diag.Span{File: name}, CodeLimit, "a project file of %d bytes is not read (limit %d)", len(src), maxYAML)
	}
	var doc struct {
		Project struct {
			Name         any `yaml:"name"`
			SourceFormat any `yaml:"source_format"`
			Package      struct {
				Name        any `yaml:"name"`
				NameManaged any `yaml:"name_managed"`
				Namespace   any `yaml:"namespace"`
				APIVersion  any `yaml:"api_version"`
				Install     any `yaml:"install_class"`
				Uninstall   any `yaml:"uninstall_class"`
			} `yaml:"package"`
			Dependencies any `yaml:"dependencies"`
		} `yaml:"project"`
	}
	if err := decodeYAML(name, sectionOf(src, "project"), &doc); err != nil {
		return nil, err
	}
	p := doc.Project
	out := &cumulusProject{
		Name: text(p.Package.Name), Managed: text(p.Package.NameManaged), Namespace: text(p.Package.Namespace),
		APIVersion: apiVersion(text(p.Package.APIVersion)), Install: text(p.Package.Install),
		Uninstall: text(p.Package.Uninstall), SFDX: text(p.SourceFormat) == "sfdx",
	}
	if out.Name == "" {
		out.Name = text(p.Name)
	}
	list, _ := p.Dependencies.([]any)
	for _, entry := range list {
		fields, _ := entry.(map[string]any)
		d := metadata.Dependency{
			Name: text(fields["name"]), Namespace: text(fields["namespace"]), Version: text(fields["version"]),
			ID: text(fields["version_id"]), Source: text(fields["github"]),
		}
		if d.Source == "" {
			d.Source = text(fields["zip_url"])
		}
		if d != (metadata.Dependency{}) {
			out.Dependencies = append(out.Dependencies, d)
		}
	}
	return out, nil
}

// decodeYAML reads a document without aliases. A few lines of aliases that name
// each other unfold to gigabytes, and no project file needs them.
func decodeYAML(name string, src []byte, into any) error {
	doc, err := parser.ParseBytes(metadata.UTF8(src), 0)
	if err != nil {
		return yamlError(name, err)
	}
	if len(doc.Docs) == 0 || doc.Docs[0].Body == nil {
		return nil
	}
	finder := &aliasFinder{}
	ast.Walk(finder, doc.Docs[0].Body)
	if at := finder.at; at != nil {
		return diag.Errorf(diag.Span{File: name, Line: at.Line, Column: at.Column}, CodeProject,
			"an alias (*name) is not allowed in a project file; write the value out")
	}
	if err := yaml.NodeToValue(doc.Docs[0].Body, into); err != nil {
		return yamlError(name, err)
	}
	return nil
}

// aliasFinder remembers where the first alias of a document is.
type aliasFinder struct{ at *token.Position }

// Visit is called for every node.
func (f *aliasFinder) Visit(n ast.Node) ast.Visitor {
	if n.Type() == ast.AliasType && f.at == nil {
		f.at = n.GetToken().Position
	}
	if f.at != nil {
		return nil
	}
	return f
}

// parseProperties reads cumulusci.properties, the project file of CumulusCI 1.
func parseProperties(src []byte) *cumulusProject {
	p := &cumulusProject{}
	for line := range strings.Lines(string(src[:min(len(src), maxYAML)])) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		value = strings.TrimSpace(value)
		switch strings.TrimPrefix(strings.TrimSpace(name), "cumulusci.package.") {
		case "name":
			p.Name = value
		case "name.managed":
			p.Managed = value
		case "namespace":
			p.Namespace = value
		case "apiVersion":
			p.APIVersion = apiVersion(value)
		case "installClass":
			p.Install = value
		case "uninstallClass":
			p.Uninstall = value
		}
	}
	return p
}

var topLevelKey = regexp.MustCompile(`(?m)^[A-Za-z_][\w-]*:`)

// sectionOf cuts a section out, so that what others are made of need not be
// understood. Lines keep their numbers.
func sectionOf(src []byte, section string) []byte {
	keys := topLevelKey.FindAllIndex(src, -1)
	for i, at := range keys {
		if !bytes.HasPrefix(src[at[0]:], []byte(section+":")) {
			continue
		}
		end := len(src)
		if i+1 < len(keys) {
			end = keys[i+1][0]
		}
		before := bytes.Count(src[:at[0]], []byte("\n"))
		return append(bytes.Repeat([]byte("\n"), before), src[at[0]:end]...)
	}
	if len(keys) > 0 {
		return nil
	}
	return src
}

// text gives a YAML scalar as it was written; lists and maps are empty.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case uint64, int64, int, bool:
		return fmt.Sprint(v)
	}
	return ""
}

// apiVersion spells a version as the platform does: "48" is "48.0".
func apiVersion(s string) string {
	if n, err := strconv.ParseFloat(s, 64); err == nil && n > 0 && n < 1000 {
		return strconv.FormatFloat(n, 'f', 1, 64)
	}
	return s
}

func yamlError(name string, err error) error {
	at := diag.Span{File: name}
	message := err.Error()
	var with yaml.Error
	if errors.As(err, &with) {
		message = with.GetMessage()
		if t := with.GetToken(); t != nil && t.Position != nil {
			at.Line, at.Column = t.Position.Line, t.Position.Column
		}
	}
	return diag.Errorf(at, CodeProject, "%s", message)
}
