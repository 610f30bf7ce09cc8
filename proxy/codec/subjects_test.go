package codec_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/meta"
	"winnow/scrub/pseudonym"
	"winnow/scrub/scrubtest"
)

// orders are what was decided about persons, by digest and by pseudonym.
type orders struct {
	digests map[pseudonym.Digest]scrub.Order
	tokens  map[string]scrub.Order
}

func (o orders) About(d pseudonym.Digest) scrub.Order { return o.digests[d] }
func (o orders) AboutToken(token []byte) scrub.Order  { return o.tokens[string(token)] }

func subjectKeys(t testing.TB) *pseudonym.Domain {
	t.Helper()
	d, err := pseudonym.Derive(bytes.Repeat([]byte("s"), 32), "", "suppression", 0)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func digestOf(t testing.TB, value string) pseudonym.Digest {
	return subjectKeys(t).NewMinter(0).Digest(pseudonym.SubjectKind([]byte(value)), []byte(value))
}

// named is a body of two records, or of one where there can be one only. The first is about bob@example.com or u-1, the second about nobody. What
// must be gone of the first when it is stripped is "gone", and "stays" must stay in both.
type named struct {
	name  string
	codec codec.Codec
	path  string
	media string
	in    string
	wire  []byte // in place of in
	alone bool   // it has but one record
}

var namedBodies = []named{
	{name: "json", codec: codec.JSON{}, media: "application/json",
		in: `{"level":"stays1","country":"gone","user":{"email":"Bob@Example.com"}}` + "\n" + `{"level":"stays2","country":"atlantis"}` + "\n"},
	{name: "json, id late in an array", codec: codec.JSON{}, media: "application/json",
		in: `[{"level":"stays1","country":"gone","user_id":["x"," u-1"]},{"level":"stays2","country":"atlantis"}]`},
	{name: "json, in free text", codec: codec.JSON{}, media: "application/json",
		in: `{"level":"stays1","country":"gone","message":"mail to bob@EXAMPLE.com failed"}` + "\n" + `{"level":"stays2","country":"atlantis"}` + "\n"},
	{name: "json, escaped", codec: codec.JSON{}, media: "application/json",
		in: `{"level":"stays1","country":"gone","email":"bob\u0040example.com"}` + "\n" + `{"level":"stays2","country":"atlantis"}` + "\n"},
	{name: "json, in an object that goes", codec: codec.JSON{}, media: "application/json",
		in: `{"level":"stays1","country":"gone","request_body":[{"x":1},{"user":{"id":"u-1"}}],"user":{"id":"u-1"}}` + "\n" +
			`{"level":"stays2","country":"atlantis"}` + "\n"},
	{name: "json in text", codec: codec.JSON{}, media: "text/plain",
		in: `{"level":"stays1","country":"gone","user_id":"u-1"}` + "\n" + `{"level":"stays2","country":"atlantis"}` + "\n"},
	{name: "lines", codec: codec.JSON{}, media: "text/plain", in: "stays1 of bob@example.com\nstays2 atlantis\n"},
	{name: "elasticsearch", codec: codec.Elasticsearch{}, path: "/_bulk", media: "application/x-ndjson",
		in: `{"index":{}}` + "\n" + `{"level":"stays1","country":"gone","user_id":"u-1"}` + "\n" +
			`{"index":{}}` + "\n" + `{"level":"stays2","country":"atlantis"}` + "\n"},
	{name: "loki", codec: codec.Loki{}, path: "/loki/api/v1/push", media: "application/json",
		in: `{"streams":[{"stream":{"app":"a"},"values":[["1","stays1",{"country":"gone","user_id":"u-1"}],["2","stays2",{"country":"atlantis"}]]}]}`},
	{name: "loki, of a label", codec: codec.Loki{}, path: "/loki/api/v1/push", media: "application/json", alone: true,
		in: `{"streams":[{"stream":{"app":"a","user_id":"u-1"},"values":[["1","stays1",{"country":"gone"}]]}]}`},
	{name: "otlp", codec: codec.OTLP{}, path: "/v1/logs", media: "application/json",
		in: otlpJSON(`{"body":{"stringValue":"stays1"},"attributes":[{"key":"country","value":{"stringValue":"gone"}},{"key":"user.id","value":{"stringValue":"u-1"}}]},` +
			`{"body":{"stringValue":"stays2"},"attributes":[{"key":"country","value":{"stringValue":"atlantis"}}]}`)},
	{name: "otlp, of the resource", codec: codec.OTLP{}, path: "/v1/logs", media: "application/json", alone: true,
		in: `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"stays1"},"attributes":[{"key":"country","value":{"stringValue":"gone"}}]}]}],` +
			`"resource":{"attributes":[{"key":"user.id","value":{"stringValue":"u-1"}}]}}]}`},
	{name: "otlp in protobuf", codec: codec.OTLP{}, path: "/v1/logs", media: "application/x-protobuf", wire: otlpProto(
		msg(2, msg(5, str(1, "stays1")), attr(6, "country", str(1, "gone")), attr(6, "user.id", str(1, "u-1"))),
		msg(2, msg(5, str(1, "stays2")), attr(6, "country", str(1, "atlantis"))))},
	{name: "otlp in protobuf, in free text", codec: codec.OTLP{}, path: "/v1/logs", media: "application/x-protobuf", wire: otlpProto(
		msg(2, msg(5, str(1, "stays1 of bob@example.com")), attr(6, "country", str(1, "gone"))),
		msg(2, msg(5, str(1, "stays2")), attr(6, "country", str(1, "atlantis"))))},
	{name: "loki in protobuf", codec: codec.Loki{}, path: "/loki/api/v1/push", media: "application/x-protobuf", wire: s2.EncodeSnappy(nil,
		msg(1, str(1, `{app="a"}`), msg(2, msg(1, num(1, 1)), str(2, "stays1"), msg(3, str(1, "country"), str(2, "gone")), msg(3, str(1, "user_id"), str(2, "u-1"))),
			msg(2, msg(1, num(1, 2)), str(2, "stays2"), msg(3, str(1, "country"), str(2, "atlantis")))))},
	{name: "clickhouse", codec: codec.ClickHouse{}, path: "/",
		in: `INSERT INTO logs FORMAT JSONEachRow ` + `{"level":"stays1","country":"gone","user_id":"u-1"}` + "\n" + `{"level":"stays2","country":"atlantis"}` + "\n"},
	{name: "splunk", codec: codec.Splunk{Acks: new(codec.SplunkAcks)}, path: "/services/collector/event", media: "application/json",
		in: `{"event":{"level":"stays1","country":"gone","user_id":"u-1"}}` + `{"event":{"level":"stays2","country":"atlantis"}}`},
	{name: "datadog", codec: codec.Datadog{}, path: "/api/v2/logs", media: "application/json",
		in: `[{"message":"stays1","country":"gone","ddtags":"team:a,user_id:u-1"},{"message":"stays2","country":"atlantis"}]`},
	{name: "sentry", codec: codec.Sentry{}, path: "/api/1/store/", media: "application/json", alone: true,
		in: `{"event_id":"9ec79c33ec9942ab8353589fcb2e04dc","message":"stays1","country":"gone","user":{"id":"u-1"}}`},
	{name: "gelf", codec: codec.GELF{}, path: "/gelf", media: "application/json", alone: true,
		in: `{"version":"1.1","host":"h","short_message":"stays1","_country":"gone","_user_id":"u-1"}`},
	{name: "browser", codec: codec.Browser{}, path: "/browser", media: "application/json",
		in: `[{"level":"stays1","country":"gone","user_id":"u-1"},{"level":"stays2","country":"atlantis"}]`},
	{name: "syslog", codec: codec.Syslog{}, media: "",
		in: "<13>1 2026-03-14T09:26:53Z web app 7 - - {\"level\":\"stays1\",\"country\":\"gone\",\"user_id\":\"u-1\"}\n" +
			"<13>1 2026-03-14T09:26:53Z web app 7 - - {\"level\":\"stays2\",\"country\":\"atlantis\"}\n"},
	{name: "fluent", codec: codec.Fluent{}, media: "",
		in: `["app.web",[[1741944413,{"level":"stays1","country":"gone","user_id":"u-1"}],[1741944413,{"level":"stays2","country":"atlantis"}]],{}]` + "\n"},
}

// otlpProto has the attributes of a log in binary, which a codec reads ahead.
func otlpProto(records ...[]byte) []byte {
	return msg(1, msg(2, slices.Concat(records...)))
}

var policies = map[string]*scrub.Policy{} // compiling one takes longer than all bodies

func (n *named) scrub(t *testing.T, request scrub.Request, settings string) (out string, b codec.Batch, counts scrub.Counts) {
	t.Helper()
	p := policies[settings]
	if p == nil {
		p = scrubtest.Policy(t, settings)
		policies[settings] = p
	}
	if n.wire == nil {
		n.wire = wireOf(t, n.codec, n.in)
	}
	request.Keys = scrubtest.Keys(t)
	request.Meta = []meta.Field{{Name: "client.address", Value: []byte("192.0.2.7"), Class: config.ClassNetwork}}
	request.LabelNames = n.codec.Protocol() == config.ProtocolLoki
	run, b, err := codec.Passes(n.codec, &codec.Request{
		Method: "POST", Path: n.path, ContentType: n.media, Body: n.wire, MaxDecoded: 1 << 20,
	}, func(m *scrub.Marked) *scrub.Run {
		again := request
		if m != nil {
			again.Marked = m
		}
		return p.Begin(again)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	rows, err := n.codec.AppendLines(nil, &b)
	if err != nil {
		t.Fatal(err)
	}
	return string(rows), b, *run.Counts()
}

const withIdentity = "policy: {classes: [telemetry, text, usage, device, network, location, identity]}\n"

// RIGHT-3: whoever is restricted is dropped with the record that names them, and nothing else is.
func TestRecordsOfSuppressedPersonsAreDropped(t *testing.T) {
	o := orders{digests: map[pseudonym.Digest]scrub.Order{digestOf(t, "bob@example.com"): scrub.Remove, digestOf(t, "u-1"): scrub.Remove}}
	for _, n := range namedBodies {
		t.Run(n.name, func(t *testing.T) {
			for _, settings := range []string{"", withIdentity, "policy: {mode: scrub}\n"} {
				out, b, counts := n.scrub(t, scrub.Request{SubjectKeys: subjectKeys(t), Orders: o}, settings)
				if strings.Contains(out, "stays1") || b.Dropped != 1 || counts.Suppressed == 0 {
					t.Errorf("%q: %d dropped of %d orders: %s", settings, b.Dropped, counts.Suppressed, out)
				}
				if !n.alone && (!strings.Contains(out, "stays2") || !strings.Contains(out, "atlantis") || b.Kept != 1) {
					t.Errorf("%q: the other record suffers: %s", settings, out)
				}
			}
		})
	}
}

// RIGHT-3: of whoever is stripped the record stays, without anything personal in it and without what the request says of the client.
func TestRecordsOfStrippedPersonsHoldNothingPersonal(t *testing.T) {
	o := orders{digests: map[pseudonym.Digest]scrub.Order{digestOf(t, "bob@example.com"): scrub.Strip, digestOf(t, "u-1"): scrub.Strip}}
	for _, n := range namedBodies {
		t.Run(n.name, func(t *testing.T) {
			for _, settings := range []string{"", withIdentity, "policy: {mode: scrub}\n"} {
				out, b, counts := n.scrub(t, scrub.Request{SubjectKeys: subjectKeys(t), Orders: o}, settings)
				for _, personal := range []string{"gone", "u-1", "ob@", "_e7_", "192.0.2.7"} {
					if strings.Contains(out, personal) {
						t.Errorf("%q: %s leaves: %s", settings, personal, out)
					}
				}
				if !strings.Contains(out, "stays1") || b.Dropped != 0 || counts.Stripped == 0 {
					t.Errorf("%q: the record goes: %s", settings, out)
				}
				if !n.alone && !(strings.Contains(out, "stays2") && strings.Contains(out, "atlantis")) {
					t.Errorf("%q: the other record suffers: %s", settings, out)
				}
			}
		})
	}
}

// Without orders the same bodies leave as ever.
func TestNobodyIsSuppressedWithoutOrders(t *testing.T) {
	for _, n := range namedBodies {
		plain, _, _ := n.scrub(t, scrub.Request{}, withIdentity)
		sought, b, _ := n.scrub(t, scrub.Request{SubjectKeys: subjectKeys(t), Orders: orders{}}, withIdentity)
		if plain != sought || b.Dropped > 0 {
			t.Errorf("%s:\n%s\n%s", n.name, plain, sought)
		}
		if n.name == "json" && !(strings.Contains(plain, "gone") && strings.Contains(plain, "192.0.2.7") && strings.Contains(plain, "email_e7_")) {
			t.Errorf("what is stripped of others does not leave anyway: %s", plain)
		}
	}
}

// A batch that was scrubbed before names persons by their pseudonyms.
func TestPseudonymsNamePersons(t *testing.T) {
	token := string(scrubtest.Keys(t).NewMinter(0).Append(nil, "user", []byte("u-1")))
	n := named{codec: codec.JSON{}, media: "application/json", in: `{"level":"stays1","user_id":"` + token + `"}` + "\n" + `{"level":"stays2"}` + "\n"}
	out, b, _ := n.scrub(t, scrub.Request{SubjectKeys: subjectKeys(t), Orders: orders{tokens: map[string]scrub.Order{token: scrub.Remove}}}, withIdentity)
	if strings.Contains(out, "stays1") || !strings.Contains(out, "stays2") || b.Dropped != 1 {
		t.Error(out)
	}
}

// META-10: a record that is marked as a minor's is dropped, and whoever it names is told, whether before or behind the mark.
func TestMinorsRecordsAreDroppedAndTold(t *testing.T) {
	const settings = "policy: {minors: {fields: [minor, user.minor]}}\n"
	in := `{"level":"a","user_id":"u-1","minor":true,"email":"bob@example.com"}` + "\n" +
		`{"level":"b","user_id":"u-2","minor":false}` + "\n" + `{"level":"c","user":{"minor":"YES","id":"u-3"}}` + "\n"
	n := named{codec: codec.JSON{}, media: "application/json", in: in}
	var told []pseudonym.Digest
	out, b, _ := n.scrub(t, scrub.Request{SubjectKeys: subjectKeys(t), Minor: func(d pseudonym.Digest) { told = append(told, d) }}, settings)
	if b.Kept != 1 || b.Dropped != 2 || !strings.Contains(out, `"b"`) {
		t.Errorf("%d kept, %d dropped: %s", b.Kept, b.Dropped, out)
	}
	for value, want := range map[string]bool{"u-1": true, "bob@example.com": true, "u-2": false, "u-3": true} {
		if slices.Contains(told, digestOf(t, value)) != want {
			t.Errorf("%s told: %v", value, !want)
		}
	}
	if out, b, _ = n.scrub(t, scrub.Request{}, settings); b.Kept != 1 || !strings.Contains(out, `"b"`) {
		t.Errorf("where nobody hears of them they stay: %s", out)
	}
}

// META-9: an objection strips all records of a request, whomever they name.
func TestObjectionStripsTheRequest(t *testing.T) {
	for _, n := range namedBodies {
		out, _, _ := n.scrub(t, scrub.Request{Marked: &scrub.Marked{All: true}}, withIdentity)
		for _, personal := range []string{"gone", "atlantis", "u-1", "ob@", "_e7_", "192.0.2.7"} {
			if strings.Contains(out, personal) && !strings.HasPrefix(n.name, "lines") {
				t.Errorf("%s: %s leaves: %s", n.name, personal, out)
			}
		}
	}
}

// What a tenant's policy is tightened to knows the same persons.
func TestVariantsKnowPersons(t *testing.T) {
	const settings = "tenants: [{id: acme, policy: {drop: [host]}}]\n"
	o := orders{digests: map[pseudonym.Digest]scrub.Order{digestOf(t, "u-1"): scrub.Remove}}
	v := scrubtest.Policy(t, settings).Variant(0, "acme")
	run, b, err := codec.Passes(codec.JSON{}, &codec.Request{Body: []byte(`{"level":"a","user_id":"u-1"}`)}, func(m *scrub.Marked) *scrub.Run {
		return v.Policy.Begin(scrub.Request{Mode: v.Mode, SubjectKeys: subjectKeys(t), Orders: o, Marked: m})
	})
	if err != nil || b.Dropped != 1 {
		t.Fatalf("%d dropped, %v", b.Dropped, err)
	}
	run.Close()
}

// A person is met in an object or array that goes as a whole, too: because no rule names anything in it, or because a rule drops it.
func TestPersonsAreMetInWhatGoesAsAWhole(t *testing.T) {
	o := orders{digests: map[pseudonym.Digest]scrub.Order{digestOf(t, "u-1"): scrub.Remove}}
	for _, rules := range []string{"", ", {id: gone, fields: [user, members], action: drop}"} {
		settings := "policy: {preset: none, subjects: [user.id, user.of.id, members], rules: [{id: levels, fields: [level]}" + rules + "]}\n"
		for in, want := range map[string]int{
			`{"level":"a","user":{"name":{"id":"u-1"},"id":"u-2"}}`:          0,
			`{"level":"a","user":{"x":[1,{"id":"u-2"}],"id" : "u-1"}}`:       1,
			`{"level":"a","user":[{"id":"u-2"},{"of":[{"id":"u\u002d1"}]}]}`: 1,
			`{"user.id":"u-1","level":"a"}`:                                  1,
			`{"level":"a","members":["u-2",["u-1"]]}`:                        1,
			`{"level":"a","members":[],"user":{}}`:                           0,
		} {
			n := named{codec: codec.JSON{}, media: "application/json", in: in + "\n" + `{"level":"b"}`}
			if out, b, _ := n.scrub(t, scrub.Request{SubjectKeys: subjectKeys(t), Orders: o}, settings); b.Dropped != want || !strings.Contains(out, `"b"`) {
				t.Errorf("%q, %s: %d dropped: %s", rules, in, b.Dropped, out)
			}
		}
	}
}
