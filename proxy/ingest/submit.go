package ingest

import (
	"time"

	"github.com/valyala/fasthttp"

	"winnow/proxy/codec"
)

// Submit returns the way in for the messages of the i-th listener. It is safe for concurrent use.
func (s *Server) Submit(i int) codec.Submit {
	return func(m *codec.Message, answered func(*codec.Response, codec.Refusal, string)) {
		s.submit(i, m, answered)
	}
}

// submit is one message from arrival to answer, as serve is for a request.
func (s *Server) submit(i int, m *codec.Message, answered func(*codec.Response, codec.Refusal, string)) {
	r := s.requests.Get().(*Request)
	r.message(m, s.o.Budget, s.o.Now())
	site := s.enter()
	if site == nil {
		r.Refuse(codec.NotReady, "not ready yet; try again later")
		answered(&r.Answer, r.Refusal, r.detail)
	} else {
		s.take(site, i, m, r)
		site.Handler.Done(r)
		answered(&r.Answer, r.Refusal, r.detail)
		site.leave()
	}
	s.o.Budget.Release(r.holder, r.held)
	if !r.Panicked {
		r.reset()
		s.requests.Put(r)
	}
}

// take answers a message.
func (s *Server) take(site *Site, i int, m *codec.Message, r *Request) {
	defer r.recovered()
	if r.Route = site.Table.listener(i); r.Route == nil {
		r.Refuse(codec.NotReady, "this listener is no longer configured; it closes with the next restart")
		return
	}
	if r.Path = m.Path; r.Path == "" {
		r.Path = r.Route.Template
	}
	var why *refusal
	if r.Tenant, why = site.Table.tenant(r); why != nil {
		r.Refuse(why.why, why.detail)
		return
	}
	if len(m.Body) > site.MaxBodyBytes {
		r.Refuse(codec.TooLarge, errLong.Error())
		return
	}
	if !r.acquire(len(m.Body)) {
		r.Refuse(codec.Busy, errBusy.Error())
		return
	}
	site.Handler.Handle(r)
}

// message takes what a message says.
func (r *Request) message(m *codec.Message, budget *Budget, now time.Time) {
	header := &fasthttp.RequestHeader{}
	for _, h := range m.Headers {
		header.Add(h[0], h[1])
	}
	if m.ContentType != "" {
		header.SetContentType(m.ContentType)
	}
	r.budget, r.Header, r.Received = budget, header, now
	if !m.Received.IsZero() {
		r.Received = m.Received
	}
	r.Method, r.Endpoint, r.RemoteAddr, r.shown, r.read = fasthttp.MethodPost, codec.Write, m.RemoteAddr, m.Certificate, true
	r.Body, r.BodyBytes = m.Body, len(m.Body)
}
