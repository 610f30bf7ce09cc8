package proxy

import (
	"errors"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"winnow/config"
	"winnow/proxy/admin"
	"winnow/proxy/codec"
	"winnow/proxy/encoding"
	"winnow/proxy/ingest"
	"winnow/proxy/keys"
	"winnow/proxy/quota"
	"winnow/proxy/receipts"
	"winnow/proxy/stats"
	"winnow/proxy/upstream"
	"winnow/scrub"
	"winnow/scrub/detect"
	"winnow/scrub/meta"
)

// site is one configuration at work. It is immutable; a request ends under the one it began with.
type site struct {
	policy     *scrub.Policy
	routes     []route    // in the Table's order
	residency  *residency // nil: none
	copying    *copying   // nil: nothing is copied for training
	keys       *keys.Ring
	people     *people
	geo        meta.Geo
	stats      *stats.Counter    // nil: off
	receipts   *receipts.Counter // nil: off
	idKey      []byte
	quotas     *quota.Quotas
	tenants    map[string]*admin.Tenant
	issued     []config.Tenant // with the keys they have
	maxDecoded int
	now        func() time.Time

	refusals *admin.Reasons
	metrics  *admin.Metrics
}

// route is what the flow knows of one route.
type route struct {
	rulings
	destination
	regions []destination // in place of it, for what belongs to a region
	// idempotency tells what is sent again.
	idempotency config.Idempotency
	path        string // replaces the request's; empty: the request's own
	counters    *admin.Route
}

// target is an upstream and its counters.
type target struct {
	upstream.Upstream
	id          string
	region      string // that it is of, for receipts
	credentials bool   // the client's own go on to it
	counters    *admin.Upstream
}

// exchange is the scratch of one request, kept from one to the next.
type exchange struct {
	to       *destination
	ruling   *ruling
	marked   *scrub.Marked // nil: nothing is stripped for where the request comes from
	encoding encoding.List
	plain    []byte // the body, decoded
	forward  codec.Forward
	held     scrub.Held // what batch refers to
	meta     meta.Request
	fields   []meta.Field
	spare    meta.Request // of a copy for training
	copied   []meta.Field // the facts of a copy
	told     bool         // fields are this request's, and the statistics have not been told
	request  codec.Request
	batch    codec.Batch
	tally    []int64 // of the batch, by ruling.sheet
	packed   []byte  // the same, for the spool
	delivery upstream.Delivery
	answer   codec.Response // the upstream's
}

// maxKept is how large a buffer may be to be kept.
const maxKept = 4 << 20

func scratchOf(r *ingest.Request) *exchange {
	x, ok := r.Scratch.(*exchange)
	if !ok {
		x = new(exchange)
		r.Scratch = x
	}
	if cap(x.plain) > maxKept {
		x.plain = nil
	}
	x.plain, x.fields = x.plain[:0], x.fields[:0]
	x.forward = codec.Forward{Query: x.forward.Query[:0], Headers: x.forward.Headers[:0]}
	x.meta.Reset()
	x.batch, x.answer = codec.Batch{}, codec.Response{}
	x.delivery.Reset()
	return x
}

// Handle implements ingest.Handler.
func (s *site) Handle(r *ingest.Request) {
	x := scratchOf(r)
	switch r.Endpoint {
	case codec.Write:
		s.write(r, x)
	case codec.Preflight:
		s.ask(r, x)
	default:
		r.Answer = r.Route.Codec.Synthesise(r.Method, r.Path)
	}
}

// Done implements ingest.Handler.
func (s *site) Done(r *ingest.Request) {
	if r.Panicked {
		s.metrics.Panicked()
	}
	if r.Refusal != 0 {
		s.refusals.Count(int(r.Refusal))
	}
	if r.Route != nil {
		s.routes[r.Route.Index].counters.Answered(r.Answer.Status, r.BodyBytes, s.now().Sub(r.Received))
	}
	if x, ok := r.Scratch.(*exchange); ok && x.told {
		x.told = false
		if s.stats != nil {
			s.count(r, x)
		}
	}
}

// write is the way of the data: decode, scrub, deliver, answer.
func (s *site) write(r *ingest.Request, x *exchange) {
	if !s.decode(r, x) || !r.Identify(x.request.Body) || !s.allowed(r) || !s.reside(r, x) || !s.address(r, x) {
		return
	}
	if x.forward.Ask {
		s.question(r, x)
		return
	}
	domain, err := s.keys.Domain(r.Tenant, purpose, r.Received)
	if err != nil {
		r.Refuse(codec.NotReady, "no key for pseudonyms")
		return
	}
	route := &s.routes[r.Route.Index]
	x.ruling = route.ruling(r.Tenant)
	// No deferred Release: a Run that failed half way must not be used again.
	run, ok := s.scrub(r, x, domain)
	if run != nil {
		counts := run.Counts()
		x.ruling.counters.Count(counts.Rules, counts.Findings[detect.None+1:], counts.Unnamed, counts.Unfit)
		s.people.count(counts)
		x.tally = run.AppendTally(x.tally[:0], x.batch.Kept)
		run.Release(&x.held)
	}
	if !ok {
		return
	}
	b := &x.batch
	s.sent(r.Tenant, b.Kept+b.Dropped+b.Withheld)
	plain := len(x.request.Body)
	s.spend(r, x)
	s.deliver(r, x)
	if s.copying.asked(r, x) {
		s.copy(r, x)
	}
	route.counters.Scrubbed(plain, len(b.Bytes()), b.Kept, b.Dropped, b.Withheld)
}

