package codec

import (
	"strconv"
	"strings"

	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

const jsonType = "application/json"

// More of Splunk's words.
const (
	channelMissing = "Data channel is missing"
	channelBad     = "Invalid data channel"
	tokenNeeded    = "Token is required"
	tokenUnknown   = "Invalid token"
	serverBusy     = "Server is busy"
	tooLarge       = "Request entity too large"
	healthy        = "HEC is healthy"
	noSuchURL      = "The requested URL was not found on this server."
)

// splunkCodes are the codes of Splunk's words.
var splunkCodes = map[string]int{
	tokenNeeded: 2, tokenUnknown: 4, noData: 5, badFormat: 6, serverBusy: 9, channelMissing: 10, channelBad: 11, eventNeeded: 12,
	eventBlank: 13, badFields: 15, healthy: 17, tooLarge: 27, noSuchURL: 404,
}

// splunkAnswer has Splunk's words and their code.
func splunkAnswer(status int, text string) Response {
	return Response{Status: status, ContentType: jsonType, Body: appendSplunk(nil, text, splunkCodes[text])}
}

func appendSplunk(dst []byte, text string, code int) []byte {
	dst = append(append(append(dst, `{"text":"`...), text...), `","code":`...)
	return append(strconv.AppendInt(dst, int64(code), 10), '}')
}

// with adds a number to a Splunk answer.
func (r Response) with(name string, n uint64) Response {
	body := append(append(r.Body[:len(r.Body)-1], `,"`...), name...)
	r.Body = append(strconv.AppendUint(append(body, `":`...), n, 10), '}')
	return r
}

// Accept implements Codec.
func (c Splunk) Accept(b *Batch) Response {
	if b.Withheld > 0 {
		return b.firstFault()
	}
	r := splunkAnswer(200, "Success")
	if b.acknowledge {
		r = r.with("ackId", c.Acks.give())
	}
	return r
}

// firstFault is Splunk's answer to the first event that was withheld.
func (b *Batch) firstFault() Response {
	f := b.Faults[0]
	text := f.Reason
	if _, known := splunkCodes[text]; !known {
		text = badFormat
	}
	return splunkAnswer(400, text).with("invalid-event-number", uint64(f.Record-1))
}

// Relay implements Codec. Where the upstream has no id to give, because it speaks another protocol or acknowledges nothing, winnow has.
func (c Splunk) Relay(b *Batch, up *Response) Response {
	said := readSplunk(up.Body)
	switch {
	case up.Status/100 == 2 && (b.Withheld > 0 || said.code < 0 || b.acknowledge && !said.acknowledged):
		return c.Accept(b)
	case said.bad >= 0 && len(b.removed) > 0:
		r := *up
		r.Body = appendSplunk(nil, said.text, said.code)
		return r.with("invalid-event-number", b.numbered(said.bad))
	}
	return *up
}

// splunkSaid is what an upstream answered. A number that it did not tell is -1.
type splunkSaid struct {
	text         string // as JSON has it
	code, bad    int
	acknowledged bool
}

func readSplunk(body []byte) splunkSaid {
	said := splunkSaid{code: -1, bad: -1}
	err := eachMember(body, record.Begin(body), func(key, value []byte) (err error) {
		switch string(key) {
		case "text":
			said.text = strings.Trim(string(value), `"`)
		case "code":
			said.code, err = strconv.Atoi(string(value))
		case "invalid-event-number":
			said.bad, err = strconv.Atoi(string(value))
		case "ackId":
			said.acknowledged = true
		}
		return err
	})
	if err != nil {
		return splunkSaid{code: -1, bad: -1}
	}
	return said
}

// numbered is the number of an event as the client counts, with those that the upstream has not seen.
func (b *Batch) numbered(n int) uint64 {
	for _, gone := range b.removed {
		if gone <= n {
			n++
		}
	}
	return uint64(n)
}

// Refuse implements Codec. What Splunk has no word for stands beside its word as "detail".
func (Splunk) Refuse(why Refusal, detail, _ string) Response {
	status, text := refusals[why].Status, badFormat
	switch why {
	case Malformed:
		if _, known := splunkCodes[detail]; known {
			return splunkAnswer(status, detail)
		}
	case TooLarge:
		text = tooLarge
	case Unauthorised:
		if text = tokenNeeded; detail != KeyMissing {
			status, text = 403, tokenUnknown
		}
		return splunkAnswer(status, text)
	case NotFound:
		text = noSuchURL
	case Busy, NotReady, UpstreamDown, UpstreamTimeout:
		status, text = 503, serverBusy
	}
	r := splunkAnswer(status, text)
	r.RetryAfter = refusals[why].RetryAfter
	body := append(r.Body[:len(r.Body)-1], `,"detail":"`...)
	r.Body = append(unwrap.AppendJSON(body, []byte(detail)), `"}`...)
	return r
}

// Synthesise implements Codec.
func (Splunk) Synthesise(method, _ string) Response {
	if method == "OPTIONS" {
		return Response{Status: 200, Headers: [][2]string{{"Allow", "OPTIONS, POST"}}}
	}
	return splunkAnswer(200, healthy)
}
