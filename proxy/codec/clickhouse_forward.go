package codec

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
)

// clickhouseSettings are the parameters that go on: they say how rows are read and stored, and hold no data. A name that ends in *
// stands for all that begin so.
var clickhouseSettings = []string{"database", "query_id", "async_insert", "async_insert_*", "wait_for_async_insert",
	"wait_for_async_insert_timeout", "wait_end_of_query", "insert_deduplication_token", "insert_deduplicate", "insert_null_as_default",
	"insert_quorum*", "insert_distributed_*", "input_format_*", "date_time_input_format", "session_timezone", "max_execution_time",
	"max_insert_block_size", "min_insert_block_size_*", "max_insert_threads", "max_partitions_per_insert_block",
	"send_progress_in_http_headers", "default_format", "client_protocol_version", "enable_json_type", "allow_experimental_*_type",
	"parallel_view_processing", "deduplicate_blocks_in_dependent_materialized_views"}

const (
	skipUnknown       = "input_format_skip_unknown_fields"
	maxSetting        = 200 // bytes of a setting's value
	clickhouseBlocks  = "decompress"
	clickhouseDBField = "X-ClickHouse-Database"
)

func isClickHouseSetting(name string) bool {
	for _, s := range clickhouseSettings {
		if before, after, family := strings.Cut(s, "*"); s == name ||
			family && len(name) > len(s) && strings.HasPrefix(name, before) && strings.HasSuffix(name, after) && isWord(name) {
			return true
		}
	}
	return false
}

// Forward implements Forwarder: the statement, checked, and known settings go on in the query, whatever part of the request they came in.
func (ClickHouse) Forward(f *Forward, req *Request, quiet func([]byte) bool) (why Refusal, detail string) {
	if f.Path = clickhouseCheck(req.Path); f.Path != "" {
		return 0, ""
	}
	f.Path = "/"
	st, why, detail := statementOf(req)
	switch {
	case why != 0:
		return why, detail
	case !quiet([]byte(st.text)):
		return Malformed, "the statement holds what may not leave"
	case !st.question && req.Method != http.MethodPost:
		return Forbidden, "only a POST request inserts"
	}
	f.Ask = st.question
	if st.text != "" && (!st.question || st.inQuery) {
		f.Query = append(append(f.Query, "query="...), url.QueryEscape(st.text)...)
	}
	if why, detail = st.settings(f, req.Query, quiet); why != 0 {
		return why, detail
	}
	if !st.question && !st.said(req.Query) {
		f.Query = appendParameter(f.Query, skipUnknown, "1")
	}
	if req.Header == nil {
		return 0, ""
	}
	if db := req.Header.Peek(clickhouseDBField); len(db) > 0 {
		if !isIdentifier(string(db)) || !quiet(db) {
			return Malformed, "the name of the database is not plain letters, digits and _"
		}
		f.Headers = append(f.Headers, [2]string{clickhouseDBField, string(db)})
	}
	return 0, ""
}

// settings passes on the parameters that are known, and whose values are plain and quiet.
func (st *statement) settings(f *Forward, query []byte, quiet func([]byte) bool) (why Refusal, detail string) {
	for name, value := range parameters(query) {
		switch {
		case name == clickhouseBlocks && value != "0":
			return UnsupportedEncoding, "ClickHouse's own compression of blocks (decompress=1) cannot be read; use Content-Encoding"
		case name == "database" && !isIdentifier(value):
			return Malformed, "the name of the database is not plain letters, digits and _"
		case name == "query_id" && !isUUID(value), !isClickHouseSetting(name):
		case isSettingValue(value) && quiet([]byte(value)):
			f.Query = appendParameter(f.Query, name, value)
		}
	}
	return 0, ""
}

// said tells whether the client itself decides about columns that the table does not have.
func (st *statement) said(query []byte) bool {
	if st.unknown != "" {
		return true
	}
	for name := range parameters(query) {
		if name == skipUnknown {
			return true
		}
	}
	return false
}

// keepsUnknown tells whether a column that the table does not have is an error to the backend, because the client wants it so.
func (st *statement) keepsUnknown(query []byte) bool {
	value := st.unknown
	if value == "" {
		for name, v := range parameters(query) {
			if name == skipUnknown {
				value = v
			}
		}
	}
	return value == "0" || value == "false"
}

// parameters yields the parameters of a query that are well encoded and hold no control characters.
func parameters(query []byte) func(yield func(name, value string) bool) {
	return func(yield func(name, value string) bool) {
		for len(query) > 0 {
			var pair []byte
			pair, query, _ = bytes.Cut(query, []byte("&"))
			rawName, rawValue, _ := bytes.Cut(pair, []byte("="))
			name, err := url.QueryUnescape(string(rawName))
			if err != nil || !isWord(name) {
				continue
			}
			value, err := url.QueryUnescape(string(rawValue))
			if err == nil && !yield(name, value) {
				return
			}
		}
	}
}

func appendParameter(query []byte, name, value string) []byte {
	if len(query) > 0 {
		query = append(query, '&')
	}
	return append(append(append(query, name...), '='), url.QueryEscape(value)...)
}

// isWord tells whether a name is letters, digits and underscores.
func isWord(name string) bool {
	for _, c := range []byte(name) {
		if !isWordByte(c) {
			return false
		}
	}
	return name != ""
}

func isWordByte(c byte) bool { return c == '_' || c-'0' < 10 || c|0x20-'a' < 26 }

// isIdentifier tells whether a name of a table, a column or a database is one that may stand in quotes: a word with some marks.
func isIdentifier(name string) bool {
	for _, c := range []byte(name) {
		if !isWordByte(c) && c != '.' && c != '-' && c != '@' && c != ' ' && c != ':' && c != '/' {
			return false
		}
	}
	return name != "" && len(name) <= 128
}

func isSettingValue(value string) bool {
	return len(value) <= maxSetting && (value == "" || isIdentifier(value))
}

// isUUID tells whether text is 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
func isUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i, c := range []byte(text) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (c == '-') || !dash && c-'0' > 9 && c|0x20-'a' > 5 {
			return false
		}
	}
	return true
}
