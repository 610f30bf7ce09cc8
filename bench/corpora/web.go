package corpora

import "strconv"

// ClickHouseRows returns App's records as rows of an INSERT, the statement in front of them.
func ClickHouseRows(seed uint64, size int) Body {
	g := newSource(seed, dirtyShare)
	g.out = append(g.out, "INSERT INTO logs FORMAT JSONEachRow\n"...)
	g.fill(size, func(e *event) { g.out = append(appendJSONEvent(g.out, e), '\n') })
	return g.body("clickhouse", "clickhouse", "/clickhouse/", "application/octet-stream")
}

// SentryLogs returns App's records as the logs of one envelope, their fields as attributes.
func SentryLogs(seed uint64, size int) Body {
	g := newSource(seed, dirtyShare)
	g.out = append(g.out, `{"sdk":{"name":"sentry.go","version":"0.50.0"}}`+"\n"+`{"type":"log","content_type":"application/vnd.sentry.items.log+json"}`+"\n"...)
	g.out = append(g.out, `{"items":[`...)
	g.fill(size, func(e *event) {
		if g.records > 0 {
			g.out = append(g.out, ',')
		}
		g.out = append(appendUnixNano(append(g.out, `{"timestamp":`...), e), `,"level":"`...)
		g.out = appendQuoted(append(append(g.out, e.level...), `","body":`...), e.message)
		g.out = append(append(append(g.out, `,"trace_id":"`...), e.trace...), `","attributes":{"service.name":{"value":"`...)
		g.out = append(append(append(g.out, e.service...), `","type":"string"},"http.route":{"value":"`...), e.route...)
		g.out = strconv.AppendInt(append(g.out, `","type":"string"},"http.response.status_code":{"value":`...), int64(e.status), 10)
		g.out = append(g.out, `,"type":"integer"}}}`...)
	})
	g.out = append(g.out, "]}\n"...)
	return g.body("sentry", "sentry", "/api/42/envelope/", "application/x-sentry-envelope")
}

// BrowserReports returns App's messages as reports of interventions, which browsers send to a page's collector.
func BrowserReports(seed uint64, size int) Body {
	g := newSource(seed, dirtyShare)
	g.out = append(g.out, '[')
	g.fill(size, func(e *event) {
		if g.records > 0 {
			g.out = append(g.out, ',')
		}
		g.out = strconv.AppendInt(append(g.out, `{"age":`...), int64(e.size), 10)
		g.out = append(append(g.out, `,"type":"intervention","url":"https://shop.example.com`...), e.route...)
		g.out = append(append(append(g.out, `?v=`...), e.version...), `","user_agent":"Mozilla/5.0 (X11; Linux x86_64)","body":{"id":"x","message":`...)
		g.out = append(appendQuoted(g.out, e.message), `,"lineNumber":17,"columnNumber":4}}`...)
	})
	g.out = append(g.out, ']')
	return g.body("reports", "browser", "/browser", "application/reports+json")
}

// GELF returns App's records as messages of GELF, one a line, as shippers send several over HTTP.
func GELF(seed uint64, size int) Body {
	g := newSource(seed, dirtyShare)
	g.fill(size, func(e *event) {
		g.out = appendQuoted(append(append(append(g.out, `{"version":"1.1","host":"`...), e.service...), `","short_message":`...), e.message)
		g.out = append(append(append(g.out, `,"_trace_id":"`...), e.trace...), `","_http.route":"`...)
		g.out = strconv.AppendInt(append(append(g.out, e.route...), `","_http.response.status_code":`...), int64(e.status), 10)
		g.out = append(g.out, "}\n"...)
	})
	return g.body("gelf", "gelf", "/gelf", "application/json")
}
