package codec

import (
	"strings"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// Sentry is the ingestion API of Sentry as its SDKs speak it: envelopes, the older store endpoint, reports of browsers (security, csp-report,
// nel) and OTLP below integration/otlp. Each item of an envelope is a record with the names that Sentry's events have; those of logs, spans
// and metrics are records one by one. What is not JSON, or a recording of a person's screen, cannot be scrubbed and is withheld:
// attachments, memory dumps, replays. SDKs throw away what is refused and never try again, so the rest of an envelope goes on.
//
// Facts of the request are not attached to what goes to Sentry, which has no place for them. As lines, a record is the item's own object with
// the facts behind it; attributes of logs, spans and metrics are members of their own.
//
// Source: develop.sentry.dev, envelopes and event payloads; the SDKs for Node.js and Go.
type Sentry struct{}

// Protocol is "sentry".
func (Sentry) Protocol() config.Protocol { return config.ProtocolSentry }

// The endpoints below /api/<project>/.
const (
	sentryEnvelope = "envelope"
	sentryStore    = "store"
	sentryMinidump = "minidump"
	sentryOTLP     = "integration/otlp/v1/"
)

// splitSentry takes a path apart: what stands before the project, and the endpoint, which is one of the known.
func splitSentry(path string) (project, endpoint string, ok bool) {
	at := strings.LastIndex(path, "/api/")
	if at < 0 {
		return "", "", false
	}
	project, endpoint, ok = strings.Cut(path[at+len("/api/"):], "/")
	endpoint = strings.TrimSuffix(endpoint, "/")
	switch endpoint {
	case sentryEnvelope, sentryStore, sentryMinidump, "security", "csp-report", "nel", sentryOTLP + "logs", sentryOTLP + "traces":
	default:
		ok = false
	}
	return project, endpoint, ok && len(project) <= 64 && isWord(strings.ReplaceAll(project, "-", "_"))
}

// Classify implements Codec.
func (Sentry) Classify(method, path string) Endpoint {
	if _, _, ok := splitSentry(path); ok && method == "POST" {
		return Write
	}
	return Unknown
}

// Scrub implements Codec.
func (Sentry) Scrub(run *scrub.Run, req *Request) (b Batch, err error) {
	_, endpoint, _ := splitSentry(req.Path)
	if strings.HasPrefix(endpoint, sentryOTLP) {
		return OTLP{}.Scrub(run, req)
	}
	facts := appendFacts(nil, run)
	run.Attach(nil)
	switch endpoint {
	case sentryStore:
		b, err = scrubStored(run, req)
	case "security", "csp-report", "nel":
		b, err = scrubReports(run, req)
	default:
		b, err = scrubEnvelope(run, req)
	}
	b.protocol, b.shared = config.ProtocolSentry, facts
	return b, err
}

// appendFacts appends the facts of the request as members of an object.
func appendFacts(dst []byte, run *scrub.Run) []byte {
	for _, f := range run.Attached() {
		if len(dst) > 0 {
			dst = append(dst, ',')
		}
		dst = scrub.AppendMember(dst, "", f)
	}
	return dst
}

// scrubStored scrubs one event alone.
func scrubStored(run *scrub.Run, req *Request) (Batch, error) {
	b := Batch{ContentType: req.ContentType}
	if err := run.LoadJSON(req.Body); err != nil {
		return Batch{}, err
	}
	at := record.Begin(req.Body)
	if at == len(req.Body) || req.Body[at] != '{' {
		return Batch{}, &scrub.Fault{Offset: at, Reason: "body is not an event, an object"}
	}
	s := sentry{run: run, b: &b, body: req.Body}
	m := run.Mark()
	fate, reason := s.record(at, len(req.Body), inEvent)
	if fate == scrub.Withheld {
		return Batch{}, &scrub.Fault{Offset: at, Reason: reason}
	}
	if !b.note(1, fate, reason) {
		run.Rollback(m)
		run.Replace(0, len(req.Body), nil)
	}
	b.finish(run)
	return b, nil
}

// Forward implements Forwarder: the path below the project, and of the query what says how the SDK speaks.
func (Sentry) Forward(f *Forward, req *Request, _ func([]byte) bool) (why Refusal, detail string) {
	project, endpoint, ok := splitSentry(req.Path)
	switch {
	case !ok:
		return NotFound, "no such endpoint"
	case endpoint == sentryMinidump:
		return Forbidden, "a memory dump cannot be scrubbed, and is not passed on"
	}
	f.Path = "/api/" + project + "/" + endpoint
	if strings.HasSuffix(req.Path, "/") {
		f.Path += "/"
	}
	for name, value := range parameters(req.Query) {
		switch name {
		case "sentry_version", "sentry_client":
			if len(value) <= 64 && isIdentifier(value) && !strings.Contains(value, "@") {
				f.Query = appendParameter(f.Query, name, value)
			}
		}
	}
	return 0, ""
}

// Accept implements Codec: the event's id where it is one.
func (Sentry) Accept(b *Batch) Response {
	if b.protocol == config.ProtocolOTLP {
		return OTLP{}.Accept(b)
	}
	body := "{}"
	if b.event != "" {
		body = `{"id":"` + b.event + `"}`
	}
	return Response{Status: 200, ContentType: "application/json", Body: []byte(body)}
}

// Relay implements Codec. What was withheld here cannot be told: an answer that is no success loses all of it.
func (Sentry) Relay(b *Batch, up *Response) Response {
	if b.protocol == config.ProtocolOTLP {
		return OTLP{}.Relay(b, up)
	}
	return *up
}

// Refuse implements Codec. Only a rate limit is something that SDKs heed.
func (Sentry) Refuse(why Refusal, detail, requestType string) Response {
	if strings.HasPrefix(requestType, "application/x-protobuf") {
		return OTLP{}.Refuse(why, detail, requestType)
	}
	r := refusals[why]
	r.ContentType = "application/json"
	r.Body = append(unwrap.AppendJSON([]byte(`{"detail":"`), []byte(detail)), "\"}\n"...)
	r.Headers = [][2]string{{"X-Sentry-Error", detail}}
	if why == Busy {
		r.Headers = append(r.Headers, [2]string{"X-Sentry-Rate-Limits", "1::organization:busy"})
	}
	return r
}

// Synthesise implements Codec: SDKs ask for nothing.
func (c Sentry) Synthesise(string, string) Response {
	return c.Refuse(NotFound, "no such endpoint", "")
}