// spend lets the request's body go where only the batch is needed from here on: not to tell the spool what came twice, nor for a copy.
func (s *site) spend(r *ingest.Request, x *exchange) {
	if x.batch.Detached() && len(x.to.lanes) == 0 && s.copying == nil {
		x.request.Body, x.delivery.Original = nil, nil
		r.Spend()
	}
}

// decode undoes the Content-Encoding. Loki's protobuf is snappy by definition, and its codec's business, whether or not the header says
// so.
func (s *site) decode(r *ingest.Request, x *exchange) bool {
	var err error
	if x.encoding, err = encoding.Parse(r.Header.ContentEncoding()); err != nil {
		r.Refuse(codec.UnsupportedEncoding, err.Error())
		return false
	}
	contentType := upstream.MediaType(r.Header.ContentType())
	x.request = codec.Request{
		Method: r.Method, Path: r.Path, ContentType: contentType, Query: r.Query, Body: r.Body, MaxDecoded: s.maxDecoded, Header: r.Header, Received: r.Received,
	}
	x.delivery.Fixed = r.Route.Codec.Protocol() == config.ProtocolLoki && !isJSON(contentType)
	if x.encoding.Empty() || x.delivery.Fixed && x.encoding.String() == "snappy" {
		if len(r.Body) > s.maxDecoded {
			r.Refuse(codec.TooLarge, encoding.ErrTooLarge.Error())
			return false
		}
		return true
	}
	if x.delivery.Fixed {
		r.Refuse(codec.UnsupportedEncoding, "a protobuf push is snappy and takes no other content-encoding")
		return false
	}
	x.plain, err = x.encoding.Decode(x.plain, r.Body, s.maxDecoded, r)
	x.request.Body = x.plain
	switch {
	case err == nil:
		return true
	case errors.Is(err, encoding.ErrTooLarge):
		r.Refuse(codec.TooLarge, err.Error())
	case errors.Is(err, encoding.ErrNoRoom):
		r.Refuse(codec.Busy, "too much is being processed at the moment; try again later")
	default:
		r.Refuse(codec.Malformed, err.Error())
	}
	return false
}

func isJSON(contentType string) bool {
	return len(contentType) >= 16 && contentType[:16] == "application/json"
}

// address fills in where the delivery goes, and what of the request's line and headers goes along.
func (s *site) address(r *ingest.Request, x *exchange) bool {
	route := &s.routes[r.Route.Index]
	d := &x.delivery
	if !s.forward(r, x) {
		return false
	}
	d.Method, d.Path = r.Method, x.forward.Path
	switch {
	case route.path != "":
		d.Path = route.path
	case d.Path != "":
	case r.Path != r.Route.Template && !s.policy.Quiet([]byte(r.Path)):
		r.Refuse(codec.NotFound, "the path holds what may not leave")
		return false
	default:
		d.Path = r.Path
	}
	if x.request.Credentials {
		appendCredentials(&x.forward, &x.request, r.Route.Codec.Protocol())
	}
	d.Query, d.Headers = x.forward.Query, x.forward.Headers
	d.ContentType = upstream.MediaType(r.Header.ContentType())
	if accept := upstream.MediaType(r.Header.Peek(fasthttp.HeaderAccept)); accept != "application/octet-stream" {
		d.Accept = accept
	}
	if org := r.Header.Peek("X-Scope-OrgID"); len(org) > 0 && orgID(org) && s.policy.Quiet(org) {
		d.OrgID = string(org)
	}
	d.Codec, d.Encoding, d.Original = r.Route.Codec, &x.encoding, r.Body
	return true
}

// forward fills x.forward: by the codec, if it has a say, else with the query parameters that are known.
func (s *site) forward(r *ingest.Request, x *exchange) bool {
	f := &x.forward
	c, ok := r.Route.Codec.(codec.Forwarder)
	if !ok {
		f.Query = appendQuery(f.Query, r.Query, r.Route.Codec.Protocol(), s.policy.Quiet)
		return true
	}
	why, detail := c.Forward(f, &x.request, s.policy.Quiet)
	if why != 0 {
		r.Refuse(why, detail)
	}
	return why == 0
}

// orgID tells whether a name is one that Loki accepts: up to 150 letters, digits and a few marks.
func orgID(name []byte) bool {
	if len(name) > 150 {
		return false
	}
	for _, c := range name {
		switch {
		case c|0x20-'a' < 26, c-'0' < 10:
		case c == '!' || c == '-' || c == '_' || c == '.' || c == '*' || c == '\'' || c == '(' || c == ')' || c == '|':
		default:
			return false
		}
	}
	return true
}

