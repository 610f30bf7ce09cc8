package codec

import (
	"errors"

	"github.com/klauspost/compress/s2"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// Loki is the push API of Grafana Loki: JSON, or protobuf in a raw snappy block.
type Loki struct{}

// Protocol is "loki".
func (Loki) Protocol() config.Protocol { return config.ProtocolLoki }

// Classify implements Codec.
func (Loki) Classify(method, path string) Endpoint {
	switch {
	case method == "POST" && (hasPath(path, "/api/v1/push") || hasPath(path, "/api/prom/push")):
		return Write
	case method == "GET" && (path == "/ready" || hasPath(path, "/loki/ready") || hasPath(path, "/loki/api/v1/status/buildinfo")):
		return Health
	}
	return Unknown
}

// Scrub implements Codec. Without a JSON content type the body is protobuf, as Loki itself has it.
func (Loki) Scrub(run *scrub.Run, req *Request) (Batch, error) {
	b := Batch{protocol: config.ProtocolLoki, ContentType: req.ContentType}
	var err error
	if isJSON(req.ContentType) {
		err = b.lokiJSON(run, req)
	} else {
		err = b.lokiProtobuf(run, req)
	}
	if err != nil {
		return Batch{}, err
	}
	return b, nil
}

func (b *Batch) lokiJSON(run *scrub.Run, req *Request) error {
	if err := run.LoadValues(req.Body); err != nil {
		return err
	}
	p := &push{run: run, batch: *b}
	p.b = &p.batch
	end, err := run.Object(record.SkipSpace(req.Body, 0), p)
	if err != nil {
		return err
	}
	*b = p.batch
	if record.SkipSpace(req.Body, end) < len(req.Body) {
		return &scrub.Fault{Offset: end, Reason: "text behind the object"}
	}
	b.finish(run)
	return nil
}

// lokiProtobuf undoes the snappy block, which declares its decoded size, and makes a new one.
func (b *Batch) lokiProtobuf(run *scrub.Run, req *Request) error {
	n, err := s2.DecodedLen(req.Body)
	if err != nil {
		return &scrub.Fault{Reason: "body is not a snappy block"}
	}
	if n > req.MaxDecoded {
		return &TooLargeError{Bound: req.MaxDecoded}
	}
	plain := run.Buffer(0)
	if most := s2.MaxEncodedLen(n); cap(*plain) < most {
		*plain = make([]byte, most+most/16)
	}
	if *plain, err = s2.Decode((*plain)[:cap(*plain)], req.Body); err != nil {
		return &scrub.Fault{Reason: "body is not a snappy block"}
	}
	if err := run.LoadBinary(*plain); err != nil {
		return err
	}
	run.Spell(appendLabelPair)
	gather(run, pushPart)
	p := protobufWalk(run, *plain, *b)
	_, err = p.fields(0, len(p.in), (*protobuf).pushRequest)
	if *b = p.over(); err != nil {
		return err
	}
	b.finish(run)
	if b.untouched {
		run.Settle(nil)
		b.clean, b.wire = scrub.Clean{}, req.Body
		return nil
	}
	// What is scrubbed is a copy: the memory of what came takes the new block.
	*plain = s2.EncodeSnappy((*plain)[:cap(*plain)], b.clean.Bytes())
	b.clean, b.wire = scrub.Clean{}, run.Settle(*plain)
	return nil
}

// push walks a push request in JSON. Members that the API does not have are removed.
type push struct {
	run     *scrub.Run
	b       *Batch // batch
	batch   Batch
	level   level
	entries int // records seen
	part    int // of the entry at hand
	labels  int // kept of the stream at hand
}

// level is where in the envelope a walk is.
type level uint8

const (
	atTop level = iota
	atStreams
	atStream
	atLabels
	atValues
	atOldEntries
	atOldEntry
)

// Member implements scrub.Visitor.
func (p *push) Member(key []byte, at int) (end int, stays bool, err error) {
	switch p.level {
	case atTop:
		if string(key) == "streams" {
			return p.list(at, atStreams)
		}
	case atStreams:
		return p.whole(at)
	case atStream:
		return p.stream(key, at)
	case atLabels:
		p.run.Coarse(true)
		end, stays, err = p.run.Value(at, p.run.At(scrub.Labels, key), key)
		p.run.Coarse(false)
		if stays {
			p.labels++
		}
		return end, stays, err
	case atValues, atOldEntries:
		return p.entry(at)
	case atOldEntry:
		return p.old(key, at)
	}
	return p.skip(at)
}

func (p *push) skip(at int) (end int, stays bool, err error) {
	end, err = p.run.Skip(at)
	return end, false, err
}

func (p *push) list(at int, l level) (end int, stays bool, err error) {
	before := p.level
	p.level = l
	end, err = p.run.Array(at, p)
	p.level = before
	return end, true, err
}

func (p *push) object(at int, l level) (end int, stays bool, err error) {
	before := p.level
	p.level = l
	end, err = p.run.Object(at, p)
	p.level = before
	return end, true, err
}

// whole scrubs one stream. Labels that drop their record drop all of the stream.
func (p *push) whole(at int) (end int, stays bool, err error) {
	was, entries := p.b.books(p.run), p.entries
	if end, stays, err = p.object(at, atStream); err == nil {
		return end, stays, nil
	}
	end, n, err := p.b.dropShared(p.run, was, at, err, []string{"values"}, []string{"entries"})
	p.entries = entries + n
	return end, false, err
}

func (p *push) stream(key []byte, at int) (end int, stays bool, err error) {
	switch string(key) {
	case "stream":
		p.labels = 0
		end, stays, err = p.object(at, atLabels)
		if err == nil && p.labels == 0 {
			p.run.Replace(end-1, end-1, []byte(`"service_name":"unknown_service"`))
		}
		return end, stays, err
	case "labels":
		return p.oldLabels(at)
	case "values":
		return p.list(at, atValues)
	case "entries":
		return p.list(at, atOldEntries)
	}
	return p.skip(at)
}

// oldLabels scrubs labels that are text in a string, as the API before version 1 has them.
func (p *push) oldLabels(at int) (end int, stays bool, err error) {
	in := p.run.In()
	end, err = p.run.Skip(at)
	if err != nil || in[at] != '"' {
		return end, false, err
	}
	text := unwrap.JSONString(nil, in[at+1:end-1])
	out, err := scrubLabels(nil, text, p.run)
	if err != nil {
		return end, false, labelsFault(err, at)
	}
	p.run.Replace(at+1, end-1, unwrap.AppendJSON(nil, out))
	return end, true, nil
}

// entry scrubs one record: [time, line, structured metadata], or an object in the old API.
func (p *push) entry(at int) (end int, stays bool, err error) {
	p.entries++
	p.run.Begin()
	m := p.run.Mark()
	p.part = 0
	if p.level == atOldEntries {
		end, _, err = p.object(at, atOldEntry)
	} else if end, err = p.parts(at); err == nil {
		switch p.part {
		case 0, 1:
			err = errShort
		case 2:
			p.run.InsertObject(end-1, ",")
		}
	}
	fate, reason := scrub.Kept, ""
	switch {
	case errors.Is(err, scrub.ErrDropRecord):
		fate = scrub.Dropped
	case errors.Is(err, errTime), errors.Is(err, errShort):
		fate, reason = scrub.Withheld, err.Error()
	case err != nil:
		return end, false, err
	}
	if fate != scrub.Kept {
		p.run.Rollback(m)
		if end, err = p.run.Skip(at); err != nil {
			return end, false, err
		}
	}
	p.run.End(fate)
	return end, p.b.note(p.entries, fate, reason), nil
}

var (
	errTime  = errors.New("the time of an entry is not a number of nanoseconds")
	errShort = errors.New("an entry has a time and a line")
)

// parts scrubs the parts of the entry at i, an array. Those behind the third are removed.
func (p *push) parts(i int) (end int, err error) {
	in := p.run.In()
	if i >= len(in) || in[i] != '[' {
		return i, &scrub.Fault{Offset: i, Reason: "array expected"}
	}
	if i = record.SkipSpace(in, i+1); i < len(in) && in[i] == ']' {
		return i + 1, nil
	}
	for cut := -1; ; {
		end, stays, err := p.value(i)
		if err != nil {
			return end, err
		}
		if comma := record.SkipSpace(in, end); stays {
			cut = comma
		}
		more, next, fault := record.Next(in, end, ']')
		switch {
		case fault != nil:
			return next, &scrub.Fault{Offset: fault.Offset, Reason: fault.Reason}
		case !more:
			p.run.Replace(cut, next-1, nil)
			return next, nil
		}
		i = next
	}
}

// value scrubs one part of an entry.
func (p *push) value(at int) (end int, stays bool, err error) {
	p.part++
	switch p.part {
	case 1:
		return p.time(at)
	case 2:
		return p.line(at)
	case 3:
		end, err = p.run.Walk(at, scrub.Root, true)
		return end, true, err
	}
	return p.skip(at)
}

func (p *push) time(at int) (end int, stays bool, err error) {
	if end, err = p.run.Skip(at); err != nil {
		return end, false, err
	}
	if !isDigits(p.run.In()[at:end]) {
		return end, false, errTime
	}
	return end, true, nil
}

// isDigits tells whether a JSON value is a whole number of at most 20 digits, quoted or not.
func isDigits(value []byte) bool {
	if len(value) >= 2 && value[0] == '"' {
		value = value[1 : len(value)-1]
	}
	for _, c := range value {
		if c-'0' > 9 {
			return false
		}
	}
	return len(value) > 0 && len(value) <= 20
}

// line scrubs a record's text. Policy that drops the text drops the record: nothing else is in it.
func (p *push) line(at int) (end int, stays bool, err error) {
	if in := p.run.In(); at < len(in) && in[at] != '"' {
		return at, false, &scrub.Fault{Offset: at, Reason: "a line is a string"}
	}
	end, stays, err = p.run.Value(at, p.run.Message(), nil)
	if err == nil && !stays {
		err = scrub.ErrDropRecord
	}
	return end, stays, err
}

func (p *push) old(key []byte, at int) (end int, stays bool, err error) {
	switch string(key) {
	case "line":
		return p.line(at)
	case "ts", "timestamp":
		end, err = p.run.String(at)
		return end, true, err
	}
	return p.skip(at)
}

// Accept implements Codec.
func (c Loki) Accept(b *Batch) Response {
	if b.Kept+b.Dropped == 0 && len(b.Faults) > 0 {
		return c.Refuse(Malformed, b.Faults[0].Reason, b.ContentType)
	}
	return Response{Status: 204}
}

// Relay implements Codec. Loki has no word for a part of a batch: records withheld show in metrics only.
func (Loki) Relay(_ *Batch, up *Response) Response { return *up }

// Refuse implements Codec: plain text, as Loki answers.
func (Loki) Refuse(why Refusal, detail, _ string) Response {
	r := refusals[why]
	r.ContentType, r.Body = "text/plain; charset=utf-8", []byte(detail+"\n")
	return r
}

// Synthesise implements Codec.
func (Loki) Synthesise(_, path string) Response {
	if hasPath(path, "/buildinfo") {
		return Response{Status: 200, ContentType: "application/json", Body: []byte(`{"version":"3.0.0","revision":"winnow"}`)}
	}
	return Response{Status: 200, ContentType: "text/plain; charset=utf-8", Body: []byte("ready\n")}
}
