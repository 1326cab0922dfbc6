package source

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

func read(ctx context.Context, name string, opt Options) (*metadata.Package, diag.List, error) {
	opt.Sources = slices.Clone(opt.Sources)
	fail := func(err error) (*metadata.Package, diag.List, error) {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		e := &Error{Path: name, Ref: opt.Ref, Err: err}
		var d diag.Diagnostic
		switch list := (diag.List)(nil); {
		case errors.As(err, &list):
			e.Err, e.Diags = nil, list
		case errors.As(err, &d):
			e.Err, e.Diags = nil, diag.List{d}
		}
		return nil, nil, e
	}
	t, err := open(ctx, name, opt)
	if err != nil {
		return fail(err)
	}
	defer t.close()
	if t, err = followLinks(ctx, t); err != nil {
		return fail(err)
	}
	loc, err := locate(ctx, t, opt)
	if err != nil {
		return fail(err)
	}
	loc.head.Name = cmp.Or(loc.head.Name, NameOf(name))
	prefix := prefixOf(loc.head, opt.Tokens)
	if opt.Beside {
		loc.ownBySubscriber()
	}
	b := &builder{tree: t, loc: loc, cache: opt.Cache, markup: opt.Markup, lenient: opt.Lenient, strict: opt.Strict, beside: opt.Beside, tokens: newTokens(prefix)}
	pkg, err := b.build(ctx)
	if err != nil {
		return fail(err)
	}
	loc.warnings.Sort()
	return pkg, loc.warnings, nil
}

// prefixOf is the namespace that tokens turn into.
func prefixOf(head metadata.Package, mode NamespaceMode) string {
	if mode == TokensManaged || mode == TokensByKind && head.Kind == metadata.Managed {
		return head.Namespace
	}
	return ""
}

// builder turns the files of a location into components.
type builder struct {
	tree    tree
	loc     *location
	tokens  *tokens
	cache   *Cache    // may be nil
	markup  bool      // main files of Lightning components are read
	lenient bool      // what a partial clone lacks is a warning
	strict  bool      // what can not be read is an error
	beside  bool      // there may be nothing
	diags   diag.List // of files that are in no unit
	units   []*unit
	byName  map[unitKey]*unit
	want    []file    // files to fetch
	uses    []fetched // what each is for

	unpacked atomic.Int64 // bytes of all static resources so far
}

// unit is the files of one component, or of one file with several.
type unit struct {
	place
	props, body         file
	hasProps, hasBody   bool
	propsText, bodyText []byte
	parts               []metadata.Part
	partPaths           []string // of parts, in the tree
	pieces              []piece
	archive             []byte // content of a static resource that may be a zip file
	content             []byte // of a static resource that code may read
	unpacked            int64  // bytes that the archive has when it is unpacked

	made  []*metadata.Component
	diags diag.List

	key      [sha256.Size]byte // in the cache
	hasKey   bool
	recalled bool // made comes from the cache
	lost     bool // its text is not in the clone
}

// piece is a file with some of a component's properties.
type piece struct {
	file     file
	property string // of the component, see metadata.Piece
	text     []byte
}

type unitKey struct {
	kind   metadata.Kind
	parent string
	name   string
}

// fetched says what a fetched file is for.
type fetched struct {
	unit *unit
	role role
	part int
}

