package config

import (
	"bytes"
	_ "embed"
)

//go:embed starter.yaml
var starterYAML []byte

// SchemaFile is the name under which a starter file looks for the schema, beside itself.
const SchemaFile = "winnow.schema.json"

// Starter is a commented file to begin with, for `winnow init`, with the preset named: "service-operations" or "none". Its first line
// tells editors where the schema lies; write Schema there. The caller owns it.
func Starter(preset string) []byte {
	return bytes.Replace(starterYAML, []byte("preset: service-operations"), []byte("preset: "+preset), 1)
}
