package corpora

import "strconv"

// The sizes of body that figures are quoted for, in bytes before compression: a chatty client's, and a batching agent's.
const (
	SmallBody = 2_400
	LargeBody = 113_000
)

// Body is one request as a client of a protocol would send it.
type Body struct {
	// Name of the format: ndjson, bulk, loki-json, loki-proto, otlp-json, otlp-proto, otlp-traces, otlp-metrics, splunk-events, datadog,
	// clickhouse, sentry, reports, gelf.
	Name string
	// Protocol in the config's word.
	Protocol string
	// Path, ContentType and ContentEncoding are the request's. Loki's protobuf is in a raw snappy block without saying so in a header.
	Path, ContentType, ContentEncoding string
	// Data is the body as sent.
	Data []byte
	// Plain is the body before compression; Data itself where there is none.
	Plain []byte
	// Records in it.
	Records int
	// Planted is the personal data in it.
	Planted Planted
}

// Bodies returns one body of about size bytes for each format.
func Bodies(seed uint64, size int) []Body {
	return []Body{
		NDJSON(seed, size), Bulk(seed, size), LokiJSON(seed, size), LokiProto(seed, size), OTLPJSON(seed, size), OTLPProto(seed, size),
		OTLPTraces(seed, size), OTLPMetrics(seed, size), SplunkEvents(seed, size), DatadogLogs(seed, size),
		ClickHouseRows(seed, size), SentryLogs(seed, size), BrowserReports(seed, size), GELF(seed, size),
	}
}

// NDJSON returns App's records, one a line.
func NDJSON(seed uint64, size int) Body {
	g := newSource(seed, dirtyShare)
	g.fill(size, func(e *event) { g.out = append(appendJSONEvent(g.out, e), '\n') })
	return g.body("ndjson", "json", "/ingest", "application/x-ndjson")
}

// Bulk returns App's records as documents of Elasticsearch's _bulk, each behind its action line.
func Bulk(seed uint64, size int) Body {
	g := newSource(seed, dirtyShare)
	g.fill(size, func(e *event) {
		g.out = append(append(append(g.out, `{"create":{"_index":"logs-`...), e.service...), "\"}}\n"...)
		g.out = append(appendJSONEvent(g.out, e), '\n')
	})
	return g.body("bulk", "elasticsearch", "/_bulk", "application/x-ndjson")
}

// fill draws events for emit until out and what is held back have size bytes.
func (g *source) fill(size int, emit func(*event)) {
	var e event
	for len(g.out)+g.held < size {
		g.next(&e)
		emit(&e)
		g.records++
	}
}

func (g *source) body(name, protocol, path, contentType string) Body {
	return Body{
		Name: name, Protocol: protocol, Path: path, ContentType: contentType,
		Data: g.out, Plain: g.out, Records: g.records, Planted: g.planted,
	}
}

func appendUnixNano(b []byte, e *event) []byte { return strconv.AppendInt(b, e.at.UnixNano(), 10) }
