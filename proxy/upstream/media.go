package upstream

import "bytes"

// mediaTypes are the content types that are passed on, in either direction. A header's value is the sender's own text, so that what is
// not known is not repeated.
var mediaTypes = []string{
	"application/json",
	"application/csp-report",
	"application/reports+json",
	"application/x-sentry-envelope",
	"application/json; charset=utf-8",
	"application/json; charset=UTF-8",
	"application/json;charset=utf-8",
	"application/json;charset=UTF-8",
	"application/x-ndjson",
	"application/x-ndjson; charset=utf-8",
	"application/ndjson",
	"application/jsonl",
	"application/stream+json",
	"application/x-protobuf",
	"application/x-www-form-urlencoded",
	"application/octet-stream",
	"text/ping",
	"text/plain",
	"text/tab-separated-values; charset=UTF-8",
	"text/plain; charset=utf-8",
	"text/plain; charset=UTF-8",
	"text/plain;charset=utf-8",
	"text/plain;charset=UTF-8",
	"application/vnd.elasticsearch+json; compatible-with=7",
	"application/vnd.elasticsearch+json; compatible-with=8",
	"application/vnd.elasticsearch+json; compatible-with=9",
	"application/vnd.elasticsearch+json;compatible-with=7",
	"application/vnd.elasticsearch+json;compatible-with=8",
	"application/vnd.elasticsearch+json;compatible-with=9",
	"application/vnd.elasticsearch+x-ndjson; compatible-with=7",
	"application/vnd.elasticsearch+x-ndjson; compatible-with=8",
	"application/vnd.elasticsearch+x-ndjson; compatible-with=9",
	"application/vnd.elasticsearch+x-ndjson;compatible-with=7",
	"application/vnd.elasticsearch+x-ndjson;compatible-with=8",
	"application/vnd.elasticsearch+x-ndjson;compatible-with=9",
}

// MediaType returns the known type that value is, without its parameters if those are not known, and else that of unknown bytes.
func MediaType(value []byte) string {
	for _, t := range mediaTypes {
		if string(value) == t {
			return t
		}
	}
	if base, _, ok := bytes.Cut(value, []byte(";")); ok {
		return MediaType(bytes.TrimSpace(base))
	}
	if len(value) == 0 {
		return ""
	}
	return "application/octet-stream"
}
