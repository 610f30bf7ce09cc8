package e2e

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/elastic/go-elasticsearch/v9"
	"github.com/elastic/go-elasticsearch/v9/esutil"
)

// elasticClients are the official bulk indexer, plain and gzipped. It refuses a server that does not say it is Elasticsearch.
func elasticClients() []client {
	make1 := func(name string, opts ...elasticsearch.Option) client {
		return client{
			name:    name,
			ship:    func(t *testing.T, base string, lines []line) { shipElastic(t, base, lines, opts) },
			want:    ecsWant,
			message: "message",
			trace:   "trace.id",
		}
	}
	return []client{make1("elasticsearch"), make1("elasticsearch-gzip", elasticsearch.WithCompression())}
}

// ecsWant are the fields under their names in the Elastic Common Schema.
func ecsWant(i int) row {
	return row{
		"@timestamp":                "2026-03-14T09:26:53.123456789Z",
		"log.level":                 level,
		"service.name":              service,
		"service.version":           version,
		"http.request.method":       method,
		"http.response.status_code": fmt.Sprint(status),
		"duration_ms":               fmt.Sprint(millis),
		"trace.id":                  traceID(i),
		"span.id":                   spanID(i),
	}
}

// ecsDocument is the document of line i, with planted values in nested fields, in a text and in a key.
func ecsDocument(i int, l line) map[string]any {
	return map[string]any{
		"@timestamp":  "2026-03-14T09:26:53.123456789Z",
		"message":     l.text,
		"log":         map[string]any{"level": level},
		"service":     map[string]any{"name": service, "version": version},
		"http":        map[string]any{"request": map[string]any{"method": method}, "response": map[string]any{"status_code": status}},
		"duration_ms": millis,
		"trace.id":    traceID(i),
		"span":        map[string]any{"id": spanID(i)},
		"user":        person(),
		"payload":     payload(),
		"pan":         378282246310005,
		"seen":        map[string]any{plantedEmail: true},
	}
}

func shipElastic(t *testing.T, base string, lines []line, opts []elasticsearch.Option) {
	t.Helper()
	ctx := t.Context()
	es, err := elasticsearch.New(append(opts, elasticsearch.WithAddresses(base+"/insert/elasticsearch"))...)
	if err != nil {
		t.Fatal(err)
	}
	preflight(t, es)
	bulk, err := esutil.NewBulkIndexer(esutil.BulkIndexerConfig{
		Client: es, NumWorkers: 2,
		OnError: func(_ context.Context, err error) { t.Errorf("bulk indexer: %v", err) },
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range lines {
		if err := bulk.Add(ctx, bulkItem(t, i, l)); err != nil {
			t.Fatal(err)
		}
	}
	if err := bulk.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if n := bulk.Stats(); int(n.NumFlushed) != len(lines) || n.NumFailed != 0 {
		t.Fatalf("bulk indexer: %d of %d acknowledged, %d failed", n.NumFlushed, len(lines), n.NumFailed)
	}
}

// preflight asks who the server is, as applications do at start: the client checks the answer.
func preflight(t *testing.T, es *elasticsearch.Client) {
	t.Helper()
	resp, err := es.Info()
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.IsError() {
		t.Fatalf("info: %s", resp.Status())
	}
}

// bulkItem names a person in its action line too.
func bulkItem(t *testing.T, i int, l line) esutil.BulkIndexerItem {
	return esutil.BulkIndexerItem{
		Action:  "create",
		Index:   "logs",
		Routing: plantedEmail,
		Body:    bytes.NewReader([]byte(mustJSON(ecsDocument(i, l)))),
		OnFailure: func(_ context.Context, _ esutil.BulkIndexerItem, r esutil.BulkIndexerResponseItem, err error) {
			t.Errorf("document %d: status %d, %s, %v", i, r.Status, r.Error.Type, err)
		},
	}
}