// headers hands in what facts are taken from.
func (s *site) headers(r *ingest.Request, x *exchange) {
	x.meta.RemoteAddr, x.meta.Now = r.RemoteAddr, r.Received
	if strings.HasPrefix(r.Route.Template, "/") { // that of a listener names no feature
		x.meta.RouteTemplate = r.Route.Template
	}
	for name, value := range r.Header.All() {
		x.meta.Add(name, value)
	}
}

// metadata takes the facts of the request that the policy attaches.
func (s *site) metadata(x *exchange) {
	policy := x.ruling.policy
	x.fields, x.told = append(policy.Meta().Append(x.fields, &x.meta, s.geo), policy.Stamp()...), true
}

func refuseBody(r *ingest.Request, err error) {
	var large *codec.TooLargeError
	if errors.As(err, &large) {
		r.Refuse(codec.TooLarge, large.Error())
		return
	}
	r.Refuse(codec.Malformed, err.Error())
}

// deliver hands the batch to the route's upstream and makes its answer the client's. A batch that policy emptied has arrived.
func (s *site) deliver(r *ingest.Request, x *exchange) {
	if x.batch.Kept == 0 {
		r.Answer = r.Route.Codec.Accept(&x.batch)
		return
	}
	if to := x.to.lanes; len(to) > 0 {
		s.keep(r, x, to)
		return
	}
	to := x.to.upstream
	x.delivery.Batch = &x.batch
	x.delivery.Query = appendParameters(x.delivery.Query, x.batch.Query)
	began := s.now()
	var err error
	x.answer, err = to.Deliver(&x.delivery)
	s.receipt(r.Tenant, x, err)
	if s.delivered(r, to, began, err) {
		r.Answer = r.Route.Codec.Relay(&x.batch, &x.answer)
	}
}

// delivered counts an attempt and refuses the request if it failed.
func (s *site) delivered(r *ingest.Request, to *target, began time.Time, err error) bool {
	took := s.now().Sub(began)
	if err == nil {
		to.counters.Delivered(took, 0)
		return true
	}
	why, detail := codec.UpstreamDown, "the upstream failed"
	var e *upstream.Error
	if errors.As(err, &e) {
		why, detail = e.Why, e.Detail
	}
	to.counters.Delivered(took, int(why))
	r.Refuse(why, detail)
	return false
}

// ask answers a pre-flight call.
func (s *site) ask(r *ingest.Request, x *exchange) {
	foreign := s.routes[r.Route.Index].path != ""
	q, partly := r.Route.Codec.(codec.Questioner)
	if foreign && !partly || s.decode(r, x) && s.reside(r, x) && s.address(r, x) {
		if !partly {
			s.question(r, x)
			return
		}
		s.part(r, x, q)
	}
}

// part answers a call of which the codec answers a part itself, or all of it where the upstream is of another kind.
func (s *site) part(r *ingest.Request, x *exchange, q codec.Questioner) {
	if len(x.request.Body) > maxQuestion {
		r.Refuse(codec.TooLarge, "the body of this call is larger than the limit")
		return
	}
	body, own, ask := q.Question(&x.request)
	x.delivery.Body = body
	switch {
	case !ask || s.routes[r.Route.Index].path != "" || !s.answered(r, x):
		r.Answer = own
	case r.Refusal == 0:
		r.Answer = q.Complete(&x.request, &r.Answer)
	}
}

// question passes a call on, unless the route's path upstream is another: winnow then answers for it. A body is configuration, not
// records, and yet nothing may leave in it that a detector finds.
func (s *site) question(r *ingest.Request, x *exchange) {
	if s.routes[r.Route.Index].path != "" {
		r.Answer = r.Route.Codec.Synthesise(r.Method, r.Path)
		return
	}
	if len(x.request.Body) > maxQuestion {
		r.Refuse(codec.TooLarge, "the body of this call is larger than the limit")
		return
	}
	if !s.policy.Quiet(x.request.Body) {
		r.Refuse(codec.Malformed, "the body holds what may not leave")
		return
	}
	x.delivery.Body = x.request.Body
	if !s.answered(r, x) {
		r.Answer = r.Route.Codec.Synthesise(r.Method, r.Path)
	}
}

// answered asks the upstream and makes its answer, or its failure, the client's. It is false where there is nobody to ask.
func (s *site) answered(r *ingest.Request, x *exchange) bool {
	to := x.to.upstream
	began := s.now()
	answer, err := to.Ask(&x.delivery)
	if errors.Is(err, upstream.ErrSilent) {
		return false
	}
	if s.delivered(r, to, began, err) {
		r.Answer = answer
	}
	return true
}

// maxQuestion bounds the body of a pre-flight call: a template or a pipeline.
const maxQuestion = 1 << 20
