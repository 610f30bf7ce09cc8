package corpora

import "google.golang.org/protobuf/encoding/protowire"

// OTLPTraces returns an ExportTraceServiceRequest in protobuf: spans of a server, each with its route, status and duration as attributes and
// the message in an event, as an exception is recorded.
func OTLPTraces(seed uint64, size int) Body {
	return otlpBody(seed, size, "otlp-traces", "/v1/traces", otlpSpan)
}

// OTLPMetrics returns an ExportMetricsServiceRequest in protobuf: a sum for each event, of one point with route and status as attributes and
// an exemplar that has the message.
func OTLPMetrics(seed uint64, size int) Body {
	return otlpBody(seed, size, "otlp-metrics", "/v1/metrics", otlpMetric)
}

// otlpBody is a request of resources and scopes as logs have them, in which record makes field 2 of a scope.
func otlpBody(seed uint64, size int, name, path string, record func(*event) []byte) Body {
	g := newSource(seed, dirtyShare)
	var resource, scope []byte
	flush := func() { g.out = appendMessage(g.out, 1, appendMessage(resource, 2, scope)) }
	g.fill(size, func(e *event) {
		if g.records%otlpRecords == 0 {
			if g.records > 0 {
				flush()
			}
			resource, scope = otlpHead(e)
		}
		scope = appendMessage(scope, 2, record(e))
		g.held = len(resource) + len(scope)
	})
	flush()
	return g.body(name, "otlp", path, "application/x-protobuf")
}

// otlpSpan is opentelemetry.proto.trace.v1.Span.
func otlpSpan(e *event) []byte {
	b := appendMessage(appendMessage(nil, 1, unhex(e.trace)), 2, unhex(e.span))
	b = appendUint(appendText(b, 5, "GET "+e.route), 6, 2)
	b = appendFixed(appendFixed(b, 7, uint64(e.at.UnixNano())), 8, uint64(e.at.UnixNano())+uint64(e.ms*1e6))
	b = appendMessage(b, 9, keyValue("http.request.method", anyText("GET")))
	b = appendMessage(b, 9, keyValue("http.route", anyText(e.route)))
	b = appendMessage(b, 9, keyValue("http.response.status_code", appendUint(nil, 3, uint64(e.status))))
	occurred := appendText(appendFixed(nil, 1, uint64(e.at.UnixNano())), 2, "exception")
	return appendMessage(b, 11, appendMessage(occurred, 3, keyValue("exception.message", anyText(e.message))))
}

// otlpMetric is opentelemetry.proto.metrics.v1.Metric.
func otlpMetric(e *event) []byte {
	exemplar := appendMessage(appendFixed(nil, 2, uint64(e.at.UnixNano())), 5, unhex(e.trace))
	exemplar = appendMessage(exemplar, 7, keyValue("error.message", anyText(e.message)))
	point := appendFixed(appendFixed(nil, 3, uint64(e.at.UnixNano())), 6, uint64(e.status))
	point = appendMessage(point, 7, keyValue("http.route", anyText(e.route)))
	point = appendMessage(point, 7, keyValue("http.response.status_code", appendUint(nil, 3, uint64(e.status))))
	sum := appendUint(appendMessage(nil, 1, appendMessage(point, 5, exemplar)), 2, 2)
	return appendMessage(appendText(appendText(nil, 1, "http.server.requests"), 3, "{request}"), 7, sum)
}

func appendFixed(b []byte, n protowire.Number, v uint64) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(b, n, protowire.Fixed64Type), v)
}
