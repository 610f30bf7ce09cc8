package codec_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tinylib/msgp/msgp"

	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/scrubtest"
)

// messagePack makes MessagePack of lines of JSON. An object with one of these members is another type:
//
//	{"$bin": "\xff"}        binary, with Go's escapes
//	{"$event": [1, 2]}      an EventTime: seconds and nanoseconds
//	{"$ext": 5}             an extension of that type
//	{"$packed": [a, b]}     binary of what the elements are, one behind the other; $gzip: compressed
//	{"$raw": "\xc1"}        these octets
//	{"$pairs": [[1, 2]]}    a map with names of any type
func messagePack(t testing.TB, lines string) (out []byte) {
	t.Helper()
	for line := range strings.Lines(lines) {
		d := json.NewDecoder(strings.NewReader(line))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		out = appendPacked(t, out, v)
	}
	return out
}

func appendPacked(t testing.TB, out []byte, v any) []byte {
	t.Helper()
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return msgp.AppendInt64(out, n)
		}
		f, err := v.Float64()
		if err != nil {
			t.Fatal(err)
		}
		return msgp.AppendFloat64(out, f)
	case []any:
		out = msgp.AppendArrayHeader(out, uint32(len(v)))
		for _, e := range v {
			out = appendPacked(t, out, e)
		}
		return out
	case map[string]any:
		if len(v) == 1 {
			for name, value := range v {
				if special, ok := appendSpecial(t, out, name, value); ok {
					return special
				}
			}
		}
		out = msgp.AppendMapHeader(out, uint32(len(v)))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			out = appendPacked(t, msgp.AppendString(out, name), v[name])
		}
		return out
	}
	out, err := msgp.AppendIntf(out, v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func appendSpecial(t testing.TB, out []byte, name string, v any) ([]byte, bool) {
	t.Helper()
	switch name {
	case "$bin":
		return msgp.AppendBytes(out, octets(t, v)), true
	case "$raw":
		return append(out, octets(t, v)...), true
	case "$ext":
		n, err := v.(json.Number).Int64()
		if err != nil {
			t.Fatal(err)
		}
		return append(out, 0xd4, byte(n), 0), true
	case "$event":
		out = append(out, 0xd7, 0)
		for _, part := range v.([]any) {
			n, err := part.(json.Number).Int64()
			if err != nil {
				t.Fatal(err)
			}
			out = binary.BigEndian.AppendUint32(out, uint32(n))
		}
		return out, true
	case "$pairs":
		out = msgp.AppendMapHeader(out, uint32(len(v.([]any))))
		for _, pair := range v.([]any) {
			out = appendPacked(t, appendPacked(t, out, pair.([]any)[0]), pair.([]any)[1])
		}
		return out, true
	case "$packed", "$gzip":
		var stream []byte
		for _, e := range v.([]any) {
			stream = appendPacked(t, stream, e)
		}
		if name == "$gzip" {
			stream = zipped(t, stream)
		}
		return msgp.AppendBytes(out, stream), true
	}
	return out, false
}

func octets(t testing.TB, v any) []byte {
	t.Helper()
	text, err := strconv.Unquote(`"` + v.(string) + `"`)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(text)
}

func zipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What is asked for is acknowledged, message by message, dropped and unreadable entries included.
func TestFluentAcks(t *testing.T) {
	for in, want := range map[string][]string{
		`["app", 1, {"message": "x"}]`: nil,
		`["app", 1, {"message": "x"}, {"chunk": "c1"}]` + "\n" + `["app", [[1, {"message": "y"}]], {"chunk": "c2", "size": 1}]`: {"c1", "c2"},
		`["app", [], {"chunk": "c3"}]`:              {"c3"},
		`["app", [[1, "no map"]], {"chunk": "c4"}]`: {"c4"},
		`["app", 1, {"message": "x"}, null]`:        nil,
		`["app", {"$packed": []}, {"chunk": "c5"}]`: {"c5"},
	} {
		run := scrubtest.Policy(t, "").Begin(scrub.Request{})
		b, err := codec.Fluent{}.Scrub(run, &codec.Request{Body: messagePack(t, in), MaxDecoded: 1 << 20})
		if err != nil {
			t.Fatal(in, err)
		}
		for name, answer := range map[string]codec.Response{
			"accept": codec.Fluent{}.Accept(&b), "relay": codec.Fluent{}.Relay(&b, &codec.Response{Status: 204}),
		} {
			var got []string
			for rest := answer.Body; len(rest) > 0; {
				var ack map[string]any
				if ack, rest, err = msgp.ReadMapStrIntfBytes(rest, nil); err != nil {
					t.Fatal(err)
				}
				got = append(got, ack["ack"].(string))
			}
			if answer.Status != 200 || !slices.Equal(got, want) {
				t.Errorf("%s: %s: %d, %q", in, name, answer.Status, got)
			}
		}
		if failed := (codec.Fluent{}).Relay(&b, &codec.Response{Status: 503, Body: []byte("x")}); failed.Status != 503 || len(failed.Body) > 0 {
			t.Errorf("%s: acknowledged in spite of %+v", in, failed)
		}
		run.Close()
	}
}

// What is compressed is bounded by what it decodes to, and so are records by what they are spelled as.
func TestFluentBounds(t *testing.T) {
	bomb := msgp.AppendArrayHeader(nil, 3)
	bomb = msgp.AppendString(bomb, "app")
	bomb = msgp.AppendBytes(bomb, zipped(t, make([]byte, 1<<20)))
	bomb = msgp.AppendMapStrStr(bomb, map[string]string{"compressed": "gzip"})
	deep := msgp.AppendString(msgp.AppendArrayHeader(nil, 3), "app")
	deep = msgp.AppendMapHeader(msgp.AppendInt(deep, 1), 1)
	deep = append(msgp.AppendString(deep, "a"), bytes.Repeat([]byte{0x91}, 100_000)...)
	deep = append(deep, 0xc0)
	wide := msgp.AppendString(msgp.AppendArrayHeader(nil, 2), "app")
	wide = append(wide, 0xdd, 0xff, 0xff, 0xff, 0xff)
	spelled := msgp.AppendString(msgp.AppendArrayHeader(nil, 3), "app")
	spelled = msgp.AppendMapStrStr(msgp.AppendInt(spelled, 1), map[string]string{"message": strings.Repeat("\x01", 20_000)})
	for name, body := range map[string][]byte{"bomb": bomb, "deep": deep, "wide": wide, "spelled": spelled} {
		run := scrubtest.Policy(t, "").Begin(scrub.Request{})
		if _, err := (codec.Fluent{}).Scrub(run, &codec.Request{Body: body, MaxDecoded: 100_000}); err == nil {
			t.Errorf("%s: taken", name)
		}
		run.Close()
	}
}
