package config

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// scalar decodes numbers, switches, sizes, durations and text.
func (d *decoder) scalar(n *node, path string, v reflect.Value, tag reflect.StructTag) {
	if n.kind == isList || n.kind == isMapping {
		d.fail(n, path, "", "%s must be one value, not %s", last(path), n.kind)
		return
	}
	text, referred, ok := n.text, false, true
	if tag.Get("raw") == "" {
		text, referred, ok = d.expand(n, path)
	}
	if !ok {
		return
	}
	s := scalar{d, n, path, text, referred}
	switch t := v.Type(); {
	case t == sizeType:
		setInt(s, v, tag, ParseSize, `write a whole number of bytes, or one with KiB, MiB, GiB, kB, MB, GB`, "a size")
	case t == durationType:
		setInt(s, v, tag, ParseDuration, `write a number with a unit: 500ms, 30s, 5m, 720h, 30d`, "a duration")
	case t.Kind() == reflect.Int:
		if s.plain(isNumber, "a whole number") {
			setInt(s, v, tag, parseInt, "write digits only, without leading zeros", "a whole number")
		}
	case t.Kind() == reflect.Float64:
		s.setFloat(v)
	case t.Kind() == reflect.Bool:
		if s.plain(isBool, "true or false") {
			s.setBool(v)
		}
	default:
		s.setString(v, tag)
	}
}

// scalar is one value on its way into a Go value.
type scalar struct {
	d        *decoder
	n        *node
	path     string
	text     string
	referred bool // text came, at least in part, from the environment, and must not be shown
}

// plain refuses a value of another kind: true for a number, "64" for 64. A reference gives text, which is then read as what is wanted.
func (s scalar) plain(want kind, name string) bool {
	if s.n.kind == want || s.referred {
		return true
	}
	s.d.fail(s.n, s.path, "", "%s must be %s, not %s", last(s.path), name, s.n.kind)
	return false
}

// shown is the text in quotes with a space before it, or nothing when it must not be shown.
func (s scalar) shown() string {
	if s.referred {
		return ""
	}
	if q := show(s.text); q != "here" {
		return " " + q
	}
	return ""
}

func setInt[T ~int | ~int64](s scalar, v reflect.Value, tag reflect.StructTag, parse func(string) (T, error), hint, name string) {
	x, err := parse(s.text)
	if err != nil {
		s.d.fail(s.n, s.path, hint, "%s%s is not %s", last(s.path), s.shown(), name)
		return
	}
	if low, err := parse(tag.Get("min")); err == nil && x < low {
		s.d.fail(s.n, s.path, "", "%s is too small: at least %s", last(s.path), tag.Get("min"))
		return
	}
	if high, err := parse(tag.Get("max")); err == nil && x > high {
		s.d.fail(s.n, s.path, "", "%s is too large: at most %s", last(s.path), tag.Get("max"))
		return
	}
	v.SetInt(int64(x))
}

func parseInt(text string) (int, error) {
	if len(text) > 1 && text[0] == '0' {
		return 0, fmt.Errorf("leading zero")
	}
	return strconv.Atoi(text)
}

func (s scalar) setFloat(v reflect.Value) {
	x, err := strconv.ParseFloat(s.text, 64)
	if s.n.kind != isNumber && !s.referred || err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
		s.d.fail(s.n, s.path, "", "%s must be a number", last(s.path))
		return
	}
	v.SetFloat(x)
}

func (s scalar) setBool(v reflect.Value) {
	if s.text != "true" && s.text != "false" {
		s.d.fail(s.n, s.path, "write true or false", "%s is neither true nor false", last(s.path))
		return
	}
	v.SetBool(s.text == "true")
}

func (s scalar) setString(v reflect.Value, tag reflect.StructTag) {
	if s.n.kind != isWord && s.n.kind != isText {
		s.d.fail(s.n, s.path, s.n.kind.quotes(), "%s must be text, not %s", last(s.path), s.n.kind)
		return
	}
	if words := fieldWords(v.Type(), tag); words != nil && !slices.Contains(words, s.text) {
		hint := suggest(s.text, words)
		if s.referred {
			hint = suggest("", words)
		}
		s.d.fail(s.n, s.path, hint, "unknown %s%s", noun(s.path), s.shown())
		return
	}
	if name := tag.Get("form"); name != "" && !forms[name].fits(s.text) {
		shown := s.shown()
		if forms[name].private {
			shown = ""
		}
		s.d.fail(s.n, s.path, "write "+forms[name].Says, "%s%s is not %s", noun(s.path), shown, forms[name].what)
		return
	}
	v.SetString(s.text)
}

// noun is the last key of a path in the singular: what one element of the list is called.
func noun(path string) string {
	word := strings.TrimPrefix(last(path), "each of ")
	if word == last(path) {
		return word
	}
	switch word {
	case "classes":
		return "class"
	case "countries":
		return "country"
	case "fields":
		return "selector"
	case "trusted_proxies":
		return "network"
	}
	return strings.TrimSuffix(word, "s")
}

var sizeUnits = []struct {
	suffix string
	bytes  int64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}, {"", 1},
}

// ParseSize reads a whole number of bytes: "65536", "64KiB", "64 KiB".
func ParseSize(text string) (Size, error) {
	for _, u := range sizeUnits {
		digits, ok := strings.CutSuffix(text, u.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSuffix(digits, " "), 10, 63)
		if err != nil || n > math.MaxInt64/uint64(u.bytes) {
			break
		}
		return Size(int64(n) * u.bytes), nil
	}
	return 0, fmt.Errorf("not a size: a whole number with KiB, MiB, GiB, kB, MB or GB")
}

// ParseDuration reads a Go duration, or one that begins with days: "90s", "30d", "1d12h". It is never negative.
func ParseDuration(text string) (Duration, error) {
	wrong := fmt.Errorf("not a duration: a number with ms, s, m, h or d")
	days, rest, ok := strings.Cut(text, "d")
	if !ok {
		days, rest = "0", text
	}
	n, err := strconv.ParseUint(days, 10, 16)
	if err != nil {
		return 0, wrong
	}
	var clock time.Duration
	if rest != "" {
		if clock, err = time.ParseDuration(rest); err != nil || clock < 0 {
			return 0, wrong
		}
	}
	total := time.Duration(n) * 24 * time.Hour
	if text == "" || total+clock < 0 {
		return 0, wrong
	}
	return Duration(total + clock), nil
}

// String is the duration as Go writes it.
func (d Duration) String() string { return time.Duration(d).String() }
