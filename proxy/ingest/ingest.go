// Package ingest takes requests in: it listens, bounds what a client can cost, finds out whose a request is and what it is about, and
// reads its body. What becomes of it is a Handler's business.
//
// A body's bytes are acquired from a Budget before they are held. A request that is answered before its body was read to the end costs
// its connection, so that no byte of a body is ever read as the next request. Nothing of a request is ever logged: messages name kinds.
package ingest

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"winnow/proxy/codec"
)

// Handler is what becomes of requests. It is called from many goroutines at once.
type Handler interface {
	// Handle answers r: it sets r.Answer, or calls r.Refuse.
	Handle(r *Request)
	// Done hears of every answer that was made, those that ingest itself gave included, before it is written.
	Done(r *Request)
}

// Site is what is in force for requests that begin now.
type Site struct {
	Table   *Table
	Handler Handler
	// MaxBodyBytes bounds one body as it arrives.
	MaxBodyBytes int

	using   atomic.Int64
	retired atomic.Bool
	idle    chan struct{}
	once    sync.Once
}

// NewSite makes a Site.
func NewSite(t *Table, h Handler, maxBody int) *Site {
	return &Site{Table: t, Handler: h, MaxBodyBytes: maxBody, idle: make(chan struct{})}
}

// Idle is closed once the Site has been replaced and its last request is answered.
func (s *Site) Idle() <-chan struct{} { return s.idle }

func (s *Site) leave() {
	if s.using.Add(-1) == 0 && s.retired.Load() {
		s.once.Do(func() { close(s.idle) })
	}
}

// Options are what a Server is made of. Times and counts must be positive.
type Options struct {
	MaxHeaderBytes                         int
	MaxConnections                         int
	ReadTimeout, WriteTimeout, IdleTimeout time.Duration
	// Budget of bytes in flight.
	Budget *Budget
	// Log hears of the server's own troubles.
	Log *slog.Logger
	// Now is the clock.
	Now func() time.Time
}

// Server serves the Site in force.
type Server struct {
	o        Options
	http     fasthttp.Server
	site     atomic.Pointer[Site]
	requests sync.Pool
	bodies   sync.Pool // of *[]byte: memory of bodies
}

// New makes a Server that refuses everything until it has a Site.
func New(o Options) *Server {
	s := &Server{o: o}
	s.requests.New = func() any { return new(Request) }
	s.http = fasthttp.Server{
		Handler:                      s.serve,
		ErrorHandler:                 refuseBroken,
		ExpectHandler:                s.expect,
		Logger:                       quiet{o.Log},
		SecureErrorLogMessage:        true,
		NoDefaultServerHeader:        true,
		NoDefaultContentType:         true,
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true,
		CloseOnShutdown:              true,
		ReadBufferSize:               o.MaxHeaderBytes,
		Concurrency:                  o.MaxConnections,
		ReadTimeout:                  o.ReadTimeout,
		WriteTimeout:                 o.WriteTimeout,
		IdleTimeout:                  o.IdleTimeout,
	}
	return s
}

// Use puts a Site in force. Requests that began under the one before finish under it; it is returned, nil the first time.
func (s *Server) Use(next *Site) (before *Site) {
	before = s.site.Swap(next)
	if before != nil {
		before.retired.Store(true)
		before.using.Add(1)
		before.leave()
	}
	return before
}

// enter takes the Site in force and keeps it from becoming idle.
func (s *Server) enter() *Site {
	for {
		site := s.site.Load()
		if site == nil {
			return nil
		}
		site.using.Add(1)
		if s.site.Load() == site {
			return site
		}
		site.leave()
	}
}

// Serve takes connections from l until Shutdown.
func (s *Server) Serve(l net.Listener) error { return s.http.Serve(listener{s.o.Budget.Gate(l)}) }

// Shutdown stops listening and waits for the requests in flight. The error is ctx's.
func (s *Server) Shutdown(ctx context.Context) error { return s.http.ShutdownWithContext(ctx) }

// Connections is how many are open now.
func (s *Server) Connections() int { return int(s.http.GetOpenConnectionsCount()) }

// serve is one request from header to answer.
func (s *Server) serve(ctx *fasthttp.RequestCtx) {
	r := s.requests.Get().(*Request)
	r.begin(ctx, s)
	site := s.enter()
	if site == nil {
		r.Refuse(codec.NotReady, "not ready yet; try again later")
		r.answer()
	} else {
		s.handle(site, r)
		site.Handler.Done(r)
		r.answer()
		site.leave()
	}
	s.o.Budget.Release(r.holder, r.held)
	if !r.Panicked { // else it may still be in use, or half changed
		r.reset()
		s.requests.Put(r)
	}
}

