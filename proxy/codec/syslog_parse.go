package codec

import (
	"bytes"
	"time"
)

// syslogHeader is what stands before a message, each part as it was sent; empty if it is missing.
type syslogHeader struct {
	timestamp                   []byte // of RFC 3339
	stamped                     bool   // there is a time of RFC 3164
	host, app, pid, msgid, data []byte
}

// priority reads <PRI>, 0 to 191 (RFC 5424 section 6.2.1).
func priority(text []byte) (pri int, rest []byte, ok bool) {
	if len(text) == 0 || text[0] != '<' {
		return 0, text, false
	}
	i := 1
	for ; i < len(text) && i < 4 && text[i]-'0' < 10; i++ {
		pri = pri*10 + int(text[i]-'0')
	}
	if i == 1 || i == len(text) || text[i] != '>' || pri > 191 {
		return 0, text, false
	}
	return pri, text[i+1:], true
}

// read5424 reads what follows the priority (RFC 5424 section 6):
//
//	"1" SP TIMESTAMP SP HOSTNAME SP APP-NAME SP PROCID SP MSGID SP STRUCTURED-DATA [SP MSG]
//
// where a part that is missing is "-". It tells whether text has this form as far as MSGID. Structured data that is broken belongs to the
// message.
func (h *syslogHeader) read5424(text []byte, msg *[]byte) bool {
	text, ok := bytes.CutPrefix(text, []byte("1 "))
	if !ok {
		return false
	}
	var parts [5][]byte
	for i := range parts {
		end := bytes.IndexByte(text, ' ')
		if end < 0 && i == len(parts)-1 {
			end = len(text) // some end here
		}
		if end <= 0 || !printable(text[:end]) {
			return false
		}
		parts[i], text = text[:end], text[min(end+1, len(text)):]
	}
	for i := range parts {
		if string(parts[i]) == "-" {
			parts[i] = nil
		}
	}
	h.timestamp, h.host, h.app, h.pid, h.msgid = rfc3339(parts[0]), parts[1], parts[2], parts[3], parts[4]
	*msg = text
	if data, rest, ok := structuredData(text); ok {
		h.data, *msg = data, rest
	}
	return true
}

func printable(text []byte) bool {
	for _, c := range text {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}

// rfc3339 is the time if it is one, else nothing.
func rfc3339(text []byte) []byte {
	if len(text) < len("2006-01-02T15:04:05Z") || len(text) > len("2006-01-02T15:04:05.999999999+00:00") || text[10] != 'T' {
		return nil
	}
	if _, err := time.Parse(time.RFC3339, string(text)); err != nil {
		return nil
	}
	return text
}

// structuredData splits text behind its structured data; data is empty where that is "-".
func structuredData(text []byte) (data, rest []byte, ok bool) {
	i := 1
	if len(text) == 0 || text[0] != '-' {
		s := sdReader{in: text}
		for s.element() {
			for s.param() {
			}
		}
		if s.broken || s.at == 0 {
			return nil, text, false
		}
		i, data = s.at, text[:s.at]
	}
	if i < len(text) && text[i] != ' ' {
		return nil, text, false
	}
	return data, text[min(i+1, len(text)):], true
}

// sdReader reads structured data (RFC 5424 section 6.3): [id name="value" name="value"][id …]. In values ", \ and ] stand behind a \.
type sdReader struct {
	in      []byte
	at      int
	name    []byte // of the element or the parameter at hand
	value   []byte // of the parameter, as it is spelled
	broken  bool
	escaped bool // value is
	scratch []byte
}

// element goes to the next element.
func (s *sdReader) element() bool {
	if s.broken || s.at == len(s.in) || s.in[s.at] != '[' {
		return false
	}
	s.at++
	return s.identifier(" ]")
}

// param goes to the next parameter of the element, or behind its end.
func (s *sdReader) param() bool {
	for spaced := false; !s.broken; s.at++ {
		switch {
		case s.at == len(s.in):
			s.broken = true
		case s.in[s.at] == ' ':
			spaced = true
			continue
		case s.in[s.at] == ']':
			s.at++
			return false
		case spaced:
			return s.identifier("=") && s.quoted()
		default:
			s.broken = true
		}
	}
	return false
}

// identifier reads a name that ends before one of the bytes in stop.
func (s *sdReader) identifier(stop string) bool {
	n := bytes.IndexAny(s.in[s.at:], stop)
	if n <= 0 || !printable(s.in[s.at:s.at+n]) || bytes.ContainsAny(s.in[s.at:s.at+n], `="]`) {
		s.broken = true
		return false
	}
	s.name = s.in[s.at : s.at+n]
	s.at += n
	return true
}

// quoted reads ="value".
func (s *sdReader) quoted() bool {
	rest := s.in[s.at:]
	if len(rest) < 2 || rest[0] != '=' || rest[1] != '"' {
		s.broken = true
		return false
	}
	s.escaped = false
	for i := 2; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			s.escaped = true
			i++
		case '"':
			s.value = rest[2:i]
			s.at += i + 1
			return true
		}
	}
	s.broken = true
	return false
}

