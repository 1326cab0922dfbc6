package source

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// location is what the project files say about the package that is read.
type location struct {
	head       metadata.Package
	roots      []string // folders to read, relative to the tree
	excluded   []string // folders below them that are not packaged
	unpackaged []string // folders that an org of the project gets besides, in the order of deployment
	base       string   // folder that holds the project
	ignore     gitignore.Matcher
	warnings   diag.List
}

// finder works a location out.
type finder struct {
	ctx      context.Context
	tree     tree
	opt      Options
	base     string // folder of the tree that holds the project
	loc      location
	part     bool // a folder of the project was asked for
	named    bool // a project file names the package as one that is built
	released bool // the project lists a released version of the package
	names    packageNames
}

// packageNames are what the project files call the package. The first that is
// set counts: what subscribers see before what developers call it.
type packageNames struct{ directory, managed, manifest, cumulus, project string }

// locate reads the project files and decides which folders hold the package.
// Options come before sfdx-project.json, that before package.xml, that before
// cumulusci.yml.
func locate(ctx context.Context, t tree, opt Options) (*location, error) {
	f := &finder{ctx: ctx, tree: t, opt: opt, base: "."}
	var err error
	for i, s := range opt.Sources {
		if opt.Sources[i], err = cleanPath(s); err != nil {
			return nil, fmt.Errorf("source folder: %w", err)
		}
	}
	folder, err := cleanPath(opt.Folder)
	if err != nil {
		return nil, fmt.Errorf("folder: %w", err)
	}
	if folder != "." && !f.has(folder) {
		return nil, fmt.Errorf("there is no folder %q in this version", folder)
	}
	// A folder that is a project of its own is read as one.
	if f.has(join(folder, sfdxFile)) || f.has(join(folder, manifestFile)) {
		f.base, folder = folder, "."
	}
	f.part = folder != "."
	f.loc.head.Namespace, f.loc.head.PostInstall, f.loc.head.Kind = opt.Namespace, opt.PostInstall, opt.Kind
	if err := f.project(folder); err != nil {
		return nil, err
	}
	if err := f.sources(); err != nil {
		return nil, err
	}
	if err := f.manifests(); err != nil {
		return nil, err
	}
	if err := f.cumulus(); err != nil {
		return nil, err
	}
	if len(f.loc.roots) == 0 {
		if err := f.search(folder); err != nil {
			return nil, err
		}
	}
	if err := f.ignored(); err != nil {
		return nil, err
	}
	f.finish()
	if err := f.beside(); err != nil {
		return nil, err
	}
	return &f.loc, nil
}

// The project files.
const (
	sfdxFile       = "sfdx-project.json"
	manifestFile   = "package.xml"
	cumulusFile    = "cumulusci.yml"
	propertiesFile = "cumulusci.properties"
	ignoreFile     = ".forceignore"
)

func join(elements ...string) string { return path.Join(elements...) }

// has says that the tree has a file or folder at a path.
func (f *finder) has(p string) bool {
	if p == "." {
		return true
	}
	list := f.tree.files()
	if _, found := slices.BinarySearchFunc(list, p, func(e file, p string) int { return cmp.Compare(e.path, p) }); found {
		return true
	}
	// The files of a folder need not follow its name at once: "a-b" sorts
	// before "a/b".
	i, _ := slices.BinarySearchFunc(list, p+"/", func(e file, p string) int { return cmp.Compare(e.path, p) })
	return i < len(list) && strings.HasPrefix(list[i].path, p+"/")
}

// load reads one project file; nil when it is not there.
func (f *finder) load(p string) ([]byte, error) {
	list := f.tree.files()
	i, found := slices.BinarySearchFunc(list, p, func(e file, p string) int { return cmp.Compare(e.path, p) })
	if !found {
		return nil, nil
	}
	if list[i].link {
		return nil, diag.Errorf(diag.Span{File: p}, CodeLink, "a project file must not be a symbolic link")
	}
	var data []byte
	err := f.tree.read(f.ctx, list[i:i+1], func(_ int, got []byte) { data = got })
	if len(data) > maxYAML {
		return nil, diag.Errorf(diag.Span{File: p}, CodeLimit, "a project file of %d bytes is not read (limit %d)", len(data), maxYAML)
	}
	return data, err
}

func (f *finder) warn(code, format string, args ...any) {
	d := diag.Errorf(diag.Span{}, code, format, args...)
	d.Severity = diag.Warning
	f.loc.warnings = append(f.loc.warnings, d)
}

