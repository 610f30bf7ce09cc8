package config

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// action decodes "drop" or "mask: {keep_last: 4}". What stood in v before is gone: an action is replaced whole.
func (d *decoder) action(n *node, path string, v reflect.Value) {
	v.SetZero()
	switch n.kind {
	case isWord, isText:
		d.actionWord(n, path, v)
	case isMapping:
		if len(n.pairs) != 1 {
			d.fail(n, path, "write one, such as mask: {keep_last: 4}", "an action is one word or a map with one key")
			return
		}
		d.actionMap(n.pairs[0], path, v)
	default:
		d.fail(n, path, "write a word, or a map with one key", "an action cannot be %s", n.kind)
	}
}

// ActionFields returns the fields of Action that an action of this kind takes, by their tags: keys of its map, but the one text of
// replace. Keep, drop and drop_record have none.
func ActionFields(k ActionKind) []reflect.StructField {
	var fields []reflect.StructField
	for i := range actionType.NumField() {
		if f := actionType.Field(i); k != "" && f.Tag.Get("of") == string(k) {
			fields = append(fields, f)
		}
	}
	return fields
}

// Alone reports whether the word alone is an action: nothing needs to be said with it.
func (k ActionKind) Alone() bool { return k != ActionGeneralise }

func (d *decoder) actionWord(n *node, path string, v reflect.Value) {
	text, referred, ok := d.expand(n, path)
	k := ActionKind(text)
	switch {
	case !ok:
	case !slices.Contains(actionKinds, k):
		if referred {
			text = ""
		}
		d.fail(n, path, suggest(text, closed[reflect.TypeFor[ActionKind]()]), "unknown action %s", show(text))
	case !k.Alone():
		d.fail(n, path, "", "generalise to what? write generalise: {buckets: [0, 10, 100]}, generalise: {time: hour} or generalise: {url: path}")
	default:
		d.startAction(k, v)
	}
}

func (d *decoder) startAction(k ActionKind, v reflect.Value) {
	v.FieldByName("Kind").SetString(string(k))
	fill(v, ActionFields(k))
}

func (d *decoder) actionMap(p pair, path string, v reflect.Value) {
	k := ActionKind(p.key.text)
	at := join(path, p.key.text)
	if !slices.Contains(actionKinds, k) {
		d.fail(p.key, path, suggest(p.key.text, closed[reflect.TypeFor[ActionKind]()]), "unknown action %s", show(p.key.text))
		return
	}
	d.source.set(at, p.value)
	d.startAction(k, v)
	switch {
	case k == ActionReplace && p.value.kind != isNull:
		d.replacement(p.value, at, v.FieldByName("Text"))
	case len(ActionFields(k)) == 0 && p.value.kind != isNull:
		d.fail(p.value, path, "write the word alone", "%s takes nothing", k)
	case p.value.kind != isNull:
		d.structure(p.value, at, v, ActionFields(k))
	}
	if k == ActionGeneralise {
		d.generalisation(p, path, v.Interface().(Action))
	}
}

// replacement is short and printable: it goes into every record, whatever its format.
func (d *decoder) replacement(n *node, path string, v reflect.Value) {
	if n.kind != isWord && n.kind != isText {
		d.fail(n, path, n.kind.quotes(), "replace needs a text, not %s", n.kind)
		return
	}
	text, _, ok := d.expand(n, path)
	if !ok {
		return
	}
	odd := func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }
	if text == "" || len(text) > 64 || strings.ContainsFunc(text, odd) {
		d.fail(n, path, "write 1 to 64 bytes of it", "replace needs a short printable text")
		return
	}
	v.SetString(text)
}

func (d *decoder) generalisation(p pair, path string, a Action) {
	switch {
	case d.bad[path+".generalise"], d.bad[path+".generalise.buckets"], d.bad[path+".generalise.time"], d.bad[path+".generalise.url"]:
	case a.generalisations() != 1:
		d.fail(p.key, path, "write buckets for numbers, time for times or url for web addresses", "generalise needs one of buckets, time and url")
	case a.Buckets == nil:
	case len(a.Buckets) == 0 || len(a.Buckets) > 256:
		d.fail(p.key, path, "", "buckets must be 1 to 256 numbers")
	case !ascending(a.Buckets):
		d.fail(p.key, path, "", "buckets must ascend, each number once")
	}
}

// generalisations is how many kinds of value an action says how to generalise.
func (a *Action) generalisations() (n int) {
	for _, said := range [...]bool{a.Buckets != nil, a.Time != "", a.URL != ""} {
		if said {
			n++
		}
	}
	return n
}

func ascending(list []float64) bool {
	for i := 1; i < len(list); i++ {
		if list[i] <= list[i-1] {
			return false
		}
	}
	return true
}
