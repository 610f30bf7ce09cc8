package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// maxVisits bounds decoding: with aliases a short file can stand for a very long one.
const maxVisits = 100_000

var (
	actionType   = reflect.TypeFor[Action]()
	secretType   = reflect.TypeFor[Secret]()
	sizeType     = reflect.TypeFor[Size]()
	durationType = reflect.TypeFor[Duration]()
)

// decoder fills Go values from nodes, guided by the fields' tags, and collects mistakes instead of stopping at one.
type decoder struct {
	env      Env
	source   *Source
	mistakes Mistakes
	bad      map[string]bool // paths whose value is known to be wrong, so that later checks stay silent about them
	inline   []string        // paths of secrets written in clear
	subject  string          // the element being decoded: `rule "cards": `
	visits   int
}

func newDecoder(source *Source, env Env) *decoder {
	return &decoder{source: source, env: env, bad: map[string]bool{}}
}

// fail notes a mistake at n, which is the value at path.
func (d *decoder) fail(n *node, path, hint, format string, a ...any) {
	d.bad[path] = true
	at := Position{d.source.Name, n.line, n.column}
	d.mistakes = append(d.mistakes, Mistake{at, d.subject + fmt.Sprintf(format, a...), hint})
}

// value decodes n into v. An empty value ("key:") is a key left out.
func (d *decoder) value(n *node, path string, v reflect.Value, tag reflect.StructTag) {
	if d.visits++; d.visits > maxVisits {
		if d.visits == maxVisits+1 {
			d.fail(n, path, "write the values out", "aliases make too much of this file")
		}
		return
	}
	if n.kind == isNull {
		return
	}
	d.source.set(path, n)
	switch t := v.Type(); {
	case t == actionType:
		d.action(n, path, v)
	case t == secretType:
		d.secret(n, path, v)
	case t.Kind() == reflect.Pointer:
		p := reflect.New(t.Elem())
		d.value(n, path, p.Elem(), tag)
		v.Set(p)
	case t.Kind() == reflect.Struct:
		d.structure(n, path, v, fieldsOf(t))
	case t.Kind() == reflect.Slice:
		d.list(n, path, v, tag)
	case t.Kind() == reflect.Map:
		d.mapping(n, path, v, tag)
	default:
		d.scalar(n, path, v, tag)
	}
}

// fieldsOf are the fields of a struct that the file can name; of Action, those are its kinds' and not here.
func fieldsOf(t reflect.Type) []reflect.StructField {
	var fields []reflect.StructField
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("yaml") != "-" && f.Tag.Get("of") == "" {
			fields = append(fields, f)
		}
	}
	return fields
}

func keysOf(fields []reflect.StructField) []string {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.Tag.Get("yaml")
	}
	return keys
}

func (d *decoder) structure(n *node, path string, v reflect.Value, fields []reflect.StructField) {
	if n.kind != isMapping {
		d.fail(n, path, "write keys and values", "%s must be a map, not %s", last(path), n.kind)
		return
	}
	known := keysOf(fields)
	seen := map[string]*node{}
	for _, p := range n.pairs {
		if !d.key(p.key, path, known, seen, "key") {
			continue
		}
		for _, f := range fields {
			if f.Tag.Get("yaml") == p.key.text {
				d.value(p.value, join(path, p.key.text), v.FieldByIndex(f.Index), f.Tag)
			}
		}
		if p.value.kind == isNull {
			seen[p.key.text] = nil
		}
	}
	for _, f := range fields {
		if key := f.Tag.Get("yaml"); f.Tag.Get("required") != "" && seen[key] == nil {
			d.fail(n, path, "", "%q is missing", key)
		}
	}
}

