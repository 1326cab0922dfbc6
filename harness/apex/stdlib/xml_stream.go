package stdlib

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// xmlReader is the state of XmlStreamReader, which is Java's: it stands on an
// event, at first on START_DOCUMENT.
type xmlReader struct {
	events     []xmlEvent
	err        error // where the events end
	at         int
	coalescing bool
	text       string
}

// xmlCodes are the numbers that next() answers (javax.xml.stream,
// XMLStreamConstants).
var xmlCodes = map[string]int64{"START_ELEMENT": 1, "END_ELEMENT": 2, "PROCESSING_INSTRUCTION": 3, "CHARACTERS": 4, "COMMENT": 5,
	"SPACE": 6, "START_DOCUMENT": 7, "END_DOCUMENT": 8, "DTD": 11, "CDATA": 12}

// next moves to the next event.
func (x *xmlReader) next(t *vm.Thread) *xmlEvent {
	if x.at+1 >= len(x.events) {
		if x.err != nil {
			row, column := x.position(len(x.text))
			t.Throwf("System.XmlException", "ParseError at [row,col]:[%d,%d]\nMessage: %s", row, column, x.err.Error())
		}
		t.Throw("System.NoSuchElementException", "END_DOCUMENT reached: no more elements on the stream.")
	}
	x.at++
	e := &x.events[x.at]
	for x.coalescing && e.tag == "CHARACTERS" && x.at+1 < len(x.events) && x.events[x.at+1].tag == "CHARACTERS" {
		x.events[x.at+1].text = e.text + x.events[x.at+1].text
		x.at++
		e = &x.events[x.at]
	}
	return e
}

// nextTag moves over white space, comments and instructions to a tag.
func (x *xmlReader) nextTag(t *vm.Thread) *xmlEvent {
	for {
		e := x.next(t)
		switch {
		case e.tag == "START_ELEMENT", e.tag == "END_ELEMENT":
			return e
		case e.tag == "CHARACTERS" && strings.TrimSpace(e.text) != "":
			t.Throw("System.XmlException", "found: CHARACTERS, expected START_ELEMENT or END_ELEMENT")
		case e.tag == "END_DOCUMENT":
			t.Throw("System.XmlException", "found: END_DOCUMENT, expected START_ELEMENT or END_ELEMENT")
		}
	}
}

// position is the row and column of an offset, from 1.
func (x *xmlReader) position(offset int) (row, column int) {
	before := x.text[:min(offset, len(x.text))]
	return strings.Count(before, "\n") + 1, len(before) - strings.LastIndexByte(before, '\n')
}

func (e *xmlEvent) is(tags ...string) bool {
	for _, t := range tags {
		if e.tag == t {
			return true
		}
	}
	return false
}

// reading gives a function of the event a reader stands on.
func reading(f func(t thread, e *xmlEvent, a vals) val) vm.Func {
	return func(t thread, r val, a vals) val {
		x := r.Native().(*xmlReader)
		return f(t, &x.events[x.at], a)
	}
}

// attributed is reading of one attribute by its number.
func attributed(f func(a xmlAttr) val) vm.Func {
	return reading(func(t thread, e *xmlEvent, a vals) val { return f(pickAttr(t, e.attrs, a[0])) })
}

func pickAttr(t *vm.Thread, list []xmlAttr, i vm.Value) xmlAttr {
	k := num(t, i)
	if k < 0 || k >= int64(len(list)) {
		t.Throwf("System.XmlException", "index position %d is out of range", k)
	}
	return list[k]
}

