// Package metadatatest makes components for tests.
package metadatatest

import "github.com/rehearsal-dev/rehearsal/harness/metadata"

// Component is a component of that kind and name from its XML, sealed. It panics
// where that is none.
func Component(kind metadata.Kind, name, xml string) *metadata.Component {
	root, err := metadata.ParseXML(name, []byte(xml))
	if err != nil {
		panic(err)
	}
	c := metadata.NewComponent(kind, name, name, root)
	c.Seal()
	return c
}
