package codec_test

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"
	"google.golang.org/protobuf/encoding/protowire"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/meta"
	"winnow/scrub/scrubtest"
)

// msg, str, num and dbl build protobuf messages, field by field.
func msg(number protowire.Number, parts ...[]byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), bytes.Join(parts, nil))
}

func str(number protowire.Number, s string) []byte { return msg(number, []byte(s)) }

func num(number protowire.Number, n int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, number, protowire.VarintType), uint64(n))
}

func fixed(number protowire.Number, n uint64) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(nil, number, protowire.Fixed64Type), n)
}

// attr is a KeyValue of field number, with an AnyValue made of value.
func attr(number protowire.Number, key string, value []byte) []byte {
	return msg(number, str(1, key), msg(2, value))
}

// scrubbed has c scrub body and returns what is sent on, the lines made of it, and the batch's counts.
func scrubbed(t testing.TB, c codec.Codec, p *scrub.Policy, contentType string, body []byte) (wire []byte, rows string, b codec.Batch, err error) {
	t.Helper()
	attach := []meta.Field{
		{Name: "http.route", Value: []byte("/v1/logs"), Class: config.ClassUsage},
		{Name: "client.as.number", Value: []byte("64500"), Number: true, Class: config.ClassNetwork},
	}
	run := p.Begin(scrub.Request{Keys: scrubtest.Keys(t), Meta: attach, LabelNames: c.Protocol() == config.ProtocolLoki})
	defer run.Close()
	b, err = c.Scrub(run, &codec.Request{ContentType: contentType, Body: body, MaxDecoded: 1 << 20})
	if err != nil {
		return nil, "", b, err
	}
	out, err := c.AppendLines(nil, &b)
	if err != nil {
		t.Error(err)
	}
	return bytes.Clone(b.Bytes()), string(out), b, nil
}

func otlpBody() []byte {
	record := msg(2,
		fixed(1, 1773480413000000000), num(2, 9), str(3, "INFO"),
		msg(5, str(1, "login alice@example.com")),
		msg(6, msg(2, num(3, 200)), str(1, "http.response.status_code")), // value before key
		attr(6, "customer", str(1, "Bob")),
		attr(6, "count", num(3, 4111111111111111)),
		attr(6, "ratio", fixed(4, math.Float64bits(0.5))),
		attr(6, "ok", num(2, 1)),
		attr(6, "text", msg(7, []byte("from 192.0.2.77"))),
		attr(6, "note", msg(7, []byte{0xff, 0xfe})),
		attr(6, "tags", msg(5, msg(1, str(1, "a")), msg(1, str(1, "bob@example.com")))),
		attr(6, "http", msg(6, attr(1, "request.method", str(1, "GET")), attr(1, "body", str(1, "x")))),
		msg(6, str(1, "level"), str(1, "customer"), msg(2, str(1, "two keys"))),
		str(9, strings.Repeat("\x5b", 16)), str(10, "alice@example.com"), str(99, "unknown field of alice@example.com"),
	)
	mapped := msg(2, msg(5, msg(6, attr(1, "message", str(1, "ok")), attr(1, "customer", str(1, "Bob")))))
	return msg(1,
		msg(1, attr(1, "service.name", str(1, "shop")), attr(1, "customer", str(1, "Bob"))),
		msg(2, msg(1, str(1, "lib"), str(2, "1.0")), record, mapped))
}

