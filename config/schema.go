package config

import (
	"bytes"
	_ "embed"
)

//go:embed schema.json
var schemaJSON []byte

// Schema is the JSON Schema (draft 2020-12) of the file, for editors. It knows the structure, not what one value says about another:
// all it refuses Parse refuses too. The caller owns it.
func Schema() []byte { return bytes.Clone(schemaJSON) }
