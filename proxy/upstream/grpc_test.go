package upstream_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/proxy/upstream"
	"winnow/scrub"
	"winnow/scrub/scrubtest"
)

// rawCodec sends and receives *[]byte.
type rawCodec struct{}

func (rawCodec) Name() string                       { return "proto" }
func (rawCodec) Marshal(v any) ([]byte, error)      { return *v.(*[]byte), nil }
func (rawCodec) Unmarshal(data []byte, v any) error { *v.(*[]byte) = bytes.Clone(data); return nil }

// collector is a backend that speaks gRPC, answers what reply says, and keeps the last request.
type collector struct {
	address string
	server  *grpc.Server
	mu      sync.Mutex
	reply   func(ctx context.Context) ([]byte, error)
	method  string
	headers metadata.MD
	coding  string
	body    []byte
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &collector{address: l.Addr().String(), reply: func(context.Context) ([]byte, error) { return nil, nil }}
	c.server = grpc.NewServer(grpc.ForceServerCodec(rawCodec{}), grpc.UnknownServiceHandler(c.handle), grpc.StatsHandler(c))
	done := make(chan error, 1)
	go func() { done <- c.server.Serve(l) }()
	t.Cleanup(func() {
		c.server.Stop()
		<-done
	})
	return c
}

func (c *collector) handle(_ any, stream grpc.ServerStream) error {
	var body []byte
	if err := stream.RecvMsg(&body); err != nil {
		return err
	}
	method, _ := grpc.MethodFromServerStream(stream)
	md, _ := metadata.FromIncomingContext(stream.Context())
	c.mu.Lock()
	c.method, c.headers, c.body = method, md, body
	reply := c.reply
	c.mu.Unlock()
	out, err := reply(stream.Context())
	if err != nil {
		return err
	}
	return stream.SendMsg(&out)
}

// What follows makes a collector hear how messages are compressed, which its handler is not told.

func (*collector) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context   { return ctx }
func (*collector) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }
func (*collector) HandleConn(context.Context, stats.ConnStats)                       {}
func (c *collector) HandleRPC(_ context.Context, s stats.RPCStats) {
	if h, ok := s.(*stats.InHeader); ok {
		c.mu.Lock()
		c.coding = h.Compression
		c.mu.Unlock()
	}
}

