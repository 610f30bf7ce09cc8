package codec

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"winnow/config"
	"winnow/scrub"
)

// Syslog is messages of RFC 5424 and RFC 3164. A body is messages one after the other, each behind its length in decimal digits and a
// space (octet counting, RFC 6587 section 3.4.1); it comes from a listener, whatever the framing on the wire was. A + before the length
// says that the message went on.
//
// A message becomes a record of these members, of which those that the message lacks are left out:
//
//	timestamp         as sent, of RFC 3339; of RFC 3164, which names neither year nor zone: when it was received
//	severity          emerg, alert, crit, err, warning, notice, info or debug
//	facility          kern, user, mail, daemon, …, local7
//	host, app, msgid
//	pid               the process id if it is a number; procid if it is anything else, which senders fill as they like
//	structured_data   an object for each element, by its id, of its parameters; one that is repeated is an array
//	message           without byte order mark and @cee: cookie
//
// A part that is not of its form is left out if nothing else can be made of it, as a time is; else what follows the priority is the message.
// Octets that are no UTF-8 become U+FFFD. A message too long for a record is scrubbed and then cut, and ends in [truncated].
type Syslog struct{}

// Protocol is "syslog".
func (Syslog) Protocol() config.Protocol { return config.ProtocolSyslog }

// Classify implements Codec: nothing of it comes over HTTP.
func (Syslog) Classify(string, string) Endpoint { return Unknown }

// Scrub implements Codec.
func (Syslog) Scrub(run *scrub.Run, req *Request) (Batch, error) {
	b := Batch{protocol: config.ProtocolSyslog, ContentType: "application/x-ndjson"}
	buffer := run.Buffer(0)
	w := syslogWriter{decoded: decoded{out: (*buffer)[:0], room: run.LongestRecord()}, received: req.Received}
	for i, n := 0, 0; i < len(req.Body); n++ {
		w.cutShort = req.Body[i] == '+'
		if w.cutShort {
			i++
		}
		text, next, ok := nextFrame(req.Body, i)
		if !ok {
			return Batch{}, &scrub.Fault{Offset: i, Reason: "a message's length and a space expected"}
		}
		w.message(bytes.TrimRight(text, "\r\n\x00"), n)
		w.line()
		i = next
	}
	*buffer = w.out
	if len(w.out) == 0 {
		return Batch{}, &scrub.Fault{Reason: "body is empty"}
	}
	if err := b.scrubDecoded(run, &w.decoded); err != nil {
		return Batch{}, err
	}
	return b, nil
}

// maxDigits of a message's length.
const maxDigits = 9

// nextFrame returns the octet-counted message at i, and where the next begins.
func nextFrame(body []byte, i int) (text []byte, next int, ok bool) {
	n, digits := 0, 0
	for ; i < len(body) && body[i]-'0' < 10 && digits < maxDigits; i++ {
		n = n*10 + int(body[i]-'0')
		digits++
	}
	if digits == 0 || i == len(body) || body[i] != ' ' || n > len(body)-i-1 {
		return nil, i, false
	}
	return body[i+1 : i+1+n], i + 1 + n, true
}

// AppendSyslogFrame appends a message to a body as Syslog reads it. truncated says that text is only the beginning of the message.
func AppendSyslogFrame(body, text []byte, truncated bool) []byte {
	if truncated {
		body = append(body, '+')
	}
	return append(append(strconv.AppendInt(body, int64(len(text)), 10), ' '), text...)
}

// syslogWriter writes messages as records.
type syslogWriter struct {
	decoded
	received time.Time
}

// message writes the n-th message, counted from 0.
func (w *syslogWriter) message(text []byte, n int) {
	w.begin()
	rest := text
	if pri, after, ok := priority(text); ok {
		w.key([]byte("severity"))
		w.string([]byte(severities[pri%8]))
		w.key([]byte("facility"))
		w.string([]byte(facilities[pri/8]))
		rest = after
	}
	var h syslogHeader
	msg := rest
	if !h.read5424(rest, &msg) {
		h.read3164(rest, &msg)
	}
	switch {
	case len(h.timestamp) > 0:
		w.text("timestamp", h.timestamp)
	case h.stamped && !w.received.IsZero():
		w.key([]byte("timestamp"))
		w.out = append(w.received.UTC().AppendFormat(append(w.out, '"'), time.RFC3339Nano), '"')
	}
	w.text("host", h.host)
	w.text("app", h.app)
	if isDigits(h.pid) {
		w.text("pid", h.pid)
	} else {
		w.text("procid", h.pid)
	}
	w.text("msgid", h.msgid)
	w.structured(h.data)
	w.long("message", withoutCookie(msg), n)
	w.end()
}

// withoutCookie is a message without the mark of UTF-8 (RFC 5424 section 6.4), and without the cookie that says it is JSON.
func withoutCookie(msg []byte) []byte {
	msg = bytes.TrimPrefix(msg, []byte("\xef\xbb\xbf"))
	if json, ok := bytes.CutPrefix(bytes.TrimLeft(msg, " "), []byte("@cee:")); ok {
		return bytes.TrimLeft(json, " ")
	}
	return msg
}

// structured writes structured data that was found well-formed.
func (w *syslogWriter) structured(data []byte) {
	if len(data) == 0 {
		return
	}
	w.key([]byte("structured_data"))
	w.begin()
	for s := (sdReader{in: data}); s.element(); w.end() {
		w.key(s.name)
		w.begin()
		for more := s.param(); more; {
			more = w.param(&s)
		}
	}
	w.end()
}

// param writes the parameter at hand with those of the same name right behind it, and tells whether another one follows.
func (w *syslogWriter) param(s *sdReader) (more bool) {
	name := s.name
	w.key(name)
	at, list := len(w.out), false
	for w.string(s.plain()); ; w.string(s.plain()) {
		if more = s.param(); !more || !bytes.Equal(s.name, name) {
			break
		}
		w.out, list = append(w.out, ','), true
	}
	if list {
		w.out = append(slices.Insert(w.out, at, '['), ']')
	}
	return more
}

// The words of RFC 5424 section 6.2.1, as their keywords are usually spelled.
var (
	severities = [8]string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}
	facilities = [24]string{"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
		"audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"}
)

// Accept implements Codec. Nobody hears the answer.
func (Syslog) Accept(*Batch) Response { return Response{Status: 204} }

// Relay implements Codec.
func (Syslog) Relay(_ *Batch, up *Response) Response { return Response{Status: up.Status} }

// Refuse implements Codec.
func (Syslog) Refuse(why Refusal, _, _ string) Response {
	return Response{Status: refusals[why].Status}
}

// Synthesise implements Codec.
func (c Syslog) Synthesise(string, string) Response { return c.Refuse(NotFound, "", "") }

// AppendLines implements Codec: the records as they are.
func (Syslog) AppendLines(dst []byte, b *Batch) ([]byte, error) {
	return append(dst, b.Bytes()...), nil
}
