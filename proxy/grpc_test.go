package proxy_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"

	"winnow/proxy/certs/certtest"
)

// bytesCodec sends []byte as it is.
type bytesCodec struct{}

func (bytesCodec) Name() string                       { return "proto" }
func (bytesCodec) Marshal(v any) ([]byte, error)      { return *v.(*[]byte), nil }
func (bytesCodec) Unmarshal(data []byte, v any) error { *v.(*[]byte) = bytes.Clone(data); return nil }

// export sends a request for traces over gRPC, with metadata as pairs.
func export(t *testing.T, address string, config *tls.Config, body []byte, pairs ...string) ([]byte, error) {
	t.Helper()
	secure := insecure.NewCredentials()
	if config != nil {
		secure = credentials.NewTLS(config)
	}
	c, err := grpc.NewClient("passthrough:///"+address, grpc.WithTransportCredentials(secure))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var out []byte
	ctx := metadata.AppendToOutgoingContext(context.Background(), pairs...)
	err = c.Invoke(ctx, "/opentelemetry.proto.collector.trace.v1.TraceService/Export", &body, &out, grpc.ForceCodec(bytesCodec{}))
	return out, err
}

func field(n protowire.Number, parts ...[]byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, n, protowire.BytesType), bytes.Join(parts, nil))
}

// spans are an ExportTraceServiceRequest of spans.
func spans(names ...string) []byte {
	var list []byte
	for _, name := range names {
		list = append(list, field(2, field(5, []byte(name)))...)
	}
	return field(1, field(2, list))
}

// What comes over gRPC is scrubbed like what comes over HTTP, needs a key like it, and is answered by the upstream.
func TestGRPCIn(t *testing.T) {
	b := newBackend(t)
	b.reply = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-protobuf")
		w.Write(field(1, []byte("\x08\x03"), field(2, []byte("too old"))))
	}
	const key = "an ingest key"
	hash := sha256.Sum256([]byte(key))
	keyed := "tenants: [{id: acme, keys: ['sha256:" + hex.EncodeToString(hash[:]) + "']}]\n"
	r := start(t, b, keyed+"listeners: [{address: 'grpc://127.0.0.1:0', protocol: otlp}]\n")
	if _, err := export(t, r.Sockets[0], nil, spans("GET")); status.Code(err) != codes.Unauthenticated {
		t.Errorf("without a key: %v", err)
	}
	out, err := export(t, r.Sockets[0], nil, spans("GET /of/alice@example.com"), "authorization", "Bearer "+key, "cookie", "s3cr3t")
	if err != nil || !bytes.Contains(out, []byte("too old")) {
		t.Fatalf("%q, %v", out, err)
	}
	arrived := b.all()
	if len(arrived) != 1 || !strings.HasPrefix(arrived[0], "POST /v1/traces\n") || !strings.Contains(arrived[0], "GET /of/[email]") {
		t.Errorf("arrived: %q", arrived)
	}
	for _, c := range append(canaries, key) {
		if strings.Contains(strings.Join(arrived, ""), c) {
			t.Errorf("%q arrived", c)
		}
	}
	if _, err := export(t, r.Sockets[0], nil, []byte("\x0a\x7f"), "authorization", "Bearer "+key); status.Code(err) != codes.InvalidArgument {
		t.Errorf("cut short: %v", err)
	}
	if m := r.get(t, "/metrics"); !strings.Contains(m, `winnow_requests_total{code="2xx",protocol="otlp",route="grpc://127.0.0.1:0"} 1`) {
		t.Errorf("metrics lack the listener's request:\n%s", m)
	}
}

// Over TLS, with a certificate that the listener shows and a client's that it asks for.
func TestGRPCOverTLS(t *testing.T) {
	a, dir := certtest.New(t), t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	a.Issue(t, "first.example.com", cert, key)
	b := newBackend(t)
	r := start(t, b, fmt.Sprintf("listeners: [{address: 'grpcs://127.0.0.1:0', protocol: otlp, tls: {cert_file: %s, key_file: %s, client_ca_file: %s}}]\n",
		cert, key, a.File))
	if _, err := export(t, r.Sockets[0], a.Client(t, "shop.example.com"), spans("GET")); err != nil {
		t.Error(err)
	}
	if _, err := export(t, r.Sockets[0], a.Client(t, ""), spans("GET")); status.Code(err) != codes.Unavailable {
		t.Errorf("without a certificate: %v", err)
	}
	if len(b.all()) != 1 {
		t.Errorf("%d requests arrived", len(b.all()))
	}
}