func openGRPC(t *testing.T, c *clock, o config.Upstream) *upstream.GRPC {
	t.Helper()
	o.ID, o.Type = "main", config.UpstreamGRPC
	if o.Timeout == 0 {
		o.Timeout = config.Duration(5 * time.Second)
	}
	u, err := upstream.NewGRPC(upstream.GRPCOptions{Config: o, UserAgent: "winnow/test", MaxAnswerBytes: 1 << 16, Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { u.Close() })
	return u
}

// spansOf is a delivery of one span in JSON.
func spansOf(t *testing.T) *upstream.Delivery {
	t.Helper()
	run := scrubtest.Policy(t, "").Begin(scrub.Request{})
	t.Cleanup(run.Close)
	body := []byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"GET"}]}]}]}`)
	batch, err := codec.OTLP{}.Scrub(run, &codec.Request{Method: "POST", Path: "/v1/traces", ContentType: "application/json", Body: body})
	if err != nil {
		t.Fatal(err)
	}
	return &upstream.Delivery{Method: "POST", Path: "/v1/traces", ContentType: "application/json", Codec: codec.OTLP{}, Batch: &batch, Original: body, Encoding: list(t, "")}
}

// The backend gets protobuf, our name, what the configuration adds, and the tenant unless that is the configuration's.
func TestGRPCRequest(t *testing.T) {
	b := newCollector(t)
	for name, tt := range map[string]struct {
		compression config.Compression
		client      string
		coding      string
	}{
		"as the client": {config.CompressionSame, "gzip", "gzip"}, "a client's that gRPC has not": {config.CompressionSame, "br", "identity"},
		"none": {config.CompressionNone, "gzip", "identity"}, "gzip": {config.CompressionGzip, "", "gzip"},
	} {
		u := openGRPC(t, newClock(), config.Upstream{
			URL: "grpc://" + b.address, Compression: tt.compression,
			Headers: map[string]config.Secret{"Authorization": config.NewSecret("Bearer upstream"), "X-Scope-OrgID": config.NewSecret("ours")},
		})
		d := spansOf(t)
		d.OrgID, d.Encoding = "theirs", list(t, tt.client)
		if r, err := u.Deliver(d); err != nil || r.Status != 200 {
			t.Fatalf("%s: %+v, %v", name, r, err)
		}
		if b.method != "/opentelemetry.proto.collector.trace.v1.TraceService/Export" || string(b.body) != "\x0a\x09\x12\x07\x12\x05\x2a\x03GET" || b.coding != tt.coding {
			t.Errorf("%s: %s, %q, compression %q", name, b.method, b.body, b.coding)
		}
		var sent []string
		for name, values := range b.headers {
			if !strings.HasPrefix(name, ":") && name != "content-type" && name != "grpc-accept-encoding" {
				sent = append(sent, fmt.Sprint(name, values))
			}
		}
		slices.Sort(sent)
		if got := strings.Join(sent, " "); !strings.HasPrefix(got, "authorization[Bearer upstream] user-agent[winnow/test grpc-go/") || !strings.HasSuffix(got, " x-scope-orgid[ours]") {
			t.Errorf("%s: headers %s", name, got)
		}
		if text := fmt.Sprintf("%v %+v", u, u); strings.Contains(text, "Bearer") {
			t.Errorf("printed: %s", text)
		}
	}
	u := openGRPC(t, newClock(), config.Upstream{URL: "grpc://" + b.address})
	d := spansOf(t)
	d.OrgID = "theirs"
	if _, err := u.Deliver(d); err != nil || b.headers.Get("x-scope-orgid")[0] != "theirs" {
		t.Errorf("the client's tenant: %v, %v", b.headers, err)
	}
	if _, err := u.Deliver(deliveryOf(t, quietLine)); why(err) != codec.NotFound {
		t.Errorf("another protocol: %v", err)
	}
}

// A refusal that a client can act on is an answer; a failure of the backend is one of the delivery. Its words go nowhere.
func TestGRPCAnswers(t *testing.T) {
	wait := func(code codes.Code, d time.Duration) error {
		s, err := status.New(code, "alice").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(d)})
		if err != nil {
			t.Fatal(err)
		}
		return s.Err()
	}
	for name, tt := range map[string]struct {
		reply error
		want  codec.Response
		why   codec.Refusal
	}{
		"taken":         {nil, codec.Response{Status: 200, ContentType: "application/x-protobuf"}, 0},
		"malformed":     {status.Error(codes.InvalidArgument, "alice"), codec.Response{Status: 400}, 0},
		"no key":        {status.Error(codes.Unauthenticated, "alice"), codec.Response{Status: 401}, 0},
		"too large":     {status.Error(codes.ResourceExhausted, "alice"), codec.Response{Status: 413}, 0},
		"full":          {wait(codes.ResourceExhausted, 90*time.Second), codec.Response{Status: 503, RetryAfter: 90}, 0},
		"full, at once": {wait(codes.Unavailable, 0), codec.Response{Status: 503, RetryAfter: 1}, 0},
		"full for ever": {wait(codes.Unavailable, 1e6*time.Hour), codec.Response{Status: 503, RetryAfter: 86400}, 0},
		"no service":    {status.Error(codes.Unimplemented, "alice"), codec.Response{Status: 404}, 0},
		"failed":        {status.Error(codes.Internal, "alice"), codec.Response{}, codec.UpstreamDown},
		"down":          {status.Error(codes.Unavailable, "alice"), codec.Response{}, codec.UpstreamDown},
	} {
		b := newCollector(t)
		b.reply = func(context.Context) ([]byte, error) { return nil, tt.reply }
		r, err := openGRPC(t, newClock(), config.Upstream{URL: "grpc://" + b.address}).Deliver(spansOf(t))
		if why(err) != tt.why || r.Status != tt.want.Status || r.RetryAfter != tt.want.RetryAfter || r.ContentType != tt.want.ContentType || len(r.Body) > 0 {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

// A backend that does not answer in time is late, one that is not there is down, and after some failures both are given time.
func TestGRPCFailures(t *testing.T) {
	b := newCollector(t)
	b.reply = func(ctx context.Context) ([]byte, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	late := openGRPC(t, newClock(), config.Upstream{URL: "grpc://" + b.address, Timeout: config.Duration(50 * time.Millisecond)})
	if _, err := late.Deliver(spansOf(t)); why(err) != codec.UpstreamTimeout {
		t.Errorf("late: %v", err)
	}
	gone := newCollector(t)
	gone.server.Stop()
	c := newClock()
	u := openGRPC(t, c, config.Upstream{URL: "grpc://" + gone.address})
	for range 5 {
		if _, err := u.Deliver(spansOf(t)); why(err) != codec.UpstreamDown {
			t.Errorf("gone: %v", err)
		}
	}
	if u.Up() {
		t.Error("up after five failures")
	}
	for name, url := range map[string]string{"another scheme": "http://127.0.0.1:1", "no host": "grpc://"} {
		if _, err := upstream.NewGRPC(upstream.GRPCOptions{Config: config.Upstream{ID: "main", URL: url}}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
