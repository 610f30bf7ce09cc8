package codec

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// JSON is generic intake: newline-delimited or concatenated JSON objects, one array of objects, or plain text lines. The first bytes that
// are not white space decide; in plain text each line that is a JSON object is a record of its own.
type JSON struct{}

// Protocol is "json".
func (JSON) Protocol() config.Protocol { return config.ProtocolJSON }

// Classify takes any POST or PUT: routes decide which paths are generic intake. Without one, /ingest and VictoriaLogs' /insert/jsonline.
func (JSON) Classify(method, path string) Endpoint {
	if (method == "POST" || method == "PUT") && (hasPath(path, "/ingest") || hasPath(path, "/insert/jsonline")) {
		return Write
	}
	return Unknown
}

// Scrub implements Codec.
func (JSON) Scrub(run *scrub.Run, req *Request) (Batch, error) {
	b := Batch{protocol: config.ProtocolJSON, ContentType: req.ContentType}
	start := record.Begin(req.Body)
	var err error
	switch {
	case start == len(req.Body):
		err = &scrub.Fault{Offset: start, Reason: "body is empty"}
	case req.Body[start] == '[' && (isJSON(req.ContentType) || opensArray(req.Body[start+1:])):
		err = b.array(run, req.Body, start)
	case req.Body[start] == '{':
		err = b.objects(run, req.Body, start)
	case isJSON(req.ContentType):
		err = &scrub.Fault{Offset: start, Reason: "body is neither JSON objects nor an array of them"}
	default:
		b.text = true
		err = b.lines(run, req.Body)
	}
	if err != nil {
		return Batch{}, err
	}
	b.finish(run)
	return b, nil
}

// opensArray tells whether what follows a bracket can be an array of objects, and not a line of text such as "[error] …".
func opensArray(rest []byte) bool {
	i := record.SkipSpace(rest, 0)
	return i == len(rest) || bytes.IndexByte([]byte("{[]"), rest[i]) >= 0
}

// isJSON tells whether a content type promises JSON.
func isJSON(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.TrimSpace(media)
	const end = "json"
	return len(media) >= len(end) && strings.EqualFold(media[len(media)-len(end):], end)
}

// finish takes the scrubbed body over.
func (b *Batch) finish(run *scrub.Run) {
	b.clean, b.untouched = run.Finish(), !run.Changed()
}

// maxFaults bounds what is told of the records of one batch: a body can be of nothing else.
const maxFaults = 100

// note books what became of record n; it tells whether the record stays.
func (b *Batch) note(n int, fate scrub.Fate, reason string) bool {
	switch fate {
	case scrub.Kept:
		b.Kept++
	case scrub.Dropped:
		b.Dropped++
	case scrub.Withheld:
		if b.Withheld++; len(b.Faults) < maxFaults {
			b.Faults = append(b.Faults, Fault{n, reason})
		}
	}
	return fate == scrub.Kept
}

const tooLong = "record is longer than the limit"

// objects scrubs a sequence of objects. One that cannot be read is withheld to the end of the line it begins on.
func (b *Batch) objects(run *scrub.Run, body []byte, i int) error {
	if err := run.LoadJSON(body); err != nil {
		return err
	}
	for n := 1; i < len(body); n++ {
		start := i
		end, fate, err := run.Record(i, scrub.Root)
		reason := tooLong
		if err != nil {
			reason = err.Error()
			end = lineEnd(body, i)
		}
		i = record.SkipSpace(body, end)
		if !b.note(n, fate, reason) {
			run.Replace(start, i, nil)
		}
	}
	return nil
}

// lineEnd is the offset behind the next line feed at or after i.
func lineEnd(body []byte, i int) int {
	if n := bytes.IndexByte(body[i:], '\n'); n >= 0 {
		return i + n + 1
	}
	return len(body)
}

// array scrubs an array of objects. It stands or falls as a whole where its JSON is broken.
func (b *Batch) array(run *scrub.Run, body []byte, i int) error {
	if err := run.LoadJSON(body); err != nil {
		return err
	}
	on := *b // that it goes to the heap costs arrays alone
	end, err := run.Array(i, &elements{run: run, b: &on})
	*b = on
	if err != nil {
		return err
	}
	if end = record.SkipSpace(body, end); end < len(body) {
		return &scrub.Fault{Offset: end, Reason: "text behind the array"}
	}
	return nil
}

// elements are the records of an array.
type elements struct {
	run   *scrub.Run
	b     *Batch
	scope scrub.Scope
	n     int
}

func (e *elements) Member(_ []byte, at int) (end int, stays bool, err error) {
	e.n++
	if e.run.In()[at] != '{' {
		end, err = e.run.Skip(at)
		e.run.End(scrub.Withheld)
		return end, e.b.note(e.n, scrub.Withheld, "object expected"), err
	}
	end, fate, err := e.run.Record(at, e.scope)
	return end, e.b.note(e.n, fate, tooLong), err
}

