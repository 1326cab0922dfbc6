package stdlib

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// xmlDocument is the state of Dom.Document.
type xmlDocument struct{ root *xmlNode }

// domTable is Dom.Document and Dom.XmlNode (Apex Reference, Dom Namespace).
var domTable = vm.Library{
	"Dom.Document.<init>": func(t thread, _ val, _ vals) val { return t.NewNative("Dom.Document", &xmlDocument{}) },
	"Dom.Document.load": func(t thread, r val, a vals) val {
		root, err := parseXML(str(t, a[0]))
		if err != nil {
			throwXML(t, err)
		}
		r.Native().(*xmlDocument).root = root
		return vm.Null
	},
	"Dom.Document.createRootElement": func(t thread, r val, a vals) val {
		n := element(t, a)
		r.Native().(*xmlDocument).root = n
		return domNode(t, n)
	},
	"Dom.Document.getRootElement": func(t thread, r val, _ vals) val { return domNode(t, r.Native().(*xmlDocument).root) },
	"Dom.Document.toXmlString": func(t thread, r val, _ vals) val {
		var b strings.Builder
		b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>`)
		if root := r.Native().(*xmlDocument).root; root != nil {
			root.write(&b, nil)
		}
		t.Work(int64(b.Len()))
		return vm.Str(b.String())
	},
	"Dom.XmlNode.addChildElement": func(t thread, r val, a vals) val {
		n := element(t, a)
		n.parent = domOf(r)
		n.parent.children = append(n.parent.children, n)
		return domNode(t, n)
	},
	"Dom.XmlNode.addTextNode": func(t thread, r val, a vals) val {
		n := &xmlNode{kind: "TEXT", text: str(t, a[0]), parent: domOf(r)}
		n.parent.children = append(n.parent.children, n)
		return domNode(t, n)
	},
	"Dom.XmlNode.addCommentNode": func(t thread, r val, a vals) val {
		n := &xmlNode{kind: "COMMENT", text: str(t, a[0]), parent: domOf(r)}
		n.parent.children = append(n.parent.children, n)
		return domNode(t, n)
	},
	"Dom.XmlNode.getName": func(_ thread, r val, _ vals) val { return textOrNull(domOf(r).name.local) },
	"Dom.XmlNode.getNodeType": func(t thread, r val, _ vals) val {
		return t.EnumValue("Dom.XmlNodeType", domOf(r).kind)
	},
	"Dom.XmlNode.getParent":    func(t thread, r val, _ vals) val { return domNode(t, domOf(r).parent) },
	"Dom.XmlNode.getNamespace": func(_ thread, r val, _ vals) val { return textOrNull(domOf(r).name.space) },
	"Dom.XmlNode.getText": func(_ thread, r val, _ vals) val {
		n := domOf(r)
		text := n.text
		for _, c := range n.children {
			if c.kind == "TEXT" {
				text += c.text
			}
		}
		return vm.Str(text)
	},
	"Dom.XmlNode.getChildren": func(t thread, r val, _ vals) val {
		return domNodes(t, domOf(r), func(*xmlNode) bool { return true })
	},
	"Dom.XmlNode.getChildElements": func(t thread, r val, _ vals) val {
		return domNodes(t, domOf(r), func(c *xmlNode) bool { return c.kind == "ELEMENT" })
	},
	"Dom.XmlNode.getChildElement": func(t thread, r val, a vals) val {
		for _, c := range domOf(r).children {
			if c.kind == "ELEMENT" && c.name.local == str(t, a[0]) && c.name.space == optional(a[1]) {
				return domNode(t, c)
			}
		}
		return vm.Null
	},
	"Dom.XmlNode.insertBefore": func(t thread, r val, a vals) val {
		n, c := domOf(r), domArg(t, a[0])
		at := len(n.children)
		if !a[1].IsNull() {
			if i := slices.Index(n.children, domOf(a[1])); i >= 0 {
				at = i
			}
		}
		c.parent = n
		n.children = slices.Insert(n.children, at, c)
		return a[0]
	},
	"Dom.XmlNode.removeChild": func(t thread, r val, a vals) val {
		n := domOf(r)
		i := slices.Index(n.children, domArg(t, a[0]))
		if i >= 0 {
			n.children[i].parent = nil
			n.children = slices.Delete(n.children, i, i+1)
		}
		return vm.Bool(i >= 0)
	},
	"Dom.XmlNode.getAttribute":      domAttribute,
	"Dom.XmlNode.getAttributeValue": domAttribute,
	"Dom.XmlNode.getAttributeValueNs": func(t thread, r val, a vals) val {
		n := domOf(r)
		i := n.attribute(str(t, a[0]), optional(a[1]))
		if i < 0 {
			return vm.Null
		}
		return textOrNull(n.attrs[i].name.space)
	},
	"Dom.XmlNode.getAttributeCount": func(_ thread, r val, _ vals) val { return vm.Int(int64(len(domOf(r).attrs))) },
	"Dom.XmlNode.getAttributeKeyAt": func(t thread, r val, a vals) val { return vm.Str(domOf(r).at(t, a[0]).name.local) },
	"Dom.XmlNode.getAttributeKeyNsAt": func(t thread, r val, a vals) val {
		return textOrNull(domOf(r).at(t, a[0]).name.space)
	},
	"Dom.XmlNode.setAttribute": func(t thread, r val, a vals) val {
		domOf(r).setAttribute(xmlName{local: str(t, a[0])}, str(t, a[1]))
		return vm.Null
	},
	"Dom.XmlNode.setAttributeNs": func(t thread, r val, a vals) val {
		n := domOf(r)
		name := xmlName{local: str(t, a[0]), space: optional(a[2])}
		name.prefix, _ = n.prefixFor(name.space)
		n.setAttribute(name, str(t, a[1]))
		return vm.Null
	},
	"Dom.XmlNode.removeAttribute": func(t thread, r val, a vals) val {
		n := domOf(r)
		i := n.attribute(str(t, a[0]), optional(a[1]))
		if i >= 0 {
			n.attrs = slices.Delete(n.attrs, i, i+1)
		}
		return vm.Bool(i >= 0)
	},
	"Dom.XmlNode.setNamespace": func(_ thread, r val, a vals) val {
		n := domOf(r)
		n.namespaces = append(n.namespaces, xmlAttr{xmlName{local: optional(a[0])}, optional(a[1])})
		return vm.Null
	},
	"Dom.XmlNode.getNamespaceFor": func(_ thread, r val, a vals) val {
		space, _ := domOf(r).namespaceFor(optional(a[0]))
		return textOrNull(space)
	},
	"Dom.XmlNode.getPrefixFor": func(_ thread, r val, a vals) val {
		prefix, ok := domOf(r).prefixFor(optional(a[0]))
		if !ok {
			return vm.Null
		}
		return vm.Str(prefix)
	},
	"Dom.XmlNode.toString": func(t thread, r val, _ vals) val { return vm.Str(t.Text(r)) },
}

// String is the node as System.debug shows it.
func (n *xmlNode) String() string { return "XMLNode[" + n.kind + "," + n.name.local + "]" }

// element makes an element of the arguments name, namespace and prefix.
func element(t *vm.Thread, a []vm.Value) *xmlNode {
	return &xmlNode{kind: "ELEMENT", name: xmlName{local: str(t, a[0]), space: optional(a[1]), prefix: optional(a[2])}}
}

func domNode(t *vm.Thread, n *xmlNode) vm.Value {
	if n == nil {
		return vm.Null
	}
	if n.self.IsNull() {
		n.self = t.NewNative("Dom.XmlNode", n)
	}
	return n.self
}

func domNodes(t *vm.Thread, n *xmlNode, keep func(*xmlNode) bool) vm.Value {
	var out []vm.Value
	for _, c := range n.children {
		if keep(c) {
			out = append(out, domNode(t, c))
		}
	}
	return t.ListOf("Dom.XmlNode", out)
}

func domOf(v vm.Value) *xmlNode {
	if n, ok := v.Native().(*xmlNode); ok {
		return n
	}
	return &xmlNode{kind: "ELEMENT"}
}

func domArg(t *vm.Thread, v vm.Value) *xmlNode {
	if v.IsNull() {
		t.ThrowNull()
	}
	return domOf(v)
}

func (n *xmlNode) attribute(local, space string) int {
	return slices.IndexFunc(n.attrs, func(a xmlAttr) bool { return a.name.local == local && a.name.space == space })
}

func (n *xmlNode) setAttribute(name xmlName, value string) {
	if i := n.attribute(name.local, name.space); i >= 0 {
		n.attrs[i].value = value
		return
	}
	n.attrs = append(n.attrs, xmlAttr{name, value})
}

func (n *xmlNode) at(t *vm.Thread, i vm.Value) xmlAttr {
	k := num(t, i)
	if k < 0 || k >= int64(len(n.attrs)) {
		t.Throwf("System.ListException", "List index out of bounds: %d", k)
	}
	return n.attrs[k]
}

func domAttribute(t thread, r val, a vals) val {
	n := domOf(r)
	i := n.attribute(str(t, a[0]), optional(a[1]))
	if i < 0 {
		return vm.Null
	}
	return vm.Str(n.attrs[i].value)
}
