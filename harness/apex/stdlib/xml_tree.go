package stdlib

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// xmlName is a name of XML with its prefix and the namespace that it stands
// for.
type xmlName struct{ prefix, local, space string }

func (n xmlName) String() string {
	if n.prefix == "" {
		return n.local
	}
	return n.prefix + ":" + n.local
}

type xmlAttr struct {
	name  xmlName
	value string
}

// xmlEvent is one step of reading XML: what XmlStreamReader walks over and
// Dom.Document builds its tree of.
type xmlEvent struct {
	tag        string // as System.XmlTag names it
	name       xmlName
	text       string // of text and comments; the data of an instruction
	attrs      []xmlAttr
	namespaces []xmlAttr // declared here: prefix and address
	at         int64     // offset of its end
	cdata      bool
}

// readXML reads a document to its end or to its first error, which comes with
// the events before it.
func readXML(text string) ([]xmlEvent, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // a String has been decoded
	events := []xmlEvent{{tag: "START_DOCUMENT"}}
	var open []xmlEvent
	scope := xmlScope{}
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) && len(open) > 0 {
			//lint:ignore ST1005 the words are those of the platform
			return events, errors.New("XML document structures must start and end within the same entity.")
		}
		if errors.Is(err, io.EOF) {
			return append(events, xmlEvent{tag: "END_DOCUMENT", at: d.InputOffset()}), nil
		}
		if err != nil {
			return events, err
		}
		e := xmlEvent{at: d.InputOffset()}
		switch token := token.(type) {
		case xml.StartElement:
			e.tag = "START_ELEMENT"
			e.start(token, scope)
			open = append(open, e)
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1].name.String() != (xmlName{prefix: token.Name.Space, local: token.Name.Local}).String() {
				return events, errors.New("The end-tag for element type \"" + token.Name.Local + "\" does not match a start-tag.")
			}
			e.tag, e.name, e.namespaces = "END_ELEMENT", open[len(open)-1].name, open[len(open)-1].namespaces
			open = open[:len(open)-1]
			scope.leave(e.namespaces)
		case xml.CharData:
			e.tag, e.text = "CHARACTERS", string(token)
			e.cdata = strings.HasSuffix(text[:e.at], "]]>")
			if len(open) == 0 {
				if strings.TrimSpace(e.text) != "" {
					//lint:ignore ST1005 the words are those of the platform
					return events, errors.New("Content is not allowed outside of the root element.")
				}
				continue
			}
		case xml.Comment:
			e.tag, e.text = "COMMENT", string(token)
		case xml.ProcInst:
			if token.Target == "xml" {
				continue
			}
			e.tag, e.name.local, e.text = "PROCESSING_INSTRUCTION", token.Target, string(token.Inst)
		default:
			e.tag = "DTD"
		}
		events = append(events, e)
	}
}

// start fills in an element: its own declarations are in scope for it.
func (e *xmlEvent) start(token xml.StartElement, scope xmlScope) {
	for _, a := range token.Attr {
		switch {
		case a.Name.Space == "xmlns":
			e.namespaces = append(e.namespaces, xmlAttr{xmlName{local: a.Name.Local}, a.Value})
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			e.namespaces = append(e.namespaces, xmlAttr{xmlName{}, a.Value})
		default:
			e.attrs = append(e.attrs, xmlAttr{xmlName{prefix: a.Name.Space, local: a.Name.Local}, a.Value})
		}
	}
	scope.enter(e.namespaces)
	e.name = xmlName{token.Name.Space, token.Name.Local, scope.address(token.Name.Space)}
	for i := range e.attrs {
		if p := e.attrs[i].name.prefix; p != "" { // an attribute without prefix has no namespace
			e.attrs[i].name.space = scope.address(p)
		}
	}
}

// xmlScope is what each prefix stands for, by the elements that are open: the
// innermost is last. Asking it costs the same however deep the document is.
type xmlScope map[string][]string

// enter takes what an element declares; of two for one prefix the first counts.
func (s xmlScope) enter(declared []xmlAttr) {
	for _, n := range slices.Backward(declared) {
		s[n.name.local] = append(s[n.name.local], n.value)
	}
}

// leave gives up what the element that ends has declared.
func (s xmlScope) leave(declared []xmlAttr) {
	for _, n := range declared {
		s[n.name.local] = s[n.name.local][:len(s[n.name.local])-1]
	}
}

func (s xmlScope) address(prefix string) string {
	if list := s[prefix]; len(list) > 0 {
		return list[len(list)-1]
	}
	return ""
}

