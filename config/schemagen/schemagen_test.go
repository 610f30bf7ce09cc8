package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"winnow/config"
)

func TestFilesAreCurrent(t *testing.T) {
	files, err := generate("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		got, err := os.ReadFile(filepath.Join("..", f.path))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, f.data) {
			t.Errorf("%s is not what the definitions give: run go generate ./config", f.path)
		}
	}
}

// The closed lists that decoding uses hold every constant of their type, in order.
func TestWordsAreComplete(t *testing.T) {
	c, err := readComments("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, typ := range []reflect.Type{
		reflect.TypeFor[config.Mode](), reflect.TypeFor[config.Class](), reflect.TypeFor[config.Protocol](), reflect.TypeFor[config.UpstreamType](),
		reflect.TypeFor[config.Compression](), reflect.TypeFor[config.Fact](), reflect.TypeFor[config.ActionKind](), reflect.TypeFor[config.TimeUnit](),
	} {
		var want []string
		for _, w := range c.words[typ.Name()] {
			want = append(want, w.text)
		}
		if got := config.Words(typ); len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s: words are %v, constants are %v", typ.Name(), got, want)
		}
	}
}

var stated = regexp.MustCompile(`Default:? ([^ ,;()]+( [KMG]iB)?)`)

// A default that a comment states is the one in force.
func TestCommentsStateTheDefaults(t *testing.T) {
	c, err := readComments("..")
	if err != nil {
		t.Fatal(err)
	}
	d := config.Default()
	checked := 0
	for _, v := range []any{*d, d.Admin, d.Limits, d.Policy, d.Log} {
		checked += compareDefaults(t, c, reflect.ValueOf(v))
	}
	for _, typ := range []reflect.Type{reflect.TypeFor[config.Upstream](), reflect.TypeFor[config.Rule](), reflect.TypeFor[config.Action]()} {
		for i := range typ.NumField() {
			f := typ.Field(i)
			m := stated.FindStringSubmatch(c.fields[typ.Name()][f.Name])
			if tag := f.Tag.Get("default"); tag != "" && (m == nil || strings.TrimRight(strings.ReplaceAll(m[1], " ", ""), ".") != tag) {
				t.Errorf("%s.%s: the tag says %s, the comment %v", typ.Name(), f.Name, tag, m)
			}
		}
	}
	if checked < 15 {
		t.Errorf("only %d comments were compared", checked)
	}
}

func compareDefaults(t *testing.T, c *comments, v reflect.Value) (checked int) {
	typ := v.Type()
	for i := range typ.NumField() {
		name := typ.Field(i).Name
		m := stated.FindStringSubmatch(c.fields[typ.Name()][name])
		if m == nil {
			continue
		}
		text := strings.TrimRight(m[1], ".")
		var same bool
		switch value := v.Field(i).Interface().(type) {
		case config.Size:
			size, err := config.ParseSize(text)
			same = err == nil && size == value
		case config.Duration:
			d, err := config.ParseDuration(text)
			same = err == nil && d == value
		case int, string, config.Mode:
			same = text == fmt.Sprint(value) || text == "none" && value == ""
		default:
			continue
		}
		checked++
		if !same {
			t.Errorf("%s.%s: the comment says %q, the default is %v", typ.Name(), name, text, v.Field(i))
		}
	}
	return checked
}
