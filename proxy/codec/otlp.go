package codec

import (
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// OTLP is the OpenTelemetry protocol: logs, traces and metrics over HTTP, protobuf or JSON, and over gRPC, which carries the same
// protobuf. On a path that does not end in one of the three, JSON is known by what it has, and protobuf taken for logs. Profiles are
// refused: what is in one cannot be judged.
//
// Sources: opentelemetry.io/docs/specs/otlp, opentelemetry-proto v1.11.
type OTLP struct{}

// signal is one kind of telemetry.
type signal uint8

const (
	logsSignal signal = iota
	tracesSignal
	metricsSignal
)

// signals says of each where it comes over HTTP and gRPC, what comes, and how JSON names the records that were rejected.
var signals = [...]struct {
	path, service string
	request       otlpMessage
	texts         part
	rejected      string
}{
	logsSignal:    {"/v1/logs", "opentelemetry.proto.collector.logs.v1.LogsService", logsRequest, requestPart, "rejectedLogRecords"},
	tracesSignal:  {"/v1/traces", "opentelemetry.proto.collector.trace.v1.TraceService", tracesRequest, tracesPart, "rejectedSpans"},
	metricsSignal: {"/v1/metrics", "opentelemetry.proto.collector.metrics.v1.MetricsService", metricsRequest, metricsPart, "rejectedDataPoints"},
}

// Signal tells which of OTLP's signals the batch is of: 0 logs, 1 traces, 2 metrics; 0 in other protocols.
func (b *Batch) Signal() uint8 { return uint8(b.signal) }

func signalFrom(n uint8) signal {
	if int(n) < len(signals) {
		return signal(n)
	}
	return logsSignal
}

// signalOf finds the signal by the path.
func signalOf(path string) (s signal, ok bool) {
	for i := range signals {
		if hasPath(path, signals[i].path) {
			return signal(i), true
		}
	}
	return logsSignal, false
}

// signalIn finds the signal of a request in JSON by what it has, for paths that do not say.
func signalIn(body []byte) (s signal) {
	_ = eachMember(body, record.SkipSpace(body, 0), func(key, _ []byte) error {
		for i := range signals {
			if signals[i].request.named(key) != nil {
				s = signal(i)
			}
		}
		return nil
	})
	return s
}

const profiles = "/v1development/profiles"

// Protocol is "otlp".
func (OTLP) Protocol() config.Protocol { return config.ProtocolOTLP }

// Classify implements Codec.
func (OTLP) Classify(method, path string) Endpoint {
	if hasPath(path, profiles) {
		return Health // answered by winnow itself, with a refusal
	}
	if _, ok := signalOf(path); ok && method == "POST" {
		return Write
	}
	return Unknown
}

// Scrub implements Codec.
func (OTLP) Scrub(run *scrub.Run, req *Request) (Batch, error) {
	b := Batch{protocol: config.ProtocolOTLP, ContentType: req.ContentType}
	var told bool
	if b.signal, told = signalOf(req.Path); !told && isJSON(req.ContentType) {
		b.signal = signalIn(req.Body)
	}
	var err error
	if isJSON(req.ContentType) {
		b, err = otlpJSON(run, req.Body, b)
	} else {
		b, err = otlpProtobuf(run, req.Body, b)
	}
	if err != nil {
		return Batch{}, err
	}
	b.finish(run)
	return b, nil
}

func otlpProtobuf(run *scrub.Run, body []byte, b Batch) (Batch, error) {
	if err := run.LoadBinary(body); err != nil {
		return b, err
	}
	gather(run, signals[b.signal].texts)
	p := protobufWalk(run, body, b)
	p.series = b.signal == metricsSignal
	walk := (*protobuf).part
	switch b.signal {
	case logsSignal:
		walk = (*protobuf).resourceLogs
		run.Spell(appendAttribute)
	case tracesSignal:
		p.of = tracesRequest
		run.Spell(appendSpanAttribute)
	case metricsSignal: // an attribute more would make another series
		p.of = metricsRequest
		run.Attach(nil)
		run.Coarse(true)
	}
	_, err := p.fields(0, len(body), walk)
	return p.over(), err
}

// aside are the members of OTLP in JSON whose values are rarely asked for.
var aside = []string{"key", "timeUnixNano", "observedTimeUnixNano", "traceId", "spanId"}

func otlpJSON(run *scrub.Run, body []byte, b Batch) (Batch, error) {
	if err := run.LoadValues(body, aside...); err != nil {
		return b, err
	}
	l := jsonWalk(run, b)
	if l.series = b.signal == metricsSignal; b.signal != logsSignal {
		l.of, l.at = signals[b.signal].request, inMessage
	}
	if run.Coarse(l.series); l.series {
		run.Attach(nil)
	}
	run.Spell(appendKeyValue)
	end, err := run.Object(record.SkipSpace(body, 0), &l.logs)
	b = l.over()
	if err != nil {
		return b, err
	}
	if record.SkipSpace(body, end) < len(body) {
		return b, &scrub.Fault{Offset: end, Reason: "text behind the object"}
	}
	return b, nil
}

// Accept implements Codec.
func (c OTLP) Accept(b *Batch) Response { return b.partial(0, nil) }

// Relay implements Codec. Records withheld here are rejected ones of a partial success, beside the upstream's own. A success in the form that
// the client does not speak is told in its own.
func (OTLP) Relay(b *Batch, up *Response) Response {
	foreign := up.Status == 200 && isJSON(up.ContentType) != isJSON(b.ContentType)
	if up.Status/100 != 2 || len(b.Faults) == 0 && !foreign {
		r := *up
		if r.Status == 500 {
			r.Status = 503 // 500 is not retryable in OTLP, and the batch is not lost
		}
		return r
	}
	rejected, message := b.readPartial(up)
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
			body = strconv.AppendInt([]byte(`{"partialSuccess":{"`+signals[b.signal].rejected+`":"`), rejected, 10)
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
func (b *Batch) readPartial(up *Response) (rejected int64, message []byte) {
	if isJSON(up.ContentType) {
		_ = eachMember(up.Body, record.SkipSpace(up.Body, 0), func(key, value []byte) error {
			if string(key) != "partialSuccess" {
				return nil
			}
			return eachMember(value, 0, func(key, value []byte) error {
				switch {
				case string(key) == signals[b.signal].rejected && isDigits(value):
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

// Synthesise implements Codec: OTLP has nothing to ask for, and profiles are refused for good.
func (c OTLP) Synthesise(_, path string) Response {
	if hasPath(path, profiles) {
		return c.Refuse(NotFound, "profiles are not taken: what is in them cannot be judged", "")
	}
	return c.Refuse(NotFound, "no such endpoint", "")
}
