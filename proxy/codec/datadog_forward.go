package codec

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/klauspost/compress/zlib"

	"winnow/scrub"
)

// intakes are the hosts that the browser SDK may name, by Datadog's sites. Older ones name the track, "rum" or "logs", in front.
var intakes = []string{
	"browser-intake-datadoghq.com", "browser-intake-us3-datadoghq.com", "browser-intake-us5-datadoghq.com", "browser-intake-datadoghq.eu",
	"browser-intake-ap1-datadoghq.com", "browser-intake-ap2-datadoghq.com", "browser-intake-ddog-gov.com",
}

// forward is what the browser SDK asks a proxy to pass on.
type forward struct {
	path  string // of the intake
	query []byte
	known bool // it names an intake of Datadog, or none and so the upstream's
}

// forwarded reads the parameter ddforward: path and query of the intake, or in older versions its whole URL. browser is false without one.
func forwarded(query []byte) (f forward, browser bool) {
	if !bytes.Contains(query, []byte("ddforward=")) {
		return f, false
	}
	target, ok := parameter(query, "ddforward")
	if !ok {
		return f, true
	}
	path, inner, _ := bytes.Cut(target, []byte("?"))
	if rest, whole := bytes.CutPrefix(path, []byte("https://")); whole {
		i := bytes.IndexByte(rest, '/')
		if i < 0 || !slices.Contains(intakes, string(track(rest[:i]))) {
			return f, true
		}
		path = rest[i:]
	}
	return forward{path: string(path), query: inner, known: true}, true
}

// track takes what older versions put before an intake's host off.
func track(host []byte) []byte {
	for _, front := range []string{"rum.", "logs.", "session-replay."} {
		if rest, ok := bytes.CutPrefix(host, []byte(front)); ok {
			return rest
		}
	}
	return host
}

// tracks of the intake, and whether they are lines of JSON.
var tracks = map[string]bool{
	"/api/v2/logs": true, "/api/v2/rum": true, "/api/v2/spans": true, "/api/v2/exposures": true, "/api/v2/replay": false, "/api/v2/profile": false,
}

// inflate replaces the body by its plain form where the SDK has compressed it, which it says in the query only.
func inflate(run *scrub.Run, req *Request, f *forward, body *[]byte) error {
	coding, _ := parameter(f.query, "dd-evp-encoding")
	if len(coding) == 0 {
		return nil
	}
	r, err := zlib.NewReader(bytes.NewReader(req.Body))
	if string(coding) != "deflate" || err != nil {
		return errCoding
	}
	plain := bytes.NewBuffer((*run.Buffer(0))[:0])
	_, err = io.Copy(plain, io.LimitReader(r, int64(req.MaxDecoded)+1))
	*run.Buffer(0) = plain.Bytes()
	switch {
	case err != nil:
		return errCoding
	case plain.Len() > req.MaxDecoded:
		return &TooLargeError{Bound: req.MaxDecoded}
	}
	*body = plain.Bytes()
	return nil
}

var errCoding = errors.New("dd-evp-encoding: the body is not deflate")

// Forward implements Forwarder.
func (Datadog) Forward(f *Forward, req *Request, quiet func([]byte) bool) (why Refusal, detail string) {
	if to, browser := forwarded(req.Query); browser {
		lines, isTrack := tracks[to.path]
		switch {
		case !to.known:
			return NotFound, "ddforward names no intake of Datadog"
		case !isTrack:
			return NotFound, "ddforward names no track that is known"
		case !lines:
			return UnsupportedEncoding, "replays and profiles are binary, and nobody can judge them: switch them off in the SDK"
		}
		f.Path = to.path
		f.browser(req, to.query)
	} else if why, detail = f.input(req, quiet); why != 0 {
		return why, detail
	}
	if req.ContentType == "application/logplex-1" {
		return UnsupportedEncoding, "logplex frames are not taken: send text/plain or application/json"
	}
	if req.Header != nil {
		for _, h := range datadogHeaders {
			if value := req.Header.Peek(h); isToken(value) && quiet(value) {
				f.Headers = append(f.Headers, [2]string{h, string(value)})
			}
		}
	}
	return 0, ""
}

// datadogHeaders are those of agents and SDKs that say how a body is to be read and where it comes from.
var datadogHeaders = [...]string{"Dd-Protocol", "Dd-Message-Timestamp", "Dd-Evp-Origin", "Dd-Evp-Origin-Version"}

// input takes the key out of a path of version 1, unless the upstream is shown the clients' keys.
func (f *Forward) input(req *Request, quiet func([]byte) bool) (why Refusal, detail string) {
	before, key := splitInput(req.Path)
	switch {
	case key == "":
		if !strings.HasSuffix(req.Path, input) && req.Path != "/api/v2/logs" {
			return 0, "" // flow judges it
		}
		f.Path = req.Path
	case !req.Credentials:
		f.Path = before
	case !isToken([]byte(key)):
		return NotFound, "the key in the path has not the form of one"
	default:
		f.Path = before + "/" + key
	}
	if prefix := strings.TrimSuffix(before, input); prefix != "" && before != req.Path && !quiet([]byte(prefix)) {
		return NotFound, "the path holds what may not leave"
	}
	return 0, ""
}

// browserParameters go on of the SDK's query, if their values are words: what they are named for is no data.
var browserParameters = [...]string{"dd-evp-origin", "dd-evp-origin-version", "dd-request-id", "batch_time", "_dd.api", "_dd.retry_count", "_dd.retry_after"}

func (f *Forward) browser(req *Request, query []byte) {
	for _, name := range browserParameters {
		if value, ok := parameter(query, name); ok && isToken(value) {
			f.Query = appendParameter(f.Query, name, string(value))
		}
	}
	if key, ok := parameter(query, "dd-api-key"); ok && req.Credentials && isToken(key) {
		f.Query = appendParameter(f.Query, "dd-api-key", string(key))
	}
}

// isToken tells whether text is letters, digits, and marks that stand within versions, ids and keys.
func isToken(text []byte) bool {
	for _, c := range text {
		if c-'0' > 9 && c|0x20-'a' > 25 && c != '-' && c != '.' && c != '_' && c != '+' {
			return false
		}
	}
	return len(text) > 0 && len(text) <= 128
}

// Key implements Keyed: in the path of version 1, in the query, or in the query that a browser wants passed on.
func (Datadog) Key(path string, query []byte, _ Header) []byte {
	if _, key := splitInput(path); key != "" {
		return []byte(key)
	}
	if f, browser := forwarded(query); browser {
		query = f.query
	}
	for _, name := range [...]string{"dd-api-key", "api_key"} {
		if key, ok := parameter(query, name); ok {
			return key
		}
	}
	return nil
}

// AppendLines implements Codec: the logs as they are (message, status, service, hostname, ddsource, ddtags, timestamp in milliseconds since
// 1970, and attributes of the application's own), each with what the query said of all and it does not say itself.
func (Datadog) AppendLines(dst []byte, b *Batch) ([]byte, error) {
	lines, err := JSON{}.AppendLines(nil, b)
	if err != nil {
		return dst, err
	}
	return withShared(dst, lines, b.shared), nil
}
