package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// sfdxProject is what sfdx-project.json says that matters here.
type sfdxProject struct {
	Name             string            `json:"name"`
	Namespace        string            `json:"namespace"`
	SourceAPIVersion string            `json:"sourceApiVersion"`
	Directories      []sfdxDirectory   `json:"packageDirectories"`
	Aliases          map[string]string `json:"packageAliases"`
}

// sfdxDirectory is one entry of packageDirectories.
type sfdxDirectory struct {
	Path          string           `json:"path"`
	Package       string           `json:"package"`
	Default       bool             `json:"default"`
	VersionNumber string           `json:"versionNumber"`
	VersionName   string           `json:"versionName"`
	PostInstall   string           `json:"postInstallScript"`
	Uninstall     string           `json:"uninstallScript"`
	Ancestor      string           `json:"ancestorVersion"`
	AncestorID    string           `json:"ancestorId"`
	Definition    string           `json:"definitionFile"`
	Dependencies  []sfdxDependency `json:"dependencies"`
	Unpackaged    *sfdxPath        `json:"unpackagedMetadata"` // deployed where the package's tests run
	Seed          *sfdxPath        `json:"seedMetadata"`       // deployed before the package is built
	TestAccess    struct {
		PermissionSets []string `json:"permissionSets"`
	} `json:"apexTestAccess"`
}

type sfdxPath struct {
	Path string `json:"path"`
}

type sfdxDependency struct {
	Package       string `json:"package"`
	VersionNumber string `json:"versionNumber"`
}

// released reports whether the aliases of a project name a version of a package.
func (p *sfdxProject) released(pkg string) bool {
	for alias, id := range p.Aliases {
		if strings.HasPrefix(alias, pkg+"@") && strings.HasPrefix(id, "04t") {
			return true
		}
	}
	return false
}

// parseProject reads sfdx-project.json. Paths come out slash separated and
// clean, whatever system they were written on; one that leaves the project is
// an error.
func parseProject(name string, src []byte) (*sfdxProject, error) {
	src = metadata.UTF8(src)
	var p sfdxProject
	if err := json.Unmarshal(src, &p); err != nil {
		return nil, jsonError(name, src, err)
	}
	for i := range p.Directories {
		d := &p.Directories[i]
		clean, err := cleanPath(d.Path)
		if err != nil {
			return nil, diag.Errorf(diag.Span{File: name}, CodePath, "packageDirectories[%d].path: %v", i, err)
		}
		d.Path = clean
		for _, beside := range []**sfdxPath{&d.Unpackaged, &d.Seed} {
			if *beside == nil {
				continue
			}
			if (*beside).Path, err = cleanPath((*beside).Path); err != nil {
				*beside = nil
			}
		}
	}
	return &p, nil
}

func jsonError(name string, src []byte, err error) error {
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	offset := int64(-1)
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset - 1
	case errors.As(err, &wrong):
		offset = wrong.Offset - 1
	}
	at := diag.Span{File: name}
	if offset >= 0 {
		at = diag.NewFile(name, src).Span(int(offset), int(offset))
	}
	return diag.Errorf(at, CodeProject, "%s", strings.TrimPrefix(err.Error(), "json: "))
}