// xmlReaderTable is System.XmlStreamReader (Apex Reference).
var xmlReaderTable = vm.Library{
	"XmlStreamReader.<init>": func(t thread, _ val, a vals) val {
		text := str(t, a[0])
		t.Work(int64(len(text)))
		events, err := readXML(text)
		return t.NewNative("System.XmlStreamReader", &xmlReader{events: events, err: err, text: text})
	},
	"XmlStreamReader.next":    func(t thread, r val, _ vals) val { return vm.Int(xmlCodes[r.Native().(*xmlReader).next(t).tag]) },
	"XmlStreamReader.nextTag": func(t thread, r val, _ vals) val { return vm.Int(xmlCodes[r.Native().(*xmlReader).nextTag(t).tag]) },
	"XmlStreamReader.hasNext": func(_ thread, r val, _ vals) val {
		x := r.Native().(*xmlReader)
		return vm.Bool(x.at+1 < len(x.events) || x.err != nil)
	},
	"XmlStreamReader.setCoalescing":     func(_ thread, r val, a vals) val { r.Native().(*xmlReader).coalescing = a[0].Bool(); return vm.Null },
	"XmlStreamReader.setNamespaceAware": func(_ thread, _ val, _ vals) val { return vm.Null },
	"XmlStreamReader.getEventType": reading(func(t thread, e *xmlEvent, _ vals) val {
		return t.EnumValue("System.XmlTag", e.tag)
	}),
	"XmlStreamReader.getLocalName": reading(func(_ thread, e *xmlEvent, _ vals) val { return textOrNull(e.name.local) }),
	"XmlStreamReader.getNamespace": reading(func(_ thread, e *xmlEvent, _ vals) val { return textOrNull(e.name.space) }),
	"XmlStreamReader.getPrefix":    reading(func(_ thread, e *xmlEvent, _ vals) val { return vm.Str(e.name.prefix) }),
	"XmlStreamReader.getText": reading(func(_ thread, e *xmlEvent, _ vals) val {
		if !e.is("CHARACTERS", "COMMENT", "DTD") {
			return vm.Null
		}
		return vm.Str(e.text)
	}),
	"XmlStreamReader.getPITarget":    reading(func(_ thread, e *xmlEvent, _ vals) val { return textOrNull(e.name.local) }),
	"XmlStreamReader.getPIData":      reading(func(_ thread, e *xmlEvent, _ vals) val { return textOrNull(e.text) }),
	"XmlStreamReader.getVersion":     reading(func(_ thread, _ *xmlEvent, _ vals) val { return vm.Str("1.0") }),
	"XmlStreamReader.hasName":        reading(func(_ thread, e *xmlEvent, _ vals) val { return vm.Bool(e.is("START_ELEMENT", "END_ELEMENT")) }),
	"XmlStreamReader.hasText":        reading(func(_ thread, e *xmlEvent, _ vals) val { return vm.Bool(e.is("CHARACTERS", "COMMENT", "DTD")) }),
	"XmlStreamReader.isCharacters":   reading(func(_ thread, e *xmlEvent, _ vals) val { return vm.Bool(e.is("CHARACTERS")) }),
	"XmlStreamReader.isStartElement": reading(func(_ thread, e *xmlEvent, _ vals) val { return vm.Bool(e.is("START_ELEMENT")) }),
	"XmlStreamReader.isEndElement":   reading(func(_ thread, e *xmlEvent, _ vals) val { return vm.Bool(e.is("END_ELEMENT")) }),
	"XmlStreamReader.isWhiteSpace": reading(func(_ thread, e *xmlEvent, _ vals) val {
		return vm.Bool(e.is("CHARACTERS") && strings.TrimSpace(e.text) == "")
	}),
	"XmlStreamReader.getAttributeType": attributed(func(xmlAttr) val { return vm.Str("CDATA") }),
	"XmlStreamReader.getAttributeCount": reading(func(_ thread, e *xmlEvent, _ vals) val {
		return vm.Int(int64(len(e.attrs)))
	}),
	"XmlStreamReader.getAttributeLocalName": attributed(func(a xmlAttr) val { return vm.Str(a.name.local) }),
	"XmlStreamReader.getAttributeNamespace": attributed(func(a xmlAttr) val { return textOrNull(a.name.space) }),
	"XmlStreamReader.getAttributePrefix":    attributed(func(a xmlAttr) val { return vm.Str(a.name.prefix) }),
	"XmlStreamReader.getAttributeValueAt":   attributed(func(a xmlAttr) val { return vm.Str(a.value) }),
	"XmlStreamReader.getAttributeValue": reading(func(t thread, e *xmlEvent, a vals) val {
		for _, x := range e.attrs {
			if x.name.local == str(t, a[1]) && (a[0].IsNull() || x.name.space == a[0].Text()) {
				return vm.Str(x.value)
			}
		}
		return vm.Null
	}),
	"XmlStreamReader.getNamespaceCount":  reading(func(_ thread, e *xmlEvent, _ vals) val { return vm.Int(int64(len(e.namespaces))) }),
	"XmlStreamReader.getNamespacePrefix": reading(func(t thread, e *xmlEvent, a vals) val { return textOrNull(pickAttr(t, e.namespaces, a[0]).name.local) }),
	"XmlStreamReader.getNamespaceURIAt":  reading(func(t thread, e *xmlEvent, a vals) val { return vm.Str(pickAttr(t, e.namespaces, a[0]).value) }),
	"XmlStreamReader.getNamespaceURI": func(_ thread, r val, a vals) val {
		x := r.Native().(*xmlReader)
		return textOrNull(x.scope(optional(a[0])))
	},
	"XmlStreamReader.getLocation": func(_ thread, r val, _ vals) val {
		x := r.Native().(*xmlReader)
		row, column := x.position(int(x.events[x.at].at))
		return vm.Str(fmt.Sprintf("[row,col]:[%d,%d]", row, column))
	},
}

// scope is what a prefix stands for where the reader is.
func (x *xmlReader) scope(prefix string) string {
	depth := 0
	for i := x.at; i >= 0; i-- {
		e := &x.events[i]
		switch {
		case e.tag == "END_ELEMENT" && i < x.at:
			depth++
		case e.tag == "START_ELEMENT" && depth > 0:
			depth--
		case e.tag == "START_ELEMENT":
			for _, n := range e.namespaces {
				if n.name.local == prefix {
					return n.value
				}
			}
		}
	}
	return ""
}

