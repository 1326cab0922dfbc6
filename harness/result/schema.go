package result

import (
	"bytes"
	_ "embed"
)

//go:generate go run ./genschema -out result.schema.json . ../finding ../ledger

//go:embed result.schema.json
var schemaText []byte

// Schema is the JSON Schema (draft 2020-12) of what Encode writes.
func Schema() []byte { return bytes.Clone(schemaText) }
