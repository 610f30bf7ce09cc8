package codec

import (
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// OTLP is the OpenTelemetry protocol's logs over HTTP, protobuf or JSON. Sources: opentelemetry.io/docs/specs/otlp,
// opentelemetry-proto logs.proto, common.proto and resource.proto.
type OTLP struct{}

// Protocol is "otlp".
func (OTLP) Protocol() config.Protocol { return config.ProtocolOTLP }

// Classify implements Codec.
func (OTLP) Classify(method, path string) Endpoint {
	if method == "POST" && hasPath(path, "/v1/logs") {
		return Write
	}
	return Unknown
}

// Scrub implements Codec.
func (OTLP) Scrub(run *scrub.Run, req *Request) (Batch, error) {
	b := Batch{protocol: config.ProtocolOTLP, ContentType: req.ContentType}
	scrubBody := b.otlpProtobuf
	if isJSON(req.ContentType) {
		scrubBody = b.otlpJSON
	}
	if err := scrubBody(run, req.Body); err != nil {
		return Batch{}, err
	}
	b.finish(run)
	return b, nil
}

func (b *Batch) otlpProtobuf(run *scrub.Run, body []byte) error {
	if err := run.LoadBinary(body); err != nil {
		return err
	}
	gather(run, requestPart)
	p := protobuf{run: run, b: b, in: body}
	p.metadata(appendAttribute)
	_, err := p.fields(0, len(body), (*protobuf).resourceLogs)
	return err
}

func (b *Batch) otlpJSON(run *scrub.Run, body []byte) error {
	if err := run.LoadValues(body); err != nil {
		return err
	}
	end, err := run.Object(record.SkipSpace(body, 0), &logs{run: run, b: b})
	if err != nil {
		return err
	}
	if record.SkipSpace(body, end) < len(body) {
		return &scrub.Fault{Offset: end, Reason: "text behind the object"}
	}
	return nil
}

// Accept implements Codec.
func (c OTLP) Accept(b *Batch) Response { return b.partial(0, nil) }

// Relay implements Codec. Records withheld here are rejected ones of a partial success, beside the upstream's own.
func (OTLP) Relay(b *Batch, up *Response) Response {
	if up.Status/100 != 2 || len(b.Faults) == 0 {
		r := *up
		if r.Status == 500 {
			r.Status = 503 // 500 is not retryable in OTLP, and the batch is not lost
		}
		return r
	}
	rejected, message := readPartial(up)
	return b.partial(rejected, message)
}

// partial is a success, with the records rejected by winnow and by the upstream.
func (b *Batch) partial(rejected int64, message []byte) Response {
	rejected += int64(b.Withheld)
	if len(b.Faults) > 0 {
		message = append(message, "winnow: record "...)
		message = strconv.AppendInt(message, int64(b.Faults[0].Record), 10)
		message = append(append(message, ": "...), b.Faults[0].Reason...)
	}
	if isJSON(b.ContentType) {
		body := []byte("{}")
		if rejected > 0 {
			body = strconv.AppendInt([]byte(`{"partialSuccess":{"rejectedLogRecords":"`), rejected, 10)
			body = append(unwrap.AppendJSON(append(body, `","errorMessage":"`...), message), `"}}`...)
		}
		return Response{Status: 200, ContentType: "application/json", Body: body}
	}
	var body []byte
	if rejected > 0 {
		inner := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), uint64(rejected))
		inner = protowire.AppendBytes(protowire.AppendTag(inner, 2, protowire.BytesType), message)
		body = protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), inner)
	}
	return Response{Status: 200, ContentType: "application/x-protobuf", Body: body}
}

// readPartial takes the rejected count and message out of an upstream's answer, as far as they can be read.
func readPartial(up *Response) (rejected int64, message []byte) {
	if isJSON(up.ContentType) {
		_ = eachMember(up.Body, record.SkipSpace(up.Body, 0), func(key, value []byte) error {
			if string(key) != "partialSuccess" {
				return nil
			}
			return eachMember(value, 0, func(key, value []byte) error {
				switch {
				case string(key) == "rejectedLogRecords" && isDigits(value):
					rejected, _ = strconv.ParseInt(unquote(value), 10, 64)
				case string(key) == "errorMessage":
					message = append([]byte(unquote(value)), "; "...)
				}
				return nil
			})
		})
		return rejected, message
	}
	p := protobuf{in: up.Body}
	f := field{stop: len(up.Body)}
	inner, n, err := p.find(f, 1)
	if err != nil || n == 0 {
		return 0, nil
	}
	p.in = inner
	for i := 0; i < len(inner); {
		part, err := p.next(i, len(inner))
		if err != nil {
			return rejected, message
		}
		switch part.number {
		case 1:
			rejected = int64(part.varint)
		case 2:
			message = append(append(message, inner[part.value:part.stop]...), "; "...)
		}
		i = part.stop
	}
	return rejected, message
}

// unquote is the text of a JSON string, or of another value as it stands.
func unquote(value []byte) string {
	if len(value) >= 2 && value[0] == '"' {
		return string(unwrap.JSONString(nil, value[1:len(value)-1]))
	}
	return string(value)
}

// grpcCodes are google.rpc.Code by refusal.
var grpcCodes = map[Refusal]int{
	Malformed: 3, TooLarge: 8, UnsupportedEncoding: 3, Unauthorised: 16, NotFound: 12, Forbidden: 7, Busy: 14, NotReady: 14, UpstreamDown: 14, UpstreamTimeout: 4,
}

// Refuse implements Codec: a google.rpc.Status in the request's form. A full buffer is 503, which all exporters retry.
func (OTLP) Refuse(why Refusal, detail, requestType string) Response {
	r := refusals[why]
	if why == Busy {
		r.Status = 503
	}
	code := grpcCodes[why]
	if isJSON(requestType) {
		body := strconv.AppendInt([]byte(`{"code":`), int64(code), 10)
		r.ContentType = "application/json"
		r.Body = append(unwrap.AppendJSON(append(body, `,"message":"`...), []byte(detail)), `"}`...)
		return r
	}
	r.ContentType = "application/x-protobuf"
	r.Body = protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), uint64(code))
	r.Body = protowire.AppendString(protowire.AppendTag(r.Body, 2, protowire.BytesType), detail)
	return r
}

// Synthesise implements Codec: OTLP has nothing to ask for.
func (c OTLP) Synthesise(string, string) Response { return c.Refuse(NotFound, "no such endpoint", "") }
