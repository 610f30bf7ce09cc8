package fuzz

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/proxy/codec/format"
	"winnow/scrub"
	"winnow/scrub/scrubtest"
)

// FuzzRecords: whatever records a batch holds, each format makes a body of them that its protocol takes for well-formed, with as many
// records in it as there were, and the text of a message as it was.
func FuzzRecords(f *testing.F) {
	p := scrubtest.Policy(f, "")
	f.Fuzz(func(t *testing.T, raw []byte, message string) {
		message = strings.ToValidUTF8(message, "?") + "."
		lines := append(linesOf(t, p, raw), `{"message":`+quote(message)+"}\n"...)
		n := bytes.Count(lines, []byte("\n"))
		received := time.Unix(1773480413, 0)
		for name, read := range map[config.Format]func(*testing.T, []byte) (int, string){
			config.FormatNDJSON:        readLines,
			config.FormatLoki:          readLoki,
			config.FormatElasticsearch: readBulk,
			config.FormatOTLP:          readOTLP,
			config.FormatSplunk:        readEvents,
		} {
			body, err := format.New(name, format.Options{}).Append(nil, lines, received)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got, text := read(t, body); got != n || text != message {
				t.Errorf("%s: %d records of %d, the message %q of %q\n%q", name, got, n, text, message, body)
			}
		}
	})
}

// linesOf are the records that a batch of JSON hands to an upstream that stores records.
func linesOf(t *testing.T, p *scrub.Policy, raw []byte) []byte {
	t.Helper()
	run := p.Begin(scrub.Request{Mode: config.ModeScrub, Meta: attached})
	defer run.Close()
	b, err := codec.JSON{}.Scrub(run, &codec.Request{Method: "POST", ContentType: "application/x-ndjson", Body: raw, MaxDecoded: maxDecoded})
	if err != nil {
		return nil
	}
	lines, err := codec.JSON{}.AppendLines(nil, &b)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(lines, []byte("\n")); n != b.Kept {
		t.Fatalf("%d lines of %d records\n%q", n, b.Kept, lines)
	}
	return lines
}

// documents reads a sequence of JSON objects.
func documents(t *testing.T, body []byte) (list []map[string]json.RawMessage) {
	t.Helper()
	for d := json.NewDecoder(bytes.NewReader(body)); ; {
		var o map[string]json.RawMessage
		switch err := d.Decode(&o); {
		case err == io.EOF:
			return list
		case err != nil:
			t.Fatalf("no JSON: %v\n%q", err, body)
		}
		list = append(list, o)
	}
}

func textOf(t *testing.T, value []byte) (text string) {
	t.Helper()
	if err := json.Unmarshal(value, &text); err != nil {
		t.Fatalf("no text: %v", err)
	}
	return text
}

func readLines(t *testing.T, body []byte) (n int, message string) {
	list := documents(t, body)
	return len(list), textOf(t, list[len(list)-1]["message"])
}

func readBulk(t *testing.T, body []byte) (n int, message string) {
	list := documents(t, body)
	if lines := bytes.Count(body, []byte("\n")); lines != len(list) {
		t.Errorf("%d documents on %d lines", len(list), lines)
	}
	for i := 0; i+1 < len(list); i += 2 {
		if list[i]["create"] == nil || list[i+1]["@timestamp"] == nil {
			t.Errorf("no action, or no time: %v %v", list[i], list[i+1])
		}
	}
	return len(list) / 2, textOf(t, list[len(list)-1]["message"])
}

func readEvents(t *testing.T, body []byte) (n int, message string) {
	list := documents(t, body)
	for _, e := range list {
		if _, err := strconv.ParseFloat(string(e["time"]), 64); err != nil || len(e["event"]) == 0 {
			t.Errorf("time %s, event %s", e["time"], e["event"])
		}
	}
	return len(list), readEventMessage(t, list[len(list)-1]["event"])
}

func readEventMessage(t *testing.T, event []byte) string {
	t.Helper()
	return textOf(t, documents(t, event)[0]["message"])
}

var lokiLabel = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// readLoki finds the planted message in any stream: its entry is the only one that holds no more than it.
func readLoki(t *testing.T, body []byte) (n int, message string) {
	var push struct {
		Streams []struct {
			Stream map[string]string
			Values [][]any
		}
	}
	if err := json.Unmarshal(body, &push); err != nil {
		t.Fatalf("no push: %v\n%q", err, body)
	}
	for _, s := range push.Streams {
		if len(s.Stream) == 0 {
			t.Error("a stream without labels")
		}
		for name := range s.Stream {
			if !lokiLabel.MatchString(name) {
				t.Errorf("label %q", name)
			}
		}
		for _, v := range s.Values {
			n++
			at, line := v[0].(string), v[1].(string)
			if _, err := strconv.ParseInt(at, 10, 64); err != nil {
				t.Errorf("time %q", at)
			}
			if at == "1773480413000000000" { // of its reception
				message = line
			}
		}
	}
	return n, message
}

// fieldsOf reads a message in protobuf.
func fieldsOf(t *testing.T, b []byte, f func(field protowire.Number, value []byte)) {
	t.Helper()
	for len(b) > 0 {
		field, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			t.Fatal("no protobuf")
		}
		m := protowire.ConsumeFieldValue(field, kind, b[n:])
		if m < 0 {
			t.Fatal("no protobuf")
		}
		if kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(b[n:])
			f(field, value)
		}
		b = b[n+m:]
	}
}

func readOTLP(t *testing.T, body []byte) (n int, message string) {
	fieldsOf(t, body, func(_ protowire.Number, resource []byte) {
		fieldsOf(t, resource, func(field protowire.Number, scope []byte) {
			if field != 2 {
				return
			}
			fieldsOf(t, scope, func(field protowire.Number, record []byte) {
				if field != 2 {
					return
				}
				n++
				message = ""
				fieldsOf(t, record, func(field protowire.Number, value []byte) {
					switch field {
					case 5:
						fieldsOf(t, value, func(_ protowire.Number, text []byte) { message = string(text) })
					case 6:
						attribute(t, value)
					}
				})
			})
		})
	})
	return n, message
}

// attribute reads a KeyValue to its end.
func attribute(t *testing.T, pair []byte) {
	fieldsOf(t, pair, func(field protowire.Number, value []byte) {
		if field == 1 {
			if !utf8.Valid(value) {
				t.Errorf("key %q", value)
			}
			return
		}
		anyValue(t, value)
	})
}

func anyValue(t *testing.T, value []byte) {
	fieldsOf(t, value, func(field protowire.Number, value []byte) {
		switch field {
		case 1:
			if !utf8.Valid(value) {
				t.Errorf("text %q", value)
			}
		case 5:
			fieldsOf(t, value, func(_ protowire.Number, value []byte) { anyValue(t, value) })
		case 6:
			fieldsOf(t, value, func(_ protowire.Number, pair []byte) { attribute(t, pair) })
		}
	})
}