// lines scrubs plain text, line by line. Line ends stay as they are; empty lines are no records.
func (b *Batch) lines(run *scrub.Run, body []byte) error {
	if err := run.LoadText(body); err != nil {
		return err
	}
	for i, n := 0, 1; i < len(body); n++ {
		next := lineEnd(body, i)
		stop := i + len(bytes.TrimRight(body[i:next], "\r\n"))
		if stop > i && !b.note(n, run.Line(i, stop), tooLong) {
			run.Replace(i, next, nil)
		}
		i = next
	}
	return nil
}

// Accept implements Codec.
func (JSON) Accept(b *Batch) Response { return b.report(200) }

// Relay implements Codec. Where all went well the upstream's answer is the client's; records withheld here are told beside it.
func (JSON) Relay(b *Batch, up *Response) Response {
	if up.Status/100 == 2 && b.Withheld > 0 {
		return b.report(up.Status)
	}
	return *up
}

// report says how many records were taken, and which were not and why.
func (b *Batch) report(status int) Response {
	if b.Kept+b.Dropped == 0 && len(b.Faults) > 0 {
		status = 400
	}
	body := append([]byte(`{"accepted":`), strconv.Itoa(b.Kept+b.Dropped)...)
	body = strconv.AppendInt(append(body, `,"rejected":`...), int64(b.Withheld), 10)
	for i, f := range b.Faults {
		sep := `},{"record":`
		if i == 0 {
			sep = `,"errors":[{"record":`
		}
		body = strconv.AppendInt(append(body, sep...), int64(f.Record), 10)
		body = append(unwrap.AppendJSON(append(body, `,"error":"`...), []byte(f.Reason)), '"')
	}
	if len(b.Faults) > 0 {
		body = append(body, "}]"...)
	}
	if status == 204 {
		status = 200
	}
	return Response{Status: status, ContentType: "application/json", Body: append(body, "}\n"...)}
}

// refusals are the statuses that most protocols agree on.
var refusals = map[Refusal]Response{
	Malformed:           {Status: 400},
	TooLarge:            {Status: 413},
	UnsupportedEncoding: {Status: 415},
	Unauthorised:        {Status: 401},
	NotFound:            {Status: 404},
	Forbidden:           {Status: 403},
	Busy:                {Status: 429, RetryAfter: 1},
	NotReady:            {Status: 503, RetryAfter: 1},
	UpstreamDown:        {Status: 503, RetryAfter: 5},
	UpstreamTimeout:     {Status: 504, RetryAfter: 5},
}

// Refuse implements Codec.
func (JSON) Refuse(why Refusal, detail, _ string) Response {
	r := refusals[why]
	r.ContentType = "application/json"
	r.Body = append(unwrap.AppendJSON([]byte(`{"error":"`), []byte(detail)), "\"}\n"...)
	return r
}

// Synthesise implements Codec: generic intake has nothing to ask for.
func (c JSON) Synthesise(string, string) Response { return c.Refuse(NotFound, "no such endpoint", "") }

// AppendLines implements Codec.
func (JSON) AppendLines(dst []byte, b *Batch) ([]byte, error) {
	body := b.Bytes()
	if b.text {
		return appendTextLines(dst, body), nil
	}
	err := eachObject(body, func(object []byte) error {
		dst = append(appendFlat(dst, object), '\n')
		return nil
	})
	return dst, err
}

// eachObject calls f with each record of a body that was scrubbed, whether they stand in arrays, a line each, or one behind the other.
func eachObject(body []byte, f func(object []byte) error) error {
	for i := record.Begin(body); i < len(body); {
		if body[i] == '[' || body[i] == ']' || body[i] == ',' {
			i = record.SkipSpace(body, i+1)
			continue
		}
		end, fault := record.Skip(body, i, maxDepth)
		if fault != nil {
			return errUnreadable
		}
		if err := f(body[i:end]); err != nil {
			return err
		}
		i = record.SkipSpace(body, end)
	}
	return nil
}

const maxDepth = 10_000

var errUnreadable = errors.New("scrubbed batch cannot be read back")

// appendFlat appends a JSON value without the line ends between its parts: inside strings there are none.
func appendFlat(dst, value []byte) []byte {
	for len(value) > 0 {
		n := bytes.IndexAny(value, "\r\n")
		if n < 0 {
			break
		}
		dst, value = append(dst, value[:n]...), value[n+1:]
	}
	return append(dst, value...)
}

// appendTextLines makes an object of every line; one that already is an object stays as it is.
func appendTextLines(dst, body []byte) []byte {
	for line := range bytes.Lines(body) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			continue
		}
		i := record.Begin(line)
		if end, fault := record.Skip(line, i, maxDepth); line[min(i, len(line)-1)] == '{' && fault == nil && record.SkipSpace(line, end) == len(line) {
			dst = append(append(dst, line[i:]...), '\n')
			continue
		}
		dst = append(unwrap.AppendJSON(append(dst, `{"message":"`...), line), "\"}\n"...)
	}
	return dst
}