// project reads sfdx-project.json, here or in the nearest folder above a
// source folder, and picks a package directory.
func (f *finder) project(folder string) error {
	name := join(f.base, sfdxFile)
	src, err := f.load(name)
	if err != nil || src == nil {
		return err
	}
	p, err := parseProject(name, src)
	if err != nil {
		return err
	}
	chosen := p.choose(func(d sfdxDirectory) bool { return f.holds(join(f.base, d.Path)) })
	whole := f.opt.Project || !p.packages() || f.opt.Kind == metadata.Unmanaged
	switch {
	case folder != ".":
		chosen = p.holding(folder)
	case len(f.opt.Sources) > 0:
		for _, s := range f.opt.Sources {
			if at := p.holding(s); at >= 0 {
				chosen = at
				break
			}
		}
	}
	switch {
	case chosen < 0 || len(f.opt.Sources) > 0:
	case whole && folder == "." && len(p.Directories) > 1:
		f.directories(p, chosen)
	default:
		f.directory(p, chosen, folder)
	}
	f.describe(p, chosen)
	if chosen >= 0 {
		return f.features(p.Directories[chosen].Definition)
	}
	return nil
}

// holds says that there is metadata in a folder, and not only a manifest of it.
func (f *finder) holds(folder string) bool {
	anchor := anchorOf(folder)
	list := f.tree.files()
	i := 0
	if folder != "." {
		i, _ = slices.BinarySearchFunc(list, folder+"/", func(e file, p string) int { return cmp.Compare(e.path, p) })
	}
	for ; i < len(list) && within(list[i].path, folder); i++ {
		if at := classify(anchor + strings.TrimPrefix(list[i].path, folder+"/")); at.role != roleNothing && (at.role != roleSniff || !at.mdapi) {
			return true
		}
	}
	return false
}

// directories makes all package directories the folders to read, but for those
// inside of another and for those that depend on packages which are not at hand
// and that nothing else of the project needs.
func (f *finder) directories(p *sfdxProject, chosen int) {
	needed := p.neededBy(chosen)
	for i, d := range p.Directories {
		root := join(f.base, d.Path)
		inside := slices.ContainsFunc(p.Directories, func(o sfdxDirectory) bool { return o.Path != d.Path && within(d.Path, o.Path) })
		first := slices.IndexFunc(p.Directories, func(o sfdxDirectory) bool { return o.Path == d.Path }) == i
		switch {
		case inside || !first:
		case f.opt.Project && !f.opt.External && !needed[i] && p.outside(&d) != "":
			f.warn(CodeOtherFolder, "not reading the package directory %q: it depends on %s, which is outside the project; give that package too",
				d.Path, p.outside(&d))
		case f.holds(root):
			f.loc.roots = append(f.loc.roots, root)
		case f.has(root):
		default:
			f.warn(CodeNoFolder, "%s names the package directory %q, which is not there", join(f.base, sfdxFile), d.Path)
		}
	}
}

// directory makes a package directory the folder to read.
func (f *finder) directory(p *sfdxProject, chosen int, folder string) {
	d := p.Directories[chosen]
	root := join(f.base, d.Path)
	if !f.has(root) && f.base != "." && f.has(d.Path) {
		root = d.Path // the file is copied to the top before it is used
	}
	if folder != "." {
		root = join(f.base, folder)
	}
	if !f.has(root) {
		f.warn(CodeNoFolder, "%s names the package directory %q, which is not there; the source is looked for elsewhere",
			join(f.base, sfdxFile), d.Path)
		return
	}
	if !f.holds(root) && folder == "." {
		f.warn(CodeNoFolder, "the package directory %q holds no metadata; the source is looked for elsewhere", d.Path)
		return
	}
	f.loc.roots = []string{root}
	for _, beside := range []*sfdxPath{d.Unpackaged, d.Seed} {
		if beside != nil && beside.Path != d.Path {
			f.loc.excluded = append(f.loc.excluded, join(f.base, beside.Path))
		}
	}
	var others []string
	for i, other := range p.Directories {
		if i != chosen && folder == "." && other.Path != d.Path {
			others = append(others, other.Path)
			if within(other.Path, d.Path) && other.Package != "" {
				f.loc.excluded = append(f.loc.excluded, join(f.base, other.Path))
			}
		}
	}
	if len(others) > 0 {
		f.warn(CodeOtherFolder, "reading %s, not the project's other package directories (%s); name one as PATH@REF:FOLDER, or several as sources",
			d.Path, strings.Join(others, ", "))
	}
}

// describe takes over what a project says about a package, where it is not
// known yet.
func (f *finder) describe(p *sfdxProject, chosen int) {
	h := &f.loc.head
	h.Namespace = cmp.Or(h.Namespace, p.Namespace)
	h.APIVersion = cmp.Or(h.APIVersion, apiVersion(p.SourceAPIVersion))
	f.names.project = cmp.Or(f.names.project, p.Name)
	if chosen < 0 {
		return
	}
	d := &p.Directories[chosen]
	f.named = f.named || d.Package != ""
	f.names.directory = cmp.Or(f.names.directory, d.Package)
	f.besides(p, d)
	h.PostInstall = cmp.Or(h.PostInstall, d.PostInstall)
	h.Uninstall = cmp.Or(h.Uninstall, d.Uninstall)
	h.Ancestor = cmp.Or(h.Ancestor, d.Ancestor, d.AncestorID)
	f.released = f.released || d.Package != "" && p.released(d.Package)
	h.VersionName = cmp.Or(h.VersionName, d.VersionName)
	if v, ok := metadata.ParseVersion(d.VersionNumber); ok && h.Version.IsZero() {
		h.Version = v
	}
	if h.Dependencies == nil {
		h.Dependencies = p.dependencies(d)
	}
}

