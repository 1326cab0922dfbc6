package metadata

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// Limits of one metadata file. The platform refuses a retrieve or deploy above
// 39 MB compressed and none of its types nests deeper than a dozen elements;
// what is beyond these is not metadata.
const (
	MaxFileSize = 64 << 20 // bytes
	maxDepth    = 64       // nested elements
	maxElements = 2 << 20  // of one file
)

// Codes of the diagnostics that reading XML gives.
const (
	CodeXML       = "metadata/xml"        // not well-formed
	CodeXMLEntity = "metadata/xml-entity" // declares a document type or entities
	CodeXMLLimit  = "metadata/xml-limit"  // too deep or too large
)

// ParseXML reads a metadata file into a tree. Comments, processing
// instructions, attributes and insignificant white space are dropped; the text
// of leaves is trimmed. A document type declaration is refused: no metadata
// file has one, and entities are how an XML bomb is made. The error is a
// diag.Diagnostic with the position.
func ParseXML(file string, src []byte) (*Node, error) {
	if len(src) > MaxFileSize {
		return nil, diag.Errorf(diag.Span{File: file}, CodeXMLLimit,
			"file of %d bytes is larger than a metadata file can be (%d)", len(src), MaxFileSize)
	}
	p := newXMLReader(file, src)
	root, err := p.read()
	if err != nil {
		return nil, err
	}
	return root, nil
}

// MendXML reads a file that ParseXML refuses where it is plain what was meant:
// text before or after the root element is left out, and the end tag of the
// root that is missing at the end of the file is added. The error is that of
// ParseXML when this does not help.
func MendXML(file string, src []byte) (*Node, error) {
	if len(src) > MaxFileSize {
		return ParseXML(file, src)
	}
	p := newXMLReader(file, src)
	p.mend = true
	return p.read()
}

func newXMLReader(file string, src []byte) *xmlReader {
	body := UTF8(src)
	dec := xml.NewDecoder(bytes.NewReader(body))
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 now
	return &xmlReader{file: file, src: body, dec: dec, names: map[string]string{}}
}

// xmlReader builds the tree of one file.
type xmlReader struct {
	file  string
	src   []byte
	dec   *xml.Decoder
	open  []*Node // elements not yet closed
	text  []byte  // character data of the innermost one
	root  *Node
	count int
	slab  []Node            // nodes are taken from blocks: files have thousands
	names map[string]string // element names repeat; one string each
	mend  bool              // see MendXML
}

func (p *xmlReader) read() (*Node, error) {
	for {
		offset := p.dec.InputOffset()
		line, column := p.dec.InputPos()
		token, err := p.dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if p.mend && p.root != nil && len(p.open) == 0 {
				break // what follows the root
			}
			return nil, p.syntax(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			err = p.start(t.Name.Local, offset, line, column)
		case xml.EndElement:
			err = p.end(t.Name.Local, offset)
		case xml.CharData:
			if len(p.open) > 0 {
				p.text = append(p.text, t...)
			} else if len(bytes.TrimSpace(t)) > 0 && !p.mend {
				err = p.fail(offset, CodeXML, "text outside the root element")
			}
		case xml.Directive:
			err = p.fail(offset, CodeXMLEntity, "document type and entity declarations are not allowed in metadata")
		}
		if err != nil {
			return nil, err
		}
	}
	if len(p.open) > 0 && !(p.mend && len(p.open) == 1 && len(p.root.Children) > 0) {
		n := p.open[len(p.open)-1]
		return nil, p.fail(int64(len(p.src)), CodeXML, "the file ends inside <%s>, which begins at line %d", n.Name, n.Line)
	}
	if p.root == nil {
		return nil, p.fail(0, CodeXML, "no XML element in the file")
	}
	return p.root, nil
}

func (p *xmlReader) start(name string, offset int64, line, column int) error {
	if len(p.open) >= maxDepth {
		return p.fail(offset, CodeXMLLimit, "elements are nested more than %d deep", maxDepth)
	}
	if p.root != nil && len(p.open) == 0 {
		return p.fail(offset, CodeXML, "a second root element <%s>", name)
	}
	if p.count++; p.count > maxElements {
		return p.fail(offset, CodeXMLLimit, "more than %d elements", maxElements)
	}
	if len(p.slab) == 0 {
		p.slab = make([]Node, 64)
	}
	n := &p.slab[0]
	p.slab = p.slab[1:]
	known, ok := p.names[name]
	if !ok {
		known = strings.Clone(name)
		p.names[known] = known
	}
	n.Name, n.Line, n.Column = known, line, column
	if len(p.open) == 0 {
		p.root = n
	} else {
		parent := p.open[len(p.open)-1]
		parent.Children = append(parent.Children, n)
	}
	p.open = append(p.open, n)
	p.text = p.text[:0]
	return nil
}

func (p *xmlReader) end(name string, offset int64) error {
	if len(p.open) == 0 {
		return p.fail(offset, CodeXML, "</%s> closes nothing", name)
	}
	n := p.open[len(p.open)-1]
	if n.Name != name {
		return p.fail(offset, CodeXML, "<%s> of line %d is closed by </%s>", n.Name, n.Line, name)
	}
	if len(n.Children) == 0 {
		n.Text = string(bytes.TrimSpace(p.text))
	}
	p.text = p.text[:0]
	p.open = p.open[:len(p.open)-1]
	return nil
}

func (p *xmlReader) fail(offset int64, code, format string, args ...any) error {
	at := diag.NewFile(p.file, p.src).Span(int(offset), int(offset))
	return diag.Errorf(at, code, format, args...)
}

// syntax turns the decoder's error into a diagnostic where the decoder stopped.
func (p *xmlReader) syntax(err error) error {
	message := err.Error()
	var se *xml.SyntaxError
	if errors.As(err, &se) {
		message = se.Msg
	}
	return p.fail(p.dec.InputOffset(), CodeXML, "not well-formed XML: %s", message)
}

// String prints a tree on several lines, for messages and tests.
func (n *Node) String() string {
	var b strings.Builder
	n.print(&b, 0)
	return b.String()
}

func (n *Node) print(b *strings.Builder, depth int) {
	if n == nil {
		return
	}
	fmt.Fprintf(b, "%s%s", strings.Repeat("  ", depth), n.Name)
	if n.Text != "" {
		fmt.Fprintf(b, " = %q", n.Text)
	}
	b.WriteByte('\n')
	for _, c := range n.Children {
		c.print(b, depth+1)
	}
}
