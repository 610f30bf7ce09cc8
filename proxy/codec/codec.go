// Package codec knows the wire protocols: it has a Run scrub their bytes, and it speaks their answers.
//
// A codec rewrites, it does not decode and re-encode: it walks the wire format once, asks scrub about each field, and what policy does
// not touch leaves as it came. Same protocol in and out. Only this package makes a Batch, and only from a scrub.Clean; upstreams accept
// nothing else.
package codec

import (
	"crypto/x509"
	"net/netip"
	"strconv"
	"time"

	"winnow/config"
	"winnow/scrub"
)

// Request is what a codec sees of an HTTP request, its body decoded.
type Request struct {
	Method      string
	Path        string // as the client sent it, without query
	ContentType string
	Query       []byte // raw
	Body        []byte // Content-Encoding undone; for loki's protobuf still the snappy block
	MaxDecoded  int    // bound in bytes on what a codec itself decompresses
	// Credentials tells that the client's own go on to the upstream.
	Credentials bool
	// Received is when the request was seen.
	Received time.Time
	// Header of the request, for what a protocol has of its own there. Nil: none.
	Header Header
}

// Header is a request's header.
type Header interface {
	// Peek returns the value of a field by its canonical name, nil if it is missing. Valid as long as the request.
	Peek(name string) []byte
}

// Message is a request that comes by another way than HTTP.
type Message struct {
	// Path and ContentType as they would be over HTTP. An empty path is the listener's own.
	Path, ContentType string
	// Headers, name and value, from which facts about the client are taken; nil where the protocol has none.
	Headers [][2]string
	// Body is complete and decoded. It is the caller's again when the answer was heard.
	Body []byte
	// RemoteAddr is the peer.
	RemoteAddr netip.Addr
	// Certificate is the peer's, as Shown tells it; nil: none.
	Certificate *x509.Certificate
	// Received is when the first of it came; zero: now.
	Received time.Time
}

// Submit has a Message handled as a request of a listener, and calls answered with what would be the answer over HTTP: valid until
// answered returns. why is 0 if the message was taken; else it was not, and detail, which never holds text of a record, says more.
type Submit func(m *Message, answered func(answer *Response, why Refusal, detail string))

// Endpoint is what a request is about.
type Endpoint uint8

// The endpoints.
const (
	Unknown   Endpoint = iota // not of this protocol
	Write                     // brings records
	Preflight                 // asks about the backend; holds no records. Passed on if it is on the protocol's list
	Health                    // answered by winnow itself
)

// Batch is the scrubbed body of one request in the wire form of its protocol. It is valid until the Run that scrubbed it is closed.
type Batch struct {
	protocol  config.Protocol
	signal    signal // of otlp
	clean     scrub.Clean
	wire      []byte // clean, compressed where the protocol itself compresses
	untouched bool
	text      bool // lines of plain text, not JSON
	// ContentType to send; that of the request.
	ContentType string
	// Query is what of the request's query holds data, scrubbed: to be sent beside that of Forward. Empty: nothing.
	Query []byte
	// Kept records are in the body; Dropped went by policy; Withheld could not be read.
	Kept, Dropped, Withheld int
	// Faults tell of the first records withheld.
	Faults []Fault
	// items tells, for protocols that answer record by record, what became of each.
	items []item
	// reasons are those of the items withheld, in their order.
	reasons []string
	// removed are the records that are not in the body, counted from 0, for protocols whose upstream tells records by number.
	removed []int
	// success is the status of an answer where it depends on the endpoint.
	success int
	// acknowledge tells that the client asks for an id under which it learns that the batch has arrived.
	acknowledge bool
	// event is the id of sentry's event.
	event string
	// shared are members that all records have in common, for AppendLines.
	shared []byte
	// reply answers what the client asked to have acknowledged; of fluent.
	reply []byte
}

