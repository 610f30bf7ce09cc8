package command_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"winnow/config"
)

// clauses are those of the obligations that winnow is there for.
var clauses = strings.Fields(`SOD-1 SOD-2 STAT-1 STAT-2 TRAIN-1 TRAIN-2 TRAIN-3
	META-1 META-2 META-3 META-4 META-5 META-6 META-7 META-8 META-9 META-10 RIGHT-1 RIGHT-2 RIGHT-3 RIGHT-4 RIGHT-5
	KEEP-1 MOVE-1 SHARE-1 SHARE-2 GUARD-1 GUARD-2 GUARD-3 CHANGE-1 TEST-1 NOTICE-1`)

var (
	clauseRow = regexp.MustCompile(`(?m)^\| ([A-Z]+-\d+) \|.*$`)
	quoted    = regexp.MustCompile("`([^`]+)`")
	link      = regexp.MustCompile(`\]\(([^)#]*)(#[^)]*)?\)`)
	heading   = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInSlug = regexp.MustCompile(`[^a-z0-9 _-]`)
)

// TestObligations holds docs/obligations.md to the tree: each clause has one row, whose tests are there and name the clause, whose keys are of the
// configuration, and whose pages exist.
func TestObligations(t *testing.T) {
	page := read(t, "docs/obligations.md")
	var found []string
	for _, m := range clauseRow.FindAllStringSubmatch(page, -1) {
		found = append(found, m[1])
		cells := strings.Split(strings.Trim(m[0], "| "), " | ")
		if len(cells) != 5 {
			t.Errorf("%s: %d cells, want 5", m[1], len(cells))
			continue
		}
		for _, key := range quoted.FindAllStringSubmatch(cells[2], -1) {
			if !known(t, key[1]) {
				t.Errorf("%s: the configuration has no key %s", m[1], key[1])
			}
		}
		tests := quoted.FindAllStringSubmatch(cells[3], -1)
		if len(tests) == 0 {
			t.Errorf("%s: no test", m[1])
		}
		for _, name := range tests {
			if text := source(t, name[1]); !names(text, m[1]) {
				t.Errorf("%s: %s does not exist, or does not name the clause", m[1], name[1])
			}
		}
	}
	if !slices.Equal(found, clauses) {
		t.Errorf("clauses are %v, want %v", found, clauses)
	}
	for _, m := range link.FindAllStringSubmatch(page, -1) {
		target := page
		if m[1] != "" {
			target = read(t, filepath.Join("docs", m[1]))
		}
		if m[2] != "" && !slices.Contains(slugs(target), m[2][1:]) {
			t.Errorf("%s has no heading %s", m[1], m[2])
		}
	}
}

// TestDoubts holds the table of what happens in doubt to the tree: each row has tests, which are there.
func TestDoubts(t *testing.T) {
	_, table, _ := strings.Cut(read(t, "docs/obligations.md"), "\n## When in doubt\n")
	table, _, _ = strings.Cut(table, "\n## ")
	rows := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if len(cells) != 3 || cells[0] == "doubt" {
			continue
		}
		rows++
		tests := quoted.FindAllStringSubmatch(cells[2], -1)
		if len(tests) == 0 {
			t.Errorf("%s: no test", cells[0])
		}
		for _, name := range tests {
			if source(t, name[1]) == "" {
				t.Errorf("%s: %s does not exist", cells[0], name[1])
			}
		}
	}
	if rows < 10 {
		t.Errorf("%d rows are read", rows)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// names tells whether a text names a clause: with its number, and no other clause whose number begins with it.
func names(text, clause string) bool {
	bare := strings.ReplaceAll(clause, "-", "")
	return regexp.MustCompile(`\b` + clause + `\b|` + bare + `(\D|$)`).MatchString(text)
}

// source is the comment, name and text of a test function ("proxy/spool.TestMaxAge"), or the head of a file of test data; "" if there is none.
func source(t *testing.T, name string) string {
	t.Helper()
	if strings.Contains(name, "/testdata/") {
		text := read(t, name)
		head, _, _ := strings.Cut(text, "\n-- ")
		return head
	}
	dir, function, _ := strings.Cut(name, ".")
	files, err := filepath.Glob(filepath.Join("../..", dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "func "+function+"(") {
			continue
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == function {
				from := f.Pos()
				if f.Doc != nil {
					from = f.Doc.Pos()
				}
				return string(text[set.Position(from).Offset:set.Position(f.End()).Offset])
			}
		}
	}
	return ""
}

// known tells whether the configuration's schema has a key, written with dots; lists and maps are passed through.
func known(t *testing.T, key string) bool {
	t.Helper()
	var schema map[string]any
	if err := json.Unmarshal(config.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	nodes := []any{schema}
	for part := range strings.SplitSeq(key, ".") {
		var next []any
		for _, n := range nodes {
			next = append(next, below(schema, n, part)...)
		}
		nodes = next
	}
	return len(nodes) > 0
}

// below returns the schemas of a member, wherever a schema has it.
func below(schema map[string]any, node any, key string) (found []any) {
	m, ok := node.(map[string]any)
	if !ok {
		return nil
	}
	if ref, ok := m["$ref"].(string); ok {
		defs, _ := schema["$defs"].(map[string]any)
		return below(schema, defs[strings.TrimPrefix(ref, "#/$defs/")], key)
	}
	if members, ok := m["properties"].(map[string]any); ok {
		if member, ok := members[key]; ok {
			return []any{member}
		}
	}
	for _, way := range []string{"items", "additionalProperties"} {
		found = append(found, below(schema, m[way], key)...)
	}
	anyOf, _ := m["anyOf"].([]any)
	for _, one := range anyOf {
		found = append(found, below(schema, one, key)...)
	}
	return found
}

// slugs are the anchors of a page's headings.
func slugs(page string) (list []string) {
	for _, m := range heading.FindAllStringSubmatch(page, -1) {
		list = append(list, strings.ReplaceAll(notInSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return list
}
