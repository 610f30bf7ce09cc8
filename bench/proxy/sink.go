package main

import (
	"bytes"
	"net"
	"strings"
	"sync"

	"github.com/valyala/fasthttp"
)

// sink is a backend that takes everything and answers as the protocol wants.
type sink struct {
	address string
	server  *fasthttp.Server
	mu      sync.Mutex
	keep    bool
	kept    []byte
}

func startSink() (*sink, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{address: listener.Addr().String()}
	s.server = &fasthttp.Server{Handler: s.handle, MaxRequestBodySize: 64 << 20, NoDefaultDate: true, CloseOnShutdown: true}
	go func() { _ = s.server.Serve(listener) }() // ends when stop closes the listener
	return s, nil
}

func (s *sink) stop() { _ = s.server.Shutdown() }

func (s *sink) handle(ctx *fasthttp.RequestCtx) {
	s.capture(ctx.PostBody())
	path := string(ctx.Path())
	switch {
	case strings.HasSuffix(path, "/_bulk"):
		ctx.Response.Header.Set("X-Elastic-Product", "Elasticsearch")
		ctx.SetContentType("application/json")
		ctx.SetBody(appendBulkAnswer(nil, bytes.Count(ctx.PostBody(), []byte("\n"))/2))
	case strings.HasSuffix(path, "/push"):
		ctx.SetStatusCode(fasthttp.StatusNoContent)
	case strings.HasSuffix(path, "/v1/logs"):
		ctx.SetContentTypeBytes(ctx.Request.Header.ContentType())
		if bytes.Contains(ctx.Request.Header.ContentType(), []byte("json")) {
			ctx.SetBodyString("{}")
		}
	}
}

func appendBulkAnswer(b []byte, items int) []byte {
	b = append(b, `{"took":1,"errors":false,"items":[`...)
	for i := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"create":{"_index":"logs","status":201}}`...)
	}
	return append(b, `]}`...)
}

func (s *sink) capture(body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keep {
		s.kept = append(s.kept[:0], body...)
	}
}

// next has the sink keep the body of the request that send makes, and returns it.
func (s *sink) next(send func() error) ([]byte, error) {
	s.mu.Lock()
	s.keep, s.kept = true, nil
	s.mu.Unlock()
	err := send()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep = false
	return s.kept, err
}
