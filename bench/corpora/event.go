package corpora

import (
	"strconv"
	"time"
)

// event is what a service has to say, before any format.
type event struct {
	at                     time.Time
	level, service         string
	version, host          string
	trace, span            string
	method, route, message string
	status, size           int
	load, ms               float64
}

var (
	levels   = []string{"debug", "info", "info", "info", "info", "info", "warn", "error"}
	services = []string{"checkout", "catalogue", "billing", "gateway", "search", "mailer", "inventory", "sessions"}
	versions = []string{"2.14.3", "2.14.4", "1.0.12", "3.2.0-rc.1", "0.9.41"}
	methods  = []string{"GET", "GET", "GET", "POST", "PUT", "DELETE"}
	routes   = []string{"/api/v1/orders/{id}", "/api/v1/carts/{id}/items", "/api/v2/search", "/healthz", "/api/v1/invoices", "/static/{file}"}
	statuses = []int{200, 200, 200, 200, 201, 204, 302, 400, 404, 409, 500, 503}
	quiet    = []string{
		"request served from cache",
		"order accepted, three parcels to two depots",
		"upstream answered slowly, retrying once",
		"queue depth 17 of 4096, no action",
		"feature flag new-basket evaluated to true",
		"connection pool resized from 12 to 16",
		"index 42 compacted: 1048576 keys in 3.75 s",
		"token_type=Bearer max_tokens=4096 finish_reason=stop",
		"certificate renewed, valid for 90 days",
		"password reset page rendered in 12.5 ms",
		"build 20260314092653 rolled out to 3 of 12 hosts",
		"worker joined: shard=7 epoch=12 offset=982451653",
	}
)

// next fills e with the next event.
func (g *source) next(e *event) {
	*e = event{
		at: g.tick(), level: one(g, levels), service: one(g, services), version: one(g, versions),
		host:  "web-" + strconv.Itoa(10+g.rng.IntN(40)),
		trace: g.chars(32, hexDigits), span: g.span(),
		method: one(g, methods), route: one(g, routes), status: one(g, statuses),
		size: g.rng.IntN(90_000), load: g.rng.Float64(), ms: g.rng.ExpFloat64() * 40,
	}
	e.message = one(g, quiet)
	if g.rng.Float64() >= g.share {
		return
	}
	e.message = g.leak()
	if g.rng.IntN(4) == 0 {
		e.message += "; " + g.leak()
	}
}

// span returns a span id with at least one letter in front: one in five thousand is all digits, and what a detector makes of those is for
// its own tests.
func (g *source) span() string { return g.chars(1, "abcdef") + g.chars(15, hexDigits) }

func appendJSONEvent(b []byte, e *event) []byte {
	b = e.at.AppendFormat(append(b, `{"ts":"`...), "2006-01-02T15:04:05.000000Z07:00")
	b = append(append(b, `","level":"`...), e.level...)
	b = append(append(b, `","service":"`...), e.service...)
	b = append(append(b, `","version":"`...), e.version...)
	b = append(append(b, `","host":"`...), e.host...)
	b = append(append(b, `","trace_id":"`...), e.trace...)
	b = append(append(b, `","span_id":"`...), e.span...)
	b = append(append(b, `","http":{"method":"`...), e.method...)
	b = append(append(b, `","route":"`...), e.route...)
	b = strconv.AppendInt(append(b, `","status":`...), int64(e.status), 10)
	b = strconv.AppendInt(append(b, `,"bytes":`...), int64(e.size), 10)
	b = strconv.AppendFloat(append(b, `},"load":`...), e.load, 'f', 6, 64)
	b = strconv.AppendFloat(append(b, `,"duration_ms":`...), e.ms, 'f', 3, 64)
	b = appendQuoted(append(b, `,"message":`...), e.message)
	return append(b, '}')
}

func appendTextEvent(b []byte, e *event) []byte {
	b = e.at.AppendFormat(b, "2006-01-02 15:04:05.000 ")
	b = append(append(b, '['), e.service...)
	b = append(append(b, "] "...), e.level...)
	b = append(append(b, " trace="...), e.trace...)
	b = append(append(b, ' '), e.method...)
	b = append(append(b, ' '), e.route...)
	b = strconv.AppendInt(append(b, " status="...), int64(e.status), 10)
	b = strconv.AppendFloat(append(b, " took="...), e.ms, 'f', 3, 64)
	return append(append(b, "ms "...), appendOneLine(nil, e.message)...)
}

// appendOneLine appends text with its newlines as a console log has them: spelled out.
func appendOneLine(b []byte, text string) []byte {
	for _, c := range []byte(text) {
		if c == '\n' {
			b = append(b, `\n`...)
			continue
		}
		b = append(b, c)
	}
	return b
}

// appendQuoted appends text as a JSON string. The corpora hold ASCII without other control characters than newlines.
func appendQuoted(b []byte, text string) []byte {
	b = append(b, '"')
	for _, c := range []byte(text) {
		switch c {
		case '\n':
			b = append(b, `\n`...)
			continue
		case '"', '\\':
			b = append(b, '\\')
		}
		b = append(b, c)
	}
	return append(b, '"')
}
