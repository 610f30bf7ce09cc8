package admin_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"winnow/config"
	"winnow/proxy/admin"
)

// described is one operation of openapi.yaml.
type described struct {
	ID         string           `yaml:"operationId"`
	Tags       []string         `yaml:"tags"`
	Summary    string           `yaml:"summary"`
	Roles      []config.Role    `yaml:"x-roles"`
	Act        string           `yaml:"x-act"`
	Open       string           `yaml:"x-open"`
	Parameters []map[string]any `yaml:"parameters"`
	Body       map[string]any   `yaml:"requestBody"`
	Responses  map[string]any   `yaml:"responses"`
}

// description reads openapi.yaml: operations by "METHOD /path", and the file as a tree.
func description(t *testing.T) (operations map[string]described, tree map[string]any) {
	t.Helper()
	var doc struct {
		OpenAPI string                                `yaml:"openapi"`
		Paths   map[string]map[string]yaml.RawMessage `yaml:"paths"`
	}
	if err := yaml.Unmarshal(admin.OpenAPI(), &doc); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(admin.OpenAPI(), &tree); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1.") {
		t.Errorf("openapi is %q", doc.OpenAPI)
	}
	operations = map[string]described{}
	for path, methods := range doc.Paths {
		for method, raw := range methods {
			if method == "parameters" {
				continue
			}
			var d described
			if err := yaml.UnmarshalWithOptions(raw, &d, yaml.Strict()); err != nil {
				t.Errorf("%s %s: %v", method, path, err)
			}
			operations[strings.ToUpper(method)+" "+path] = d
		}
	}
	return operations, tree
}

// GUARD-1: openapi.yaml describes every operation there is and none besides, with the roles that may and the act that is told.
func TestGUARD1OpenAPIFitsTheRoutes(t *testing.T) {
	file, tree := description(t)
	ids := map[string]string{}
	open := map[admin.Open]string{admin.OpenNever: "", admin.OpenLoopback: "loopback", admin.OpenAlways: "always"}
	for _, op := range newStand(t).api.Operations() {
		name := op.Method + " " + op.Path
		d, ok := file[name]
		if !ok {
			t.Errorf("%s is not described", name)
			continue
		}
		delete(file, name)
		if !slices.Equal(d.Roles, op.Roles) || d.Act != op.Act || d.Open != open[op.Open] {
			t.Errorf("%s: described are roles %v, act %q, open %q; it has %v, %q, %q", name, d.Roles, d.Act, d.Open, op.Roles, op.Act, open[op.Open])
		}
		if ids[d.ID] != "" || d.ID == "" || d.Summary == "" || d.Responses["200"] == nil || d.Responses["default"] == nil {
			t.Errorf("%s: operationId %q (%s), summary or responses are missing or twice", name, d.ID, ids[d.ID])
		}
		ids[d.ID] = name
	}
	for name := range file {
		t.Errorf("%s is described, and is no operation", name)
	}
	references(t, tree, tree)
}

// references checks that every $ref leads somewhere.
func references(t *testing.T, tree map[string]any, at any) {
	t.Helper()
	switch v := at.(type) {
	case map[string]any:
		for key, value := range v {
			if key == "$ref" && lookUp(tree, fmt.Sprint(value)) == nil {
				t.Errorf("%v leads nowhere", value)
			}
			references(t, tree, value)
		}
	case []any:
		for _, value := range v {
			references(t, tree, value)
		}
	}
}

func lookUp(tree map[string]any, ref string) any {
	var at any = tree
	for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		m, _ := at.(map[string]any)
		at = m[part]
	}
	return at
}

var parameter = regexp.MustCompile(`\{(\w+)\}`)

// What stands in braces in a path is described as a parameter there.
func TestPathParametersAreDescribed(t *testing.T) {
	_, tree := description(t)
	for path, item := range tree["paths"].(map[string]any) {
		var names []string
		list, _ := item.(map[string]any)["parameters"].([]any)
		for _, p := range list {
			d, _ := lookUp(tree, fmt.Sprint(p.(map[string]any)["$ref"])).(map[string]any)
			names = append(names, fmt.Sprint(d["name"]))
		}
		for _, m := range parameter.FindAllStringSubmatch(path, -1) {
			if !slices.Contains(names, m[1]) {
				t.Errorf("%s: %s is not described", path, m[1])
			}
		}
	}
}

// Every JSON answer is as openapi.yaml says, refusals too.
func TestAnswersFitTheDescription(t *testing.T) {
	file, tree := description(t)
	doc, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("openapi.json", value); err != nil {
		t.Fatal(err)
	}
	check := func(name, schema, body string) {
		t.Helper()
		s, err := compiler.Compile("openapi.json" + schema)
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
		if err == nil {
			err = s.Validate(v)
		}
		if err != nil {
			t.Errorf("%s: %s: %v", name, body, err)
		}
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	for name := range file {
		method, path, _ := strings.Cut(name, " ")
		s := newStand(t)
		_, body := s.ask(t, method, values.Replace(path), "")
		if !open[name] {
			check(name, "#/components/schemas/Problem", body)
		}
		resp, body := s.ask(t, method, values.Replace(path), "admin")
		kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		content := file[name].Responses["200"].(map[string]any)["content"].(map[string]any)
		if content[kind] == nil {
			t.Errorf("%s answers with %s, described is %v", name, kind, content)
		}
		if strings.HasSuffix(kind, "json") {
			check(name, "#/paths/"+escape.Replace(path)+"/"+strings.ToLower(method)+"/responses/200/content/"+escape.Replace(kind)+"/schema", body)
		}
	}
}

// An operation reads and tells nothing, or acts and is told; what changes something is not GET.
func TestOperationsAreWhole(t *testing.T) {
	for _, op := range newStand(t).api.Operations() {
		name := op.Method + " " + op.Path
		ways := 0
		for _, there := range []bool{op.Read != nil, op.Plan != nil, op.Serve != nil} {
			if there {
				ways++
			}
		}
		if ways != 1 || (op.Plan != nil) != (op.Act != "") || len(op.Roles) == 0 || op.Method != "GET" && op.Plan == nil {
			t.Errorf("%s: one of Read, Plan and Serve, an act with Plan alone, roles: %+v", name, op)
		}
	}
}
