package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds of a file. The YAML parser takes time in the square of the tokens and a stack as deep as the nesting.
const (
	maxFileBytes = 256 << 10
	maxTokens    = 40_000
	maxNesting   = 32
	maxColumn    = 256 // of anything that opens a level in block style
)

type kind uint8

const (
	isNull    kind = iota
	isWord         // text without quotes
	isText         // text in quotes, or a block of lines
	isNumber       // as spelled
	isBool         // as spelled
	isList         // items
	isMapping      // pairs
)

// node is one value of the file: what the decoder needs of a YAML tree, aliases resolved (nodes may be shared, never cyclic).
type node struct {
	kind         kind
	text         string
	line, column int
	items        []*node
	pairs        []pair
}

type pair struct{ key, value *node }

// syntax reads one document. A nil node and no error is an empty file.
type syntax struct {
	anchors map[string]*node
	errs    []syntaxError
}

type syntaxError struct {
	line, column  int
	message, hint string
}

func readSyntax(data []byte) (root *node, errs []syntaxError) {
	if len(data) > maxFileBytes {
		return nil, []syntaxError{{1, 1, fmt.Sprintf("the file is larger than %d KiB", maxFileBytes>>10), ""}}
	}
	defer func() {
		if recover() != nil { // the parser's; what it choked on may be a secret
			root, errs = nil, []syntaxError{{1, 1, "not valid YAML", "the parser cannot say where"}}
		}
	}()
	if e := boundTokens(lexer.Tokenize(string(data))); e != nil {
		return nil, []syntaxError{*e}
	}
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, []syntaxError{fromParser(err)}
	}
	s := syntax{anchors: map[string]*node{}}
	root = s.document(file)
	return root, s.errs
}

// boundTokens refuses what would cost the parser too much, before it starts.
func boundTokens(tokens token.Tokens) *syntaxError {
	depth := 0
	for i, t := range tokens {
		opens := false
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType:
			opens = t.Position.Column > maxColumn
		}
		if i > maxTokens {
			return &syntaxError{t.Position.Line, t.Position.Column, "the file holds too many values", ""}
		}
		if depth > maxNesting || opens {
			return &syntaxError{t.Position.Line, t.Position.Column, "nested too deeply", ""}
		}
	}
	return nil
}

// fromParser keeps the parser's words only: its own error text quotes the lines around, secrets included.
func fromParser(err error) syntaxError {
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil || e.GetToken().Position == nil {
		return syntaxError{1, 1, "not valid YAML", ""}
	}
	p := e.GetToken().Position
	return syntaxError{p.Line, p.Column, "not valid YAML: " + parserWords(e.GetMessage()), ""}
}

func (s *syntax) fail(t *token.Token, message, hint string) {
	s.errs = append(s.errs, syntaxError{t.Position.Line, t.Position.Column, message, hint})
}

func (s *syntax) document(file *ast.File) *node {
	var root *node
	seen := false
	for _, doc := range file.Docs {
		switch body := doc.Body.(type) {
		case nil, *ast.DirectiveNode:
			continue
		default:
			if seen {
				s.fail(startOf(body), "a second document", "the file is one document: remove the line --- and what follows it")
				return root
			}
			seen = true
			root = s.value(body)
		}
	}
	return root
}

func (s *syntax) value(n ast.Node) *node {
	t := startOf(n)
	out := &node{line: t.Position.Line, column: t.Position.Column, text: t.Value}
	switch n := n.(type) {
	case *ast.NullNode:
	case *ast.BoolNode:
		out.kind = isBool
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		out.kind = isNumber
	case *ast.StringNode:
		out.kind, out.text = isWord, n.Value
		if t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType {
			out.kind = isText
		}
	case *ast.LiteralNode:
		out.kind, out.text = isText, n.Value.Value
	case *ast.SequenceNode:
		out.kind = isList
		for _, item := range n.Values {
			out.items = append(out.items, s.value(item))
		}
	case *ast.MappingNode:
		out.kind, out.pairs = isMapping, s.pairs(n.Values)
	case *ast.MappingValueNode:
		out.kind, out.pairs = isMapping, s.pairs([]*ast.MappingValueNode{n})
	case *ast.AnchorNode:
		out = s.value(n.Value)
		s.anchors[n.Name.GetToken().Value] = out
	case *ast.AliasNode:
		if a := s.anchors[n.Value.GetToken().Value]; a != nil {
			return a
		}
		s.fail(t, "an alias to nothing: no anchor of this name stands before it", "")
	case *ast.TagNode:
		s.fail(t, "tags have no meaning here", "remove the word that begins with !")
	default:
		s.fail(t, "not a form of YAML that is understood here", "write plain lists and maps")
	}
	return out
}

func (s *syntax) pairs(values []*ast.MappingValueNode) []pair {
	pairs := make([]pair, 0, len(values))
	for _, v := range values {
		switch v.Key.(type) {
		case *ast.MergeKeyNode:
			s.fail(v.Key.GetToken(), "merge keys (<<) are not understood", "write the keys out")
		case *ast.MappingKeyNode, *ast.TagNode, *ast.AliasNode, *ast.AnchorNode:
			s.fail(startOf(v.Key), "not a form of key that is understood here", "write a plain word")
		default:
			pairs = append(pairs, pair{s.value(v.Key), s.value(v.Value)})
		}
	}
	return pairs
}

// startOf is the first token of a value; the tree's own token of a map is its first colon.
func startOf(n ast.Node) *token.Token {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return startOf(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return startOf(n.Key)
	}
	return n.GetToken()
}

// parserWords cuts a message of the parser before anything it quotes from the file.
func parserWords(message string) string {
	if i := strings.IndexAny(message, "\"`"); i >= 0 {
		message = message[:i]
	}
	return strings.ReplaceAll(strings.TrimRight(message, " :"), "\t", `\t`)
}
