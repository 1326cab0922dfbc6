package scenarios

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// document is a suite file as plain values, with the position of each.
type document struct {
	file   *diag.File
	value  any
	values map[string]diag.Span // by JSON pointer
	keys   map[string]diag.Span // of the key that names the pointer's value
	bad    diag.List
}

func parseTree(name string, data []byte) (*document, error) {
	d := &document{
		file:   diag.NewFile(name, data),
		values: map[string]diag.Span{},
		keys:   map[string]diag.Span{},
	}
	d.findTabs(data)
	if len(d.bad) > 0 {
		return nil, d.err()
	}
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		d.report(d.spanOfError(err), "YAML", messageOf(err), "")
		return nil, d.err()
	}
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		d.report(diag.Span{File: name}, "YAML", "the file is empty", "see an example with: rehearse run --help")
		return nil, d.err()
	}
	if len(tree.Docs) > 1 {
		d.report(d.at(tree.Docs[1].Body.GetToken()), "YAML", "a second document begins here; a suite is one document", "put the other suite into a file of its own")
		return nil, d.err()
	}
	d.value = d.plain("", tree.Docs[0].Body)
	if len(d.bad) > 0 {
		return nil, d.err()
	}
	return d, nil
}

// findTabs reports tabs in indentation, which YAML forbids and editors hide.
func (d *document) findTabs(data []byte) {
	for i, line := range bytes.Split(data, []byte("\n")) {
		indent := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
		if at := bytes.IndexByte(indent, '\t'); at >= 0 && len(bytes.TrimSpace(line)) > 0 {
			d.report(diag.Span{File: d.file.Name, Line: i + 1, Column: at + 1}, "YAML",
				"a tab in the indentation; YAML is indented with spaces", "replace the tab with spaces")
			return
		}
	}
}

func (d *document) report(at diag.Span, code, message, fix string) {
	item := diag.Errorf(at, code, "%s", message)
	item.Fix = fix
	d.bad = append(d.bad, item)
}

func (d *document) err() error {
	if len(d.bad) == 0 {
		return nil
	}
	d.bad.Sort()
	return &Error{List: d.bad, file: d.file}
}

func (d *document) at(t *token.Token) diag.Span {
	s := diag.Span{File: d.file.Name}
	if t != nil && t.Position != nil {
		s.Line, s.Column = t.Position.Line, t.Position.Column
	}
	return s
}

func (d *document) spanOfError(err error) diag.Span {
	var positioned yaml.Error
	if errors.As(err, &positioned) {
		return d.at(positioned.GetToken())
	}
	return diag.Span{File: d.file.Name}
}

func messageOf(err error) string {
	var positioned yaml.Error
	if errors.As(err, &positioned) {
		return positioned.GetMessage()
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// plain turns a node into the values encoding/json would make, numbers as
// written, and notes positions.
func (d *document) plain(pointer string, n ast.Node) any {
	d.values[pointer] = d.at(n.GetToken())
	switch n := n.(type) {
	case *ast.MappingNode:
		return d.mapping(pointer, n.Values)
	case *ast.MappingValueNode:
		return d.mapping(pointer, []*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		list := make([]any, 0, len(n.Values))
		for i, item := range n.Values {
			list = append(list, d.plain(pointer+"/"+itoa(i), item))
		}
		return list
	case *ast.NullNode:
		return nil
	case *ast.BoolNode:
		return n.Value
	case *ast.IntegerNode:
		return number(n.Token.Value, n.Value)
	case *ast.FloatNode:
		return number(n.Token.Value, n.Value)
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.AliasNode, *ast.AnchorNode, *ast.MergeKeyNode, *ast.TagNode:
		d.report(d.at(n.GetToken()), "YAML", "anchors, aliases and tags are not used in suites", "write the value where it is needed")
	default:
		d.report(d.at(n.GetToken()), "YAML", "this value is not used in suites", "write text, a number, true or false")
	}
	return nil
}

func (d *document) mapping(pointer string, values []*ast.MappingValueNode) any {
	out := make(map[string]any, len(values))
	if len(values) > 0 {
		d.values[pointer] = d.at(values[0].Key.GetToken())
	}
	for _, v := range values {
		key := v.Key.GetToken().Value
		if s, ok := v.Key.(*ast.StringNode); ok {
			key = s.Value
		}
		at := pointer + "/" + escape(key)
		d.keys[at] = d.at(v.Key.GetToken())
		if _, twice := out[key]; twice {
			d.report(d.keys[at], "YAML", "the key "+quote(key)+" is given twice", "remove one of them")
		}
		out[key] = d.plain(at, v.Value)
	}
	return out
}

// number keeps the literal where it is a JSON number.
func number(literal string, value any) any {
	if json.Valid([]byte(literal)) {
		return json.Number(literal)
	}
	data, err := json.Marshal(value)
	if err != nil {
		return literal
	}
	return json.Number(data)
}

// textAt is where the characters of a scalar begin: after an opening quote, on
// the line after the | of a block.
func (d *document) textAt(pointer string) diag.Span {
	at := d.values[pointer]
	line := d.file.Line(at.Line)
	if at.Column < 1 || at.Column > len(line) {
		return at
	}
	switch line[at.Column-1] {
	case '"', '\'':
		at.Column++
	case '|', '>':
		at.Line++
		next := d.file.Line(at.Line)
		at.Column = len(next) - len(strings.TrimLeft(next, " ")) + 1
	}
	return at
}

func escape(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}