func (b *builder) build(ctx context.Context) (*metadata.Package, error) {
	if err := b.gather(); err != nil {
		return nil, err
	}
	b.recall()
	if err := b.fetch(ctx); err != nil {
		return nil, err
	}
	var components []*metadata.Component
	diags := b.diags
	var unpacked int64
	for _, u := range b.units {
		if unpacked += u.unpacked; unpacked > maxTotal {
			return nil, diag.Errorf(diag.Span{File: u.partPaths[0]}, CodeBomb, "the static resources of the package have more than %d bytes together when they are unpacked", int64(maxTotal))
		}
		diags = append(diags, u.diags...)
		components = append(components, u.made...)
	}
	diags.Sort()
	b.judge(diags)
	if diags.Err() != nil {
		return nil, slices.DeleteFunc(diags, func(d diag.Diagnostic) bool { return d.Severity != diag.Error })
	}
	b.loc.warnings = append(b.loc.warnings, diags...)
	for _, d := range b.loc.warnings {
		if Unreadable(d) {
			b.loc.head.Unreadable = append(b.loc.head.Unreadable, d)
		}
	}
	if len(components) == 0 {
		if broken := slices.DeleteFunc(slices.Clone(diags), func(d diag.Diagnostic) bool { return !Unreadable(d) }); len(broken) > 0 {
			for i := range broken {
				broken[i].Severity, broken[i].Notes = diag.Error, nil
			}
			return nil, broken // there is nothing else
		}
		if !b.beside {
			return nil, fmt.Errorf("no metadata in %s", strings.Join(b.loc.roots, ", "))
		}
	}
	b.postInstall(components)
	pkg, twice := metadata.NewPackage(b.loc.head, components)
	for _, c := range twice {
		first := pkg.Find(c.Kind, c.Name)
		d := diag.Errorf(c.Span, CodeTwice, "%s %s is also in %s, which is used", c.Kind, c.Name, first.Span.File)
		d.Severity = diag.Warning
		if c.Hash != first.Hash {
			d.Notes = []string{"the two differ"}
		}
		b.loc.warnings = append(b.loc.warnings, d)
	}
	return pkg, nil
}

// judge says what a file that can not be read is. A platform would refuse to
// deploy it, but the rest is still a package: the file is left out with a
// warning. A clone that lacks contents is another matter, since what it lacks
// may be anything.
func (b *builder) judge(diags diag.List) {
	for i, d := range diags {
		switch {
		case d.Code == CodeBomb:
		case b.strict && Unreadable(d):
			diags[i].Severity = diag.Error
		case b.strict:
		case b.lenient || d.Code != CodeNoContent:
			diags[i].Severity = diag.Warning
		}
	}
}

// Unreadable says of a warning that a file of the package was left out, or
// mended before it was read, because it is not what the platform would deploy.
func Unreadable(d diag.Diagnostic) bool {
	switch d.Code {
	case metadata.CodeXML, metadata.CodeXMLEntity, metadata.CodeXMLLimit, CodeLink, CodeUnreadable, CodeLimit:
		return true
	}
	return false
}

// gather places the files below the roots and groups them into units.
func (b *builder) gather() error {
	b.byName = map[unitKey]*unit{}
	for i, root := range slices.Concat(b.loc.roots, b.loc.unpackaged) {
		anchor, packaged := anchorOf(root), i < len(b.loc.roots)
		for _, f := range b.tree.files() {
			if !within(f.path, root) || packaged && b.isExcluded(f.path) {
				continue
			}
			at := classify(anchor + strings.TrimPrefix(f.path, root+"/"))
			if at.role == roleNothing || b.loc.isIgnored(f.path) {
				continue
			}
			if f.lost {
				b.unreadable(f)
				continue
			}
			if len(f.path) > maxPathBytes {
				return diag.Errorf(diag.Span{File: f.path[:200] + "…"}, CodeLimit, "a path of %d bytes", len(f.path))
			}
			b.place(at, f)
		}
	}
	b.documents()
	b.droppedLinks()
	return nil
}

// droppedLinks tells of the links in the folders that are read which lead to
// nothing.
func (b *builder) droppedLinks() {
	linked, ok := b.tree.(*linkedTree)
	if !ok {
		return
	}
	for _, d := range linked.dropped {
		p := d.Span.File
		if slices.ContainsFunc(slices.Concat(b.loc.roots, b.loc.unpackaged), func(root string) bool { return within(p, root) }) && !b.isExcluded(p) && !b.loc.isIgnored(p) {
			b.diags = append(b.diags, d)
		}
	}
}

func (b *builder) unreadable(f file) {
	b.diags = append(b.diags, diag.Errorf(diag.Span{File: f.path}, CodeUnreadable, "it can not be read: left out; mind who may read it"))
}

