package source

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/goccy/go-yaml"

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

// parseCumulus reads the project part of cumulusci.yml. The rest (tasks, flows)
// may be anything.
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
	if err := yaml.Unmarshal(projectPart(src), &doc); err != nil {
		return nil, yamlError(name, err)
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

var topLevelKey = regexp.MustCompile(`(?m)^[A-Za-z_][\w-]*:`)

// projectPart cuts the project section out, so that what tasks and flows are
// made of need not be understood. Lines keep their numbers.
func projectPart(src []byte) []byte {
	keys := topLevelKey.FindAllIndex(src, -1)
	for i, at := range keys {
		if !bytes.HasPrefix(src[at[0]:], []byte("project:")) {
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
		if token := with.GetToken(); token != nil && token.Position != nil {
			at.Line, at.Column = token.Position.Line, token.Position.Column
		}
	}
	return diag.Errorf(at, CodeProject, "%s", message)
}
