package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "rewrite the expected messages in testdata")

// planted is in every secret the tests hand in, and must be in no message.
const planted = "planted-value"

func testEnv() Env {
	env := map[string]string{"TOKEN": planted + "-of-the-environment", "DEPTH": "12", "NO": "false", "HOST": ""}
	files := map[string]string{
		"/master": strings.Repeat(planted, 4) + "\n", "/token": planted + "\r\n", "/empty": "\n", "/words": "Bob Example\n\nexample-host\r\n",
	}
	return Env{
		Lookup: func(name string) (string, bool) {
			value, ok := env[name]
			return value, ok
		},
		ReadFile: func(path string) ([]byte, error) {
			if path == "/forbidden" {
				return nil, fmt.Errorf("open: %w", fs.ErrPermission)
			}
			data, ok := files[path]
			if !ok {
				return nil, fmt.Errorf("open %s: %w", path, fs.ErrNotExist)
			}
			return []byte(data), nil
		},
	}
}

// The first lines of a bad file are the mistakes that Parse finds in it, after "#: "; then one line says whether the schema, which
// knows structure only, refuses it too.
func TestMistakes(t *testing.T) {
	schema := compileSchema(t)
	for _, name := range glob(t, "testdata/*.bad.yaml") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data := read(t, name)
			got := headed(t, schema, filepath.Base(name), data)
			if bytes.Equal(got, data) {
				return
			}
			if *update {
				if err := os.WriteFile(name, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("got\n%s\nwant\n%s", header(got), header(data))
		})
	}
}

// headed is the file under the header that it should have.
func headed(t *testing.T, schema *jsonschema.Schema, name string, data []byte) []byte {
	body := bytes.TrimPrefix(data, header(data))
	lines := 1
	for {
		text := bytes.Repeat([]byte("#\n"), lines)
		_, err := Parse(name, append(text, body...), testEnv())
		var list Mistakes
		if !errors.As(err, &list) || len(list) == 0 {
			t.Fatalf("error is %T %v, want Mistakes", err, err)
		}
		if strings.Contains(err.Error(), planted) {
			t.Errorf("a message holds a secret: %v", err)
		}
		if len(list)+1 == lines {
			return append(headerOf(list, refuses(schema, body)), body...)
		}
		lines = len(list) + 1
	}
}

func headerOf(list Mistakes, refused bool) []byte {
	var out bytes.Buffer
	for _, m := range list {
		fmt.Fprintf(&out, "#: %s\n", m)
	}
	if refused {
		out.WriteString("#: schema: refuses\n")
	} else {
		out.WriteString("#: schema: cannot know\n")
	}
	return out.Bytes()
}

func header(data []byte) []byte {
	rest := data
	for bytes.HasPrefix(rest, []byte("#:")) {
		rest = rest[bytes.IndexByte(rest, '\n')+1:]
	}
	return data[:len(data)-len(rest)]
}

func TestGoodFiles(t *testing.T) {
	schema := compileSchema(t)
	for _, name := range glob(t, "testdata/*.good.yaml") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data := read(t, name)
			c, err := Parse(name, data, testEnv())
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Warnings) > 0 {
				t.Errorf("warnings: %v", c.Warnings)
			}
			if err := validate(schema, data); err != nil {
				t.Errorf("the schema refuses it: %v", err)
			}
		})
	}
}

func TestSchemaAcceptsWhatWeShip(t *testing.T) {
	schema := compileSchema(t)
	for name, data := range map[string][]byte{"default": DefaultYAML(), "starter": Starter("service-operations")} {
		if err := validate(schema, data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func compileSchema(t testing.TB) *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("winnow.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("winnow.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// validate reads YAML as an editor does and holds it against the schema. An empty file is an empty map.
func validate(schema *jsonschema.Schema, data []byte) error {
	value := any(map[string]any{})
	var read any
	if err := yaml.Unmarshal(data, &read); err != nil {
		return err
	}
	if read != nil {
		value = read
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if value, err = jsonschema.UnmarshalJSON(bytes.NewReader(text)); err != nil {
		return err
	}
	return schema.Validate(value)
}

func refuses(schema *jsonschema.Schema, data []byte) bool { return validate(schema, data) != nil }

func glob(t *testing.T, pattern string) []string {
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no files match %s (%v)", pattern, err)
	}
	return names
}

func read(t *testing.T, name string) []byte {
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
