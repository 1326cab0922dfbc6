package source

import (
	"errors"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// make turns a complete unit into components. It touches nothing but the unit.
func (b *builder) make(u *unit) {
	if u.lost {
		return
	}
	root, ok := b.properties(u)
	if !ok {
		return
	}
	kind := u.kind
	if u.role == roleSniff {
		if kind = metadata.Kind(root.Name); !looksLikeType(root.Name) || root.Name == "Package" {
			return
		}
	}
	at := u.props.path
	if !u.hasProps && len(u.pieces) > 0 {
		at = u.pieces[0].file.path
	}
	if u.hasBody {
		at = u.body.path
	} else if !u.hasProps && len(u.partPaths) > 0 {
		at = u.partPaths[0]
	}
	u.made = metadata.Split(kind, b.fullName(u, kind, root), at, root)
	for _, c := range u.made {
		if c.Kind == kind {
			b.complete(u, c)
		}
		c.Seal()
	}
	u.propsText, u.bodyText, u.archive, u.content = nil, nil, nil, nil
}

// properties parses what describes a unit, and joins its pieces. It is not ok
// when there is nothing to be made of it.
func (b *builder) properties(u *unit) (root *metadata.Node, ok bool) {
	if u.hasProps {
		if root, ok = b.parse(u, u.props.path, u.propsText); !ok && !u.hasBody {
			return nil, false // code is code without its properties
		}
	}
	slices.SortStableFunc(u.pieces, func(x, y piece) int { return strings.Compare(x.file.path, y.file.path) })
	for _, p := range u.pieces {
		node, ok := b.parse(u, p.file.path, p.text)
		if !ok {
			continue
		}
		if root == nil {
			root = &metadata.Node{Name: string(u.kind), Line: node.Line, Column: node.Column}
		}
		metadata.Join(u.kind, root, node, p.property)
	}
	return root, true
}

// parse reads an XML file of a unit. One that is no XML is left out, or read as
// it was plainly meant; both are told.
func (b *builder) parse(u *unit, name string, text []byte) (*metadata.Node, bool) {
	src := b.tokens.text(text)
	root, err := metadata.ParseXML(name, src)
	if err == nil {
		return root, true
	}
	var d diag.Diagnostic
	if !errors.As(err, &d) || u.role == roleSniff && u.mdapi {
		return nil, false // a stray file beside package.xml that is no XML is no metadata
	}
	root, err = metadata.MendXML(name, src)
	if err == nil {
		d.Notes = append(d.Notes, "the platform would not deploy the file; it is read without what is wrong with it")
	} else {
		d.Notes = append(d.Notes, "the platform would not deploy the file; it is left out")
	}
	u.diags = append(u.diags, d)
	return root, err == nil
}

// complete adds body and parts to the component that a unit is about.
func (b *builder) complete(u *unit, c *metadata.Component) {
	info, _ := metadata.InfoOf(c.Kind)
	if u.hasBody {
		c.Source = b.tokens.text(metadata.UTF8(u.bodyText))
		c.Span = diag.Span{File: u.body.path, Line: 1, Column: 1}
	}
	parts, err := b.unpack(u)
	if err != nil {
		u.diags = append(u.diags, diag.Errorf(diag.Span{File: u.partPaths[0]}, CodeBomb, "%v", err))
	}
	if len(parts) > 0 && len(u.parts) == 1 {
		u.parts = parts
	}
	slices.SortFunc(u.parts, func(x, y metadata.Part) int { return strings.Compare(x.Path, y.Path) })
	c.Parts = u.parts
	if len(u.parts) == 1 && (c.Kind == metadata.StaticResource || c.Kind == metadata.EmailTemplate || c.Kind == metadata.Document) || info.Shape == metadata.Bundle {
		c.Source = u.content // as it is: resources have no namespace tokens
	}
	switch {
	case info.KeepBody && !u.hasBody:
		u.warn(c.Span, CodeNoBody, "%s %s has a -meta.xml file and no %s file", c.Kind, c.Name, info.Suffix)
	case info.KeepBody && !u.hasProps:
		u.warn(c.Span, CodeNoMeta, "%s %s has no -meta.xml file; the platform would not deploy it", c.Kind, c.Name)
	}
}

// fullName is the canonical full name: tokens substituted, the package's own
// namespace left out. A component inside a container is named by what its file
// says, since file names may be encoded.
func (b *builder) fullName(u *unit, kind metadata.Kind, root *metadata.Node) string {
	name := u.name
	info, _ := metadata.InfoOf(kind)
	if info.Parent != "" && root != nil {
		if own := root.Get(info.Key); own != "" {
			name = own
		}
	}
	if u.parent != "" {
		name = u.parent + "." + name
	}
	return metadata.StripNamespace(b.tokens.name(name), b.loc.head.Namespace)
}

// looksLikeType says that an element can be the name of a metadata type.
func looksLikeType(name string) bool {
	return name != "" && name[0] >= 'A' && name[0] <= 'Z'
}