func TestOTLPProtobuf(t *testing.T) {
	wire, rows, b, err := scrubbed(t, codec.OTLP{}, scrubtest.Policy(t, ""), "application/x-protobuf", otlpBody())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"timestamp":"1773480413000000000","severity_number":"9","severity_text":"INFO","message":"login [email]","attributes":{` +
		`"client.as.number":64500,"count":"[card]","http":{"request.method":"GET"},"http.response.status_code":200,"http.route":"/v1/logs","ok":true,` +
		`"ratio":0.5,"tags":["a","[email]"],"text":"from [ip]"},"trace_id":"5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b","scope":{"name":"lib","version":"1.0"},` +
		`"resource":{"service.name":"shop"}}
{"message":{"message":"ok"},"attributes":{"client.as.number":64500,"http.route":"/v1/logs"},"scope":{"name":"lib","version":"1.0"},"resource":{"service.name":"shop"}}
`
	if rows != want {
		t.Errorf("got:\n%swant:\n%s", rows, want)
	}
	for _, planted := range []string{"alice", "Bob", "4111", "192.0.2.77", "bob@", "unknown field", "two keys"} {
		if bytes.Contains(wire, []byte(planted)) {
			t.Errorf("%q is in what is sent", planted)
		}
	}
	if b.Kept != 2 || b.Dropped != 0 || len(b.Faults) != 0 {
		t.Errorf("kept %d, dropped %d, faults %v", b.Kept, b.Dropped, b.Faults)
	}
}

func TestOTLPBadRecordCostsItself(t *testing.T) {
	bad := msg(2, msg(5, []byte{0x0a, 0x7f, 'x'})) // a string longer than its message
	body := msg(1, msg(2, msg(2, msg(5, str(1, "first"))), bad, msg(2, msg(5, str(1, "last")))))
	_, rows, b, err := scrubbed(t, codec.OTLP{}, scrubtest.Policy(t, ""), "application/x-protobuf", body)
	if err != nil || strings.Count(rows, "\n") != 2 || len(b.Faults) != 1 || b.Faults[0].Record != 2 {
		t.Fatalf("error %v, faults %v, lines:\n%s", err, b.Faults, rows)
	}
	r := codec.OTLP{}.Relay(&b, &codec.Response{Status: 200, ContentType: "application/x-protobuf"})
	if r.Status != 200 || !bytes.Contains(r.Body, []byte("record 2")) {
		t.Errorf("answer %d %q does not tell of the rejected record", r.Status, r.Body)
	}
}

func TestProtobufRefused(t *testing.T) {
	for name, body := range map[string][]byte{
		"cut":                   otlpBody()[:40],
		"length past the end":   {0x0a, 0xff, 0xff, 0xff, 0x7f, 'x'},
		"group":                 {0x0b, 0x0c},
		"endless varint":        bytes.Repeat([]byte{0xff}, 20),
		"length of 2^63":        {0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		"not protobuf at all":   []byte("alice@example.com"),
		"json without its type": []byte(`{"resourceLogs":[]}`),
	} {
		wire, _, _, err := scrubbed(t, codec.OTLP{}, scrubtest.Policy(t, ""), "application/x-protobuf", body)
		var fault *scrub.Fault
		if !errors.As(err, &fault) || wire != nil {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// A value nested deeper than the bound costs its record; 100,000 levels do not cost the stack.
func TestOTLPNestedTooDeep(t *testing.T) {
	value := str(1, "deep alice@example.com")
	for range 2000 {
		value = msg(5, msg(1, value))
	}
	body := msg(1, msg(2, msg(2, msg(5, value)), msg(2, msg(5, str(1, "ok")))))
	_, rows, b, err := scrubbed(t, codec.OTLP{}, scrubtest.Policy(t, ""), "application/x-protobuf", body)
	if err != nil || len(b.Faults) != 1 || strings.Contains(rows, "alice") || !strings.Contains(rows, `"ok"`) {
		t.Errorf("error %v, faults %v, lines %s", err, b.Faults, rows)
	}
}

func lokiBody() []byte {
	entry := msg(2, msg(1, num(1, 1773480413), num(2, 5)), str(2, `login alice@example.com`), msg(3, str(1, "trace_id"), str(2, "abc")), msg(3, str(1, "customer"), str(2, "Bob")))
	object := msg(2, msg(1, num(1, 1773480413), num(2, 6)), str(2, `{"level":"info","customer":"Bob"}`))
	return msg(1, str(1, `{app="shop", customer="Bob", host="a \"b\" 192.0.2.77"}`), entry, object, num(3, 12345))
}

func TestLokiProtobuf(t *testing.T) {
	wire, rows, b, err := scrubbed(t, codec.Loki{}, scrubtest.Policy(t, ""), "application/x-protobuf", s2.EncodeSnappy(nil, lokiBody()))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"timestamp":"1773480413000000005","labels":"{app=\"shop\", host=\"a \\\"b\\\" [ip]\"}","message":"login [email]","metadata":{"client_as_number":"64500","http_route":"/v1/logs","trace_id":"abc"}}
{"timestamp":"1773480413000000006","labels":"{app=\"shop\", host=\"a \\\"b\\\" [ip]\"}","message":"{\"level\":\"info\"}","metadata":{"client_as_number":"64500","http_route":"/v1/logs"}}
`
	if rows != want {
		t.Errorf("got:\n%swant:\n%s", rows, want)
	}
	if _, err := s2.Decode(nil, wire); err != nil || b.Kept != 2 {
		t.Errorf("wire form: %v, kept %d", err, b.Kept)
	}
}

