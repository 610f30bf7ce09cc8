// Package rpc takes OTLP over gRPC: logs, traces and metrics, as the messages that come over HTTP too.
//
// It knows nothing of what is in a message: the bytes go to codec.Submit, and the answer's come back. No generated code is used, so that
// fields which are not known here reach the codec. gRPC's own log is silenced: it quotes requests. The health service is served; reflection
// is not.
package rpc

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"sync"
	"time"

	"golang.org/x/net/netutil"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/gzip" // what most exporters send
	"google.golang.org/grpc/grpclog"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"

	"winnow/proxy/codec"
)

// Options are what a Server is made of.
type Options struct {
	// Address to listen at, host:port.
	Address string
	// TLS to serve. Nil: none.
	TLS *tls.Config
	// Submit takes messages.
	Submit codec.Submit
	// MaxMessageBytes bounds one message, decoded, and MaxHeaderBytes the headers of a request.
	MaxMessageBytes, MaxHeaderBytes int
	// MaxConnections bounds open connections, MaxReceiving the messages that are on their way in at once. Further ones wait.
	MaxConnections, MaxReceiving int
	// ReadTimeout bounds how long a message may take to come in, IdleTimeout how long a connection may be without one.
	ReadTimeout, IdleTimeout time.Duration
}

// What one connection may have open, and how often it may ask whether we are alive.
const (
	maxStreams  = 64
	window      = 64 << 10 // of a stream that nobody reads yet
	pingsApart  = 10 * time.Second
	pingAfter   = time.Minute
	pingTimeout = 20 * time.Second
)

// Server takes messages at one address.
type Server struct {
	o         Options
	listener  net.Listener
	grpc      *grpc.Server
	health    *health.Server
	receiving chan struct{}
}

// Prepare silences gRPC's log and makes zstd known. It must be called before anything of gRPC is in use, and does its work once.
func Prepare() { prepare() }

var prepare = sync.OnceFunc(func() {
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, io.Discard))
	encoding.RegisterCompressor(newZstd())
})

// Listen opens the address. Messages are taken once Serve is called.
func Listen(o Options) (*Server, error) {
	Prepare()
	l, err := net.Listen("tcp", o.Address)
	if err != nil {
		return nil, err
	}
	s := &Server{o: o, listener: netutil.LimitListener(l, o.MaxConnections), receiving: make(chan struct{}, o.MaxReceiving)}
	options := []grpc.ServerOption{
		grpc.ForceServerCodecV2(raw{}),
		grpc.MaxRecvMsgSize(o.MaxMessageBytes),
		grpc.MaxHeaderListSize(uint32(o.MaxHeaderBytes)),
		grpc.MaxConcurrentStreams(maxStreams),
		grpc.StaticStreamWindowSize(window),
		grpc.ConnectionTimeout(o.ReadTimeout),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: o.IdleTimeout, Time: pingAfter, Timeout: pingTimeout}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: pingsApart, PermitWithoutStream: true}),
	}
	if o.TLS != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(o.TLS)))
	}
	s.grpc, s.health = grpc.NewServer(options...), health.NewServer()
	for service, path := range codec.Services() {
		s.grpc.RegisterService(&grpc.ServiceDesc{
			ServiceName: service, HandlerType: (*any)(nil),
			// As a stream, though it is one message each way: a stream's handler decides itself when to read.
			Streams: []grpc.StreamDesc{{StreamName: "Export", ClientStreams: true, Handler: s.export(path)}},
		}, nil)
		s.health.SetServingStatus(service, grpc_health_v1.HealthCheckResponse_SERVING)
	}
	grpc_health_v1.RegisterHealthServer(s.grpc, s.health)
	return s, nil
}

// Addr is the address in use.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Serve takes messages until Shutdown, and then returns nil.
func (s *Server) Serve() error { return s.grpc.Serve(s.listener) }

// Shutdown stops listening and waits for what is being taken. The error is ctx's, and then what is left was given up.
func (s *Server) Shutdown(ctx context.Context) error {
	s.health.Shutdown()
	done := make(chan struct{})
	go func() {
		s.grpc.GracefulStop()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		s.grpc.Stop()
		<-done
		return ctx.Err()
	}
}
