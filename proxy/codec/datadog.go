package codec

import (
	"errors"
	"strconv"
	"strings"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// Datadog is the log intake of Datadog: JSON arrays and objects, lines of JSON, and plain text. It also takes what the browser SDK sends
// to an intake through a proxy, where the query parameter "ddforward" names the intake: logs and events of its user monitoring, in lines
// of JSON. Session replays and profiles are binary and refused.
//
// A log that cannot be read is withheld and counted; Datadog has no word for a part of a batch, so the others are a success. The agent's
// probe at its start, an empty object, is answered without a word upstream.
//
// Sources: Datadog, "Send logs" (API reference, v1 and v2), "Proxy Your Browser RUM Data"; the browser SDK 7.
type Datadog struct{}

// Bounds that the intake has (Datadog, "Send logs").
const (
	datadogBody = 5 << 20 // bytes, decoded
	datadogLogs = 1000    // in one array
)

// Protocol is "datadog".
func (Datadog) Protocol() config.Protocol { return config.ProtocolDatadog }

// Classify implements Codec.
func (Datadog) Classify(method, path string) Endpoint {
	switch {
	case method == "POST" && (hasPath(path, "/api/v2/logs") || isInput(path)):
		return Write
	case method == "GET" && hasPath(path, "/api/v1/validate"):
		return Health
	}
	return Unknown
}

// input is the path of version 1; a key may stand behind it.
const input = "/v1/input"

func isInput(path string) bool {
	_, key := splitInput(path)
	return hasPath(path, input) || key != ""
}

// splitInput takes the key off a path of version 1.
func splitInput(path string) (before, key string) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 || !hasPath(path[:i], input) {
		return path, ""
	}
	return path[:i], path[i+1:]
}

// Scrub implements Codec.
func (Datadog) Scrub(run *scrub.Run, req *Request) (Batch, error) {
	m := run.Mark()
	b := Batch{protocol: config.ProtocolDatadog, ContentType: req.ContentType, success: 202}
	body, query := req.Body, req.Query
	if f, browser := forwarded(req.Query); browser {
		query = f.query
		if err := inflate(run, req, &f, &body); err != nil {
			return Batch{}, err
		}
	} else if isInput(req.Path) {
		b.success = 200
	}
	if len(body) > datadogBody {
		return Batch{}, &TooLargeError{Bound: datadogBody}
	}
	if err := b.datadogBody(run, body); err != nil {
		return Batch{}, err
	}
	if err := b.datadogQuery(run, query); errors.Is(err, scrub.ErrDropRecord) {
		b.dropBody(run, m)
	} else if err != nil {
		return Batch{}, err
	}
	b.finish(run)
	b.untouched = b.untouched && len(body) == len(req.Body) && &body[0] == &req.Body[0]
	return b, nil
}

// datadogBody scrubs a body of whatever form.
func (b *Batch) datadogBody(run *scrub.Run, body []byte) error {
	start := record.Begin(body)
	if start == len(body) {
		return &scrub.Fault{Offset: start, Reason: "body is empty"}
	}
	d := datadogLog{run: run, b: b}
	switch {
	case body[start] == '[' && (isJSON(b.ContentType) || opensArray(body[start+1:])):
		return d.array(body, start)
	case body[start] == '{':
		return d.objects(body, start)
	case isJSON(b.ContentType):
		return &scrub.Fault{Offset: start, Reason: "body is neither JSON objects nor an array of them"}
	}
	b.text = true
	return b.lines(run, body)
}

// datadogMetadata are the parameters of the query that hold what a log's own members of these names hold, beside ddtags.
var datadogMetadata = [...]string{"ddsource", "service", "hostname", "host"}

// datadogQuery scrubs what the query says of all logs, under the paths of their members.
func (b *Batch) datadogQuery(run *scrub.Run, query []byte) error {
	if len(query) == 0 {
		return nil
	}
	if err := b.sharedFields(run, query, datadogMetadata[:]); err != nil {
		return err
	}
	plain, ok := parameter(query, "ddtags")
	if !ok {
		return nil
	}
	out, _, err := appendTags(nil, plain, run)
	if len(out) > 0 && err == nil {
		b.Query = appendParameter(b.Query, "ddtags", string(out))
		b.shared = appendShared(b.shared, "ddtags", out)
	}
	return err
}

// Accept implements Codec.
func (c Datadog) Accept(b *Batch) Response {
	if b.Kept+b.Dropped == 0 && len(b.Faults) > 0 {
		return c.Refuse(Malformed, b.Faults[0].Reason, b.ContentType)
	}
	return Response{Status: b.success, ContentType: jsonType, Body: []byte("{}")}
}

// Relay implements Codec. An upstream that is no intake answers with another status than clients of this endpoint expect.
func (c Datadog) Relay(b *Batch, up *Response) Response {
	if up.Status/100 == 2 {
		return c.Accept(&Batch{success: b.success})
	}
	return *up
}

// Refuse implements Codec, in the form of version 2 of the API.
func (Datadog) Refuse(why Refusal, detail, _ string) Response {
	r := refusals[why]
	if why == Unauthorised && detail != KeyMissing {
		r.Status = 403
	}
	title := map[int]string{
		400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 413: "Request Entity Too Large",
		415: "Unsupported Media Type", 429: "Too Many Requests", 503: "Service Unavailable", 504: "Gateway Timeout",
	}[r.Status]
	body := strconv.AppendInt([]byte(`{"errors":[{"status":"`), int64(r.Status), 10)
	body = append(append(append(body, `","title":"`...), title...), `","detail":"`...)
	r.ContentType, r.Body = jsonType, append(unwrap.AppendJSON(body, []byte(detail)), `"}]}`...)
	return r
}

// Synthesise implements Codec: whether the key is a good one is the intake's to say, when logs come.
func (Datadog) Synthesise(string, string) Response {
	return Response{Status: 200, ContentType: jsonType, Body: []byte(`{"valid":true}`)}
}