// handle answers r in one way or another. A failure of the Handler is told as one of the body, which is not to be sent again: what makes
// the engine fail once makes it fail each time.
func (s *Server) handle(site *Site, r *Request) {
	defer r.recovered()
	if !admit(site, r) {
		return
	}
	switch err := r.readBody(site.MaxBodyBytes); {
	case err == nil && r.asks:
		r.Answer = codec.Response{Status: fasthttp.StatusNoContent}
	case err == nil:
		site.Handler.Handle(r)
	case errors.Is(err, errLong):
		r.Refuse(codec.TooLarge, err.Error())
	case errors.Is(err, errBusy):
		r.drain()
		r.Refuse(codec.Busy, err.Error())
	default:
		r.Refuse(codec.Malformed, err.Error())
	}
}

// recovered is deferred around the Handler.
func (r *Request) recovered() {
	if recover() != nil {
		r.Panicked = true
		r.Refuse(codec.Malformed, "the body could not be processed")
	}
}

// admit decides by the header alone, and tells whether the body is to be read.
func admit(site *Site, r *Request) bool {
	ctx := r.ctx
	if !framed(r.Header) {
		r.Refuse(codec.Malformed, "the header can be read in more than one way")
		return false
	}
	path := ctx.URI().PathOriginal()
	if !plainPath(path) {
		r.Refuse(codec.NotFound, "no such path")
		return false
	}
	r.Route, r.Path, r.Endpoint = site.Table.resolve(r.Method, path)
	if r.Route == nil {
		r.Refuse(codec.NotFound, "no such path; see routes in the configuration")
		return false
	}
	if r.asks = asks(r.Header) && !r.Route.origins.none(); r.asks { // it never carries a key
		return r.mayAsk()
	}
	if r.Endpoint == codec.Unknown {
		r.Refuse(codec.NotFound, "no such endpoint")
		return false
	}
	var why *refusal
	if r.Tenant, why = site.Table.tenant(r); r.enclosed(why) {
		r.keys = site.Table
	} else if why != nil && r.Endpoint != codec.Health {
		r.Refuse(why.why, why.detail)
		return false
	}
	if r.Header.ContentLength() > site.MaxBodyBytes {
		r.Refuse(codec.TooLarge, errLong.Error())
		return false
	}
	return true
}

// mayAsk decides about a preflight. It refuses pages of other origins, and a body: browsers send none, and it would come without a key.
func (r *Request) mayAsk() bool {
	switch {
	case r.Header.ContentLength() > 0 || r.Header.ContentLength() == -1: // -1: chunked
		r.Refuse(codec.Malformed, "a preflight has no body")
	case !r.Route.origins.allowed(r.Header.Peek(fasthttp.HeaderOrigin)):
		r.Answer = codec.Response{Status: fasthttp.StatusForbidden, ContentType: "text/plain; charset=utf-8",
			Body: []byte("pages of this origin may not send here; see origins of the route\n")}
	default:
		return true
	}
	return false
}

// expect decides about a client that waits for leave to send its body (RFC 9110 section 10.1.1).
func (s *Server) expect(ctx *fasthttp.RequestCtx) int {
	site := s.enter()
	if site == nil {
		return fasthttp.StatusServiceUnavailable
	}
	defer site.leave()
	r := s.requests.Get().(*Request)
	r.begin(ctx, s)
	status := fasthttp.StatusContinue
	if !admit(site, r) {
		site.Handler.Done(r)
		r.answer()
		status = r.Answer.Status
	}
	r.reset()
	s.requests.Put(r)
	return status
}

// refuseBroken answers what is no request. The error is not repeated: it can hold bytes of the client's.
func refuseBroken(ctx *fasthttp.RequestCtx, err error) {
	var small *fasthttp.ErrSmallBuffer
	var timeout interface{ Timeout() bool }
	status, text := fasthttp.StatusBadRequest, "not a valid HTTP request\n"
	switch {
	case errors.As(err, &small):
		status, text = fasthttp.StatusRequestHeaderFieldsTooLarge, "the header is larger than the limit\n"
	case errors.As(err, &timeout) && timeout.Timeout():
		status, text = fasthttp.StatusRequestTimeout, "the request did not arrive in time\n"
	}
	ctx.Response.Reset()
	ctx.SetStatusCode(status)
	ctx.SetContentType("text/plain; charset=utf-8")
	ctx.SetBodyString(text)
}

// quiet logs the kinds of trouble that the server speaks of, and none of its words: they quote the client.
type quiet struct{ log *slog.Logger }

// Printf implements fasthttp.Logger.
func (q quiet) Printf(format string, _ ...any) {
	kind := "broken request"
	switch {
	case strings.Contains(format, "accepting"):
		kind = "cannot accept connections"
	case strings.Contains(format, "Concurrency"):
		kind = "more connections than max_connections"
	}
	level := slog.LevelDebug
	if kind != "broken request" {
		level = slog.LevelWarn
	}
	q.log.Log(context.Background(), level, "ingest: trouble", "kind", kind)
}
