package metadata

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Fingerprint is the same for two packages when all that is read of them is: the
// header and the components with every letter of their code, of which the
// messages about them tell lines.
func (p *Package) Fingerprint() string {
	hash := sha256.New()
	head := *p
	head.Components = nil
	text, err := json.Marshal(head)
	if err != nil {
		panic(err) // a header is plain data
	}
	hash.Write(text)
	for _, c := range p.Components {
		fmt.Fprintf(hash, "\x00%s\x00%s\x00%s\x00%s\x00%d\x00", c.Kind, c.Name, c.Hash, c.APIVersion, len(c.Source))
		hash.Write(c.Source)
	}
	return hex.EncodeToString(hash.Sum(nil)[:16])
}
