package main

import (
	_ "embed"
	"fmt"
	"reflect"
	"strings"

	"winnow/config"
)

// introduction is the page's hand-written part.
//
//go:embed introduction.md
var introduction string

// page makes the reference page, one section for each struct.
type page struct {
	*comments
	out  strings.Builder
	todo []reflect.Type
	done map[reflect.Type]bool
	err  error
}

func makePage(c *comments) ([]byte, error) {
	p := &page{comments: c, done: map[reflect.Type]bool{}}
	p.out.WriteString(introduction)
	p.out.WriteString("\n## The file\n\n")
	p.table(reflect.TypeFor[config.Config]())
	for len(p.todo) > 0 {
		t := p.todo[0]
		p.todo = p.todo[1:]
		fmt.Fprintf(&p.out, "\n## %s\n\n%s\n\n", t.Name(), p.types[t.Name()])
		p.table(t)
	}
	p.actions()
	p.words()
	p.preset()
	return []byte(p.out.String()), p.err
}

func (p *page) table(t reflect.Type) {
	p.out.WriteString("| key | value | |\n|---|---|---|\n")
	for i := range t.NumField() {
		f := t.Field(i)
		key := f.Tag.Get("yaml")
		if key == "-" {
			continue
		}
		doc, err := p.describe(t.Name(), f.Name)
		if err != nil {
			p.err = err
		}
		fmt.Fprintf(&p.out, "| `%s` | %s | %s |\n", key, p.kind(f.Type, f.Tag), cell(sentence(f.Name, doc)))
	}
}

// sentence drops the field's Go name, and "is" after it, from the beginning of its comment.
func sentence(name, doc string) string {
	rest, ok := strings.CutPrefix(doc, name+" ")
	if !ok {
		return doc
	}
	for _, verb := range []string{"is ", "are "} {
		if cut, ok := strings.CutPrefix(rest, verb); ok {
			rest = cut
			break
		}
	}
	return strings.ToUpper(rest[:1]) + rest[1:]
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// kind is what may stand at a key, in words; structs get a section of their own.
func (p *page) kind(t reflect.Type, tag reflect.StructTag) string {
	switch t {
	case reflect.TypeFor[config.Action]():
		return "[action](#actions)"
	case reflect.TypeFor[config.Secret]():
		return "secret"
	case reflect.TypeFor[config.Size]():
		return "size" + bounds(tag)
	case reflect.TypeFor[config.Duration]():
		return "duration" + bounds(tag)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return p.kind(t.Elem(), tag)
	case reflect.Struct:
		if !p.done[t] {
			p.done[t] = true
			p.todo = append(p.todo, t)
		}
		return fmt.Sprintf("[%s](#%s)", strings.ToLower(t.Name()), strings.ToLower(t.Name()))
	case reflect.Slice:
		return "list of " + p.kind(t.Elem(), tag)
	case reflect.Map:
		return "map of " + p.kind(t.Elem(), "")
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Float64:
		return "number" + bounds(tag)
	}
	return p.text(t, tag)
}

func bounds(tag reflect.StructTag) string {
	low, high := tag.Get("min"), tag.Get("max")
	switch {
	case low != "" && high != "":
		return fmt.Sprintf(", %s to %s", low, high)
	case low != "":
		return ", at least " + low
	}
	return ""
}

func (p *page) text(t reflect.Type, tag reflect.StructTag) string {
	if words := tag.Get("words"); words != "" {
		return "`" + strings.Join(strings.Fields(words), "` `") + "`"
	}
	if config.Words(t) != nil {
		return fmt.Sprintf("[word](#%s)", strings.ToLower(t.Name()))
	}
	if form, ok := config.FormOf(tag.Get("form")); ok {
		return "text: " + cell(form.Says)
	}
	return "text"
}

func (p *page) actions() {
	p.out.WriteString("\n## Actions\n\n" + p.types["Action"] + "\n\n| word | | with |\n|---|---|---|\n")
	for _, w := range p.comments.words["ActionKind"] {
		with := []string{}
		for _, f := range config.ActionFields(config.ActionKind(w.text)) {
			doc, err := p.describe("Action", f.Name)
			if err != nil {
				p.err = err
			}
			key := f.Tag.Get("yaml")
			if key == "-" {
				with = append(with, cell(doc))
				continue
			}
			with = append(with, fmt.Sprintf("`%s` (%s): %s", key, p.kind(f.Type, f.Tag), cell(doc)))
		}
		fmt.Fprintf(&p.out, "| `%s` | %s | %s |\n", w.text, cell(w.doc), strings.Join(with, "<br>"))
	}
}

// words lists every closed word with its comment, in the constants' order.
func (p *page) words() {
	p.out.WriteString("\n## Words\n\nAn unknown word does not load; the nearest known one is offered.\n")
	for _, name := range []string{"Mode", "Class", "Purpose", "Protocol", "UpstreamType", "Credentials", "Compression", "Fact", "Why", "Basis", "TimeUnit", "URLPart"} {
		fmt.Fprintf(&p.out, "\n### %s\n\n%s\n\n", name, p.types[name])
		for _, w := range p.comments.words[name] {
			line := "- `" + w.text + "`"
			if w.doc != "" {
				line += ": " + w.doc
			}
			p.out.WriteString(line + "\n")
		}
	}
	p.out.WriteString("\n### Detectors\n\nIn their order of priority:\n\n")
	for _, name := range config.DetectorNames() {
		p.out.WriteString("- `" + name + "`\n")
	}
}

func (p *page) preset() {
	rules, err := config.Preset("service-operations")
	if err != nil {
		p.err = err
		return
	}
	p.out.WriteString("\n## The preset service-operations\n\n")
	p.out.WriteString("Its rules, tried in this order after the file's own; `config/presets/service-operations.yaml` has them whole.\n\n")
	p.out.WriteString("| rule | class | action | fields |\n|---|---|---|---|\n")
	for _, r := range rules {
		fmt.Fprintf(&p.out, "| `%s` | %s | %s | %s |\n", r.ID, r.Class, r.Action.Kind, sample(r.Fields))
	}
}

// sample shows the first fields of a rule and says how many more there are.
func sample(fields []string) string {
	const shown = 6
	text := "`" + strings.Join(fields[:min(shown, len(fields))], "` `") + "`"
	if more := len(fields) - shown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
