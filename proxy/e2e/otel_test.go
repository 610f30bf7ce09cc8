package e2e

import (
	"context"
	"encoding/hex"
	"fmt"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	otellog "go.opentelemetry.io/otel/log"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/trace"
)

// otelClients are the OpenTelemetry SDK's log exporter: protobuf, plain and gzipped.
func otelClients() []client {
	make1 := func(name string, c otlploghttp.Compression) client {
		return client{
			name: name,
			ship: func(t *testing.T, base string, lines []line) { shipOTel(t, base, lines, c) },
			want: func(i int) row {
				return row{
					"_time":                     "2026-03-14T09:26:53.123456789Z",
					"severity":                  "ERROR",
					"service.name":              service,
					"service.version":           version,
					"http.request.method":       method,
					"http.response.status_code": fmt.Sprint(status),
					"duration_ms":               fmt.Sprint(millis),
					"trace_id":                  traceID(i),
					"span_id":                   spanID(i),
				}
			},
			message: "_msg",
			trace:   "trace_id",
		}
	}
	return []client{make1("otel", otlploghttp.NoCompression), make1("otel-gzip", otlploghttp.GzipCompression)}
}

func shipOTel(t *testing.T, base string, lines []line, c otlploghttp.Compression) {
	ctx := t.Context()
	exporter, err := otlploghttp.New(ctx,
		otlploghttp.WithEndpointURL(base+"/insert/opentelemetry/v1/logs"),
		otlploghttp.WithCompression(c),
		otlploghttp.WithRetry(otlploghttp.RetryConfig{Enabled: false}),
	)
	if err != nil {
		t.Fatal(err)
	}
	// The exporter is called through a processor that keeps its error: a provider would hand it to a global handler.
	keep := &keepError{Exporter: exporter}
	provider := sdklog.NewLoggerProvider(
		sdklog.WithResource(otelResource()),
		sdklog.WithProcessor(sdklog.NewBatchProcessor(keep, sdklog.WithExportMaxBatchSize(10))),
	)
	logger := provider.Logger("scope of "+plantedEmail,
		otellog.WithInstrumentationVersion("1.2.3 built by "+plantedEmail),
		otellog.WithInstrumentationAttributes(attribute.String("owner", plantedName+" <"+plantedEmail+">")),
	)
	for i, l := range lines {
		logger.Emit(spanContext(t, i), otelRecord(l))
	}
	if err := provider.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	if keep.err != nil {
		t.Fatal(keep.err)
	}
}

// keepError is an exporter that remembers its first failure. It is called by one goroutine, which ends before it is read.
type keepError struct {
	sdklog.Exporter
	err error
}

func (k *keepError) Export(ctx context.Context, records []sdklog.Record) error {
	err := k.Exporter.Export(ctx, records)
	if err != nil && k.err == nil {
		k.err = err
	}
	return err
}

func otelResource() *resource.Resource {
	return resource.NewSchemaless(
		attribute.String("service.name", service),
		attribute.String("service.version", version),
		attribute.String("deployment.owner", plantedEmail),
		attribute.String("customer.name", plantedName),
		attribute.String("host.ip", plantedIPv4),
	)
}

// otelRecord plants values in the body, in attributes of every type, in a key and in the event's name.
func otelRecord(l line) otellog.Record {
	var r otellog.Record
	r.SetTimestamp(at)
	r.SetObservedTimestamp(at)
	r.SetSeverity(otellog.SeverityError)
	r.SetSeverityText("ERROR")
	r.SetEventName("checkout." + plantedEmail)
	r.SetBody(attribute.StringValue(l.text))
	r.AddAttributes(
		attribute.String("http.request.method", method),
		attribute.Int("http.response.status_code", status),
		attribute.Float64("duration_ms", millis),
		attribute.String("payload", payload()),
		attribute.StringSlice("recipients", []string{plantedEmail, plantedPhone}),
		attribute.Int64("pan", 378282246310005),
		attribute.ByteSlice("raw", []byte("from "+plantedEmail)),
		attribute.Map("user", otelMap(person())...),
		attribute.Bool("seen."+plantedEmail, true),
	)
	return r
}

// otelMap spells a made-up object as attributes: nested objects and arrays keep their form.
func otelMap(m map[string]any) []attribute.KeyValue {
	var out []attribute.KeyValue
	for k, v := range m {
		out = append(out, attribute.KeyValue{Key: attribute.Key(k), Value: otelValue(v)})
	}
	return out
}

func otelValue(v any) attribute.Value {
	switch v := v.(type) {
	case string:
		return attribute.StringValue(v)
	case map[string]any:
		return attribute.MapValue(otelMap(v)...)
	case []any:
		var values []attribute.Value
		for _, e := range v {
			values = append(values, otelValue(e))
		}
		return attribute.SliceValue(values...)
	default:
		panic(fmt.Sprintf("no attribute for %T", v))
	}
}

// spanContext is the context of a request that is traced, with the ids of line i.
func spanContext(t *testing.T, i int) context.Context {
	t.Helper()
	var ids trace.SpanContextConfig
	mustHex(t, ids.TraceID[:], traceID(i))
	mustHex(t, ids.SpanID[:], spanID(i))
	ids.TraceFlags = trace.FlagsSampled
	return trace.ContextWithSpanContext(t.Context(), trace.NewSpanContext(ids))
}

func mustHex(t *testing.T, dst []byte, text string) {
	t.Helper()
	if n, err := hex.Decode(dst, []byte(text)); err != nil || n != len(dst) {
		t.Fatalf("%q are not %d bytes in hex: %v", text, len(dst), err)
	}
}
