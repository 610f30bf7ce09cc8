package rpc_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"winnow/proxy/codec"
	"winnow/proxy/rpc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bytesCodec sends []byte as it is.
type bytesCodec struct{}

func (bytesCodec) Name() string                       { return "proto" }
func (bytesCodec) Marshal(v any) ([]byte, error)      { return *v.(*[]byte), nil }
func (bytesCodec) Unmarshal(data []byte, v any) error { *v.(*[]byte) = bytes.Clone(data); return nil }

// site takes messages and answers as told.
type site struct {
	mu       sync.Mutex
	messages []codec.Message
	answer   codec.Response
	why      codec.Refusal
	detail   string
	hold     chan struct{} // if set, an answer waits for it
	held     chan struct{} // gets a value when one does
}

func (s *site) submit(m *codec.Message, answered func(*codec.Response, codec.Refusal, string)) {
	s.mu.Lock()
	kept := *m
	kept.Body = bytes.Clone(m.Body)
	s.messages = append(s.messages, kept)
	r, why, detail := s.answer, s.why, s.detail
	s.mu.Unlock()
	if s.hold != nil {
		s.held <- struct{}{}
		<-s.hold
	}
	answered(&r, why, detail)
}

func start(t *testing.T, s *site, change func(o *rpc.Options)) (address string, server *rpc.Server) {
	t.Helper()
	o := rpc.Options{
		Address: "127.0.0.1:0", Submit: s.submit, MaxMessageBytes: 1 << 20, MaxHeaderBytes: 8 << 10, MaxConnections: 16, MaxReceiving: 4,
		ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute,
	}
	if change != nil {
		change(&o)
	}
	server, err := rpc.Listen(o)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve() }()
	t.Cleanup(func() {
		gone, stop := context.WithCancel(context.Background())
		stop()
		_ = server.Shutdown(gone)
		if err := <-served; err != nil {
			t.Errorf("serving ended with %v", err)
		}
	})
	return server.Addr().String(), server
}