// A backend that speaks gRPC alone gets what comes over HTTP, in JSON and protobuf, and what comes over gRPC; the client hears what the backend
// says in its own form. Here the backend is a second winnow, before a backend that speaks HTTP.
func TestGRPCOut(t *testing.T) {
	b := newBackend(t)
	far := start(t, b, "listeners: [{address: 'grpc://127.0.0.1:0', protocol: otlp}]\n")
	near := start(t, nil, "upstream: grpc://"+far.Sockets[0]+"\nlisteners: [{address: 'grpc://127.0.0.1:0', protocol: otlp}]\n")
	const named, pb, js = "GET /of/alice@example.com", "application/x-protobuf", "application/json"
	asJSON := `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"` + named + `"}]}]}]}`
	for _, c := range []struct {
		name           string
		status, code   int // of the backend, to the client over HTTP
		reply          string
		inJSON, inByte string
		grpc           codes.Code
		wait           bool
	}{
		{"taken", 200, 200, "", "{}", "", codes.OK, false},
		{"taken in part", 200, 200, string(field(1, []byte("\x08\x03"), field(2, []byte("too old")))),
			`{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old; "}}`, string(field(1, []byte("\x08\x03"), field(2, []byte("too old")))), codes.OK, false},
		{"refused", 400, 400, "alice", "", "", codes.InvalidArgument, false},
		{"busy", 429, 503, "alice", "", "", codes.Unavailable, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.mu.Lock()
			b.requests = nil
			b.reply = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", pb)
				w.Header().Set("Retry-After", "7")
				w.WriteHeader(c.status)
				w.Write([]byte(c.reply))
			}
			b.mu.Unlock()
			for media, sent := range map[string]struct{ body, want string }{js: {asJSON, c.inJSON}, pb: {string(spans(named)), c.inByte}} {
				status, body := near.post(t, "/v1/traces", sent.body, "Content-Type", media)
				if status != c.code || body != sent.want {
					t.Errorf("%s: %d %q, want %d %q", media, status, body, c.code, sent.want)
				}
			}
			out, err := export(t, near.Sockets[0], nil, spans(named))
			s := status.Convert(err)
			if s.Code() != c.grpc || string(out) != c.inByte || strings.Contains(s.Message(), "alice") {
				t.Errorf("gRPC: %q, %v", out, err)
			}
			waits := false
			for _, d := range s.Details() {
				r, ok := d.(*errdetails.RetryInfo)
				waits = ok && r.RetryDelay.Seconds == 7
			}
			if waits != c.wait {
				t.Errorf("told when to come back: %v", s.Details())
			}
			arrived := b.all()
			if len(arrived) != 3 {
				t.Errorf("%d requests arrived", len(arrived))
			}
			for _, a := range arrived {
				if !strings.HasPrefix(a, "POST /v1/traces\n") || !strings.Contains(a, "GET /of/[email]") || strings.Contains(a, "alice") {
					t.Errorf("arrived: %q", a)
				}
			}
		})
	}
	if status, body := near.post(t, "/ingest", login); status != 404 || !strings.Contains(body, "OTLP only") {
		t.Errorf("another protocol: %d %s", status, body)
	}
}

// What waits in the spool is still of its signal when it is delivered, in protobuf, whichever way it came.
func TestGRPCOutOfSpool(t *testing.T) {
	b := newBackend(t)
	arrived := make(chan struct{}, 2)
	b.reply = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
		arrived <- struct{}{}
	}
	far := start(t, b, "listeners: [{address: 'grpc://127.0.0.1:0', protocol: otlp}]\n")
	near := start(t, nil, "upstream: grpc://"+far.Sockets[0]+"\nlisteners: [{address: 'grpc://127.0.0.1:0', protocol: otlp, delivery: spool}]\n"+
		"routes: [{path: /v1/traces, protocol: otlp, delivery: spool}]\n")
	if out, err := export(t, near.Sockets[0], nil, spans("GET /of/alice@example.com")); err != nil || len(out) > 0 {
		t.Fatalf("%q, %v", out, err)
	}
	status, body := near.post(t, "/v1/traces", `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"GET /of/bob@example.com"}]}]}]}`, "Content-Type", "application/json")
	if status != 200 || body != "{}" {
		t.Fatalf("%d %s", status, body)
	}
	<-arrived
	<-arrived
	for _, a := range b.all() {
		if !strings.HasPrefix(a, "POST /v1/traces\n") || !strings.Contains(a, "GET /of/[email]") {
			t.Errorf("arrived: %q", a)
		}
	}
}
