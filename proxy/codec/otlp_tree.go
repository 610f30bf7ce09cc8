package codec

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"

	"winnow/scrub/record"
)

// otlpTree is a message as plain values, by its fields' names in JSON: text and identifiers are strings, numbers json.Number (a word of an
// enum, or NaN, is a string), switches bool, attributes otlpAttributes, a body otlpValue, a message otlpTree, and what is repeated []any of these.
type otlpTree map[string]any

// add puts a value of field d into the tree.
func (t otlpTree) add(d *otlpPart, v any) {
	if as, ok := v.(otlpAttributes); ok {
		before, _ := t[d.name].(otlpAttributes)
		t[d.name] = append(before, as...)
		return
	}
	if d.is.repeated() {
		before, _ := t[d.name].([]any)
		v = append(before, v)
	}
	t[d.name] = v
}

func (t otlpTree) text(name string) string {
	switch v := t[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

func (t otlpTree) tree(name string) otlpTree {
	sub, _ := t[name].(otlpTree)
	return sub
}

// trees are the messages in a repeated field.
func (t otlpTree) trees(name string) []otlpTree {
	list, _ := t[name].([]any)
	var subs []otlpTree
	for _, v := range list {
		if sub, ok := v.(otlpTree); ok {
			subs = append(subs, sub)
		}
	}
	return subs
}

// attributes are nil where there are none.
func (t otlpTree) attributes(name string) map[string]any {
	as, _ := t[name].(otlpAttributes)
	if len(as) == 0 {
		return nil
	}
	return as.plain()
}

// otlpTree reads the whole scrubbed request.
func (b *Batch) otlpTree() (otlpTree, error) {
	of := signals[b.signal].request
	body := b.Bytes()
	if isJSON(b.ContentType) {
		return treeOf(body[record.SkipSpace(body, 0):], of)
	}
	p := protobuf{in: body}
	return p.tree(field{stop: len(body)}, of)
}

// treeOf reads a message in JSON.
func treeOf(value []byte, of otlpMessage) (otlpTree, error) {
	t := otlpTree{}
	err := eachMember(value, 0, func(key, value []byte) error {
		d := of.named(key)
		switch {
		case d == nil:
			return nil
		case d.is == isAttributes || !d.is.repeated():
			return t.addJSON(d, value)
		}
		return eachElement(value, func(value []byte) error { return t.addJSON(d, value) })
	})
	return t, err
}

func (t otlpTree) addJSON(d *otlpPart, value []byte) error {
	switch d.is {
	case isText, isNeeded, isName, isTraceID, isSpanID:
		t.add(d, unquote(value))
		return nil
	case isAttributes:
		var as otlpAttributes
		err := json.Unmarshal(value, &as)
		t.add(d, as)
		return err
	case isBody:
		var v otlpValue
		err := json.Unmarshal(value, &v)
		t.add(d, v)
		return err
	}
	if d.is.message() {
		sub, err := treeOf(value, d.of)
		t.add(d, sub)
		return err
	}
	text := unquote(value)
	end, fault := record.Number([]byte(text), 0)
	switch {
	case d.is == isBool:
		t.add(d, text == "true")
	case fault == nil && end == len(text):
		t.add(d, json.Number(text))
	default:
		t.add(d, text)
	}
	return nil
}

// tree reads a message in protobuf.
func (p *protobuf) tree(f field, of otlpMessage) (otlpTree, error) {
	t := otlpTree{}
	err := p.each(f, func(f field) error {
		if d := of.numbered(f.number); d != nil {
			return p.addTo(t, d, f)
		}
		return nil
	})
	return t, err
}

func (p *protobuf) addTo(t otlpTree, d *otlpPart, f field) error {
	switch d.is {
	case isText, isNeeded, isName:
		t.add(d, p.string(f))
		return nil
	case isTraceID, isSpanID:
		t.add(d, hex.EncodeToString(p.in[f.value:f.stop]))
		return nil
	case isAttributes:
		var as otlpAttributes
		err := p.readAttribute(&as, f)
		t.add(d, as)
		return err
	case isBody:
		var v otlpValue
		err := p.readValue(&v, f)
		t.add(d, v)
		return err
	}
	if d.is.message() {
		sub, err := p.tree(f, d.of)
		t.add(d, sub)
		return err
	}
	if f.kind != protowire.BytesType {
		t.add(d, d.is.number(f.varint))
		return nil
	}
	for rest := p.in[f.value:f.stop]; len(rest) > 0; {
		var n int
		if f.varint, n = protowire.ConsumeVarint(rest); wireType[d.is] == protowire.Fixed64Type {
			f.varint, n = protowire.ConsumeFixed64(rest)
		}
		if n < 0 {
			return errUnreadable
		}
		t.add(d, d.is.number(f.varint))
		rest = rest[n:]
	}
	return nil
}

// number is the value of a field as JSON has it.
func (k otlpKind) number(v uint64) any {
	switch k {
	case isBool:
		return v != 0
	case isSint:
		return json.Number(strconv.FormatInt(protowire.DecodeZigZag(v), 10))
	case isSfixed64, isEnum:
		return json.Number(strconv.FormatInt(int64(v), 10))
	case isDouble, isDoubles:
		return floatOf(math.Float64frombits(v))
	}
	return json.Number(strconv.FormatUint(v, 10))
}

// floatOf spells a number that JSON has, or the word for one that it has not (ProtoJSON).
func floatOf(x float64) any {
	switch {
	case math.IsNaN(x):
		return "NaN"
	case math.IsInf(x, 1):
		return "Infinity"
	case math.IsInf(x, -1):
		return "-Infinity"
	}
	return json.Number(strconv.FormatFloat(x, 'g', -1, 64))
}