func dial(t *testing.T, address string) *grpc.ClientConn {
	t.Helper()
	c, err := grpc.NewClient("passthrough:///"+address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

const traces = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"

func export(ctx context.Context, c *grpc.ClientConn, method string, body []byte, o ...grpc.CallOption) ([]byte, error) {
	var out []byte
	err := c.Invoke(ctx, method, &body, &out, append(o, grpc.ForceCodec(bytesCodec{}))...)
	return out, err
}

// Every service of OTLP is there. A message arrives as it was sent, whatever is in it and however it was compressed, with the headers that are text
// and the peer's address; the response comes back as it was made.
func TestExport(t *testing.T) {
	for service, path := range codec.Services() {
		for _, compression := range []string{"identity", "gzip", "zstd"} {
			s := &site{answer: codec.Response{Status: 200, ContentType: "application/x-protobuf", Body: []byte("\x0a\x02\x08\x03")}}
			address, _ := start(t, s, nil)
			ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer key", "x-scope-orgid", "shop", "trace-bin", "\x01", "content-encoding", "br")
			body := bytes.Repeat([]byte("\xff any bytes \x00"), 1000)
			out, err := export(ctx, dial(t, address), "/"+service+"/Export", body, grpc.UseCompressor(compression))
			if err != nil || string(out) != "\x0a\x02\x08\x03" {
				t.Fatalf("%s, %s: %q, %v", service, compression, out, err)
			}
			m := s.messages[0]
			if m.Path != path || m.ContentType != "application/x-protobuf" || !bytes.Equal(m.Body, body) || !m.RemoteAddr.IsLoopback() {
				t.Errorf("%s, %s: %s, %s, %d bytes, from %s", service, compression, m.Path, m.ContentType, len(m.Body), m.RemoteAddr)
			}
			var names []string
			for _, h := range m.Headers {
				names = append(names, h[0])
			}
			slices.Sort(names)
			if got := strings.Join(names, " "); got != "authorization user-agent x-scope-orgid" {
				t.Errorf("headers %s", got)
			}
		}
	}
}

// Each answer becomes the code that makes an exporter do right: what may be sent again says so and when, what may not does not.
func TestAnswers(t *testing.T) {
	const text, protobuf = "text/plain", "application/x-protobuf"
	for _, c := range []struct {
		name   string
		answer codec.Response
		why    codec.Refusal
		code   codes.Code
		wait   time.Duration
	}{
		{"taken", codec.Response{Status: 200, ContentType: protobuf}, 0, codes.OK, 0},
		{"taken without a word", codec.Response{Status: 204}, 0, codes.OK, 0},
		{"taken in another form", codec.Response{Status: 200, ContentType: text, Body: []byte("ok")}, 0, codes.OK, 0},
		{"malformed", codec.Response{Status: 400}, codec.Malformed, codes.InvalidArgument, 0},
		{"too large", codec.Response{Status: 413}, codec.TooLarge, codes.ResourceExhausted, 0},
		{"no key", codec.Response{Status: 401}, codec.Unauthorised, codes.Unauthenticated, 0},
		{"forbidden", codec.Response{Status: 403}, codec.Forbidden, codes.PermissionDenied, 0},
		{"a refusal of another day", codec.Response{Status: 500}, 99, codes.Unavailable, 0},
		{"full", codec.Response{Status: 503, RetryAfter: 1}, codec.Busy, codes.Unavailable, time.Second},
		{"not ready", codec.Response{Status: 503, RetryAfter: 1}, codec.NotReady, codes.Unavailable, time.Second},
		{"upstream down", codec.Response{Status: 503, RetryAfter: 5}, codec.UpstreamDown, codes.Unavailable, 5 * time.Second},
		{"upstream late", codec.Response{Status: 504, RetryAfter: 5}, codec.UpstreamTimeout, codes.DeadlineExceeded, 5 * time.Second},
		{"upstream refuses", codec.Response{Status: 400, ContentType: protobuf, Body: []byte("alice")}, 0, codes.InvalidArgument, 0},
		{"upstream wants another key", codec.Response{Status: 403}, 0, codes.PermissionDenied, 0},
		{"upstream has no such path", codec.Response{Status: 404}, 0, codes.Unimplemented, 0},
		{"upstream is busy", codec.Response{Status: 429, RetryAfter: 7}, 0, codes.Unavailable, 7 * time.Second},
		{"upstream is odd", codec.Response{Status: 418}, 0, codes.InvalidArgument, 0},
		{"upstream is broken", codec.Response{Status: 507}, 0, codes.Unavailable, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &site{answer: c.answer, why: c.why, detail: "because"}
			address, _ := start(t, s, nil)
			out, err := export(t.Context(), dial(t, address), traces, nil)
			st := status.Convert(err)
			if st.Code() != c.code || c.why != 0 && st.Message() != "because" || strings.Contains(st.Message(), "alice") || len(out) > 0 {
				t.Errorf("%v, %q", err, out)
			}
			var wait time.Duration
			for _, d := range st.Details() {
				if r, ok := d.(*errdetails.RetryInfo); ok {
					wait = r.RetryDelay.AsDuration()
				}
			}
			if wait != c.wait {
				t.Errorf("try again after %v, want %v", wait, c.wait)
			}
		})
	}
}

// A message above the bound is refused, before and after decompression, and nothing of it reaches anybody.
func TestBounds(t *testing.T) {
	s := &site{answer: codec.Response{Status: 200}}
	address, _ := start(t, s, nil)
	c := dial(t, address)
	for _, compression := range []string{"identity", "gzip", "zstd"} {
		_, err := export(t.Context(), c, traces, make([]byte, 8<<20), grpc.UseCompressor(compression))
		if status.Code(err) != codes.ResourceExhausted || len(s.messages) > 0 {
			t.Errorf("%s: %v", compression, err)
		}
	}
	long := metadata.AppendToOutgoingContext(t.Context(), "x-long", strings.Repeat("x", 16<<10))
	if _, err := export(long, c, traces, nil); err == nil {
		t.Error("a header above the bound is taken")
	}
	if _, err := export(t.Context(), dial(t, address), "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export", nil); status.Code(err) != codes.Unimplemented {
		t.Errorf("profiles: %v", err)
	}
}

// frame is a message with its prefix: compressed or not, length.
func frame(compressed byte, body string) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{compressed}, uint32(len(body))), body...)
}

// bare makes a request without gRPC's client, and returns the status it ends with.
func bare(t *testing.T, address, compression string, body io.Reader) string {
	t.Helper()
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+traces, body)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"Content-Type": "application/grpc", "Te": "trailers", "Grpc-Encoding": compression} {
		req.Header.Set(name, value)
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	for _, h := range []http.Header{resp.Trailer, resp.Header} {
		if code := h.Get("Grpc-Status"); code != "" {
			return code + " " + h.Get("Grpc-Message")
		}
	}
	return fmt.Sprint("HTTP ", resp.StatusCode)
}