// cleanPath makes a path of a project file slash separated and relative to the
// project: "plugins\Foo" and "./plugins/Foo/" are both "plugins/Foo", the
// project itself is ".".
func cleanPath(p string) (string, error) {
	slashed := strings.ReplaceAll(strings.TrimSpace(p), `\`, "/")
	if strings.ContainsRune(slashed, 0) {
		return "", fmt.Errorf("%q has a zero byte", p)
	}
	clean := path.Clean("./" + slashed)
	if strings.HasPrefix(slashed, "/") || len(slashed) > 1 && slashed[1] == ':' ||
		clean == ".." || strings.HasPrefix(clean, "../") {
		return "", fmt.Errorf("%q leads out of the project", p)
	}
	return clean, nil
}

// choose gives the index of the directory that holds the package a user means
// by the project: the default one if it is a package, else the first that is
// one, else the default one, else the first. Directories without a package name
// (examples, tests, pipelines) are never packaged beside one that has a name. A
// directory that holds nothing is no package: the default one is often only
// where retrieved files go. It is -1 without any.
func (p *sfdxProject) choose(holds func(sfdxDirectory) bool) int {
	chosen, rank := -1, 0
	for i, d := range p.Directories {
		r := 1
		if d.Package != "" {
			r += 2
		}
		if d.Default {
			r++
		}
		if holds(d) {
			r += 4
		}
		if r > rank {
			chosen, rank = i, r
		}
	}
	return chosen
}

// packages says whether the project makes packages: directories have names.
// One that makes none is deployed as a whole.
func (p *sfdxProject) packages() bool {
	return slices.ContainsFunc(p.Directories, func(d sfdxDirectory) bool { return d.Package != "" })
}

// holding gives the index of the directory that a folder is, lies in, or holds,
// in this order; -1 when there is none.
func (p *sfdxProject) holding(folder string) int {
	best, rank := -1, 0
	for i, d := range p.Directories {
		r := 0
		switch {
		case d.Path == folder:
			r = 4
		case within(folder, d.Path):
			r = 3
		case within(d.Path, folder):
			r = 1
		}
		if r == 1 && d.Package != "" {
			r = 2
		}
		if r > rank {
			best, rank = i, r
		}
	}
	return best
}

// within says that a path is a folder or lies below it; everything lies in ".".
func within(p, folder string) bool {
	return folder == "." || p == folder || strings.HasPrefix(p, folder+"/")
}

// neededBy marks a directory and those that make the packages it depends on.
func (p *sfdxProject) neededBy(chosen int) map[int]bool {
	needed := map[int]bool{}
	var visit func(i int)
	visit = func(i int) {
		if i < 0 || needed[i] {
			return
		}
		needed[i] = true
		for _, dep := range p.Directories[i].Dependencies {
			name, _, _ := strings.Cut(dep.Package, "@")
			visit(slices.IndexFunc(p.Directories, func(o sfdxDirectory) bool { return o.Package != "" && strings.EqualFold(o.Package, name) }))
		}
	}
	visit(chosen)
	return needed
}

// outside is the first package that a directory depends on and that no other
// directory of the project makes, "" for none.
func (p *sfdxProject) outside(d *sfdxDirectory) string {
	for _, dep := range d.Dependencies {
		name, _, _ := strings.Cut(dep.Package, "@")
		if !slices.ContainsFunc(p.Directories, func(o sfdxDirectory) bool { return strings.EqualFold(o.Package, name) }) {
			return name
		}
	}
	return ""
}

// dependencies resolves the aliases of a directory's dependencies.
func (p *sfdxProject) dependencies(d *sfdxDirectory) []metadata.Dependency {
	var all []metadata.Dependency
	for _, dep := range d.Dependencies {
		name, version, _ := strings.Cut(dep.Package, "@")
		out := metadata.Dependency{Name: name, Version: dep.VersionNumber, ID: p.Aliases[dep.Package]}
		if strings.HasPrefix(name, "04t") && out.ID == "" {
			out.Name, out.ID = "", name
		}
		if out.Version == "" {
			out.Version = version
		}
		all = append(all, out)
	}
	return all
}

// scratchFeatures reads the features of a scratch org definition file.
func scratchFeatures(src []byte) []string {
	var definition struct {
		Features json.RawMessage `json:"features"`
	}
	if json.Unmarshal(metadata.UTF8(src), &definition) != nil {
		return nil
	}
	var list []string
	if json.Unmarshal(definition.Features, &list) == nil {
		return list
	}
	// Older definition files have one text, separated by commas.
	var text string
	if json.Unmarshal(definition.Features, &text) != nil {
		return nil
	}
	for f := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ';' }) {
		list = append(list, strings.TrimSpace(f))
	}
	return list
}