// xmlNode is a node of Dom.Document: an element, or text or a comment.
type xmlNode struct {
	kind       string // as Dom.XmlNodeType names it
	name       xmlName
	text       string
	attrs      []xmlAttr
	namespaces []xmlAttr
	children   []*xmlNode
	parent     *xmlNode
	self       vm.Value // the object that stands for it, once one does
}

// parseXML builds the tree of a document.
func parseXML(text string) (*xmlNode, error) {
	events, err := readXML(text)
	if err != nil {
		return nil, err
	}
	var root, at *xmlNode
	for _, e := range events {
		switch e.tag {
		case "START_ELEMENT":
			n := &xmlNode{kind: "ELEMENT", name: e.name, attrs: e.attrs, namespaces: e.namespaces, parent: at}
			if at == nil {
				root = n
			} else {
				at.children = append(at.children, n)
			}
			at = n
		case "END_ELEMENT":
			at = at.parent
		case "CHARACTERS":
			at.addText(e.text)
		case "COMMENT":
			if at != nil {
				at.children = append(at.children, &xmlNode{kind: "COMMENT", text: e.text, parent: at})
			}
		}
	}
	if root == nil {
		//lint:ignore ST1005 the words are those of the platform
		return nil, errors.New("Premature end of file.")
	}
	return root, nil
}

// addText adds text to a text node that is last, or makes one.
func (n *xmlNode) addText(text string) {
	if k := len(n.children); k > 0 && n.children[k-1].kind == "TEXT" {
		n.children[k-1].text += text
		return
	}
	n.children = append(n.children, &xmlNode{kind: "TEXT", text: text, parent: n})
}

// namespaceFor is what a prefix stands for at a node.
func (n *xmlNode) namespaceFor(prefix string) (string, bool) {
	for ; n != nil; n = n.parent {
		if n.name.prefix == prefix && n.name.space != "" {
			return n.name.space, true
		}
		for _, ns := range n.namespaces {
			if ns.name.local == prefix {
				return ns.value, true
			}
		}
	}
	return "", false
}

// prefixFor is a prefix that stands for a namespace at a node.
func (n *xmlNode) prefixFor(space string) (string, bool) {
	for ; n != nil; n = n.parent {
		if n.name.space == space {
			return n.name.prefix, true
		}
		for _, ns := range n.namespaces {
			if ns.value == space {
				return ns.name.local, true
			}
		}
	}
	return "", false
}

// write writes a node as Dom.Document.toXmlString does; scope is the prefixes
// declared around it. An element without content ends in " />".
func (n *xmlNode) write(b *strings.Builder, scope map[string]string) {
	switch n.kind {
	case "TEXT":
		b.WriteString(xmlEscape.Replace(n.text))
		return
	case "COMMENT":
		b.WriteString("<!--" + n.text + "-->")
		return
	}
	inner := map[string]string{}
	for k, v := range scope {
		inner[k] = v
	}
	b.WriteString("<" + n.name.String())
	declare := func(prefix, space string) {
		if have, ok := inner[prefix]; ok && have == space || !ok && space == "" {
			return
		}
		inner[prefix] = space
		name := "xmlns"
		if prefix != "" {
			name += ":" + prefix
		}
		b.WriteString(" " + name + "=\"" + xmlQuote.Replace(space) + "\"")
	}
	declare(n.name.prefix, n.name.space)
	for _, ns := range n.namespaces {
		declare(ns.name.local, ns.value)
	}
	for _, a := range n.attrs {
		if a.name.prefix != "" && a.name.prefix != "xml" {
			declare(a.name.prefix, a.name.space)
		}
	}
	for _, a := range n.attrs {
		b.WriteString(" " + a.name.String() + "=\"" + xmlQuote.Replace(a.value) + "\"")
	}
	if len(n.children) == 0 {
		b.WriteString(" />")
		return
	}
	b.WriteString(">")
	for _, c := range n.children {
		c.write(b, inner)
	}
	b.WriteString("</" + n.name.String() + ">")
}

// Escapes of text and of attributes. From experience: of the five special
// characters only these are escaped.
var (
	xmlEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;")
	xmlQuote  = strings.NewReplacer("&", "&amp;", "<", "&lt;", "\"", "&quot;")
)

func throwXML(t *vm.Thread, err error) {
	t.Throwf("System.XmlException", "Failed to parse XML due to: %s", err.Error())
}
