package format_test

import (
	"bytes"
	"testing"

	"winnow/proxy/codec/format"
)

// line is a record as a service writes them, 404 bytes.
const line = `{"time":"2026-03-14T09:26:53.123456789Z","level":"info","service":{"name":"checkout","version":"4.17.2"},"http":{"request":{"method":"POST"},` +
	`"response":{"status_code":502}},"duration_ms":183.25,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7",` +
	`"msg":"payment of order 88213 failed for [email] after 3 tries","pod":"checkout-7d9f","region":"eu-central-1","retry":false,"queue":{"depth":12}}` + "\n"

func BenchmarkAppend(b *testing.B) {
	lines := bytes.Repeat([]byte(line), 256)
	for _, f := range formats {
		b.Run("format="+string(f.name), func(b *testing.B) {
			form := format.New(f.name, format.Options{})
			var body []byte
			b.SetBytes(int64(len(lines)))
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if body, err = form.Append(body[:0], lines, received); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
