package codec_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/meta"
	"winnow/scrub/scrubtest"
	"winnow/scrub/scrubtest/golden"
)

// converted is a body of JSON in protobuf. Policy takes nothing from it on the way but what is unknown.
func converted(t *testing.T, path string, body []byte) []byte {
	t.Helper()
	run := scrubtest.Policy(t, keepAll).Begin(scrub.Request{})
	defer run.Close()
	b, err := codec.OTLP{}.Scrub(run, &codec.Request{Path: path, ContentType: "application/json", Body: body, MaxDecoded: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	out, err := codec.OTLP{}.AppendProtobuf(nil, &b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// keepAll looks for nothing that is in the golden cases.
const keepAll = "policy: {mode: scrub, preset: none, detectors: {email: {off: true}, ipv4: {off: true}}}\n"

// What comes in JSON and what comes in protobuf is one to the policy: the same records leave, as the same lines, and what leaves as JSON says the
// same when it is sent on as protobuf.
func TestOTLPFormsAgree(t *testing.T) {
	for _, c := range golden.Read(t, "testdata/otlp/*.txtar") {
		given := c.Sections
		path := strings.TrimSpace(given["path"])
		if given["lines"] == "" || !strings.Contains(path, "/v1/") { // else protobuf is taken for logs
			continue
		}
		t.Run(filepath.Base(c.Path), func(t *testing.T) {
			whole := withoutBroken(given["in"])
			lines, sentOn := linesOf(t, given, path, "application/json", []byte(whole))
			other, same := linesOf(t, given, path, "application/x-protobuf", converted(t, path, []byte(whole)))
			if lines != other {
				t.Errorf("JSON:\n%sprotobuf:\n%s", lines, other)
			}
			if given["meta"] == "" && !bytes.Equal(sentOn, same) { // facts stand elsewhere in the one than in the other
				t.Errorf("sent on as protobuf:\n%q\nas it came in protobuf:\n%q", sentOn, same)
			}
		})
	}
}

// withoutBroken takes away what JSON alone can hold: elements of the wrong form, and words for numbers.
func withoutBroken(in string) string {
	return strings.NewReplacer(`,7,{"name":"c","links":{}}`, "", `"STATUS_CODE_ERROR"`, "2", "-1.5e3", "-1500", `"AGGREGATION_TEMPORALITY_DELTA"`, "1").Replace(in)
}

func linesOf(t *testing.T, given golden.Sections, path, contentType string, body []byte) (lines string, protobuf []byte) {
	t.Helper()
	var attach []meta.Field
	if given["meta"] != "" {
		attach = []meta.Field{{Name: "http.route", Value: []byte(path), Class: config.ClassTelemetry}}
	}
	run := scrubtest.Policy(t, given["policy.yaml"]).Begin(scrub.Request{Keys: scrubtest.Keys(t), Meta: attach})
	defer run.Close()
	b, err := codec.OTLP{}.Scrub(run, &codec.Request{Path: path, ContentType: contentType, Body: body, MaxDecoded: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	out, err := codec.OTLP{}.AppendLines(nil, &b)
	if err != nil {
		t.Error(err)
	}
	protobuf, err = codec.OTLP{}.AppendProtobuf(nil, &b)
	if err != nil {
		t.Error(err)
	}
	return string(out), protobuf
}
