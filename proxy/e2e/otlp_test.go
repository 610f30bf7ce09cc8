package e2e

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	otellog "go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

var (
	metricsCommand = sync.OnceValues(func() (string, error) {
		return cached("victoriametrics", "github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics")
	})
	tracesCommand = sync.OnceValues(func() (string, error) { return cached("otelcli", "github.com/equinix-labs/otel-cli") })
)

// startCollecting runs winnow before a backend at url and returns where it takes OTLP: over HTTP, and over gRPC. What it sends by HTTP is kept in
// the wire, which is nil where it sends by gRPC.
func startCollecting(t *testing.T, m mode, url string) (s *stand, grpc string) {
	t.Helper()
	s, grpc = &stand{}, freeAddr(t)
	listen, admin := freeAddr(t), freeAddr(t)
	s.url, s.admin = "http://"+listen, "http://"+admin
	kind := "grpc"
	if strings.HasPrefix(url, "http") {
		s.wire = newWire(t, url)
		kind, url = "http", s.wire.url
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "winnow.yaml")
	text := fmt.Sprintf(`version: 1
listen: %s
admin: {listen: %s}
data_dir: %s
upstreams:
  - {id: backend, type: %s, url: "%s"}
listeners:
  - {address: "grpc://%s", protocol: otlp}
policy: {mode: %s}
`, listen, admin, filepath.Join(dir, "data"), kind, url, grpc, m)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.winnow = start(t, command(t, winnowCommand), "run", "--config", file)
	s.winnow.await(t, s.admin+"/readyz")
	return s, grpc
}

// searchCollected looks for planted values in what a backend holds, and in what winnow sent there and says of itself, now and when it ends.
func (s *stand) searchCollected(t *testing.T, m mode, held string) {
	t.Helper()
	places := map[string]string{"the backend": held, "winnow's metrics": get(t, s.admin+"/metrics")}
	if s.wire != nil {
		places["wire to the backend"] = s.wire.seen.String()
	}
	if err := s.winnow.stop(); err != nil {
		t.Errorf("winnow did not end well: %v", err)
	}
	places["winnow's log"] = s.winnow.out.String()
	for place, text := range places {
		if kinds := found(text, planted(m)); len(kinds) > 0 {
			t.Errorf("%s holds planted values: %v", place, kinds)
		}
	}
}

// The OpenTelemetry SDK's log exporter over gRPC, before a backend that takes OTLP over HTTP.
func TestLogsOverGRPC(t *testing.T) {
	for _, m := range []mode{strict, scrub} {
		t.Run(string(m), func(t *testing.T) {
			t.Parallel()
			c := otelClients()[0]
			s := &stand{}
			s.startBackend(t)
			by, grpc := startCollecting(t, m, s.backend+"/insert/opentelemetry")
			exporter, err := otlploggrpc.New(t.Context(), otlploggrpc.WithEndpoint(grpc), otlploggrpc.WithInsecure(), otlploggrpc.WithCompressor("gzip"))
			if err != nil {
				t.Fatal(err)
			}
			keep := &keepError{Exporter: exporter}
			provider := sdklog.NewLoggerProvider(sdklog.WithResource(otelResource()), sdklog.WithProcessor(sdklog.NewBatchProcessor(keep)))
			logger := provider.Logger("scope of "+plantedEmail, otellog.WithInstrumentationVersion("1.2.3 built by "+plantedEmail))
			for i, l := range lines() {
				logger.Emit(spanContext(t, i), otelRecord(l))
			}
			if err := provider.Shutdown(t.Context()); err != nil || keep.err != nil {
				t.Fatal(err, keep.err)
			}
			rows := s.rows(t, len(lines()))
			checkFields(t, c, rows)
			checkWords(t, c, rows)
			by.searchCollected(t, m, s.query(t, "query"))
		})
	}
}

// tracesBackend is otel-cli's server, which writes what comes as files.
type tracesBackend struct{ address, dir string }

func startTraces(t *testing.T, protocol string) tracesBackend {
	t.Helper()
	b := tracesBackend{freeAddr(t), t.TempDir()}
	endpoint := b.address
	if protocol != "grpc" {
		endpoint = "http://" + endpoint
	}
	p := start(t, command(t, tracesCommand), "server", "json", "--dir", b.dir, "--protocol", protocol, "--endpoint", endpoint, "--timeout", "1h", "--verbose")
	p.dies = true
	eventually(t, "otel-cli to listen", func() bool { return listening(b.address) })
	return b
}

