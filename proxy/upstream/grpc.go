package upstream

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	_ "google.golang.org/grpc/encoding/gzip" // what all backends know
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"winnow/config"
	"winnow/proxy/codec"
)

// GRPCOptions are what a GRPC upstream is made of beside its configuration.
type GRPCOptions struct {
	Config config.Upstream
	// UserAgent of every request, before gRPC's own.
	UserAgent string
	// MaxAnswerBytes bounds an answer.
	MaxAnswerBytes int
	// Now is the clock.
	Now func() time.Time
}

// GRPC is a backend that speaks OTLP over gRPC. What came as JSON goes there as protobuf.
type GRPC struct {
	conn    *grpc.ClientConn
	origin  string
	headers []string // name and value by turns
	coding  string   // empty: as the client's body came
	timeout time.Duration
	breaker breaker
}

// deadPeer is how long sent bytes may stay unanswered before a connection is given up, and pingAfter how long a silent one is trusted while a
// request waits.
const (
	deadPeer  = 10 * time.Second
	pingAfter = 30 * time.Second
)

// NewGRPC makes an upstream; it connects when the first delivery comes. The compressions zstd and gzip must be known to gRPC. The error is about
// the URL or the file of authorities.
func NewGRPC(o GRPCOptions) (*GRPC, error) {
	c := o.Config
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || (u.Scheme != "grpc" && u.Scheme != "grpcs") {
		return nil, fmt.Errorf("upstream %q: not a grpc or grpcs URL", c.ID)
	}
	g := &GRPC{
		origin: u.Scheme + "://" + u.Host, timeout: time.Duration(c.Timeout),
		coding:  map[config.Compression]string{config.CompressionNone: "identity", config.CompressionGzip: "gzip", config.CompressionZstd: "zstd"}[c.Compression],
		breaker: breaker{now: o.Now, random: rand.Int64N},
	}
	for name, value := range c.Headers {
		g.headers = append(g.headers, strings.ToLower(name), value.Reveal())
	}
	secure := insecure.NewCredentials()
	if u.Scheme == "grpcs" {
		t, err := trust(c)
		if err != nil {
			return nil, err
		}
		secure = credentials.NewTLS(t)
	}
	g.conn, err = grpc.NewClient("dns:///"+grpcAddress(u),
		grpc.WithTransportCredentials(secure),
		grpc.WithUserAgent(o.UserAgent),
		grpc.WithNoProxy(),
		grpc.WithDisableServiceConfig(),
		grpc.WithDisableRetry(), // the client's business
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: pingAfter, Timeout: deadPeer}),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(bytesCodec{}), grpc.MaxCallRecvMsgSize(o.MaxAnswerBytes), grpc.MaxCallSendMsgSize(math.MaxInt32)),
	)
	if err != nil {
		return nil, fmt.Errorf("upstream %q: not a grpc or grpcs URL", c.ID)
	}
	return g, nil
}

// grpcAddress has the usual port of OTLP over gRPC where the URL has none.
func grpcAddress(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	return net.JoinHostPort(u.Hostname(), "4317")
}

// String tells the origin only: the headers are secrets.
func (g *GRPC) String() string { return g.origin }

// Deliver implements Upstream.
func (g *GRPC) Deliver(d *Delivery) (codec.Response, error) {
	service := d.Batch.Service()
	if service == "" {
		return codec.Response{}, errForeign
	}
	body := d.Batch.Bytes()
	if !d.Batch.Protobuf() {
		var err error
		if d.wire, err = (codec.OTLP{}).AppendProtobuf(d.wire[:0], d.Batch); err != nil {
			return codec.Response{}, errEncoding
		}
		body = d.wire
	}
	if !g.breaker.allow() {
		return codec.Response{}, ErrResting
	}
	ctx, cancel := context.WithTimeout(context.Background(), g.timeout)
	defer cancel()
	pairs := g.headers
	if d.OrgID != "" && !g.has("x-scope-orgid") {
		pairs = append([]string{"x-scope-orgid", d.OrgID}, pairs...)
	}
	ctx = metadata.AppendToOutgoingContext(ctx, pairs...)
	var reply []byte
	err := g.conn.Invoke(ctx, "/"+service+"/Export", &body, &reply, grpc.UseCompressor(g.codingFor(d)))
	if err != nil {
		return g.failed(err)
	}
	g.breaker.succeed()
	d.reply = append(d.reply[:0], reply...)
	return codec.Response{Status: http.StatusOK, ContentType: "application/x-protobuf", Body: d.reply}, nil
}

func (g *GRPC) has(name string) bool {
	for i := 0; i < len(g.headers); i += 2 {
		if g.headers[i] == name {
			return true
		}
	}
	return false
}

// codingFor is the compression of one delivery: the upstream's, or the client's where gRPC has it.
func (g *GRPC) codingFor(d *Delivery) string {
	if g.coding != "" {
		return g.coding
	}
	if c := d.Encoding.String(); c == "gzip" || c == "zstd" {
		return c
	}
	return "identity"
}

// statuses are what a backend's refusals would be over HTTP. What is not listed is the backend's failure.
var statuses = map[codes.Code]int{
	codes.InvalidArgument: http.StatusBadRequest, codes.FailedPrecondition: http.StatusBadRequest, codes.Unauthenticated: http.StatusUnauthorized,
	codes.PermissionDenied: http.StatusForbidden, codes.Unimplemented: http.StatusNotFound, codes.ResourceExhausted: http.StatusRequestEntityTooLarge,
}

// failed makes of a failed call what a failed request over HTTP is: an answer where the backend gave one that a client can act on, else an
// error. The backend's words are not repeated.
func (g *GRPC) failed(err error) (codec.Response, error) {
	s := status.Convert(err)
	wait := retryDelay(s)
	switch code := s.Code(); {
	case code == codes.DeadlineExceeded:
		g.breaker.fail()
		return codec.Response{}, errTimeout
	case wait > 0:
		g.breaker.succeed()
		return codec.Response{Status: http.StatusServiceUnavailable, RetryAfter: wait}, nil
	case statuses[code] != 0:
		g.breaker.succeed()
		return codec.Response{Status: statuses[code]}, nil
	}
	g.breaker.fail()
	return codec.Response{}, errDown
}

// retryDelay is what a backend says of when to come back, in whole seconds, at most a day; 0 where it says nothing.
func retryDelay(s *status.Status) int {
	for _, d := range s.Details() {
		if r, ok := d.(*errdetails.RetryInfo); ok {
			return int(math.Ceil(min(max(1, r.RetryDelay.AsDuration().Seconds()), 24*60*60)))
		}
	}
	return 0
}

// Ask implements Upstream.
func (g *GRPC) Ask(*Delivery) (codec.Response, error) { return codec.Response{}, ErrSilent }

// Up implements Upstream.
func (g *GRPC) Up() bool { return g.breaker.up() }

// Close implements Upstream.
func (g *GRPC) Close() error { return g.conn.Close() }

// bytesCodec sends and receives *[]byte as it is.
type bytesCodec struct{}

var errNoBytes = errors.New("not bytes")

func (bytesCodec) Name() string { return "proto" }

func (bytesCodec) Marshal(v any) ([]byte, error) {
	if b, ok := v.(*[]byte); ok {
		return *b, nil
	}
	return nil, errNoBytes
}

func (bytesCodec) Unmarshal(data []byte, v any) error {
	b, ok := v.(*[]byte)
	if !ok {
		return errNoBytes
	}
	*b = append((*b)[:0], data...)
	return nil
}
