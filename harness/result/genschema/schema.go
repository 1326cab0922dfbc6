package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// root is the type that is the whole document.
const root = "Result"

// growing are enumerations to which a later release may add without another
// version of the document: their values are examples.
var growing = map[string]bool{"Code": true}

// schema is one JSON Schema, with what this document needs of the language.
type schema struct {
	Schema      string             `json:"$schema,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Ref         string             `json:"$ref,omitempty"`
	Type        string             `json:"type,omitempty"`
	Format      string             `json:"format,omitempty"`
	Minimum     *int               `json:"minimum,omitempty"`
	Const       *int               `json:"const,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Examples    []string           `json:"examples,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Defs        map[string]*schema `json:"$defs,omitempty"`
}

// declared is a type of one of the packages.
type declared struct {
	doc    string
	typ    ast.Expr
	pkg    string
	values []string // of the constants of the type
}

// generator holds the types by the name that the schema gives them: "Result",
// "finding.Finding".
type generator struct {
	first   string // the package of the document
	version *int   // its constant SchemaVersion
	types   map[string]*declared
	defs    map[string]*schema
}

// generate makes the schema of the packages in these directories.
func generate(dirs []string) ([]byte, error) {
	g := &generator{types: map[string]*declared{}, defs: map[string]*schema{}}
	for _, dir := range dirs {
		if err := g.read(dir); err != nil {
			return nil, err
		}
	}
	if g.types[root] == nil {
		return nil, fmt.Errorf("there is no type %s in %s", root, strings.Join(dirs, ", "))
	}
	doc, err := g.object(g.types[root])
	if err != nil {
		return nil, err
	}
	if version := doc.Properties["schemaVersion"]; version != nil {
		version.Const = g.version
	}
	doc.Schema, doc.Title, doc.Defs = "https://json-schema.org/draft/2020-12/schema", "The result of a rehearsal", g.defs
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err = enc.Encode(doc)
	return buf.Bytes(), err
}

// read collects the types and constants of a package.
func (g *generator) read(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		if g.first == "" {
			g.first = file.Name.Name
		}
		for _, d := range file.Decls {
			if decl, ok := d.(*ast.GenDecl); ok {
				g.declare(file.Name.Name, decl)
			}
		}
	}
	return nil
}

func (g *generator) declare(pkg string, decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			d := g.at(pkg, spec.Name.Name)
			d.pkg, d.typ, d.doc = pkg, spec.Type, sentence(decl.Doc, spec.Doc)
		case *ast.ValueSpec:
			if spec.Names[0].Name == "SchemaVersion" {
				n, _ := strconv.Atoi(spec.Values[0].(*ast.BasicLit).Value)
				g.version = &n
			}
			typ, ok := spec.Type.(*ast.Ident)
			if !ok || decl.Tok != token.CONST {
				continue
			}
			for _, value := range spec.Values {
				if lit, ok := value.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					text, _ := strconv.Unquote(lit.Value)
					d := g.at(pkg, typ.Name)
					d.values = append(d.values, text)
				}
			}
		}
	}
}

// at is the entry of a type, which constants may name before it is declared.
func (g *generator) at(pkg, name string) *declared {
	key := g.name(pkg, name)
	if g.types[key] == nil {
		g.types[key] = &declared{}
	}
	return g.types[key]
}

func (g *generator) name(pkg, name string) string {
	if pkg == g.first {
		return name
	}
	return pkg + "." + name
}

// object is the schema of a struct.
func (g *generator) object(d *declared) (*schema, error) {
	s := &schema{Type: "object", Description: d.doc, Properties: map[string]*schema{}}
	if err := g.members(s, d); err != nil {
		return nil, err
	}
	return s, nil
}

// members adds the fields of a struct, those of embedded structs among them.
func (g *generator) members(s *schema, d *declared) error {
	for _, field := range d.typ.(*ast.StructType).Fields.List {
		if len(field.Names) == 0 {
			inner := g.types[g.name(d.pkg, field.Type.(*ast.Ident).Name)]
			if err := g.members(s, inner); err != nil {
				return err
			}
			continue
		}
		tag := ""
		if field.Tag != nil {
			text, _ := strconv.Unquote(field.Tag.Value)
			tag = reflect.StructTag(text).Get("json")
		}
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case name == "-":
			continue
		case name == "":
			return fmt.Errorf("field %s of %s has no name in JSON", field.Names[0].Name, d.pkg)
		}
		member, err := g.schemaOf(d.pkg, field.Type)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		member.Description = sentence(field.Doc, field.Comment)
		s.Properties[name] = member
		if !strings.Contains(options, "omitempty") {
			s.Required = append(s.Required, name)
		}
	}
	slices.Sort(s.Required)
	return nil
}

// schemaOf is the schema of the type of a field.
func (g *generator) schemaOf(pkg string, t ast.Expr) (*schema, error) {
	switch t := t.(type) {
	case *ast.StarExpr:
		return g.schemaOf(pkg, t.X)
	case *ast.ArrayType:
		items, err := g.schemaOf(pkg, t.Elt)
		return &schema{Type: "array", Items: items}, err
	case *ast.SelectorExpr:
		from := t.X.(*ast.Ident).Name
		if from == "time" && t.Sel.Name == "Time" {
			return &schema{Type: "string", Format: "date-time"}, nil
		}
		return g.named(from, t.Sel.Name)
	case *ast.Ident:
		if basic := basicType(t.Name); basic != nil {
			return basic, nil
		}
		return g.named(pkg, t.Name)
	default:
		return nil, fmt.Errorf("a %T has no form in the schema", t)
	}
}

func basicType(name string) *schema {
	zero := 0
	switch name {
	case "string":
		return &schema{Type: "string"}
	case "bool":
		return &schema{Type: "boolean"}
	case "int", "int64":
		return &schema{Type: "integer"}
	case "uint64":
		return &schema{Type: "integer", Minimum: &zero}
	case "float64":
		return &schema{Type: "number"}
	}
	return nil
}

// named refers to a type, whose schema is made once.
func (g *generator) named(pkg, name string) (*schema, error) {
	key := g.name(pkg, name)
	d := g.types[key]
	if d == nil || d.typ == nil {
		return nil, fmt.Errorf("type %s is not declared in the packages given", key)
	}
	ref := &schema{Ref: "#/$defs/" + key}
	if g.defs[key] != nil {
		return ref, nil
	}
	g.defs[key] = &schema{} // known, so that a type may hold itself
	made, err := g.define(d, name)
	g.defs[key] = made
	return ref, err
}

func (g *generator) define(d *declared, name string) (*schema, error) {
	if _, ok := d.typ.(*ast.StructType); ok {
		return g.object(d)
	}
	s, err := g.schemaOf(d.pkg, d.typ)
	if err != nil {
		return nil, err
	}
	s.Description = d.doc
	if growing[name] {
		s.Examples = d.values
	} else {
		s.Enum = d.values
	}
	return s, nil
}

// sentence is the text of the comments, on one line.
func sentence(comments ...*ast.CommentGroup) string {
	var words []string
	for _, c := range comments {
		words = append(words, strings.Fields(c.Text())...)
	}
	return strings.Join(words, " ")
}
