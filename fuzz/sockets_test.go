package fuzz

import (
	"bytes"
	"testing"

	"github.com/tinylib/msgp/msgp"

	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/scrubtest"
)

// records are wire formats whose bodies become lines of JSON: what is true of any body, and that the lines scrubbed once more stay.
func (w wire) records(t *testing.T, p *scrub.Policy, raw []byte, before, after string, strict bool) {
	t.Helper()
	w.lines(t, p, raw, strict)
	for _, text := range []string{before + " " + plantedName + " " + after, plantedName} {
		got := w.lines(t, p, w.plant(text), strict)
		if got.err != nil {
			t.Errorf("refused: %v\n%q", got.err, w.plant(text))
		}
		checkJSON(t, got.plain, plantedName)
		if bytes.Contains(got.plain, []byte(plantedName)) {
			t.Errorf("planted value is left in %q", got.plain)
		}
	}
}

var asJSON = wire{codec: codec.JSON{}, path: "/ingest", contentType: "application/x-ndjson"}

func (w wire) lines(t *testing.T, p *scrub.Policy, plain []byte, strict bool) result {
	t.Helper()
	once := w.scrub(t, p, plain, mode(strict), nil)
	if once.err != nil {
		return once
	}
	if once.untouched {
		t.Error("lines of JSON call themselves what came")
	}
	long := w.traced(t, p, plain, mode(strict), nil, func(scrub.Event) {})
	if long.err != nil || !bytes.Equal(long.plain, once.plain) {
		t.Errorf("the long way gives %q, %v\nnot %q", long.plain, long.err, once.plain)
	}
	checkJSON(t, once.plain, "")
	if n := bytes.Count(once.plain, []byte("\n")); n != once.kept {
		t.Errorf("%d records on %d lines: %q", once.kept, n, once.plain)
	}
	if once.kept > 0 {
		if again := asJSON.scrub(t, p, once.plain, mode(strict), nil); again.err != nil || !bytes.Equal(again.plain, once.plain) {
			t.Errorf("scrubbed twice is not scrubbed once: %v\nonce:  %q\ntwice: %q", again.err, once.plain, again.plain)
		}
	}
	return once
}

var syslog = wire{
	codec: codec.Syslog{},
	plant: func(text string) []byte {
		body := codec.AppendSyslogFrame(nil, []byte(text), false)
		body = codec.AppendSyslogFrame(body, []byte("<14>1 2026-03-14T09:26:53Z web-1 shop 7 - - "+text), false)
		body = codec.AppendSyslogFrame(body, []byte("<14>Mar 14 09:26:53 web-1 shop[7]: "+text), true)
		return codec.AppendSyslogFrame(body, []byte("<14>1 2026-03-14T09:26:53Z web-1 shop - - - @cee: "+plantedObject(text)), false)
	},
}

// FuzzSyslog: a planted value is in no part of a record; every line is JSON, and scrubbed twice is scrubbed once.
func FuzzSyslog(f *testing.F) {
	p := scrubtest.Policy(f, "")
	f.Fuzz(func(t *testing.T, raw []byte, before, after string, strict bool) {
		syslog.records(t, p, raw, before, after, strict)
		syslog.records(t, p, codec.AppendSyslogFrame(nil, raw, !strict), before, after, strict) // a frame at all
	})
}

var fluent = wire{
	codec: codec.Fluent{},
	plant: func(text string) []byte {
		record := msgp.AppendMapHeader(nil, 3)
		record = msgp.AppendString(msgp.AppendString(record, "message"), text)
		record = msgp.AppendBytes(msgp.AppendString(record, "log"), []byte(text))
		record = msgp.AppendString(record, "detail")
		record = msgp.AppendString(msgp.AppendArrayHeader(record, 2), text)
		record = msgp.AppendString(record, plantedObject(text))
		entry := append(msgp.AppendInt(msgp.AppendArrayHeader(nil, 2), 1), record...)
		body := msgp.AppendString(msgp.AppendArrayHeader(nil, 3), text)
		body = append(msgp.AppendInt(body, 1773480413), record...)
		body = msgp.AppendString(msgp.AppendArrayHeader(body, 2), "app")
		body = append(msgp.AppendArrayHeader(body, 1), entry...)
		body = msgp.AppendString(msgp.AppendArrayHeader(body, 2), "app")
		return msgp.AppendBytes(body, entry)
	},
}

// FuzzFluent: a planted value is in no tag and no part of a record; every line is JSON, and scrubbed twice is scrubbed once; whether an
// acknowledgement is asked for can be told of any bytes.
func FuzzFluent(f *testing.F) {
	p := scrubtest.Policy(f, "")
	f.Fuzz(func(t *testing.T, raw []byte, before, after string, strict bool) {
		codec.FluentAsks(raw)
		fluent.records(t, p, raw, before, after, strict)
	})
}

var gelf = wire{
	codec: codec.GELF{}, path: "/gelf", contentType: "application/json",
	plant: func(text string) []byte {
		body := []byte(`{"version":"1.1","host":"web-1","short_message":` + quote(text) + `,"full_message":` + escaped(text) + `,"_note":` + quote(text) + `}` + "\x00")
		return append(body, `{"version":"1.1","host":`+quote(text)+`,"short_message":`+quote(plantedObject(text))+`}`...)
	},
	check: checkJSON,
}

// FuzzGELF: a planted value is in no member; what comes out is JSON and is accepted again; scrubbed twice is scrubbed once.
func FuzzGELF(f *testing.F) { gelf.fuzz(f) }