// What no client of gRPC's own sends is refused, by codes that say not to send it again, and none of it is in the words.
func TestBrokenMessages(t *testing.T) {
	s := &site{answer: codec.Response{Status: 200}}
	address, _ := start(t, s, nil)
	for name, c := range map[string]struct {
		compression string
		body        []byte
		want        string
	}{
		"well":                       {"", frame(0, "x"), "0 "},
		"no message":                 {"", nil, "3 there is no message in the request"},
		"cut in the prefix":          {"", []byte{0, 0, 0}, "13 unexpected EOF"},
		"cut in the message":         {"", frame(0, "alice@example.com")[:10], "13 unexpected EOF"},
		"not what it says":           {"gzip", frame(1, "alice@example.com"), "13 grpc: failed to decompress the message: gzip: invalid header"},
		"zstd that is none":          {"zstd", frame(1, "alice@example.com"), "13 grpc: failed to read decompressed data: invalid input: magic number mismatch"},
		"a compression of one's own": {"lz4", frame(1, "alice@example.com"), `12 grpc: Decompressor is not installed for grpc-encoding "lz4"`},
		"4 GiB announced":            {"", []byte{0, 0xff, 0xff, 0xff, 0xff}, "8 grpc: received message larger than max (4294967295 vs. 1048576)"},
	} {
		if got := bare(t, address, c.compression, bytes.NewReader(c.body)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if len(s.messages) != 1 {
		t.Errorf("%d messages were taken", len(s.messages))
	}
}

// A message that does not come to its end in time is given up, and others get its place.
func TestSlowMessage(t *testing.T) {
	s := &site{answer: codec.Response{Status: 200}}
	address, _ := start(t, s, func(o *rpc.Options) { o.ReadTimeout, o.MaxReceiving = 100*time.Millisecond, 1 })
	r, w := io.Pipe()
	defer w.Close()
	go func() { _, _ = w.Write(frame(0, "half")[:6]) }()
	if got := bare(t, address, "", r); got != "4 the message did not come in time" {
		t.Error(got)
	}
	if _, err := export(t.Context(), dial(t, address), traces, []byte("x")); err != nil {
		t.Errorf("after it: %v", err)
	}
}

func TestHealth(t *testing.T) {
	address, server := start(t, &site{}, nil)
	c := grpc_health_v1.NewHealthClient(dial(t, address))
	for _, service := range []string{"", "opentelemetry.proto.collector.logs.v1.LogsService"} {
		r, err := c.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{Service: service})
		if err != nil || r.Status != grpc_health_v1.HealthCheckResponse_SERVING {
			t.Errorf("%q: %v, %v", service, r, err)
		}
	}
	if err := server.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := export(t.Context(), dial(t, address), traces, nil); status.Code(err) != codes.Unavailable {
		t.Errorf("after shutdown: %v", err)
	}
}

// A request in flight is answered before Shutdown returns; where that takes too long it is given up.
func TestShutdown(t *testing.T) {
	for _, patient := range []bool{true, false} {
		s := &site{answer: codec.Response{Status: 200}, hold: make(chan struct{}), held: make(chan struct{})}
		address, server := start(t, s, nil)
		exported, down := make(chan error, 1), make(chan error, 1)
		c := dial(t, address)
		go func() {
			_, err := export(t.Context(), c, traces, nil)
			exported <- err
		}()
		<-s.held
		ctx, cancel := context.WithCancel(t.Context())
		go func() { down <- server.Shutdown(ctx) }()
		if patient {
			close(s.hold)
			if err := errors.Join(<-exported, <-down); err != nil {
				t.Error(err)
			}
		} else {
			cancel()
			if err := <-exported; status.Code(err) != codes.Unavailable {
				t.Errorf("given up: %v", err)
			}
			close(s.hold)
			if err := <-down; !errors.Is(err, context.Canceled) {
				t.Errorf("given up: %v", err)
			}
		}
		cancel()
	}
}

// BenchmarkExport is what gRPC itself costs, without anything done to the message.
func BenchmarkExport(b *testing.B) {
	server, err := rpc.Listen(rpc.Options{
		Address: "127.0.0.1:0", MaxMessageBytes: 1 << 20, MaxHeaderBytes: 8 << 10, MaxConnections: 16, MaxReceiving: 16,
		ReadTimeout: time.Minute, IdleTimeout: time.Minute,
		Submit: func(_ *codec.Message, answered func(*codec.Response, codec.Refusal, string)) {
			answered(&codec.Response{Status: 200}, 0, "")
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = server.Serve() }()
	defer server.Shutdown(b.Context())
	c, err := grpc.NewClient("passthrough:///"+server.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	body := bytes.Repeat([]byte("x"), 113<<10)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := export(b.Context(), c, traces, body); err != nil {
			b.Fatal(err)
		}
	}
}