// Fault is one record that was withheld.
type Fault struct {
	// Record counts from 1 within the request: the line, for lines.
	Record int
	// Reason in words; never text of the record.
	Reason string
}

// item is what became of one record of an elasticsearch bulk request.
type item struct {
	status uint16 // 0: sent on, the upstream decides; 400: withheld
	action bulkAction
}

// Reject notes that the upstream refused n of the records kept, for good.
func (b *Batch) Reject(n int) {
	n = min(n, b.Kept)
	b.Kept, b.Withheld = b.Kept-n, b.Withheld+n
	if n > 0 && len(b.Faults) < maxFaults {
		b.Faults = append(b.Faults, Fault{Reason: strconv.Itoa(n) + " records were refused by the upstream"})
	}
}

// Bytes is the body to send. Not to be changed.
func (b *Batch) Bytes() []byte {
	if b.wire != nil {
		return b.wire
	}
	return b.clean.Bytes()
}

// Untouched tells that the body is, byte for byte, what came in: the client's own compressed form may be sent.
func (b *Batch) Untouched() bool { return b.untouched }

// Detached tells that nothing of the batch refers to the request's body, so that its memory may be used again before the batch is sent.
func (b *Batch) Detached() bool {
	if b.wire != nil {
		return !b.untouched
	}
	return b.clean.Copied()
}

// Text tells that the body is lines of plain text where its protocol has JSON, too.
func (b *Batch) Text() bool { return b.text }

// UncheckedBatch makes a Batch of bytes that were one when they were written to the spool. Nothing here can tell whether they were, so that
// the spool's seal must have been opened over them. Its callers deliver what waits, and show it to an administrator; and statistics have it, which
// are of no client's bytes.
func UncheckedBatch(p config.Protocol, contentType string, text bool, signal uint8, records int, body []byte) Batch {
	return Batch{protocol: p, wire: body, text: text, signal: signalFrom(signal), ContentType: contentType, Kept: records}
}

// Protocol of the body.
func (b *Batch) Protocol() config.Protocol { return b.protocol }

// Response is an answer, to a client or from an upstream.
type Response struct {
	Status      int
	ContentType string
	Body        []byte
	// RetryAfter in seconds; 0 leaves the header out.
	RetryAfter int
	// Headers beyond these, name and value.
	Headers [][2]string
}

// Refusal says why a request, or its delivery, failed. Each protocol has its own words for it.
type Refusal uint8

// The refusals. All but the first six may succeed when tried again.
const (
	Malformed           Refusal = iota + 1 // the body, or all of its records, cannot be read
	TooLarge                               // above a bound on size, encoded or decoded
	UnsupportedEncoding                    // Content-Encoding or Content-Type unknown to the protocol
	Unauthorised                           // no ingest key, or an unknown one
	NotFound                               // no such endpoint
	Forbidden                              // asks for what is not passed on
	Busy                                   // a bound on bytes in flight is reached: try later
	NotReady                               // no policy yet, or draining
	UpstreamDown                           // the upstream cannot be reached, or failed
	UpstreamTimeout                        // no answer in time; it may have taken the batch
)

// Codec is one protocol.
type Codec interface {
	// Protocol it speaks.
	Protocol() config.Protocol
	// Classify tells what a request is about, by method and path. A path may have any prefix before the protocol's own.
	Classify(method, path string) Endpoint
	// Scrub has run scrub the records of req. The error, if any, is about the body as a whole (*scrub.Fault or *TooLargeError);
	// single bad records become Batch.Faults.
	Scrub(run *scrub.Run, req *Request) (Batch, error)
	// Accept is the answer of a backend that took all of the batch, for upstreams that speak no protocol, and for batches that are
	// empty after policy.
	Accept(b *Batch) Response
	// Relay makes the upstream's answer to the batch the answer to the client, adding what the upstream did not see.
	Relay(b *Batch, up *Response) Response
	// Refuse is the protocol's answer to a failure, in the form that a request of that content type expects. detail never holds text
	// of a record.
	Refuse(why Refusal, detail, requestType string) Response
	// Synthesise answers a Preflight or Health request where no upstream of the same kind can.
	Synthesise(method, path string) Response
	// AppendLines appends the batch's records to dst as newline-delimited JSON, one object a record, for upstreams that store records.
	AppendLines(dst []byte, b *Batch) ([]byte, error)
}