// plain is the value of the parameter at hand. It is valid until the next call.
func (s *sdReader) plain() []byte {
	if !s.escaped {
		return s.value
	}
	s.scratch = s.scratch[:0]
	for i := 0; i < len(s.value); i++ {
		if s.value[i] == '\\' && i+1 < len(s.value) && bytes.IndexByte([]byte(`"\]`), s.value[i+1]) >= 0 {
			i++
		}
		s.scratch = append(s.scratch, s.value[i])
	}
	return s.scratch
}

// read3164 reads what follows the priority (RFC 3164 section 4.1, and what devices and daemons make of it):
//
//	TIMESTAMP SP [HOSTNAME SP] [TAG ["[" PID "]"] ":" SP] MSG
//
// The time is "Mmm dd hh:mm:ss", at need with fractions or the year, or one of RFC 3339. Without it all is the message.
func (h *syslogHeader) read3164(text []byte, msg *[]byte) {
	text = bytes.TrimLeft(text, " ")
	rest, ok := h.stamp(text)
	if !ok {
		return
	}
	text = bytes.TrimLeft(rest, " ")
	if end := bytes.IndexByte(text, ' '); end > 0 && isHost(text[:end]) {
		h.host, text = text[:end], text[end+1:]
	}
	*msg = text
	n := 0
	for n < len(text) && n <= maxTag && isTag(text[n]) {
		n++
	}
	tag := text[:n]
	if rest := text[n:]; len(rest) > 0 && rest[0] == '[' {
		if end := bytes.IndexByte(rest, ']'); end > 0 && end <= maxTag && printable(rest[:end]) {
			h.pid, n = rest[1:end], n+end+1
		}
	}
	if rest := text[n:]; len(tag) > 0 && len(rest) > 0 && rest[0] == ':' {
		h.app, *msg = tag, bytes.TrimPrefix(rest[1:], []byte(" "))
		return
	}
	h.pid = nil
}

// maxTag is longer than tags are: 32 signs by RFC 3164, 48 by RFC 5424.
const maxTag = 64

// isTag tells whether a byte may stand in a tag.
func isTag(c byte) bool {
	return c|0x20-'a' < 26 || c-'0' < 10 || c == '_' || c == '-' || c == '.' || c == '/' || c == '@' || c == '(' || c == ')'
}

// isHost tells whether a word is the name or the address of a host, and no tag.
func isHost(word []byte) bool {
	if word[len(word)-1] == ':' && bytes.Count(word, []byte(":")) < 2 {
		return false
	}
	for _, c := range word {
		if c|0x20-'a' >= 26 && c-'0' >= 10 && c != '-' && c != '.' && c != ':' && c != '_' && c != '%' {
			return false
		}
	}
	return true
}

// stamp reads the time, and tells whether there is one.
func (h *syslogHeader) stamp(text []byte) (rest []byte, ok bool) {
	if end := bytes.IndexByte(text, ' '); end > 0 {
		if h.timestamp = rfc3339(text[:end]); h.timestamp != nil {
			return text[end+1:], true
		}
	}
	for _, form := range [...]string{"Mmm dd hh:mm:ss", "Mmm dd yyyy hh:mm:ss"} {
		n := len(form)
		if len(text) < n || !stamped(text[:n], form) {
			continue
		}
		for n < len(text) && n < len(form)+10 && (text[n]-'0' < 10 || text[n] == '.') {
			n++ // fractions
		}
		if n < len(text) && text[n] == ':' {
			n++ // as Cisco ends it
		}
		if n == len(text) || text[n] == ' ' {
			h.stamped = true
			return text[min(n+1, len(text)):], true
		}
	}
	return text, false
}

// stamped tells whether text has the form of a time: digits where the form has small letters but for the month, which is one.
func stamped(text []byte, form string) bool {
	if !bytes.Contains([]byte("JanFebMarAprMayJunJulAugSepOctNovDec"), text[:3]) {
		return false
	}
	for i := 3; i < len(form); i++ {
		c := form[i]
		switch {
		case c == ' ' || c == ':':
			if text[i] != c {
				return false
			}
		case text[i]-'0' >= 10 && (text[i] != ' ' || i != len("Mmm ")):
			return false
		}
	}
	return true
}
