package config

import (
	"bytes"
	"embed"
)

//go:embed starter.yaml
var starterYAML []byte

//go:embed presets/worked
var workedFiles embed.FS

// SchemaFile is the name under which a starter file looks for the schema, beside itself.
const SchemaFile = "winnow.schema.json"

// StarterFile is a file to begin with.
type StarterFile struct {
	// Name for `winnow init --preset`.
	Name string
	// About says in a line whom it is for.
	About string
}

// starterFiles are the rules that policy.preset knows, and then worked policies.
var starterFiles = [...]StarterFile{
	{"service-operations", "rules for what services log about themselves"},
	{"none", "no rules but your own"},
	{"compliance-ai", "a vendor of compliance software with AI: operations only, statistics without anyone in them"},
	{"workspace-app", "a vendor of an application in which teams write: facts of requests, nothing of what users write"},
	{"ai-services", "a vendor of models: nothing of a conversation, devices as pseudonyms, nothing of minors"},
	{"marketing-agency", "sites run for others: ways of visitors, objections of browsers, payments to their processor only"},
	{"eu-saas", "a European service: rights of persons, data that stays in Europe, short memory"},
}

// Starters lists the files to begin with. The caller owns the list.
func Starters() []StarterFile { return append([]StarterFile(nil), starterFiles[:]...) }

// StarterUpstreams are what stands in starter files for the URL of the backend: in each file, one of them, once.
func StarterUpstreams() []string {
	return []string{"# upstream: http://127.0.0.1:9428", "url: ${LOGS_URL:-https://logs.example.com}"}
}

// Starter is a commented file to begin with, for `winnow init`, by a name that Starters lists. Its first line tells editors where the
// schema lies; write Schema there. The caller owns it.
func Starter(name string) []byte {
	if text, err := workedFiles.ReadFile("presets/worked/" + name + ".yaml"); err == nil {
		return text
	}
	return bytes.Replace(starterYAML, []byte("preset: service-operations"), []byte("preset: "+name), 1)
}
