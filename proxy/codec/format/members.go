package format

import (
	"bytes"
	"strings"
)

// part is something that backends want to know of a record by itself.
type part uint8

const (
	partTime part = iota
	partSeverity
	partNumber
	partMessage
	partHost
	partService
	partTrace
	partSpan
	parts
)

// members are the names that hold each part, the first that a record has wins. Names join the keys above them by dots, in any letter
// case; what Loki has as labels and structured metadata, and OTLP as resource and attributes, counts as the record's own, behind it.
var members = [parts][]string{
	partTime: {"timestamp", "@timestamp", "_time", "time", "ts", "datetime", "date", "eventtime", "@t", "asctime", "start_time",
		"observed_timestamp", "created", "received_at"},
	partSeverity: {"severity_text", "level", "severity", "log.level", "lvl", "loglevel", "levelname", "@l", "status", "priority"},
	partNumber:   {"severity_number"},
	partMessage: {"message", "msg", "_msg", "short_message", "log", "@m", "body", "event", "text", "logentry.formatted", "name",
		"title"},
	partHost:    {"host", "hostname", "host.name", "_hostname", "host.hostname", "server_name", "node_name"},
	partService: {"service", "service.name", "service_name", "app", "appname", "app_name", "application", "job", "program", "tag"},
	partTrace:   {"trace_id", "traceid", "trace.id", "dd.trace_id"},
	partSpan:    {"span_id", "spanid", "span.id", "dd.span_id"},
}

// shells are members whose own members count as the record's, in the order in which they are asked.
var shells = []string{"labels", "metadata", "resource", "attributes", "fields", "tags"}

// place says of a name which part it holds, and how good a place that is: the lower the better.
type place struct {
	part part
	rank uint8
}

var places = func() map[string]place {
	m := map[string]place{}
	for p, names := range members {
		for rank, name := range names {
			m[name] = place{part(p), uint8(rank)}
		}
	}
	return m
}()

// longestName of the table, in bytes; a longer one holds nothing.
const longestName = 32

// shellRank is added to the rank of what stands in a shell.
const shellRank = 64

// placeOf looks a dotted name up, in any letter case.
func placeOf(name []byte) (p place, ok bool) {
	if len(name) > longestName {
		return place{}, false
	}
	var low [longestName]byte
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		low[i] = c
	}
	p, ok = places[string(low[:len(name)])]
	return p, ok
}

// isShell tells whether a member's own members count as the record's.
func isShell(key []byte) bool {
	for _, s := range shells {
		if strings.EqualFold(s, string(key)) {
			return true
		}
	}
	return false
}

// levels are the words for how bad something is, and OpenTelemetry's number for each (Logs Data Model, SeverityNumber).
var levels = []struct {
	words  []string
	level  string
	number int
}{
	{[]string{"trace", "verbose", "finest", "10"}, "trace", 1},
	{[]string{"debug", "dbg", "fine", "20", "7"}, "debug", 5},
	{[]string{"info", "information", "informational", "notice", "log", "ok", "i", "30", "6", "5"}, "info", 9},
	{[]string{"warn", "warning", "w", "40", "4"}, "warn", 13},
	{[]string{"error", "err", "severe", "e", "50", "3"}, "error", 17},
	{[]string{"fatal", "critical", "crit", "emerg", "emergency", "panic", "alert", "f", "60", "2", "1", "0"}, "fatal", 21},
}

// levelOf normalises a word, or pino's and syslog's number; empty if it is none.
func levelOf(text []byte) (level string, number int) {
	for i := range levels {
		for _, w := range levels[i].words {
			if len(w) == len(text) && bytes.EqualFold([]byte(w), text) {
				return levels[i].level, levels[i].number
			}
		}
	}
	return "", 0
}

// levelOfNumber is the word for OpenTelemetry's number.
func levelOfNumber(n int) string {
	if n < 1 || n > 24 {
		return ""
	}
	return levels[(n-1)/4].level
}
