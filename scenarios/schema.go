package scenarios

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

//go:embed suite.schema.json
var schemaText []byte

// Schema is the JSON schema of suite files, for editors.
func Schema() []byte { return bytes.Clone(schemaText) }

var compiled = sync.OnceValues(func() (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaText))
	if err != nil {
		return nil, fmt.Errorf("read the embedded suite schema: %w", err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("suite.schema.json", doc); err != nil {
		return nil, fmt.Errorf("read the embedded suite schema: %w", err)
	}
	return c.Compile("suite.schema.json")
})

// validate checks the plain values against the schema.
func (d *document) validate() error {
	schema, err := compiled()
	if err != nil {
		return err
	}
	err = schema.Validate(d.value)
	if invalid, ok := err.(*jsonschema.ValidationError); ok {
		d.messNames()
		d.explain(invalid)
		return d.err()
	}
	return err
}

var messKey = regexp.MustCompile(`^(/orgs/[0-9]+/mess)/([^/]+)$`)
var messNumber = regexp.MustCompile(`^[A-E][0-9]{1,2}$`)

// messNames reports keys of mess that are no numbers of the catalogue.
func (d *document) messNames() {
	for pointer, at := range d.keys {
		if m := messKey.FindStringSubmatch(pointer); m != nil && !messNumber.MatchString(m[2]) {
			d.report(at, "SUITE", quote(m[2])+" is not a number of the catalogue of mess", "write it as in A4, C1 or E2")
		}
	}
}

// explain turns the leaves of a validation error into messages.
func (d *document) explain(e *jsonschema.ValidationError) {
	if _, names := e.ErrorKind.(*kind.PropertyNames); names {
		return // messNames has said it; the library does not always tell where
	}
	if len(e.Causes) > 0 {
		for _, cause := range e.Causes {
			d.explain(cause)
		}
		return
	}
	pointer := ""
	for _, part := range e.InstanceLocation {
		pointer += "/" + escape(part)
	}
	at, name := d.values[pointer], nameOf(e.InstanceLocation)
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		slices.Sort(k.Properties)
		for _, p := range k.Properties {
			d.report(d.keys[pointer+"/"+escape(p)], "SUITE", "unknown key "+quote(p)+" in "+name, d.knownKeys(e, p))
		}
	case *kind.Required:
		d.report(at, "SUITE", name+" lacks "+list(k.Missing, "and"), "see a complete example with: rehearse run --help")
	case *kind.DependentRequired:
		d.report(at, "SUITE", name+" has "+quote(k.Prop)+" but lacks "+list(k.Missing, "and"), "say from which version to which")
	case *kind.Type:
		d.report(at, "SUITE", name+" is "+article(k.Got)+", it must be "+articles(k.Want), "")
	case *kind.Enum:
		var want []string
		for _, w := range k.Want {
			want = append(want, fmt.Sprint(w))
		}
		d.report(at, "SUITE", fmt.Sprintf("%s is %q, it must be %s", name, fmt.Sprint(k.Got), list(want, "or")), nearest(fmt.Sprint(k.Got), want))
	case *kind.Pattern:
		d.report(at, "SUITE", fmt.Sprintf("%s is %q, it must be %s", name, k.Got, cmp.Or(patterns[k.Want], "of the form "+k.Want)), "")
	default:
		d.report(at, "SUITE", name+": "+plainKind(e), "")
	}
}

// patterns says in words what the schema's patterns ask for.
var patterns = map[string]string{
	"^(on|off)$":                        "on, off or a share of the rows from 0 to 1",
	"^[A-Za-z0-9][A-Za-z0-9 ._-]*$":     "letters, digits, spaces, dots, dashes",
	"^[A-Za-z][A-Za-z0-9_]{0,14}$":      "a namespace: a letter, then at most 14 letters, digits and underscores",
	"^[^@]+@[^@]+$":                     "a package and a version: name@1.0",
	"^[0-9]+[.][0-9]+([.][0-9]+){0,2}$": "a version number: 1.2.0",
}

// knownKeys hints at the nearest key that the schema knows at this place, or
// names all of them.
func (d *document) knownKeys(e *jsonschema.ValidationError, got string) string {
	schema, err := compiled()
	if err != nil {
		return ""
	}
	known := keysAt(schema, e.SchemaURL)
	if hint := nearest(got, known); hint != "" {
		return hint
	}
	if len(known) == 0 {
		return ""
	}
	return "known here: " + strings.Join(known, ", ")
}

// keysAt finds the properties of the part of the schema that url points to.
func keysAt(root *jsonschema.Schema, url string) []string {
	var keys []string
	seen := map[*jsonschema.Schema]bool{}
	var visit func(s *jsonschema.Schema)
	visit = func(s *jsonschema.Schema) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		if s.Location == url {
			for name := range s.Properties {
				keys = append(keys, name)
			}
		}
		for _, p := range s.Properties {
			visit(p)
		}
		visit(s.Ref)
		visit(s.Items2020)
		if more, ok := s.AdditionalProperties.(*jsonschema.Schema); ok {
			visit(more)
		}
	}
	visit(root)
	slices.Sort(keys)
	return keys
}

// nameOf reads a location as a person would: "orgs, item 2, mess".
func nameOf(location []string) string {
	if len(location) == 0 {
		return "the suite"
	}
	parts := make([]string, len(location))
	for i, part := range location {
		if n, err := strconv.Atoi(part); err == nil && i > 0 {
			parts[i] = "item " + itoa(n+1)
		} else {
			parts[i] = part
		}
	}
	return strings.Join(parts, ", ")
}

func plainKind(e *jsonschema.ValidationError) string {
	switch k := e.ErrorKind.(type) {
	case *kind.MinItems:
		return fmt.Sprintf("it has %d items, at least %d are needed", k.Got, k.Want)
	case *kind.MinProperties:
		return fmt.Sprintf("it has %d keys, at least %d are needed", k.Got, k.Want)
	case *kind.MinLength:
		return "it must not be empty"
	case *kind.UniqueItems:
		return fmt.Sprintf("items %d and %d are the same", k.Duplicates[0]+1, k.Duplicates[1]+1)
	case *kind.Minimum:
		return fmt.Sprintf("%s is less than %s", decimal(k.Got), decimal(k.Want))
	case *kind.Maximum:
		return fmt.Sprintf("%s is more than %s", decimal(k.Got), decimal(k.Want))
	default:
		return "it does not have the form that is needed here"
	}
}

func decimal(r *big.Rat) string {
	f, _ := r.Float64()
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func article(word string) string {
	switch word {
	case "null":
		return "empty"
	case "string":
		return "text"
	case "boolean":
		return "true or false"
	case "array":
		return "a list"
	case "object":
		return "a mapping"
	case "integer":
		return "a whole number"
	default:
		return "a " + word
	}
}

func articles(words []string) string {
	named := make([]string, len(words))
	for i, w := range words {
		named[i] = article(w)
	}
	return strings.Join(named, " or ")
}

func list(words []string, last string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	if n := len(quoted); n > 1 {
		return strings.Join(quoted[:n-1], ", ") + " " + last + " " + quoted[n-1]
	}
	return strings.Join(quoted, "")
}

// nearest suggests the known word that is one or two letters away.
func nearest(got string, known []string) string {
	best, at := 3, ""
	for _, k := range known {
		if n := diag.Edits(strings.ToLower(got), strings.ToLower(k)); n < best {
			best, at = n, k
		}
	}
	if at == "" {
		return ""
	}
	return "did you mean " + quote(at) + "?"
}

func quote(s string) string { return strconv.Quote(s) }

func itoa(n int) string { return strconv.Itoa(n) }
