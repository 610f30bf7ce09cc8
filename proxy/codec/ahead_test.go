package codec_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/scrubtest"
)

// ahead scrubs body, and once more so that each field is looked at in its turn: what is read ahead changes neither what leaves nor what is counted.
func ahead(t *testing.T, c codec.Codec, p *scrub.Policy, mode config.Mode, body []byte) {
	t.Helper()
	type result struct {
		out             []byte
		rules, findings []int
		counts          [5]int
		kept            int
	}
	once := func(trace func(scrub.Event)) result {
		run := p.Begin(scrub.Request{Mode: mode, Keys: scrubtest.Keys(t), Trace: trace})
		defer run.Close()
		b, err := c.Scrub(run, &codec.Request{ContentType: "application/x-protobuf", Body: body, MaxDecoded: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		n := run.Counts()
		return result{bytes.Clone(b.Bytes()), slices.Clone(n.Rules), slices.Clone(n.Findings), [5]int{n.Kept, n.Dropped, n.Withheld, n.Unnamed, n.Unfit}, b.Kept}
	}
	short, long := once(nil), once(func(scrub.Event) {})
	if !bytes.Equal(short.out, long.out) || !slices.Equal(short.rules, long.rules) || !slices.Equal(short.findings, long.findings) ||
		short.counts != long.counts || short.kept != long.kept {
		t.Fatalf("read ahead\n%+v\nin turn\n%+v", short, long)
	}
}

const aheadPolicy = `policy: {rules: [
  {id: gone, fields: [customer], action: drop}, {id: hidden, fields: [account], action: mask}, {id: named, fields: [user.id], action: pseudonym},
  {id: stays, fields: [count, ratio, note, empty], action: keep}, {id: poison, fields: [poison], action: drop_record}]}
`

func TestReadAheadAsInTurn(t *testing.T) {
	pieces := [][]byte{
		fixed(1, 1773480413000000000), num(2, 9), str(3, "INFO"), str(3, ""), str(12, "started"), str(12, "alice@example.com"), str(9, strings.Repeat("\x5b", 16)),
		str(10, "alice@example.com"), str(99, "unknown"), msg(5, str(1, "quiet")), msg(5, str(1, "login alice@example.com")), msg(5, str(1, `{"mail":"bob@example.com"}`)),
		msg(5, str(1, `{"level":"info"}`)), msg(5, str(1, "")), msg(5), attr(6, "customer", str(1, "Bob")), attr(6, "account", str(1, "77")), attr(6, "user.id", str(1, "u-1")),
		attr(6, "count", num(3, 200)), attr(6, "count", num(3, 4111111111111111)), attr(6, "ratio", fixed(4, math.Float64bits(0.25))),
		attr(6, "ratio", fixed(4, math.Float64bits(4111111111111111))), attr(6, "ok", num(2, 1)), attr(6, "note", str(1, "at 192.0.2.77")), attr(6, "note", str(1, "nothing")),
		attr(6, "note", str(1, "{}")), attr(6, "note", str(1, "\xff")), attr(6, "empty", str(1, "")), attr(6, "empty", nil), attr(6, "phone", num(3, 5550101)), attr(6, "ssn", str(1, "")),
		attr(6, "card", num(3, 123)), attr(6, "tags", msg(5, msg(1, str(1, "a")), msg(1, str(1, "bob@example.com")))), attr(6, "bob@example.com", str(1, "x")),
		attr(6, "http", msg(6, attr(1, "request.method", str(1, "GET")), attr(1, "body", str(1, "x")))), msg(6, str(1, "level"), str(1, "x"), msg(2, str(1, "two"))),
		attr(6, "latitude", fixed(4, math.Float64bits(52.379189))), attr(6, "note", str(1, strings.Repeat("long ", 40))), attr(6, "poison", str(1, "")),
		msg(6, msg(2, num(3, 7)), str(1, "count")), {0x0b}, {0x32, 0x7f}, msg(5, fixed(4, math.Float64bits(math.NaN()))),
	}
	r := rand.New(rand.NewPCG(3, 4))
	p := scrubtest.Policy(t, aheadPolicy)
	for round := range 600 {
		var records [][]byte
		for range 1 + r.IntN(6) {
			var record [][]byte
			for range r.IntN(9) {
				record = append(record, pieces[r.IntN(len(pieces)-r.IntN(2)*5)])
			}
			records = append(records, msg(2, record...))
		}
		mode := []config.Mode{config.ModeStrict, config.ModeScrub}[round%2]
		ahead(t, codec.OTLP{}, p, mode, msg(1, msg(2, records...)))
	}
}

func TestEntriesReadAheadAsInTurn(t *testing.T) {
	at := msg(1, num(1, 1773480413), num(2, 5))
	pieces := [][]byte{
		at, msg(1, num(3, 1)), str(2, "quiet"), str(2, "login alice@example.com"), str(2, `{"level":"info","mail":"bob@example.com"}`), str(2, ""), str(2, "{}"),
		msg(3, str(1, "note"), str(2, "abc")), msg(3, str(1, "note"), str(2, "")), msg(3, str(1, "note"), str(2, "192.0.2.77")), msg(3, str(1, "customer"), str(2, "Bob")),
		msg(3, str(1, "user.id"), str(2, "u-1")), msg(3, str(1, "account"), str(2, "")), msg(4, str(1, "note"), str(2, `{"a":1}`)), msg(3, str(2, "x"), str(1, "note")),
		msg(3, str(1, "note")), str(7, "unknown"), msg(3, str(1, "poison"), str(2, "")), {0x12, 0x7f},
	}
	r := rand.New(rand.NewPCG(5, 6))
	p := scrubtest.Policy(t, aheadPolicy)
	for round := range 600 {
		parts := [][]byte{str(1, `{app="shop"}`)}
		for range 1 + r.IntN(6) {
			var entry [][]byte
			for range r.IntN(6) {
				entry = append(entry, pieces[r.IntN(len(pieces)-r.IntN(2)*2)])
			}
			parts = append(parts, msg(2, entry...))
		}
		mode := []config.Mode{config.ModeStrict, config.ModeScrub}[round%2]
		ahead(t, codec.Loki{}, p, mode, s2.EncodeSnappy(nil, msg(1, parts...)))
	}
}
