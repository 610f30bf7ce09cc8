package codec

import "strings"

// Classify implements Codec. Clients ask about the backend before they send: those calls are passed on, or answered by Synthesise.
func (Elasticsearch) Classify(method, path string) Endpoint {
	path = strings.TrimSuffix(path, "/")
	switch {
	case hasPath(path, "/_bulk") && (method == "POST" || method == "PUT"):
		return Write
	case (method == "GET" || method == "HEAD") && (path == "" || hasPath(path, "/insert/elasticsearch")):
		return Preflight
	}
	if preflight(method, path) {
		return Preflight
	}
	return Unknown
}

// calls are the pre-flight calls by the API they are of, and the methods allowed. A path's last segments name the API and a resource.
var calls = []struct{ api, methods string }{
	{"/_license", "GET HEAD"},
	{"/_xpack", "GET HEAD"},
	{"/_nodes", "GET"},
	{"/_cluster/health", "GET"},
	{"/_cat/templates", "GET"},
	{"/_template", "GET HEAD PUT"},
	{"/_index_template", "GET HEAD PUT"},
	{"/_component_template", "GET HEAD PUT"},
	{"/_data_stream", "GET HEAD PUT"},
	{"/_ilm/policy", "GET HEAD PUT"},
	{"/_plugins/_ism/policies", "GET HEAD PUT"},
	{"/_ingest/pipeline", "GET HEAD PUT"},
	{"/_alias", "GET HEAD"},
	{"/_logstash/pipeline", "GET"},
}

func preflight(method, path string) bool {
	for _, c := range calls {
		i := strings.Index(path, c.api)
		if i < 0 || !strings.Contains(" "+c.methods+" ", " "+method+" ") {
			continue
		}
		rest := path[i+len(c.api):]
		if rest == "" || rest[0] == '/' && strings.Count(rest, "/") <= 2 {
			return true
		}
	}
	return false
}

const (
	rootReply = `{"name":"winnow","cluster_name":"winnow","cluster_uuid":"winnow","version":{"number":"8.17.0","build_flavor":"default",` +
		`"build_type":"tar","build_hash":"winnow","build_date":"2026-01-01T00:00:00.000Z","build_snapshot":false,"lucene_version":"9.12.0",` +
		`"minimum_wire_compatibility_version":"7.17.0","minimum_index_compatibility_version":"7.0.0"},"tagline":"You Know, for Search"}`
	licenseReply = `{"license":{"status":"active","uid":"winnow","type":"basic","mode":"basic"}}`
	xpackReply   = `{"build":{},"license":{"uid":"winnow","type":"basic","mode":"basic","status":"active"},"features":{"ilm":{"available":false,"enabled":false}}}`
	nodesReply   = `{"_nodes":{"total":1,"successful":1,"failed":0},"cluster_name":"winnow","nodes":{}}`
	healthReply  = `{"cluster_name":"winnow","status":"green","timed_out":false,"number_of_nodes":1,"number_of_data_nodes":1}`
)

// Synthesise implements Codec: the answers of a backend that is there, has no templates or pipelines yet, and takes those it is given
// (they shape the backend, and there is none of this kind).
func (c Elasticsearch) Synthesise(method, path string) Response {
	r := Response{Status: 200, ContentType: bulkType, Headers: product}
	path = strings.TrimSuffix(path, "/")
	switch {
	case path == "" || hasPath(path, "/insert/elasticsearch"):
		r.Body = []byte(rootReply)
	case strings.Contains(path, "/_license"):
		r.Body = []byte(licenseReply)
	case strings.Contains(path, "/_xpack"):
		r.Body = []byte(xpackReply)
	case strings.Contains(path, "/_nodes"):
		r.Body = []byte(nodesReply)
	case strings.Contains(path, "/_cluster/health"):
		r.Body = []byte(healthReply)
	case method == "PUT":
		r.Body = []byte(`{"acknowledged":true}`)
	default:
		return c.Refuse(NotFound, "winnow's upstream is of another kind and has no such resource", "")
	}
	return r
}