// Forwarder is a Codec with a say in the request's line and headers on their way upstream. Those of others go by the route and by the
// list of known query parameters.
type Forwarder interface {
	// Forward fills f for a Write or a Preflight. Whatever it takes from req must be quiet, or of a closed form. A Refusal other than 0
	// refuses the request with detail, which never holds text of the request.
	Forward(f *Forward, req *Request, quiet func([]byte) bool) (why Refusal, detail string)
}

// Keyed is a Codec whose clients may put the key that they were given into the request's line, or into a header of the protocol's own.
type Keyed interface {
	// Key finds it, nil if there is none.
	Key(path string, query []byte, header Header) []byte
}

// Enclosed is a Codec whose clients may have no other place for their key than the body.
type Enclosed interface {
	// MayEnclose tells whether the body of a request to path may hold the key.
	MayEnclose(path string) bool
	// EnclosedKey finds it in a body, decoded, nil if there is none. It may refer to the body.
	EnclosedKey(body []byte) []byte
}

// Questioner is a Codec that can answer Preflight calls itself, in whole or in part.
type Questioner interface {
	// Question returns the body to send upstream, and the answer where nobody is asked: because there is nothing to ask (ask is false),
	// or because the upstream is of another kind. The body is of a closed form.
	Question(req *Request) (body []byte, answer Response, ask bool)
	// Complete adds to the upstream's answer what Question kept back.
	Complete(req *Request, up *Response) Response
}

// The details of Unauthorised, for protocols that tell them apart.
const (
	KeyMissing = "ingest key missing"
	KeyUnknown = "ingest key unknown"
	KeyExpired = "ingest key expired"
	KeyEarly   = "ingest key not good yet"
	// TenantUnknown: a trusted proxy names one that is not configured.
	TenantUnknown = "tenant unknown"
)

// Forward is what goes upstream beside the body.
type Forward struct {
	// Path replaces the request's, unless the route replaces it. Empty: the request's own, which must be quiet.
	Path string
	// Query without the question mark, in place of the request's. It comes empty, with room.
	Query []byte
	// Headers, name and value, of the protocol's own.
	Headers [][2]string
	// Ask says that a Write brings no records: it asks about the backend, and is passed on as a Preflight is.
	Ask bool
}

// All lists the protocols in the order in which paths are tried when no route says. A list remembers what its protocols must remember.
func All() []Codec {
	return []Codec{ClickHouse{}, Elasticsearch{}, Loki{}, OTLP{}, Splunk{Acks: new(SplunkAcks)}, Datadog{}, Sentry{}, Browser{}, Syslog{}, Fluent{}, GELF{},
		JSON{}}
}

// For returns the codec of a protocol, nil if there is none. It shares no memory with any other.
func For(p config.Protocol) Codec { return Of(All(), p) }

// Of returns the codec of a protocol among codecs, nil if there is none.
func Of(codecs []Codec, p config.Protocol) Codec {
	for _, c := range codecs {
		if c.Protocol() == p {
			return c
		}
	}
	return nil
}

// TooLargeError is about a body that is, decoded, above a bound.
type TooLargeError struct {
	// Bound in bytes, or of what Of says.
	Bound int
	// Of names what is counted; empty: bytes.
	Of string
}

func (e *TooLargeError) Error() string {
	if e.Of != "" {
		return "body holds more than " + strconv.Itoa(e.Bound) + " " + e.Of
	}
	return "body is larger than the limit when decoded"
}
