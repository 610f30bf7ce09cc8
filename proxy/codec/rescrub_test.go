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
	"winnow/scrub/scrubtest"
)

// leaving is a body of a protocol as it leaves under a policy, with facts of the request attached.
func (n *named) leaving(t *testing.T, p *scrub.Policy) (body []byte, b codec.Batch) {
	t.Helper()
	in := n.wire
	if in == nil {
		in = wireOf(t, n.codec, n.in)
	}
	run := p.Begin(scrub.Request{
		Keys: scrubtest.Keys(t), LabelNames: n.codec.Protocol() == config.ProtocolLoki,
		Meta: append([]meta.Field{{Name: "client.address", Value: []byte("192.0.2.0"), Class: config.ClassNetwork}}, p.Stamp()...),
	})
	defer run.Close()
	b, err := n.codec.Scrub(run, &codec.Request{Method: "POST", Path: n.path, ContentType: n.media, Body: in, MaxDecoded: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(b.Bytes()), b
}

// unstamped are the protocols whose own form has no place for facts in some or all of what they carry (docs/records.md).
var unstamped = []config.Protocol{config.ProtocolSentry, config.ProtocolOTLP}

func stampOf(p *scrub.Policy) string { return string(p.Stamp()[0].Value) }

// unpacked is a body without the compression that is its protocol's own.
func unpacked(body string) string {
	if plain, err := s2.Decode(nil, []byte(body)); err == nil {
		return string(plain)
	}
	return body
}

// CHANGE-1: whatever the protocol, a batch that waited is the same after another pass under its policy, facts of the request included, and
// holds nothing more that a stricter policy withholds. Its records are stamped with the policy that it was scrubbed under last, and with no other.
func TestCHANGE1RescrubAllProtocols(t *testing.T) {
	loose := scrubtest.Policy(t, "policy: {classes: [telemetry, text, usage, device, network, location, identity]}\n")
	strict := scrubtest.Policy(t, "policy: {classes: [telemetry, text]}\n")
	seen := map[config.Protocol]bool{}
	for i := range namedBodies {
		n := &namedBodies[i]
		seen[n.codec.Protocol()] = true
		t.Run(n.name, func(t *testing.T) {
			body, b := n.leaving(t, loose)
			request := &codec.Request{Method: "POST", Path: "/elsewhere", ContentType: n.media, Body: body, MaxDecoded: 1 << 20}
			if n.codec.Protocol() == config.ProtocolSentry {
				request.Path = n.path
			}
			if n.codec.Protocol() == config.ProtocolClickHouse {
				request.Query = []byte("query=INSERT+INTO+logs+FORMAT+JSONEachRow")
			}
			rescrub := func(p *scrub.Policy) (string, codec.Rescrubbed) {
				run, again, err := codec.Rescrub(func(m *scrub.Marked) *scrub.Run {
					return p.Begin(scrub.Request{Keys: scrubtest.Keys(t), Meta: p.Stamp(), LabelNames: n.codec.Protocol() == config.ProtocolLoki, Marked: m})
				}, n.codec.Protocol(), request, b.Text(), b.Signal())
				if err != nil {
					t.Fatal(err)
				}
				defer run.Close()
				return string(again.Body), again
			}
			same, counts := rescrub(loose)
			if same != string(body) || counts.Kept != b.Kept || counts.Dropped+counts.Withheld > 0 {
				t.Errorf("under the same policy %d records of %d are\n%q, not\n%q", counts.Kept, b.Kept, same, body)
			}
			stamps := strings.Count(unpacked(same), stampOf(loose))
			less, counts := rescrub(strict)
			less = unpacked(less)
			if strings.Contains(less, stampOf(loose)) || strings.Count(less, stampOf(strict)) != stamps {
				t.Errorf("want %d stamps %s and no other: %q", stamps, stampOf(strict), less)
			}
			if c := n.codec.Protocol(); stamps != b.Kept && !b.Text() && !slices.Contains(unstamped, c) {
				t.Errorf("%d stamps on %d records: %q", stamps, b.Kept, same)
			}
			for _, personal := range []string{"_e7_", "gone", "192.0.2.0"} {
				if strings.Contains(less, personal) {
					t.Errorf("%s left: %q", personal, less)
				}
			}
			if counts.Kept != b.Kept || !strings.Contains(less, "stays1") {
				t.Errorf("what is not withheld is gone: %d kept: %q", counts.Kept, less)
			}
		})
	}
	for _, c := range codec.All() {
		if !seen[c.Protocol()] {
			t.Errorf("%s is not looked at", c.Protocol())
		}
	}
}

// CHANGE-1: what the query holds of data is scrubbed with the body, and its settings stay.
func TestCHANGE1RescrubQuery(t *testing.T) {
	p := scrubtest.Policy(t, "policy: {preset: none, rules: [{id: a, fields: [message, level, source]}]}\n")
	for _, tt := range []struct {
		protocol          config.Protocol
		query, body, want string
	}{
		{config.ProtocolSplunk, "channel=c&source=app&host=web-1", `{"event":"hello"}`, "channel=c&source=app"},
		{config.ProtocolDatadog, "ddsource=x&ddtags=user%3Abob&dd-api-key=k", `[{"message":"hello"}]`, "dd-api-key=k"},
		{config.ProtocolJSON, "_msg_field=message", `{"message":"hello"}` + "\n", "_msg_field=message"},
	} {
		run, again, err := codec.Rescrub(func(*scrub.Marked) *scrub.Run { return p.Begin(scrub.Request{}) }, tt.protocol, &codec.Request{Method: "POST", ContentType: "application/json", Query: []byte(tt.query),
			Body: []byte(tt.body), MaxDecoded: 1 << 20}, false, 0)
		if err != nil || string(again.Query) != tt.want {
			t.Errorf("%s: %q, %v, want %q", tt.protocol, again.Query, err, tt.want)
		}
		run.Close()
	}
}
