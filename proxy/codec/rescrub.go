package codec

import (
	"bytes"

	"winnow/config"
	"winnow/scrub"
)

// Rescrubbed is what became of a batch that was scrubbed once more. It is valid until the Run is closed.
type Rescrubbed struct {
	// Body and Query in place of the batch's.
	Body, Query []byte
	// Kept records are in the body; Dropped went by policy; Withheld could not be read.
	Kept, Dropped, Withheld int
}

// Rescrub scrubs a batch as it left an earlier Run, and waited, by Runs that begin makes, as Passes does: the body in the form in which it
// leaves, without Content-Encoding, and the query with what it holds of data. text and signal are the batch's. Nothing that went comes back, so
// that what leaves has passed both policies. Of facts only a stamp is attached, in place of the old one, if the Run has one; those that the
// records have already stay as fields of theirs. The Run is that of the last pass, and the caller's to release.
func Rescrub(begin func(*scrub.Marked) *scrub.Run, p config.Protocol, req *Request, text bool, signal uint8) (*scrub.Run, Rescrubbed, error) {
	r, c := *req, For(p)
	switch p {
	case config.ProtocolSyslog, config.ProtocolFluent: // leave as records
		c, r.ContentType = JSON{}, "application/x-ndjson"
	case config.ProtocolOTLP: // the path may be the operator's own
		r.Path = signals[signalFrom(signal)].path
	case config.ProtocolSplunk:
		if r.Path = collector + "/event"; text {
			r.Path = collector + "/raw"
		}
	case config.ProtocolBrowser:
		if becomesObject(r.ContentType) {
			r.ContentType = "application/json"
		}
	}
	run, b, err := Passes(c, &r, begin)
	if err != nil {
		return run, Rescrubbed{}, err
	}
	query := withoutParameters(req.Query, dataParameters(p))
	if len(query) > 0 && len(b.Query) > 0 {
		query = append(query, '&')
	}
	return run, Rescrubbed{Body: b.Bytes(), Query: append(query, b.Query...), Kept: b.Kept, Dropped: b.Dropped, Withheld: b.Withheld}, nil
}

// dataParameters are the parameters of a protocol's query that hold data, which is scrubbed with the body.
func dataParameters(p config.Protocol) []string {
	switch p {
	case config.ProtocolSplunk:
		return splunkMetadata[:]
	case config.ProtocolDatadog:
		return append([]string{"ddtags"}, datadogMetadata[:]...)
	}
	return nil
}

// withoutParameters is a query without the parameters of some names. The result shares no memory with it.
func withoutParameters(query []byte, names []string) (left []byte) {
	for pair := range bytes.SplitSeq(query, []byte("&")) {
		name, _, _ := bytes.Cut(pair, []byte("="))
		if len(pair) == 0 || contains(names, name) {
			continue
		}
		if len(left) > 0 {
			left = append(left, '&')
		}
		left = append(left, pair...)
	}
	return left
}

func contains(names []string, name []byte) bool {
	for _, n := range names {
		if n == string(name) {
			return true
		}
	}
	return false
}
