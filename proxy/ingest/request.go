package ingest

import (
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"winnow/proxy/codec"
)

// Request is one request with its body read, and its answer. It belongs to the Handler until Done returns; nothing of it may be kept.
type Request struct {
	// Route it belongs to; nil if there is none.
	Route *Route
	// Endpoint it is about.
	Endpoint codec.Endpoint
	// Tenant it is from; empty until Identify finds it, if only the body says so.
	Tenant string
	// Method and Path as sent.
	Method, Path string
	// Query as sent, without the question mark.
	Query []byte
	// Header of the request.
	Header *fasthttp.RequestHeader
	// Body as it came, still encoded; nil once it is spent.
	Body []byte
	// BodyBytes is its length, also when it is spent.
	BodyBytes int
	// RemoteAddr is the peer.
	RemoteAddr netip.Addr
	// Received is when the request was seen.
	Received time.Time

	// Answer to the client. The Handler sets it.
	Answer codec.Response
	// Refusal is why the request was refused, 0 if it was not.
	Refusal codec.Refusal
	// Panicked tells that the Handler failed, and the Answer is about that.
	Panicked bool

	// Scratch is the Handler's own, kept from one request to the next.
	Scratch any

	ctx     *fasthttp.RequestCtx // nil: of a message
	bodies  *sync.Pool           // of *[]byte: memory for bodies
	memory  *[]byte              // out of bodies, that Body is in; nil: none
	shown   *x509.Certificate    // by the peer of a message, verified; nil: none
	detail  string               // of the refusal
	budget  *Budget
	holder  string // tenant for whom bytes of the budget are held
	held    int    // bytes of the budget: body and what Hold asked for
	decoded int    // of these, what Hold asked for
	read    bool   // the body is, to its end
	asks    bool   // a browser's preflight, to which the route has an answer
	keys    *Table // by which Identify finds the tenant; nil if it is known
}

// reset empties r, but for its scratch.
func (r *Request) reset() {
	r.Spend()
	*r = Request{Scratch: r.Scratch}
}

// Spend lets other requests have the memory of the body, which the Handler does not need any more: while the answer is waited for, the next body is
// read into memory that is still in the cache.
func (r *Request) Spend() {
	body := r.Body
	r.Body = nil
	if r.memory == nil { // there was none, or it is the sender's
		return
	}
	if *r.memory = body[:0]; cap(body) > maxKept {
		*r.memory = nil
	}
	r.bodies.Put(r.memory)
	r.memory = nil
}

// room takes memory for a body, empty.
func (r *Request) room() {
	var ok bool
	if r.memory, ok = r.bodies.Get().(*[]byte); !ok {
		r.memory = new([]byte)
	}
	r.Body = *r.memory
}

// maxKept is how large a body's buffer may be to be kept.
const maxKept = 4 << 20

// Hold asks for n bytes in all beside the body, for what it decodes to. They are released with the request.
func (r *Request) Hold(n int) bool {
	more := n - r.decoded
	if more <= 0 {
		return true
	}
	if !r.acquire(more) {
		return false
	}
	r.decoded = n
	return true
}

func (r *Request) acquire(n int) bool {
	if r.held == 0 {
		r.holder = r.Tenant
	}
	if !r.budget.Acquire(r.holder, n, r.held == 0) {
		return false
	}
	r.held += n
	return true
}

// Refuse makes the protocol's own refusal the answer. detail never holds text of the request.
func (r *Request) Refuse(why codec.Refusal, detail string) {
	r.Refusal, r.detail = why, detail
	if r.Route == nil {
		r.Answer = codec.Response{Status: plainStatus(why), ContentType: "text/plain; charset=utf-8", Body: []byte(detail + "\n")}
		return
	}
	r.Answer = r.Route.Codec.Refuse(why, detail, string(r.Header.ContentType()))
}

// plainStatus is the status of a request that belongs to no route.
func plainStatus(why codec.Refusal) int {
	switch why {
	case codec.NotFound:
		return fasthttp.StatusNotFound
	case codec.NotReady:
		return fasthttp.StatusServiceUnavailable
	}
	return fasthttp.StatusBadRequest
}