// held is all that the backend has written, once it has a folder for each trace.
func (b tracesBackend) held(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	eventually(t, "the backend to have all traces", func() bool {
		traces, err := os.ReadDir(b.dir)
		if err != nil || len(traces) < len(lines()) {
			return false
		}
		all.Reset()
		spans := 0
		err = filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			if filepath.Base(path) == "span.json" {
				spans++
			}
			fmt.Fprintf(&all, "%s\n%s\n", path[len(b.dir):], text)
			return err
		})
		return err == nil && spans == len(lines())
	})
	return all.String()
}

// shipSpans sends a span for every line, with planted values wherever a span has room for text.
func shipSpans(t *testing.T, client otlptrace.Client) {
	t.Helper()
	exporter, err := otlptrace.New(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	keep := &keepSpanError{SpanExporter: exporter}
	provider := sdktrace.NewTracerProvider(sdktrace.WithResource(otelResource()), sdktrace.WithBatcher(keep))
	tracer := provider.Tracer("scope of "+plantedEmail, trace.WithInstrumentationAttributes(attribute.String("owner", plantedName)))
	for i, l := range lines() {
		link := trace.Link{SpanContext: trace.SpanContextFromContext(spanContext(t, i)), Attributes: []attribute.KeyValue{attribute.String("user.name", plantedName), attribute.String("messaging.system", "kafka")}}
		_, span := tracer.Start(spanContext(t, i), "charge for "+plantedEmail, trace.WithTimestamp(at), trace.WithSpanKind(trace.SpanKindServer), trace.WithLinks(link),
			trace.WithAttributes(
				attribute.String("http.request.method", method), attribute.Int("http.response.status_code", status), attribute.Float64("duration_ms", millis),
				attribute.String("payload", payload()), attribute.StringSlice("recipients", []string{plantedEmail, plantedPhone}), attribute.Int64("pan", 378282246310005),
				attribute.Bool("seen."+plantedEmail, true), attribute.String("user.id", plantedUserID),
			))
		span.AddEvent("exception", trace.WithAttributes(attribute.String("exception.message", l.text), attribute.String("customer.name", plantedName)))
		span.SetStatus(codes.Error, l.text)
		span.End(trace.WithTimestamp(at.Add(time.Second)))
	}
	if err := provider.Shutdown(t.Context()); err != nil || keep.err != nil {
		t.Fatal(err, keep.err)
	}
}

// keepSpanError is an exporter that remembers its first failure.
type keepSpanError struct {
	sdktrace.SpanExporter
	err error
}

func (k *keepSpanError) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := k.SpanExporter.ExportSpans(ctx, spans)
	if err != nil && k.err == nil {
		k.err = err
	}
	return err
}

func overHTTP(base string) otlptrace.Client {
	return otlptracehttp.NewClient(otlptracehttp.WithEndpointURL(base+"/v1/traces"), otlptracehttp.WithRetry(otlptracehttp.RetryConfig{}))
}

func overGRPC(address string) otlptrace.Client {
	return otlptracegrpc.NewClient(otlptracegrpc.WithEndpoint(address), otlptracegrpc.WithInsecure(), otlptracegrpc.WithRetry(otlptracegrpc.RetryConfig{}))
}

// The SDK's trace exporters, over HTTP and gRPC, before backends that speak HTTP and gRPC: each of the four ways.
func TestTraces(t *testing.T) {
	for _, m := range []mode{strict, scrub} {
		for _, in := range []string{"http", "grpc"} {
			for _, out := range []string{"http/protobuf", "grpc"} {
				t.Run(fmt.Sprintf("%s/%s to %s", m, in, strings.TrimSuffix(out, "/protobuf")), func(t *testing.T) {
					t.Parallel()
					b := startTraces(t, out)
					url := "grpc://" + b.address
					if out != "grpc" {
						url = "http://" + b.address
					}
					s, grpc := startCollecting(t, m, url)
					if in == "grpc" {
						shipSpans(t, overGRPC(grpc))
					} else {
						shipSpans(t, overHTTP(s.url))
					}
					held := b.held(t)
					for i, l := range lines() {
						for _, words := range append(slices.Clone(l.keep), traceID(i), "http.request.method", method, "kafka") {
							if !strings.Contains(unspelled(held), words) {
								t.Errorf("the backend lacks %q", words)
							}
						}
					}
					s.searchCollected(t, m, held)
				})
			}
		}
	}
}

// Straight into the backends every planted value is seen.
func TestControlOfTraces(t *testing.T) {
	for protocol, client := range map[string]func(address string) otlptrace.Client{
		"http/protobuf": func(address string) otlptrace.Client { return overHTTP("http://" + address) }, "grpc": overGRPC,
	} {
		b := startTraces(t, protocol)
		shipSpans(t, client(b.address))
		held := b.held(t)
		if missing := lacking(planted(direct), found(held, planted(direct))); len(missing) > 0 {
			t.Errorf("%s: the backend should have shown also %v", protocol, missing)
		}
	}
}