// anchorOf is the part of a root that says what the files below it are: a root
// may itself be a folder of a kind ("main/classes") or lie below one
// ("main/objects/Job__c").
func anchorOf(root string) string {
	segments := strings.Split(root, "/")
	for i := len(segments) - 1; i >= 0; i-- {
		if isKindFolder(segments[i]) {
			return strings.Join(segments[i:], "/") + "/"
		}
	}
	return ""
}

func (b *builder) isExcluded(p string) bool {
	for _, folder := range b.loc.excluded {
		if within(p, folder) {
			return true
		}
	}
	return false
}

// place puts a file into its unit and notes whether its content is wanted.
func (b *builder) place(at place, f file) {
	key := unitKey{at.kind, strings.ToLower(at.parent), strings.ToLower(at.name)}
	if at.role == roleSniff {
		key.parent = f.path // nothing is known that could belong together
	}
	u := b.byName[key]
	if u == nil || (at.role == roleProps || at.role == roleSniff) && u.hasProps || at.role == roleBody && u.hasBody {
		u = &unit{place: at}
		b.units = append(b.units, u)
		if b.byName[key] == nil {
			b.byName[key] = u
		}
	}
	switch at.role {
	case roleProps, roleSniff:
		u.role, u.mdapi, u.props, u.hasProps = at.role, at.mdapi, f, true
		b.wanted(f, fetched{unit: u, role: roleProps})
	case rolePiece:
		u.pieces = append(u.pieces, piece{file: f, property: at.part})
		b.wanted(f, fetched{unit: u, role: rolePiece, part: len(u.pieces) - 1})
	case roleBody:
		info, _ := metadata.InfoOf(at.kind)
		if !info.KeepBody {
			b.part(u, "", f)
			return
		}
		u.body, u.hasBody = f, true
		b.wanted(f, fetched{unit: u, role: roleBody})
	case rolePart:
		b.part(u, at.part, f)
	}
}

func (b *builder) part(u *unit, name string, f file) {
	u.parts = append(u.parts, metadata.Part{Path: name, Blob: f.blob})
	u.partPaths = append(u.partPaths, f.path)
	if f.blob == "" || mayBeArchive(u, f) || b.isReadable(u, name) {
		b.wanted(f, fetched{unit: u, role: rolePart, part: len(u.parts) - 1})
	}
}

func (b *builder) wanted(f file, use fetched) {
	b.want = append(b.want, f)
	b.uses = append(b.uses, use)
}

// documents gives documents the extension of their content, which is part of
// the name in Metadata API format and missing in source format.
func (b *builder) documents() {
	var kept []*unit
	for _, u := range b.units {
		if u.kind == metadata.Document && !u.hasProps {
			stem := strings.TrimSuffix(u.name, path.Ext(u.name))
			if owner := b.byName[unitKey{metadata.Document, "", strings.ToLower(stem)}]; owner != nil && owner.hasProps && owner != u {
				owner.name = u.name
				for i := range b.uses {
					if b.uses[i].unit == u {
						b.uses[i].unit = owner
					}
				}
				owner.parts, owner.partPaths = u.parts, u.partPaths
				continue
			}
		}
		kept = append(kept, u)
	}
	b.units = kept
}

// fetch reads the wanted files and makes components as soon as a unit is
// complete, on all cores.
func (b *builder) fetch(ctx context.Context) error {
	missing := make(map[*unit]int, len(b.units))
	for _, use := range b.uses {
		missing[use.unit]++
	}
	work := make(chan *unit, 256)
	var workers sync.WaitGroup
	for range max(1, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for u := range work {
				b.make(u)
				if u.hasKey {
					b.cache.put(u.key, parsed{u.made, u.diags, u.unpacked})
				}
			}
		})
	}
	for _, u := range b.units {
		if missing[u] == 0 && !u.recalled {
			work <- u
		}
	}
	err := b.tree.read(ctx, b.want, func(i int, data []byte) {
		use := b.uses[i]
		if data == nil {
			b.lacking(use, b.want[i])
		}
		switch use.role {
		case roleProps:
			use.unit.propsText = data
		case rolePiece:
			use.unit.pieces[use.part].text = data
		case roleBody:
			use.unit.bodyText = data
		case rolePart:
			if data == nil {
				break
			}
			use.unit.parts[use.part].Blob = blobID(data)
			if mayBeArchive(use.unit, b.want[i]) && bytes.HasPrefix(data, []byte("PK\x03\x04")) {
				use.unit.archive = data
			} else if b.isReadable(use.unit, use.unit.parts[use.part].Path) && len(data) <= maxReadable {
				use.unit.content = data
			}
		}
		if missing[use.unit]--; missing[use.unit] == 0 {
			work <- use.unit
		}
	})
	close(work)
	workers.Wait()
	return err
}