// besides notes what a package directory names beside the package. Where all
// directories are read, so is what each of them names.
func (f *finder) besides(p *sfdxProject, chosen *sfdxDirectory) {
	h := &f.loc.head
	for i := range p.Directories {
		d := &p.Directories[i]
		if d != chosen && !f.opt.Project {
			continue
		}
		if d.Seed != nil {
			h.Before = append(h.Before, join(f.base, d.Seed.Path))
		}
		if d.Unpackaged != nil {
			h.After = append(h.After, join(f.base, d.Unpackaged.Path))
		}
		h.TestAccess = append(h.TestAccess, d.TestAccess.PermissionSets...)
	}
}

func (f *finder) features(definition string) error {
	clean, err := cleanPath(definition)
	if err != nil || definition == "" {
		return nil // only a hint; a path that leads elsewhere gives none
	}
	src, err := f.load(join(f.base, clean))
	if err != nil || src == nil {
		return nil
	}
	f.loc.head.Features = scratchFeatures(src)
	slices.Sort(f.loc.head.Features)
	f.loc.head.Features = slices.Compact(f.loc.head.Features)
	return nil
}

// sources makes the folders that the caller names the ones to read, and asks
// the project files between them and the top for what the top one leaves open.
func (f *finder) sources() error {
	for _, s := range f.opt.Sources {
		root := join(f.base, s)
		if !f.has(root) {
			f.warn(CodeNoFolder, "there is no source folder %q in this version", s)
			continue
		}
		f.loc.roots = append(f.loc.roots, root)
		for dir := root; dir != "." && dir != f.base; dir = path.Dir(dir) {
			name := join(dir, sfdxFile)
			src, err := f.load(name)
			if err != nil {
				return err
			}
			if src == nil {
				continue
			}
			p, err := parseProject(name, src)
			if err != nil {
				return err
			}
			f.describe(p, p.choose(func(d sfdxDirectory) bool { return f.holds(join(dir, d.Path)) }))
			break
		}
	}
	if len(f.opt.Sources) > 0 && len(f.loc.roots) == 0 {
		return fmt.Errorf("none of the source folders (%s) is in this version", strings.Join(f.opt.Sources, ", "))
	}
	return nil
}

// ignored reads .forceignore, which keeps files out of a package.
func (f *finder) ignored() error {
	src, err := f.load(join(f.base, ignoreFile))
	if err != nil || src == nil {
		return err
	}
	var patterns []gitignore.Pattern
	for line := range strings.Lines(string(metadata.UTF8(src))) {
		line = strings.TrimRight(strings.ReplaceAll(line, `\`, "/"), " \t\r\n")
		if line != "" && line[0] != '#' {
			patterns = append(patterns, gitignore.ParsePattern(line, nil))
		}
	}
	if len(patterns) > 0 {
		f.loc.ignore = gitignore.NewMatcher(patterns)
	}
	return nil
}

// isIgnored asks .forceignore about a path of the tree.
func (l *location) isIgnored(p string) bool {
	if l.ignore == nil {
		return false
	}
	p = strings.TrimPrefix(p, l.base+"/")
	return l.ignore.Match(strings.Split(p, "/"), false)
}

// finish fills in what follows from the rest.
func (f *finder) finish() {
	h := &f.loc.head
	h.Name = cmp.Or(f.names.directory, f.names.managed, f.names.manifest, f.names.cumulus, f.names.project)
	h.Version, _ = metadata.NumberOf("", h.Version, f.opt.Ref)
	if h.Kind == metadata.Undeclared {
		h.KindDeduced = true
		switch {
		case h.PostInstall != "":
			// Only managed packages run a post-install class (post-install.md,
			// section 2).
			h.Kind = metadata.Managed
		case f.released && h.Ancestor == "":
			// No version of a managed package follows a released one without an
			// ancestor, and unlocked packages have none (versions-and-push.md,
			// section 2): the project says it as well as if it named the kind.
			h.Kind, h.KindDeduced = metadata.Unlocked, false
		case h.Namespace != "":
			h.Kind = metadata.Managed
		case f.named:
			h.Kind = metadata.Unlocked
		default:
			h.Kind = metadata.Unmanaged
		}
	}
	f.loc.base = f.base
	h.Ref, h.Commit = f.opt.Ref, f.tree.commit()
	slices.Sort(f.loc.roots)
	f.loc.roots = slices.Compact(f.loc.roots)
	h.Folders = f.loc.roots
}
