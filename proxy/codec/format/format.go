// Package format writes records for backends that speak another protocol than the client: the same scrubbed records go to any of them.
//
// Records come as lines of JSON, one object each, as Codec.AppendLines makes them of every protocol. A Line finds in such an object what
// every backend wants to know by itself: when, how bad, what, from where. Which members that is taken from is one table (members.go),
// and docs/records.md shows it. What a backend has no place of its own for stays in the record; nothing is left out, and nothing is
// made up but the time of a record that states none: that is when it was received.
package format

import (
	"bytes"
	"sync"
	"time"

	"winnow/config"
)

// Options are what an operator says about the backend. Empty ones have the format's own default.
type Options struct {
	// Path with its query, in place of the usual one.
	Path string
	// Index is the data stream or index of Elasticsearch.
	Index string
	// Labels are the members that become labels of Loki's streams.
	Labels []string
}

// Verdict is what a backend's answer of success says about the records in it.
type Verdict struct {
	// Refused were not taken, and will not be.
	Refused int
	// Again says that some were not taken and may be when sent again.
	Again bool
}

// Format is one way to hand records over. It is immutable and safe for concurrent use.
type Format interface {
	// Path where such a backend takes records, with its query.
	Path() string
	// ContentType of the body.
	ContentType() string
	// Append appends a body with the records of lines to dst; received stands in for a time that a record does not state. The error is
	// about lines that are no records.
	Append(dst, lines []byte, received time.Time) ([]byte, error)
	// Judge reads the body of a 2xx answer.
	Judge(answer []byte) Verdict
}

// Sifter is a Format whose backend says of each record whether it took it.
type Sifter interface {
	// Sift appends to dst those of lines that answer, the body of a 2xx answer to exactly them, says may be taken when sent again. dst may
	// be lines[:0].
	Sift(dst, lines, answer []byte) []byte
}

// New makes the Format of a configured name, nil for the client's own protocol.
func New(name config.Format, o Options) Format {
	switch name {
	case config.FormatNDJSON:
		return ndjson{orElse(o.Path, "/insert/jsonline?_msg_field=message,msg,short_message&_time_field=timestamp,@timestamp,time,ts")}
	case config.FormatLoki:
		labels := o.Labels
		if len(labels) == 0 {
			labels = []string{"service", "level"}
		}
		return loki{orElse(o.Path, "/loki/api/v1/push"), labels}
	case config.FormatElasticsearch:
		return elasticsearch{orElse(o.Path, "/"+orElse(o.Index, "logs-winnow-default")+"/_bulk")}
	case config.FormatOTLP:
		return otlp{orElse(o.Path, "/v1/logs")}
	case config.FormatSplunk:
		return splunk{orElse(o.Path, "/services/collector/event")}
	}
	return nil
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// kept are Lines with the room that records needed before.
var kept = sync.Pool{New: func() any { return new(Line) }}

// each shows every record of lines to f. The Line is used again.
func each(lines []byte, f func(*Line)) error {
	l := kept.Get().(*Line)
	defer l.release()
	for text := range bytes.Lines(lines) {
		if text = bytes.TrimRight(text, "\n"); len(text) == 0 {
			continue
		}
		if err := l.read(text); err != nil {
			return err
		}
		f(l)
	}
	return nil
}

// ndjson hands the lines over as they are.
type ndjson struct{ path string }

func (n ndjson) Path() string      { return n.path }
func (ndjson) ContentType() string { return "application/x-ndjson" }
func (ndjson) Append(dst, lines []byte, _ time.Time) ([]byte, error) {
	return append(dst, lines...), nil
}
func (ndjson) Judge([]byte) Verdict { return Verdict{} }