// begin takes what the header says.
func (r *Request) begin(ctx *fasthttp.RequestCtx, s *Server) {
	r.ctx, r.budget, r.bodies, r.Header, r.Received = ctx, s.o.Budget, &s.bodies, &ctx.Request.Header, s.o.Now()
	r.Method = method(r.Header.Method())
	r.Query = ctx.URI().QueryString()
	if a, ok := ctx.RemoteAddr().(*net.TCPAddr); ok {
		r.RemoteAddr = a.AddrPort().Addr().Unmap()
	}
}

// method spares a copy of the methods that are used.
func method(m []byte) string {
	for _, known := range [...]string{fasthttp.MethodPost, fasthttp.MethodGet, fasthttp.MethodPut, fasthttp.MethodHead, fasthttp.MethodOptions} {
		if string(m) == known {
			return known
		}
	}
	return "OTHER"
}

// The ways in which a body cannot be read.
var (
	errLong = errors.New("body is larger than the limit")
	errBusy = errors.New("too much is being processed at the moment; try again later")
	errCut  = errors.New("body ended early or is not framed as the header says")
)

// readBody reads the body into r.Body, acquiring bytes before it holds them: all that the header announces, or as they come.
func (r *Request) readBody(limit int) error {
	announced := r.Header.ContentLength()
	stream := r.ctx.RequestBodyStream()
	switch {
	case stream == nil || announced == 0 || announced == -2:
		r.read = true
		return nil
	case announced > limit:
		return errLong
	}
	r.room()
	var err error
	if announced > 0 {
		err = r.readSized(stream, announced)
	} else {
		err = r.readChunked(stream, limit)
	}
	r.BodyBytes = len(r.Body)
	return err
}

func (r *Request) readSized(stream io.Reader, n int) error {
	if !r.acquire(n) {
		return errBusy
	}
	if cap(r.Body) < n {
		r.Body = make([]byte, 0, n+n/16) // the next one of the stream is of about one length
	}
	r.Body = r.Body[:n]
	if _, err := io.ReadFull(stream, r.Body); err != nil {
		return errCut
	}
	r.read = true
	return nil
}

// drainBytes is up to what size a body for which there is no room is read and thrown away, which costs less than another connection.
const drainBytes = 64 << 10

// drain keeps the connection of a request that is refused before its body was read.
func (r *Request) drain() {
	n := r.Header.ContentLength()
	if r.held > 0 || n <= 0 || n > drainBytes {
		return
	}
	read, err := io.Copy(io.Discard, r.ctx.RequestBodyStream())
	r.read = err == nil && read == int64(n)
}

func (r *Request) readChunked(stream io.Reader, limit int) error {
	granted := 0
	for {
		if len(r.Body) == granted {
			if granted > limit {
				return errLong
			}
			more := min(max(granted, 16<<10), limit+1-granted)
			if !r.acquire(more) {
				return errBusy
			}
			granted += more
			if cap(r.Body) < granted {
				r.Body = append(make([]byte, 0, granted), r.Body...)
			}
		}
		n, err := stream.Read(r.Body[len(r.Body):granted])
		r.Body = r.Body[:len(r.Body)+n]
		if err == io.EOF {
			r.read = len(r.Body) <= limit
			if !r.read {
				return errLong
			}
			return nil
		}
		if err != nil {
			return errCut
		}
	}
}

// answer writes the answer. One that comes before the body was read to its end closes the connection: what is left of the body must not
// be taken for the next request.
func (r *Request) answer() {
	resp := &r.ctx.Response
	resp.SetStatusCode(r.Answer.Status)
	if r.Answer.ContentType != "" {
		resp.Header.SetContentType(r.Answer.ContentType)
	}
	if r.Answer.RetryAfter > 0 {
		var b [8]byte
		resp.Header.SetBytesV(fasthttp.HeaderRetryAfter, strconv.AppendInt(b[:0], int64(r.Answer.RetryAfter), 10))
	}
	for _, h := range r.Answer.Headers {
		resp.Header.Set(h[0], h[1])
	}
	if r.Route != nil {
		r.Route.origins.answer(r.Header, &resp.Header, r.asks)
	}
	resp.SetBody(r.Answer.Body)
	if r.read {
		return
	}
	resp.SetConnectionClose()
	if c, ok := r.ctx.Conn().(*conn); ok {
		c.unread.Store(true)
	}
}