// key checks one key against the closed list and those before it.
func (d *decoder) key(k *node, path string, known []string, seen map[string]*node, what string) bool {
	if first, again := seen[k.text]; again {
		hint := ""
		if first != nil {
			hint = fmt.Sprintf("it stands already at line %d", first.line)
		}
		d.fail(k, join(path, k.text), hint, "duplicate key %s", show(k.text))
		return false
	}
	seen[k.text] = k
	if known == nil {
		return true
	}
	for _, w := range known {
		if w == k.text {
			return true
		}
	}
	d.fail(k, join(path, k.text), suggest(k.text, known), "unknown %s %s", what, show(k.text))
	return false
}

func (d *decoder) list(n *node, path string, v reflect.Value, tag reflect.StructTag) {
	if n.kind != isList {
		d.fail(n, path, "write [a, b], or a line with - for each", "%s must be a list, not %s", last(path), n.kind)
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.items), len(n.items))
	for i, item := range n.items {
		at := index(path, i)
		if item.kind == isNull {
			d.fail(item, at, "remove it", "an empty entry in %s", last(path))
			continue
		}
		elem := out.Index(i)
		if elem.Kind() == reflect.Struct {
			fill(elem, fieldsOf(elem.Type()))
			d.subject = subjectOf(elem.Type(), item)
		}
		d.value(item, at, elem, tag)
		if elem.Kind() == reflect.Struct {
			d.subject = ""
		}
	}
	v.Set(out)
}

// subjectOf names an element of a list by its id or path, for messages.
func subjectOf(t reflect.Type, n *node) string {
	for _, p := range n.pairs {
		if (p.key.text == "id" || p.key.text == "path") && p.value.kind == isWord && show(p.value.text) != "here" {
			return strings.ToLower(t.Name()) + " " + show(p.value.text) + ": "
		}
	}
	return ""
}

// fill sets the defaults of an element's fields.
func fill(v reflect.Value, fields []reflect.StructField) {
	d := newDecoder(&Source{}, Env{})
	for _, f := range fields {
		text, ok := f.Tag.Lookup("default")
		if !ok {
			continue
		}
		n := &node{kind: isWord, text: text}
		if _, err := strconv.Atoi(text); err == nil {
			n.kind = isNumber
		}
		d.value(n, "", v.FieldByIndex(f.Index), f.Tag)
	}
}

func (d *decoder) mapping(n *node, path string, v reflect.Value, tag reflect.StructTag) {
	if n.kind != isMapping {
		d.fail(n, path, "write keys and values", "%s must be a map, not %s", last(path), n.kind)
		return
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	known := keyWords(v.Type(), tag)
	seen := map[string]*node{}
	for _, p := range n.pairs {
		if !d.key(p.key, path, known, seen, strings.TrimSuffix(last(path), "s")) {
			continue
		}
		key := reflect.ValueOf(p.key.text).Convert(v.Type().Key())
		elem := reflect.New(v.Type().Elem()).Elem()
		if old := v.MapIndex(key); old.IsValid() {
			elem.Set(old)
		}
		d.value(p.value, join(path, p.key.text), elem, "")
		v.SetMapIndex(key, elem)
	}
}

// last is the last key of a path, for messages.
func last(path string) string {
	if path == "" {
		return "the file"
	}
	path = path[strings.LastIndexByte(path, '.')+1:]
	if i := strings.IndexByte(path, '['); i > 0 {
		return "each of " + path[:i]
	}
	if show(path) == "here" {
		return "the value"
	}
	return path
}

// String is the kind in words, for messages.
func (k kind) String() string {
	return [...]string{"nothing", "a word", "text", "a number", "true or false", "a list", "a map"}[k]
}

// quotes is the hint for a value that stands where text should.
func (k kind) quotes() string {
	if k == isNumber || k == isBool {
		return "put it in quotes"
	}
	return ""
}

// show quotes a word of the file for a message. What is no word (long, spaces, control characters) is not shown: it may be a value
// that went to the wrong place.
func show(word string) string {
	if len(word) > 48 || strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "here"
	}
	return strconv.Quote(word)
}
