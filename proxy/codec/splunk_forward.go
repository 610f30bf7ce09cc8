package codec

// channelHeader names a channel; the query parameter "channel" does too.
const channelHeader = "X-Splunk-Request-Channel"

// channelOf is the channel of a request, empty if it names none. It is as the client spells it.
func channelOf(req *Request) []byte {
	if req.Header != nil {
		if channel := req.Header.Peek(channelHeader); len(channel) > 0 {
			return channel
		}
	}
	channel, _ := parameter(req.Query, "channel")
	return channel
}

// Forward implements Forwarder. The channel goes on in the header, wherever the client has it. Raw text without one goes on too: a Splunk that
// wants one says so, and clients such as OpenTelemetry's exporter send none.
func (Splunk) Forward(f *Forward, req *Request, _ func([]byte) bool) (why Refusal, detail string) {
	switch channel := channelOf(req); {
	case isUUID(string(channel)):
		f.Headers = append(f.Headers, [2]string{channelHeader, string(channel)})
	case len(channel) > 0:
		return Malformed, channelBad
	}
	if call, _ := splunkCall(req.Path); collector+call == req.Path {
		f.Path = req.Path // one of a few, and known to be quiet
	}
	if extract, _ := parameter(req.Query, "auto_extract_timestamp"); string(extract) == "true" {
		f.Query = append(f.Query, "auto_extract_timestamp=true"...)
	}
	return 0, ""
}

// Key implements Keyed.
func (Splunk) Key(_ string, query []byte, _ Header) []byte {
	key, _ := parameter(query, "token")
	return key
}
