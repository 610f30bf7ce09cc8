package rpc

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"winnow/proxy/codec"
)

// export handles one request of a service, whose messages come over HTTP at path.
func (s *Server) export(path string) grpc.StreamHandler {
	return func(_ any, stream grpc.ServerStream) error {
		in, err := s.receive(stream)
		if err != nil {
			return err
		}
		defer in.free()
		var out message
		from, shown := remote(stream.Context())
		s.o.Submit(&codec.Message{
			Path: path, ContentType: contentType, Headers: headers(stream.Context()), Body: in.data, RemoteAddr: from, Certificate: shown,
		}, func(r *codec.Response, why codec.Refusal, detail string) {
			out.data, err = answer(r, why, detail)
		})
		if err != nil {
			return err
		}
		return stream.SendMsg(&out)
	}
}

const contentType = "application/x-protobuf"

// receive reads the one message of a request. It waits for its turn, and gives up on a message that does not come in time: returning from the
// handler ends the stream, and with it the reading.
func (s *Server) receive(stream grpc.ServerStream) (*message, error) {
	late := time.NewTimer(s.o.ReadTimeout)
	defer late.Stop()
	select {
	case s.receiving <- struct{}{}:
	case <-stream.Context().Done():
		return nil, status.FromContextError(stream.Context().Err()).Err()
	case <-late.C:
		return nil, retryable(codes.Unavailable, "too much is being processed at the moment; try again later", time.Second)
	}
	in, done := new(message), make(chan error, 1)
	go func() {
		err := stream.RecvMsg(in)
		<-s.receiving
		done <- err
	}()
	select {
	case err := <-done:
		return in, missing(err)
	case <-late.C:
		return nil, status.Error(codes.DeadlineExceeded, "the message did not come in time")
	}
}

// missing is the error of a request that ended without a message. What gRPC itself could not read it has answered already, in its own words:
// they hold lengths and what the request's header says, and nothing of the message.
func missing(err error) error {
	if errors.Is(err, io.EOF) {
		return status.Error(codes.InvalidArgument, "there is no message in the request")
	}
	return err
}

// hop are headers of a connection. What is said of the content is about the frames, not about the message.
var hop = []string{"te", "host", "connection", "transfer-encoding", "upgrade"}

// headers are the request's, without those of gRPC itself and what is not text.
func headers(ctx context.Context) [][2]string {
	md, _ := metadata.FromIncomingContext(ctx)
	list := make([][2]string, 0, len(md))
	for name, values := range md {
		switch {
		case strings.HasPrefix(name, ":"), strings.HasPrefix(name, "grpc-"), strings.HasPrefix(name, "content-"), strings.HasSuffix(name, "-bin"),
			slices.Contains(hop, name):
			continue
		}
		for _, value := range values {
			list = append(list, [2]string{name, value})
		}
	}
	return list
}

// remote is the peer's address, and the certificate that it showed, nil if it showed none.
func remote(ctx context.Context) (from netip.Addr, shown *x509.Certificate) {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return from, nil
	}
	if a, ok := p.Addr.(*net.TCPAddr); ok {
		from = a.AddrPort().Addr().Unmap()
	}
	if t, ok := p.AuthInfo.(credentials.TLSInfo); ok {
		shown = codec.Shown(&t.State)
	}
	return from, shown
}
