package codec

import (
	"fmt"
	"strconv"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/record"
)

// ClickHouse is the HTTP interface of ClickHouse as far as it takes logs in: INSERT … FORMAT JSONEachRow, and the questions that clients
// ask before. A row is a record, its columns have paths of their own. A body of which one row cannot be read is refused as a whole, as the
// backend itself does: the protocol has no word for part of it. So that facts of the request can be attached to rows, columns that the
// table does not have are left out by the backend (input_format_skip_unknown_fields), unless the client says no to that: then
// nothing is attached.
//
// As lines, rows are what the client sent: JSON objects under the names of its own columns.
type ClickHouse struct{}

// Protocol is "clickhouse".
func (ClickHouse) Protocol() config.Protocol { return config.ProtocolClickHouse }

// Classify implements Codec. A statement in the body may turn out to be a question, see Forward.
func (ClickHouse) Classify(method, path string) Endpoint {
	root := path == "" || hasPath(path, "/") || hasPath(path, "/clickhouse")
	switch {
	case root && method == "POST":
		return Write
	case (root || clickhouseCheck(path) != "") && (method == "GET" || method == "HEAD"):
		return Preflight
	}
	return Unknown
}

// clickhouseCheck is the path of a health check, without what stands before it; empty for other paths.
func clickhouseCheck(path string) string {
	for _, check := range [...]string{"/ping", "/replicas_status"} {
		if hasPath(path, check) {
			return check
		}
	}
	return ""
}

// Scrub implements Codec. Of a statement at the head of the body only the rows behind it stay: Forward has put it into the query.
func (ClickHouse) Scrub(run *scrub.Run, req *Request) (Batch, error) {
	b := Batch{protocol: config.ProtocolClickHouse, ContentType: req.ContentType}
	st, why, detail := statementOf(req)
	if why == 0 && st.question {
		why, detail = Malformed, "the statement brings no rows"
	}
	if why != 0 {
		return Batch{}, &scrub.Fault{Reason: detail}
	}
	if st.keepsUnknown(req.Query) {
		run.Attach(nil)
	}
	rows := req.Body[st.data:]
	start := record.Begin(rows)
	var err error
	switch {
	case start == len(rows):
	case rows[start] == '[':
		err = b.array(run, rows, start)
	default:
		err = b.objects(run, rows, start)
	}
	if err != nil {
		return Batch{}, err
	}
	if len(b.Faults) > 0 {
		return Batch{}, &scrub.Fault{Reason: fmt.Sprintf("row %d: %s", b.Faults[0].Record, b.Faults[0].Reason)}
	}
	if start < len(rows) {
		b.finish(run)
	}
	b.untouched = b.untouched && st.data == 0
	return b, nil
}

// Accept implements Codec.
func (ClickHouse) Accept(b *Batch) Response {
	n := strconv.Itoa(b.Kept + b.Dropped)
	summary := `{"read_rows":"` + n + `","read_bytes":"0","written_rows":"` + n + `","written_bytes":"0","total_rows_to_read":"0"}`
	return Response{Status: 200, ContentType: clickhouseType, Headers: [][2]string{{"X-ClickHouse-Summary", summary}}}
}

const clickhouseType = "text/plain; charset=UTF-8"

// Relay implements Codec: rows that policy dropped have arrived, and those that could not be read have never left.
func (ClickHouse) Relay(_ *Batch, up *Response) Response { return *up }

// exceptions are the backend's own codes and names of what can go wrong.
var exceptions = map[Refusal]struct {
	code int
	name string
}{
	Malformed:           {117, "INCORRECT_DATA"},
	TooLarge:            {307, "TOO_MANY_BYTES"},
	UnsupportedEncoding: {73, "UNKNOWN_FORMAT"},
	Unauthorised:        {516, "AUTHENTICATION_FAILED"},
	NotFound:            {48, "NOT_IMPLEMENTED"},
	Forbidden:           {164, "READONLY"},
	Busy:                {202, "TOO_MANY_SIMULTANEOUS_QUERIES"},
	NotReady:            {202, "TOO_MANY_SIMULTANEOUS_QUERIES"},
	UpstreamDown:        {210, "NETWORK_ERROR"},
	UpstreamTimeout:     {209, "SOCKET_TIMEOUT"},
}

// Refuse implements Codec. Clients know by the code whether to send again.
func (ClickHouse) Refuse(why Refusal, detail, _ string) Response {
	r, e := refusals[why], exceptions[why]
	switch why {
	case UnsupportedEncoding:
		r.Status = 400
	case Busy:
		r.Status = 503
	}
	code := strconv.Itoa(e.code)
	r.ContentType, r.Headers = clickhouseType, [][2]string{{"X-ClickHouse-Exception-Code", code}}
	r.Body = []byte("Code: " + code + ". DB::Exception: winnow: " + detail + ". (" + e.name + ")\n")
	return r
}

// Synthesise implements Codec.
func (c ClickHouse) Synthesise(method, _ string) Response {
	if method == "GET" || method == "HEAD" {
		return Response{Status: 200, ContentType: clickhouseType, Body: []byte("Ok.\n")}
	}
	return c.Refuse(Forbidden, "the upstream is of another kind and answers no queries", "")
}

// AppendLines implements Codec.
func (ClickHouse) AppendLines(dst []byte, b *Batch) ([]byte, error) {
	return JSON{}.AppendLines(dst, b)
}