// lacking notes a file whose content a partial clone does not have. A part of a
// component is known by its blob's id alone, and a file that no kind claims is
// taken for none; the text of a component has to be there.
func (b *builder) lacking(use fetched, f file) {
	at := diag.Span{File: f.path}
	use.unit.hasKey = false // another clone may have it
	switch {
	case use.role == rolePart:
	case b.tree.commit() == "":
		use.unit.lost = true
		use.unit.diags = append(use.unit.diags, diag.Errorf(at, CodeUnreadable, "it can not be read: left out; mind who may read it"))
	case use.unit.role == roleSniff:
		use.unit.lost = true
		use.unit.warn(at, CodeNoContent, "the clone has no content for this file, and no kind of component claims it by its name: left out")
	default:
		use.unit.lost = true
		use.unit.diags = append(use.unit.diags, diag.Errorf(at, CodeNoContent,
			"git has no content for this file: the clone is shallow or partial; fetch it in full"))
	}
}

func (u *unit) warn(at diag.Span, code, format string, args ...any) {
	d := diag.Errorf(at, code, format, args...)
	d.Severity = diag.Warning
	u.diags = append(u.diags, d)
}

// installHandler finds a class that implements the post-install interface.
var installHandler = regexp.MustCompile(`(?i)\bclass\s+(\w+)[^{]*\bimplements\b[^{]*\bInstallHandler\b[^{]*\{`)

// postInstall checks the post-install class that the project names, and looks
// for one where it names none.
func (b *builder) postInstall(components []*metadata.Component) {
	h := &b.loc.head
	var handlers []string
	for _, c := range components {
		if c.Kind != metadata.ApexClass {
			continue
		}
		if strings.EqualFold(c.Name, h.PostInstall) {
			h.PostInstall = c.Name
			return
		}
		if h.PostInstall == "" && bytes.Contains(bytes.ToLower(c.Source), []byte("installhandler")) {
			m := installHandler.FindSubmatch(metadata.Code(c.Kind, c.Source))
			if m != nil && strings.EqualFold(string(m[1]), c.Name) {
				handlers = append(handlers, c.Name)
			}
		}
	}
	switch {
	case h.PostInstall != "":
		b.warnMissing(h.PostInstall)
	case len(handlers) == 1:
		h.PostInstall, h.PostInstallGuessed = handlers[0], true
		if h.KindDeduced {
			h.Kind = metadata.Managed
		}
		b.warn("no project file names a post-install class; %s is taken, the only class that implements InstallHandler", handlers[0])
	case len(handlers) > 1:
		slices.Sort(handlers)
		b.warn("no project file names a post-install class, and several implement InstallHandler: %s; name one", strings.Join(handlers, ", "))
	}
}

func (b *builder) warn(format string, args ...any) {
	d := diag.Errorf(diag.Span{}, CodePostInstall, format, args...)
	d.Severity = diag.Warning
	b.loc.warnings = append(b.loc.warnings, d)
}

// warnMissing says that the post-install class is not in the folders that are
// read, and where it is.
func (b *builder) warnMissing(class string) {
	for _, f := range b.tree.files() {
		dir, base := path.Split(f.path)
		if strings.EqualFold(base, class+".cls") {
			folder := strings.TrimSuffix(strings.TrimSuffix(dir, "/"), "/classes")
			b.warn("the post-install class %s is not in the folders that are read; it lies in %s, which can be named as a source folder", class, folder)
			return
		}
	}
	b.warn("the post-install class %s is not in the package", class)
}
