package explain

import "strings"

// Place is where a part of a protocol's records lives: what selectors address it by.
type Place struct {
	// Protocol, and behind it which of its records: "otlp metrics".
	Protocol string
	// Part of a record, in words.
	Part string
	// Path in words, with each path that there is in backquotes; <name> stands for a key of the client's choice.
	Path string
}

// Places lists the parts of all protocols, as docs/architecture.md shows them.
var Places = []Place{
	{"json", "member of a record", "its own"},
	{"json, plain text", "the line", "`message`"},
	{"elasticsearch", "member of a document", "its own"},
	{"elasticsearch", "member of an action line", "`bulk._index`, `bulk.routing`, …"},
	{"browser", "member of a JSON object, field of a form", "its own"},
	{"browser", "plain text, the line", "`message`"},
	{"browser", "member of a report", "`report.<name>`: `report.url`, `report.body.blockedURL`, `report.csp-report.blocked-uri`, …"},
	{"clickhouse", "column of a row", "its own"},
	{"loki", "label", "`labels.<name>`"},
	{"loki", "line", "`message`; a JSON object in it is a record of its own"},
	{"loki", "structured metadata", "its own"},
	{"otlp", "resource attribute", "`resource.<key>`"},
	{"otlp", "scope name, version, attribute", "`scope.name`, `scope.version`, `scope.<key>`"},
	{"otlp", "scope's and resource's schema URL; entity of a resource", "`scope.schema_url`, `resource.schema_url`; `resource.entity.type`, `resource.entity.schema_url`"},
	{"otlp", "attribute of a record, span, event, link, data point or exemplar", "its own"},
	{"otlp logs", "body (text / map)", "`message` / its own keys"},
	{"otlp logs", "severity text, event name", "`severity_text`, `event_name`"},
	{"otlp traces", "name, trace state and status message of a span", "`span.name`, `trace_state`, `status.message`"},
	{"otlp traces", "name of an event, trace state of a link", "`event.name`, `trace_state`"},
	{"otlp metrics", "name, description, unit; metadata", "`metric.name`, `metric.description`, `metric.unit`; `metric.metadata.<key>`"},
	{"splunk", "`event`, text or raw line", "`message`; a JSON object in it is a record of its own"},
	{"splunk", "`event`, object", "its own keys, from the top"},
	{"splunk", "`fields`", "their own"},
	{"splunk", "`time`, `host`, `source`, `sourcetype`, `index`, in the event or the query", "their own names"},
	{"datadog", "member of a log or of a browser's event, `ddsource`, `service`, `hostname` in the query", "its own"},
	{"datadog", "`message`", "`message`; a JSON object, or one in its text, is a record of its own"},
	{"datadog", "tag of `ddtags`, in the log or the query", "`tags.<name>`; without a name `tags`"},
	{"syslog", "severity, facility, host, app name, message id", "`severity`, `facility`, `host`, `app`, `msgid`"},
	{"syslog", "process id", "`pid` if it is a number, else `procid`"},
	{"syslog", "time", "`timestamp`"},
	{"syslog", "structured data", "`structured_data.<id>.<name>`"},
	{"syslog", "message", "`message`"},
	{"fluent", "member of a record", "its own"},
	{"fluent", "tag, time", "`tag`, `timestamp`, unless the record has them itself"},
	{"fluent", "metadata of an event", "`metadata.<name>`"},
	{"gelf", "member that begins with `_`", "its own, without the `_`"},
	{"gelf", "any other member", "its own: `short_message`, `full_message`, `host`, …"},
	{"sentry", "member of an event, transaction, session, …", "its own: `exception.values.stacktrace.frames.vars`"},
	{"sentry", "member of a log", "its own"},
	{"sentry", "member of a span, of a metric", "`span.<name>`, `metric.<name>`"},
	{"sentry", "attribute of a log, span or metric", "its own"},
	{"sentry", "member of an envelope's header", "`envelope.<name>`: `envelope.trace.transaction`, …"},
	{"sentry", "browser's report", "`report.<name>`"},
}

// of tells whether a place is one of a protocol's.
func (p Place) of(protocol string) bool {
	word, _, _ := strings.Cut(p.Protocol, " ")
	return strings.Trim(word, ",") == protocol
}

// records are those of the protocol that the place is of; empty: all.
func (p Place) records() string {
	_, rest, _ := strings.Cut(p.Protocol, " ")
	return rest
}

// paths are those in backquotes, where the part's own name is not the path: those of the part.
func (p Place) paths() (list []string) {
	text := p.Path
	if text == "their own names" {
		text = p.Part
	}
	for i, word := range strings.Split(text, "`") {
		if i%2 == 1 {
			list = append(list, word)
		}
	}
	return list
}
