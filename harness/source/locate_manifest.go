package source

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// manifests reads the package.xml of the folders that are read, of "src" and of
// the project's top.
func (f *finder) manifests() error {
	for _, dir := range append(slices.Clone(f.loc.roots), join(f.base, "src"), f.base) {
		name := join(dir, manifestFile)
		src, err := f.load(name)
		if err != nil {
			return err
		}
		if src == nil || len(f.loc.roots) == 0 && !f.holds(dir) {
			continue
		}
		m, err := f.manifest(name, src)
		if err != nil {
			return err
		}
		if len(f.loc.roots) == 0 {
			f.loc.roots = []string{dir}
		}
		h := &f.loc.head
		f.names.manifest = m.Name
		h.Namespace = cmp.Or(h.Namespace, m.Namespace)
		h.APIVersion = cmp.Or(h.APIVersion, m.Version)
		h.PostInstall, h.Uninstall = cmp.Or(h.PostInstall, m.PostInstall), cmp.Or(h.Uninstall, m.Uninstall)
		return nil
	}
	return nil
}

// manifest reads a package.xml; what is wrong with one is a warning, since it
// only heads what the files say by themselves.
func (f *finder) manifest(name string, src []byte) (*manifest, error) {
	m, err := parseManifest(name, src)
	var d diag.Diagnostic
	if err == nil || f.opt.Strict || !errors.As(err, &d) {
		return m, err
	}
	d.Severity = diag.Warning
	f.loc.warnings = append(f.loc.warnings, d)
	if m == nil {
		m = &manifest{}
	}
	return m, nil
}

func (f *finder) cumulus() error {
	name := join(f.base, cumulusFile)
	src, err := f.load(name)
	if err != nil {
		return err
	}
	var c *cumulusProject
	if src != nil {
		if c, err = parseCumulus(name, src); err != nil {
			return err
		}
	} else {
		if src, err = f.load(join(f.base, propertiesFile)); err != nil || src == nil {
			return err
		}
		c = parseProperties(src)
	}
	h := &f.loc.head
	h.CumulusCI = true
	f.names.managed, f.names.cumulus = c.Managed, c.Name
	h.Namespace, h.APIVersion = cmp.Or(h.Namespace, c.Namespace), cmp.Or(h.APIVersion, c.APIVersion)
	h.PostInstall, h.Uninstall = cmp.Or(h.PostInstall, c.Install), cmp.Or(h.Uninstall, c.Uninstall)
	if len(h.Dependencies) == 0 {
		h.Dependencies = c.Dependencies
	}
	if len(f.loc.roots) == 0 {
		for _, dir := range []string{"force-app", "src"} {
			if root := join(f.base, dir); f.has(root) && (c.SFDX || dir == "src") {
				f.loc.roots = []string{root}
				break
			}
		}
	}
	return nil
}

// search looks for a package that no project file at the top tells of: the
// package.xml nearest to the top, else the folder itself when it holds
// components, or at least Apex.
func (f *finder) search(folder string) error {
	top := join(f.base, folder)
	var found []string
	holds, code := false, false
	for _, e := range f.tree.files() {
		if !within(e.path, top) {
			continue
		}
		dir, base := path.Split(e.path)
		if base == manifestFile && !strings.Contains("/"+dir, "/unpackaged/") && f.holds(path.Clean(dir)) {
			found = append(found, path.Clean(dir))
		}
		rel := strings.TrimPrefix(e.path, top+"/")
		if at := classify(rel); at.role == roleProps && (strings.Count(rel, "/") <= 5) {
			holds = true
		} else if at.role == roleBody && (at.kind == metadata.ApexClass || at.kind == metadata.ApexTrigger) {
			code = true
		}
	}
	slices.SortFunc(found, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/")), cmp.Compare(a, b))
	})
	switch {
	case folder != "." && holds:
		f.loc.roots = []string{top}
	case len(found) > 0:
		f.loc.roots = found[:f.together(found)]
		if rest := found[len(f.loc.roots):]; len(rest) > 0 {
			f.warn(CodeOtherFolder, "reading %s; package.xml is also in %s", strings.Join(f.loc.roots, ", "), strings.Join(rest[:min(len(rest), 5)], ", "))
		}
		return f.manifests()
	case holds || code:
		f.loc.roots = []string{top}
	default:
		return fmt.Errorf("no package here: neither %s nor %s nor %s, and no folder with metadata in it; name the folder of the package",
			sfdxFile, manifestFile, cumulusFile)
	}
	return nil
}

// together is how many of the folders that have a package.xml are one package,
// the nearest to the top first: those of the same depth, unless their manifests
// name two.
func (f *finder) together(found []string) int {
	name := ""
	for i, dir := range found {
		if strings.Count(dir, "/") != strings.Count(found[0], "/") {
			return i
		}
		src, err := f.load(join(dir, manifestFile))
		if err != nil || src == nil {
			continue
		}
		m, _ := parseManifest(join(dir, manifestFile), src)
		if m != nil && m.Name != "" && name != "" && m.Name != name {
			return 1
		}
		if m != nil {
			name = cmp.Or(name, m.Name)
		}
	}
	return len(found)
}
