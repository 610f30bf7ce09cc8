package main

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"winnow/config"
)

// object is a JSON object; encoding/json writes its keys in order.
type object map[string]any

// schemas makes the JSON Schema, one definition for each struct.
type schemas struct {
	*comments
	defs object
	err  error
}

func makeSchema(c *comments) ([]byte, error) {
	s := &schemas{comments: c, defs: object{}}
	root := s.structure(reflect.TypeFor[config.Config]())
	s.defs["reference"] = object{
		"description": "Taken from the environment: ${NAME} or ${NAME:-default}.",
		"type":        "string", "pattern": `\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}`,
	}
	s.defs["Action"] = s.action()
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "winnow"
	root["$defs"] = s.defs
	if s.err != nil {
		return nil, s.err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(root)
	return out.Bytes(), err
}

// structure is the schema of a struct's map: closed, so that a misspelt key is a mistake.
func (s *schemas) structure(t reflect.Type) object {
	fields := make([]reflect.StructField, 0, t.NumField())
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("yaml") != "-" {
			fields = append(fields, f)
		}
	}
	return s.fields(t, fields)
}

func (s *schemas) fields(t reflect.Type, fields []reflect.StructField) object {
	properties, required := object{}, []string{}
	for _, f := range fields {
		key := f.Tag.Get("yaml")
		value := s.value(f.Type, f.Tag)
		doc, err := s.describe(t.Name(), f.Name)
		if err != nil {
			s.err = err
		}
		value["description"] = doc
		properties[key] = value
		if f.Tag.Get("required") != "" {
			required = append(required, key)
		}
	}
	out := object{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// value is the schema of one Go type under its field's tag.
func (s *schemas) value(t reflect.Type, tag reflect.StructTag) object {
	switch t {
	case reflect.TypeFor[config.Action]():
		return object{"$ref": "#/$defs/Action"}
	case reflect.TypeFor[config.Secret]():
		return object{"type": "string"}
	case reflect.TypeFor[config.Size]():
		return orReference(object{"type": "integer", "minimum": 0}, object{"type": "string", "pattern": `^[0-9]+ ?([KMG]iB|[kKMG]B|B)?$`})
	case reflect.TypeFor[config.Duration]():
		return orReference(object{"const": 0}, object{"type": "string", "pattern": `^([0-9]+d)?([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))*$`, "minLength": 1})
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.value(t.Elem(), tag)
	case reflect.Struct:
		if _, done := s.defs[t.Name()]; !done {
			s.defs[t.Name()] = nil // the name is taken before its fields are looked at
			s.defs[t.Name()] = s.structure(t)
		}
		return object{"$ref": "#/$defs/" + t.Name()}
	case reflect.Slice:
		return object{"type": "array", "items": s.value(t.Elem(), tag)}
	case reflect.Map:
		return s.mapping(t, tag)
	case reflect.Bool:
		return orReference(object{"type": "boolean"})
	case reflect.Int, reflect.Float64:
		return orReference(number(t, tag))
	}
	return text(t, tag)
}

func number(t reflect.Type, tag reflect.StructTag) object {
	out := object{"type": "number"}
	if t.Kind() == reflect.Int {
		out["type"] = "integer"
	}
	for key, bound := range map[string]string{"minimum": tag.Get("min"), "maximum": tag.Get("max")} {
		if n, err := strconv.Atoi(bound); err == nil {
			out[key] = n
		}
	}
	return out
}

func text(t reflect.Type, tag reflect.StructTag) object {
	words := config.Words(t)
	if own := tag.Get("words"); own != "" {
		words = strings.Fields(own)
	}
	if words != nil {
		return orReference(object{"enum": words})
	}
	if form, ok := config.FormOf(tag.Get("form")); ok {
		return orReference(object{"type": "string", "pattern": form.Pattern})
	}
	return object{"type": "string"}
}

func (s *schemas) mapping(t reflect.Type, tag reflect.StructTag) object {
	keys := config.Words(t.Key())
	if tag.Get("keys") == "detector" {
		keys = config.DetectorNames()
	}
	value := s.value(t.Elem(), "")
	if keys == nil {
		return object{"type": "object", "additionalProperties": value}
	}
	return object{"type": "object", "additionalProperties": value, "propertyNames": object{"enum": keys}}
}

// orReference lets the environment stand in for a value.
func orReference(values ...object) object {
	list := make([]any, 0, len(values)+1)
	for _, v := range values {
		list = append(list, v)
	}
	return object{"anyOf": append(list, object{"$ref": "#/$defs/reference"})}
}

// action is the schema of "drop" and of "mask: {keep_last: 4}".
func (s *schemas) action() object {
	var alone []string
	forms := []any{}
	for _, w := range config.Words(reflect.TypeFor[config.ActionKind]()) {
		k := config.ActionKind(w)
		if k.Alone() {
			alone = append(alone, w)
		}
		if fields := config.ActionFields(k); fields != nil {
			forms = append(forms, object{
				"type": "object", "additionalProperties": false, "required": []string{w},
				"properties": object{w: s.actionValue(k, fields)},
			})
		}
	}
	return object{"description": s.types["Action"], "anyOf": append([]any{orReference(object{"enum": alone})}, forms...)}
}

func (s *schemas) actionValue(k config.ActionKind, fields []reflect.StructField) object {
	if k == config.ActionReplace {
		return object{"type": "string", "minLength": 1, "description": "The text that replaces the value."}
	}
	out := s.fields(reflect.TypeFor[config.Action](), fields)
	if !k.Alone() {
		out["minProperties"], out["maxProperties"] = 1, 1
	}
	return out
}
