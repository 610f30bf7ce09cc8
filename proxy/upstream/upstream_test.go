package upstream_test

import (
	"bytes"
	"testing"
	"time"

	"winnow/proxy/codec"
	"winnow/proxy/encoding"
	"winnow/proxy/upstream"
	"winnow/scrub"
	"winnow/scrub/scrubtest"
)

// clock is a time that stands still until it is told otherwise.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time { return c.now }

// deliveryOf scrubs lines of JSON into a batch, and lets go of it when the test ends.
func deliveryOf(t testing.TB, lines string) *upstream.Delivery {
	t.Helper()
	run := scrubtest.Policy(t, "policy: {mode: scrub}").Begin(scrub.Request{})
	t.Cleanup(run.Close)
	body := []byte(lines)
	batch, err := codec.JSON{}.Scrub(run, &codec.Request{Method: "POST", Path: "/ingest", ContentType: "application/json", Body: body})
	if err != nil {
		t.Fatal(err)
	}
	return &upstream.Delivery{
		Method: "POST", Path: "/ingest", ContentType: "application/json",
		Codec: codec.JSON{}, Batch: &batch, Original: body, Encoding: list(t, ""),
	}
}

func list(t testing.TB, header string) *encoding.List {
	t.Helper()
	l, err := encoding.Parse([]byte(header))
	if err != nil {
		t.Fatal(err)
	}
	return &l
}

const quietLine = `{"level":"info","msg":"request done"}` + "\n"

func zip(t testing.TB, text, coding string) []byte {
	t.Helper()
	b, err := encoding.Append(nil, []byte(text), coding)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(b)
}