// xmlWriter is the state of XmlStreamWriter, which is Java's: it writes what
// it is told and closes tags.
type xmlWriter struct {
	out  strings.Builder
	open []string
	tag  string // ">" or "/>" that ends the tag that is being written
}

func (w *xmlWriter) endTag() {
	w.out.WriteString(w.tag)
	w.tag = ""
}

func (w *xmlWriter) end() {
	w.endTag()
	if n := len(w.open); n > 0 {
		w.out.WriteString("</" + w.open[n-1] + ">")
		w.open = w.open[:n-1]
	}
}

// writing gives a function that writes.
func writing(f func(t thread, w *xmlWriter, a vals)) vm.Func {
	return func(t thread, r val, a vals) val {
		w := r.Native().(*xmlWriter)
		before := w.out.Len()
		f(t, w, a)
		t.Work(int64(w.out.Len() - before))
		return vm.Null
	}
}

func written(t *vm.Thread, prefix, local vm.Value) string {
	return xmlName{prefix: optional(prefix), local: str(t, local)}.String()
}

// Escapes of the stream writer: Java's.
var (
	xmlText  = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	xmlValue = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\"", "&quot;")
)

// xmlWriterTable is System.XmlStreamWriter (Apex Reference).
var xmlWriterTable = vm.Library{
	"XmlStreamWriter.<init>": func(t thread, _ val, _ vals) val { return t.NewNative("System.XmlStreamWriter", &xmlWriter{}) },
	"XmlStreamWriter.getXmlString": func(_ thread, r val, _ vals) val {
		w := r.Native().(*xmlWriter)
		return vm.Str(w.out.String() + w.tag)
	},
	"XmlStreamWriter.close":               writing(func(_ thread, w *xmlWriter, _ vals) { w.endTag() }),
	"XmlStreamWriter.setDefaultNamespace": writing(func(thread, *xmlWriter, vals) {}),
	"XmlStreamWriter.writeStartDocument": writing(func(_ thread, w *xmlWriter, a vals) {
		version := optional(a[1])
		if version == "" {
			version = "1.0"
		}
		w.out.WriteString(`<?xml version="` + version + `"`)
		if enc := optional(a[0]); enc != "" {
			w.out.WriteString(` encoding="` + enc + `"`)
		}
		w.out.WriteString("?>")
	}),
	"XmlStreamWriter.writeEndDocument": writing(func(_ thread, w *xmlWriter, _ vals) {
		for len(w.open) > 0 {
			w.end()
		}
		w.endTag()
	}),
	"XmlStreamWriter.writeStartElement": writing(func(t thread, w *xmlWriter, a vals) {
		w.endTag()
		name := written(t, a[0], a[1])
		w.out.WriteString("<" + name)
		w.open, w.tag = append(w.open, name), ">"
	}),
	"XmlStreamWriter.writeEmptyElement": writing(func(t thread, w *xmlWriter, a vals) {
		w.endTag()
		w.out.WriteString("<" + written(t, a[0], a[1]))
		w.tag = "/>"
	}),
	"XmlStreamWriter.writeEndElement": writing(func(_ thread, w *xmlWriter, _ vals) { w.end() }),
	"XmlStreamWriter.writeAttribute": writing(func(t thread, w *xmlWriter, a vals) {
		w.out.WriteString(" " + written(t, a[0], a[2]) + `="` + xmlValue.Replace(str(t, a[3])) + `"`)
	}),
	"XmlStreamWriter.writeNamespace": writing(func(t thread, w *xmlWriter, a vals) {
		w.out.WriteString(" xmlns:" + str(t, a[0]) + `="` + xmlValue.Replace(str(t, a[1])) + `"`)
	}),
	"XmlStreamWriter.writeDefaultNamespace": writing(func(t thread, w *xmlWriter, a vals) {
		w.out.WriteString(` xmlns="` + xmlValue.Replace(str(t, a[0])) + `"`)
	}),
	"XmlStreamWriter.writeCharacters": writing(func(t thread, w *xmlWriter, a vals) {
		w.endTag()
		w.out.WriteString(xmlText.Replace(str(t, a[0])))
	}),
	"XmlStreamWriter.writeCData": writing(func(t thread, w *xmlWriter, a vals) {
		w.endTag()
		w.out.WriteString("<![CDATA[" + str(t, a[0]) + "]]>")
	}),
	"XmlStreamWriter.writeComment": writing(func(t thread, w *xmlWriter, a vals) {
		w.endTag()
		w.out.WriteString("<!--" + str(t, a[0]) + "-->")
	}),
	"XmlStreamWriter.writeProcessingInstruction": writing(func(t thread, w *xmlWriter, a vals) {
		w.endTag()
		w.out.WriteString("<?" + str(t, a[0]))
		if data := optional(a[1]); data != "" {
			w.out.WriteString(" " + data)
		}
		w.out.WriteString("?>")
	}),
}
