package proxy

import (
	"bytes"

	"winnow/config"
	"winnow/proxy/codec"
)

// parameters are the query parameters that may go on to a backend, by protocol: they say how it is to read or answer, and hold no data. A
// name that ends in * stands for all that begin so. Whatever else a client puts in a query, credentials above all, stays here.
var parameters = map[config.Protocol][]string{
	config.ProtocolJSON: {"_stream_fields", "_msg_field", "_time_field", "ignore_fields", "decolorize_fields", "extra_fields", "debug"},
	config.ProtocolElasticsearch: {"filter_path", "pipeline", "refresh", "routing", "timeout", "wait_for_active_shards", "require_alias",
		"require_data_stream", "pretty", "human", "error_trace", "_source*"},
}

// maxQuery bounds a query that is looked at; a longer one stays here as a whole.
const maxQuery = 4 << 10

// appendQuery appends the parameters of query that may go on. A value must be quiet: decoded, no detector finds anything in it.
func appendQuery(dst, query []byte, p config.Protocol, quiet func([]byte) bool) []byte {
	names := parameters[p]
	if len(names) == 0 || len(query) > maxQuery {
		return dst
	}
	start := len(dst)
	for len(query) > 0 {
		pair := query
		if i := bytes.IndexByte(query, '&'); i >= 0 {
			pair, query = query[:i], query[i+1:]
		} else {
			query = nil
		}
		name, value, _ := bytes.Cut(pair, []byte("="))
		if !listed(names, name) {
			continue
		}
		plain, ok := codec.Unescape(value)
		if !ok || !quiet(plain) {
			continue
		}
		if len(dst) > start {
			dst = append(dst, '&')
		}
		dst = append(dst, pair...)
	}
	return dst
}

// appendParameters appends parameters to a query.
func appendParameters(dst, query []byte) []byte {
	if len(dst) > 0 && len(query) > 0 {
		dst = append(dst, '&')
	}
	return append(dst, query...)
}

func listed(names []string, name []byte) bool {
	for _, n := range names {
		if n[len(n)-1] == '*' && bytes.HasPrefix(name, []byte(n[:len(n)-1])) && plainName(name) || n == string(name) {
			return true
		}
	}
	return false
}

// plainName tells whether a name of a family is a word and no more.
func plainName(name []byte) bool {
	for _, c := range name {
		if (c|0x20 < 'a' || c|0x20 > 'z') && c != '_' {
			return false
		}
	}
	return true
}
