package format

import (
	"strconv"
	"time"
	"unicode/utf8"

	"winnow/scrub/unwrap"
)

// splunk writes events for the HTTP Event Collector: the record is the event, and its host and time stand beside it.
//
// Source: docs.splunk.com, "Format events for HTTP Event Collector".
type splunk struct{ path string }

func (s splunk) Path() string       { return s.path }
func (splunk) ContentType() string  { return "application/json" }
func (splunk) Judge([]byte) Verdict { return Verdict{} }

// Append implements Format.
func (splunk) Append(dst, lines []byte, received time.Time) ([]byte, error) {
	err := each(lines, func(r *Line) {
		micros := r.TimeOr(received) / 1e3
		dst = strconv.AppendInt(append(dst, `{"time":`...), micros/1e6, 10)
		point := len(dst)
		dst = strconv.AppendInt(dst, micros%1e6+1e6, 10)
		dst[point] = '.'
		if host := r.Host(); len(host) > 0 && utf8.Valid(host) {
			dst = append(unwrap.AppendJSON(append(dst, `,"host":"`...), host), '"')
		}
		event := r.Object
		if len(r.Members) == 0 {
			event = []byte(`"{}"`) // Splunk refuses an event without anything in it
		}
		dst = append(append(append(dst, `,"sourcetype":"_json","event":`...), event...), "}\n"...)
	})
	return dst, err
}