// unspelled undoes the escapes of JSON that Go's encoder writes for the page's sake.
func unspelled(text string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&", `\"`, `"`).Replace(text)
}

// startMetrics runs VictoriaMetrics and returns its URL.
func startMetrics(t *testing.T) string {
	t.Helper()
	addr := freeAddr(t)
	p := start(t, command(t, metricsCommand), "-httpListenAddr="+addr, "-storageDataPath="+t.TempDir(), "-loggerLevel=WARN", "-retentionPeriod=100y")
	p.await(t, "http://"+addr+"/health")
	return "http://" + addr
}

// shipPoints sends a point for every line, with planted values in names, units, descriptions and attributes.
func shipPoints(t *testing.T, exporter sdkmetric.Exporter) {
	t.Helper()
	reader := sdkmetric.NewPeriodicReader(exporter)
	provider := sdkmetric.NewMeterProvider(sdkmetric.WithResource(otelResource()), sdkmetric.WithReader(reader))
	meter := provider.Meter("scope of " + plantedEmail)
	orders, err := meter.Int64Counter("orders.failed", metric.WithDescription("ask "+plantedEmail), metric.WithUnit("{order}"))
	if err != nil {
		t.Fatal(err)
	}
	times, err := meter.Float64Histogram("orders.duration", metric.WithUnit("ms"))
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range lines() {
		as := metric.WithAttributes(
			attribute.String("http.request.method", method), attribute.Int("http.response.status_code", status), attribute.String("trace_id", traceID(i)),
			attribute.String("error.message", l.text), attribute.String("user.name", plantedName), attribute.String("user.id", plantedUserID),
		)
		orders.Add(t.Context(), int64(i+1), as)
		times.Record(t.Context(), millis, as)
	}
	if err := provider.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// heldPoints is all that VictoriaMetrics has, once the last of the series is there.
func heldPoints(t *testing.T, backend string) string {
	t.Helper()
	var all string
	eventually(t, "the backend to have all points", func() bool {
		get(t, backend+"/internal/force_flush")
		all = get(t, backend+`/api/v1/export?match[]={__name__!=""}`)
		return strings.Contains(all, traceID(len(lines())-1))
	})
	return all
}

// The SDK's metric exporters, over HTTP and gRPC, before VictoriaMetrics, and by gRPC through a second winnow.
func TestMetrics(t *testing.T) {
	for _, m := range []mode{strict, scrub} {
		for _, in := range []string{"http", "grpc", "grpc twice"} {
			t.Run(string(m)+"/"+in, func(t *testing.T) {
				t.Parallel()
				backend := startMetrics(t)
				s, grpc := startCollecting(t, m, backend+"/opentelemetry")
				if in == "grpc twice" {
					_, grpc = startCollecting(t, m, "grpc://"+grpc)
				}
				shipPoints(t, pointsTo(t, in == "http", s.url, grpc))
				held := heldPoints(t, backend)
				for i, l := range lines() {
					for _, words := range append(slices.Clone(l.keep), traceID(i), fmt.Sprintf(`"values":[%d]`, i+1), "orders.failed", "orders.duration_bucket", method, service) {
						if !strings.Contains(unspelled(held), words) {
							t.Errorf("the backend lacks %q", words)
						}
					}
				}
				s.searchCollected(t, m, held)
			})
		}
	}
}

func pointsTo(t *testing.T, http bool, base, grpc string) (e sdkmetric.Exporter) {
	t.Helper()
	var err error
	if http {
		e, err = otlpmetrichttp.New(t.Context(), otlpmetrichttp.WithEndpointURL(base+"/v1/metrics"), otlpmetrichttp.WithRetry(otlpmetrichttp.RetryConfig{}))
	} else {
		e, err = otlpmetricgrpc.New(t.Context(), otlpmetricgrpc.WithEndpoint(grpc), otlpmetricgrpc.WithInsecure(), otlpmetricgrpc.WithRetry(otlpmetricgrpc.RetryConfig{}))
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Straight into the backend what is planted is seen: in attributes of points and of their resource. It keeps no descriptions.
func TestControlOfMetrics(t *testing.T) {
	backend := startMetrics(t)
	shipPoints(t, pointsTo(t, true, backend+"/opentelemetry", ""))
	held := heldPoints(t, backend)
	if missing := lacking(planted(direct), found(held, planted(direct))); len(missing) > 0 {
		t.Errorf("the backend should have shown also %v", missing)
	}
}
