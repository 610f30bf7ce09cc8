package codec

import (
	"errors"
	"strings"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/record"
)

// Splunk is the HTTP event collector of Splunk: events as JSON objects, one behind the other or in an array, and raw lines of text.
//
// An event that cannot be taken costs itself: those before and behind it go on. The answer is then that of Splunk to the first bad one
// (400, its code, invalid-event-number counted from 0), so that whoever sent it knows; Splunk itself takes those before the bad one and
// none behind it. JSON that cannot be read costs the rest of its line.
//
// Sources: Splunk Enterprise 10, "Format events for HTTP Event Collector", "HTTP Event Collector REST API endpoints", "Troubleshoot HTTP
// Event Collector" (the codes).
type Splunk struct {
	// Acks are the acknowledgements that winnow gives itself, where the upstream gives none.
	Acks *SplunkAcks
}

// Protocol is "splunk".
func (Splunk) Protocol() config.Protocol { return config.ProtocolSplunk }

const collector = "/services/collector"

// splunkCall is the part of a path behind the collector's own, without its version; ok is false for another path.
func splunkCall(path string) (call string, ok bool) {
	i := strings.LastIndex(path, collector)
	if i < 0 {
		return "", false
	}
	return strings.TrimSuffix(strings.TrimSuffix(path[i+len(collector):], "/"), "/1.0"), true
}

// Classify implements Codec. Docker's driver asks with OPTIONS whether there is a collector.
func (Splunk) Classify(method, path string) Endpoint {
	call, ok := splunkCall(path)
	if !ok {
		return Unknown
	}
	switch call {
	case "", "/event", "/raw":
		if method == "OPTIONS" {
			return Health
		}
		if method == "POST" {
			return Write
		}
	case "/ack":
		if method == "POST" {
			return Preflight
		}
	case "/health":
		if method == "GET" || method == "HEAD" {
			return Health
		}
	}
	return Unknown
}

// isRaw tells whether the body is lines, not events.
func isRaw(path string) bool {
	call, _ := splunkCall(path)
	return call == "/raw"
}

// Scrub implements Codec.
func (Splunk) Scrub(run *scrub.Run, req *Request) (Batch, error) {
	m := run.Mark()
	b := Batch{protocol: config.ProtocolSplunk, ContentType: req.ContentType}
	b.acknowledge = len(channelOf(req)) > 0
	start := record.Begin(req.Body)
	if start == len(req.Body) {
		return Batch{}, &scrub.Fault{Offset: start, Reason: noData}
	}
	scrubBody := b.splunkEvents
	if isRaw(req.Path) {
		scrubBody = b.splunkRaw
	}
	if err := scrubBody(run, req.Body, start); err != nil {
		return Batch{}, err
	}
	if err := b.splunkQuery(run, req.Query); errors.Is(err, scrub.ErrDropRecord) {
		b.dropBody(run, m)
	} else if err != nil {
		return Batch{}, err
	}
	b.finish(run)
	return b, nil
}

// splunkRaw scrubs the body of the raw endpoint: lines, unless it begins with an object that takes more than one.
func (b *Batch) splunkRaw(run *scrub.Run, body []byte, start int) error {
	if body[start] == '{' {
		line := body[start:lineEnd(body, start)]
		if end, fault := record.Skip(line, 0, maxDepth); fault != nil || record.SkipSpace(line, end) < len(line) {
			return b.objects(run, body, start)
		}
	}
	b.text = true
	return b.lines(run, body)
}

// splunkMetadata are the parameters of the query that hold what an event's own members of these names hold.
var splunkMetadata = [...]string{"time", "host", "source", "sourcetype", "index"}

// splunkQuery scrubs what the query says of all that is in the body, under the paths of an event's members.
func (b *Batch) splunkQuery(run *scrub.Run, query []byte) error {
	return b.sharedFields(run, query, splunkMetadata[:])
}
