package corpora

import "strconv"

// SplunkEvents returns App's records as events for Splunk's HTTP event collector, each in its envelope.
func SplunkEvents(seed uint64, size int) Body {
	g := newSource(seed, dirtyShare)
	g.fill(size, func(e *event) {
		b := strconv.AppendFloat(append(g.out, `{"time":`...), float64(e.at.UnixMilli())/1e3, 'f', 3, 64)
		b = append(append(b, `,"host":"`...), e.host...)
		b = append(append(b, `","source":"/var/log/`...), e.service...)
		b = appendJSONEvent(append(b, `.log","sourcetype":"_json","event":`...), e)
		g.out = append(b, "}\n"...)
	})
	return g.body("splunk-events", "splunk", "/services/collector/event", "application/json")
}

// DatadogLogs returns App's records as an agent sends them to Datadog: an array of lines of text, with tags.
func DatadogLogs(seed uint64, size int) Body {
	g := newSource(seed, dirtyShare)
	g.out = append(g.out, '[')
	g.fill(size, func(e *event) {
		if g.records > 0 {
			g.out = append(g.out, ',')
		}
		b := appendQuoted(append(g.out, `{"message":`...), string(appendTextEvent(nil, e)))
		b = append(append(b, `,"status":"`...), e.level...)
		b = strconv.AppendInt(append(b, `","timestamp":`...), e.at.UnixMilli(), 10)
		b = append(append(b, `,"hostname":"`...), e.host...)
		b = append(append(b, `","service":"`...), e.service...)
		b = append(append(b, `","ddsource":"go","ddtags":"env:production,version:`...), e.version...)
		g.out = append(append(append(b, `,kube_namespace:`...), e.service...), `"}`...)
	})
	g.out = append(g.out, ']')
	return g.body("datadog", "datadog", "/api/v2/logs", "application/json")
}
