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
	partMessage: {"message", "msg", "_msg", "short_message", "log", "@m", "body", "event", "text", "logentry.formatted",
		"message.message", "body.message", "name", "title"},
	partHost: {"host", "hostname", "host.name", "_hostname", "host.hostname", "server_name", "node_name",
		"kubernetes.host"},
	partService: {"service", "service.name", "service_name", "app", "appname", "app_name", "application", "job", "program",
		"kubernetes.container_name", "tag"},
	partTrace: {"trace_id", "traceid", "trace.id", "dd.trace_id", "contexts.trace.trace_id"},
	partSpan:  {"span_id", "spanid", "span.id", "dd.span_id", "contexts.trace.span_id"},
}

// shells are members whose own members count as the record's, in the order in which they are asked.
var shells = []string{"labels", "metadata", "resource", "attributes", "fields", "tags"}

// worded holds its part in words only: as a number it is that of an answer or of an exit.
const worded = "status"

// place says of a name which part it holds, and how good a place that is: the lower the better.
type place struct {
	part   part
	rank   uint8
	worded bool
}

var places = func() map[string]place {
	m := map[string]place{}
	for p, names := range members {
		for rank, name := range names {
			m[name] = place{part(p), uint8(rank), name == worded}
		}
	}
	return m
}()

// likely has, for the first letter of a name, a bit for each length that a name of the table with that letter has: most names of records
// are told apart from those of the table by it.
var likely = func() (bits [256]uint64) {
	for name := range places {
		bits[name[0]] |= 1 << len(name)
	}
	return bits
}()

// longestName of the table, in bytes; a longer one holds nothing.
const longestName = 32

// shellRank is added to the rank of what stands in a shell.
const shellRank = 64

// placeOf looks a dotted name up, in any letter case.
func placeOf(name []byte) (p place, ok bool) {
	if len(name) == 0 || len(name) > longestName || likely[lower(name[0])]&(1<<len(name)) == 0 {
		return place{}, false
	}
	var low [longestName]byte
	for i, c := range name {
		low[i] = lower(c)
	}
	p, ok = places[string(low[:len(name)])]
	return p, ok
}

func lower(c byte) byte {
	if c-'A' < 26 {
		c += 'a' - 'A'
	}
	return c
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
var levels = [...]struct {
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

// levelTexts are the levels as bytes, in the order of levels.
var levelTexts = func() (list [len(levels)][]byte) {
	for i := range levels {
		list[i] = []byte(levels[i].level)
	}
	return list
}()

// levelText is a level as bytes, not to be changed; nil if it is none.
func levelText(level string) []byte {
	for i := range levels {
		if levels[i].level == level {
			return levelTexts[i]
		}
	}
	return nil
}