func TestLokiSnappyBounds(t *testing.T) {
	var large *codec.TooLargeError
	_, _, _, err := scrubbed(t, codec.Loki{}, scrubtest.Policy(t, ""), "", s2.EncodeSnappy(nil, make([]byte, 2<<20)))
	if !errors.As(err, &large) {
		t.Errorf("a bomb: %v", err)
	}
	for name, body := range map[string][]byte{"empty": nil, "cut": s2.EncodeSnappy(nil, lokiBody())[:50], "declares 4 GiB": {0xff, 0xff, 0xff, 0xff, 0x0f, 0}} {
		if _, _, _, err := scrubbed(t, codec.Loki{}, scrubtest.Policy(t, ""), "", body); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// A batch without a change goes on in the client's own bytes.
func TestUntouched(t *testing.T) {
	p := scrubtest.Policy(t, "policy: {mode: scrub}\n")
	for _, tt := range []struct {
		c           codec.Codec
		contentType string
		body        []byte
	}{
		{codec.JSON{}, "application/json", []byte(`{ "a" : 1.50 , "b":"é\u00e9\/" }` + "\n\n")},
		{codec.Elasticsearch{}, "application/json", []byte("{\"index\":{}}\n{\"a\":1e3}\n\n")},
		{codec.Loki{}, "", s2.EncodeSnappy(nil, msg(1, str(1, `{app="a",b="c"}`), msg(2, msg(1, num(1, 5)), str(2, "quiet"))))},
		{codec.OTLP{}, "application/x-protobuf", msg(1, msg(2, msg(2, msg(5, str(1, "quiet")), attr(6, "n", num(3, -5)))))},
	} {
		run := p.Begin(scrub.Request{})
		b, err := tt.c.Scrub(run, &codec.Request{ContentType: tt.contentType, Body: tt.body, MaxDecoded: 1 << 20})
		if err != nil || !b.Untouched() || !bytes.Equal(b.Bytes(), tt.body) {
			t.Errorf("%s: error %v, untouched %v:\n%q\n%q", tt.c.Protocol(), err, b.Untouched(), b.Bytes(), tt.body)
		}
		run.Close()
	}
}

// A batch on its way stays what it is while the Run that made it scrubs the next body, of the same protocol, and is released after it.
func TestBatchOnItsWay(t *testing.T) {
	p := scrubtest.Policy(t, "policy: {mode: scrub}\n")
	loki := func(line string) []byte {
		return s2.EncodeSnappy(nil, msg(1, str(1, `{app="a"}`), msg(2, msg(1, num(1, 5)), str(2, line))))
	}
	for _, tt := range []struct {
		c             codec.Codec
		first, second []byte
	}{
		{codec.JSON{}, []byte(`{"a":"alice@example.com and more"}`), []byte(`{"b":"bob@example.org"}`)},
		{codec.Loki{}, loki("from alice@example.com, again"), loki("bob@example.org")},
		{codec.Loki{}, loki("quiet"), loki("bob@example.org was here")},
		{codec.GELF{}, []byte(`{"short_message":"alice@example.com"}` + "\x00"), []byte(`{"short_message":"bob@example.org, too"}` + "\x00")},
	} {
		var held [3]scrub.Held
		var batches [3]codec.Batch
		var were [3][]byte
		for i, body := range [][]byte{tt.first, tt.second, tt.first} {
			run := p.Begin(scrub.Request{})
			var err error
			if batches[i], err = tt.c.Scrub(run, &codec.Request{Method: "POST", ContentType: "", Body: body, MaxDecoded: 1 << 20}); err != nil {
				t.Fatal(err)
			}
			were[i] = bytes.Clone(batches[i].Bytes())
			run.Release(&held[i])
		}
		for i := range batches {
			if got := batches[i].Bytes(); !bytes.Equal(got, were[i]) {
				t.Errorf("%s: batch %d has become %q, was %q", tt.c.Protocol(), i, got, were[i])
			}
		}
	}
}

// A body of nothing but bad records is told of in part and counted in full.
func TestManyBadRecords(t *testing.T) {
	p := scrubtest.Policy(t, "")
	body := append(bytes.Repeat([]byte("x\n"), 100_000), "{\"level\":\"info\"}\n"...)
	run := p.Begin(scrub.Request{})
	defer run.Close()
	b, err := codec.JSON{}.Scrub(run, &codec.Request{ContentType: "application/x-ndjson", Body: append([]byte("{}\n"), body...)})
	if err != nil {
		t.Fatal(err)
	}
	if b.Kept != 2 || b.Withheld != 100_000 || len(b.Faults) > 100 {
		t.Errorf("kept %d, withheld %d, told of %d", b.Kept, b.Withheld, len(b.Faults))
	}
	if r := (codec.JSON{}).Accept(&b); !bytes.Contains(r.Body, []byte(`"rejected":100000`)) || len(r.Body) > 10_000 {
		t.Errorf("answer of %d bytes", len(r.Body))
	}
}
