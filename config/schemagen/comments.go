package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// comments are the doc comments of package config, each as one line.
type comments struct {
	types  map[string]string            // by type
	fields map[string]map[string]string // by type and field
	words  map[string][]word            // by type, in order
}

// word is one constant of a closed list.
type word struct{ text, doc string }

func readComments(dir string) (*comments, error) {
	c := &comments{map[string]string{}, map[string]map[string]string{}, map[string][]word{}}
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, decl := range file.Decls {
			if gen, ok := decl.(*ast.GenDecl); ok {
				c.declaration(gen)
			}
		}
	}
	return c, nil
}

func (c *comments) declaration(gen *ast.GenDecl) {
	for _, spec := range gen.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			c.types[spec.Name.Name] = oneLine(gen.Doc)
			if s, ok := spec.Type.(*ast.StructType); ok {
				c.structure(spec.Name.Name, s)
			}
		case *ast.ValueSpec:
			if t, ok := spec.Type.(*ast.Ident); ok && gen.Tok == token.CONST && len(spec.Values) == 1 {
				c.constant(t.Name, spec)
			}
		}
	}
}

func (c *comments) structure(name string, s *ast.StructType) {
	c.fields[name] = map[string]string{}
	for _, f := range s.Fields.List {
		for _, id := range f.Names {
			c.fields[name][id.Name] = oneLine(f.Doc)
		}
	}
}

func (c *comments) constant(typeName string, spec *ast.ValueSpec) {
	lit, ok := spec.Values[0].(*ast.BasicLit)
	if !ok {
		return
	}
	if text, err := strconv.Unquote(lit.Value); err == nil {
		c.words[typeName] = append(c.words[typeName], word{text, oneLine(spec.Comment)})
	}
}

func oneLine(g *ast.CommentGroup) string { return strings.Join(strings.Fields(g.Text()), " ") }

// describe is a field's comment; every field must have one.
func (c *comments) describe(typeName, field string) (string, error) {
	if text := c.fields[typeName][field]; text != "" {
		return text, nil
	}
	return "", fmt.Errorf("config.%s.%s has no doc comment", typeName, field)
}
