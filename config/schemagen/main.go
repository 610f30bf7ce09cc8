// Command schemagen writes config/schema.json and docs/config.md from the definitions in package config: types and tags by
// reflection, words from their constants, descriptions from the doc comments. `go generate ./config` runs it.
package main

import (
	"fmt"
	"os"
)

// output is one generated file, its path from the folder config.
type output struct {
	path string
	data []byte
}

func main() {
	// go generate runs in the folder of the directive: config.
	files, err := generate(".")
	if err == nil {
		err = write(".", files)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "schemagen:", err)
		os.Exit(1)
	}
}

// generate makes all outputs. Dir is the folder config.
func generate(dir string) ([]output, error) {
	c, err := readComments(dir)
	if err != nil {
		return nil, err
	}
	schema, err := makeSchema(c)
	if err != nil {
		return nil, err
	}
	page, err := makePage(c)
	if err != nil {
		return nil, err
	}
	return []output{{"schema.json", schema}, {"../docs/config.md", page}}, nil
}

func write(dir string, files []output) error {
	for _, f := range files {
		if err := os.WriteFile(dir+"/"+f.path, f.data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
