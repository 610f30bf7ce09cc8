package socket

import (
	"bytes"
	"errors"
)

// frames finds messages in what a connection says: behind a count of their octets (RFC 6587 section 3.4.1), or up to a byte that ends
// them (section 3.4.2). With counts, the first byte of a connection tells which: a digit can begin no syslog message. Of a message longer
// than the limit the beginning is kept and the rest passed over.
type frames struct {
	window
	limit  int
	ends   string // bytes that end a message
	counts bool   // messages may have counts

	seen    int  // bytes behind at in which no end is
	begun   bool // the first byte was seen
	counted bool
	skip    int  // bytes to pass over
	passing bool // over what is left of a message without a count
}

// maxCount of octets, in digits.
const maxCount = 9

var errCount = errors.New("a count of octets expected")

// partial tells whether a message has begun.
func (f *frames) partial() bool { return f.at < len(f.buf) || f.skip > 0 || f.passing }

// next returns the next complete message, if there is one; it is never empty. It is valid until fill.
func (f *frames) next() (text []byte, truncated, ok bool, err error) {
	for f.at < len(f.buf) {
		if !f.begun {
			f.begun, f.counted = true, f.counts && f.buf[f.at]-'1' < 9
		}
		if !f.pass() {
			return nil, false, false, nil
		}
		if f.counted {
			text, truncated, ok, err = f.count()
		} else {
			text, truncated, ok = f.line()
		}
		if !ok || err != nil || len(text) > 0 {
			return text, truncated, ok, err
		}
	}
	return nil, false, false, nil
}

// pass goes past what is left of a message that was cut, as far as it is there, and tells whether it has ended.
func (f *frames) pass() bool {
	rest := f.buf[f.at:]
	n := 0
	switch {
	case f.skip > 0:
		n = min(f.skip, len(rest))
		f.skip -= n
	case f.passing:
		if n = bytes.IndexAny(rest, f.ends) + 1; n == 0 {
			n = len(rest)
		} else {
			f.passing = false
		}
	}
	f.at += n
	return f.skip == 0 && !f.passing
}

// line takes a message up to its end.
func (f *frames) line() (text []byte, truncated, ok bool) {
	rest := f.buf[f.at:]
	if n := bytes.IndexAny(rest[f.seen:min(len(rest), f.limit+1)], f.ends); n >= 0 {
		n += f.seen
		f.at, f.seen = f.at+n+1, 0
		return rest[:n], false, true
	}
	if len(rest) <= f.limit {
		f.seen = len(rest)
		return nil, false, false
	}
	f.at, f.seen, f.passing = f.at+f.limit, 0, true
	return rest[:f.limit], true, true
}

// count takes a message behind its count. Line ends between messages are passed over: some send both.
func (f *frames) count() (text []byte, truncated, ok bool, err error) {
	for f.at < len(f.buf) && (f.buf[f.at] == '\n' || f.buf[f.at] == '\r') {
		f.at++
	}
	rest := f.buf[f.at:]
	n, i := 0, 0
	for ; i < len(rest) && i < maxCount && rest[i]-'0' < 10; i++ {
		n = n*10 + int(rest[i]-'0')
	}
	switch {
	case i == len(rest) && i < maxCount:
		return nil, false, false, nil
	case i == 0 || i == len(rest) || rest[i] != ' ':
		return nil, false, false, errCount
	}
	keep := min(n, f.limit)
	if rest = rest[i+1:]; len(rest) < keep {
		return nil, false, false, nil
	}
	f.at += i + 1 + keep
	f.skip = n - keep
	return rest[:keep], keep < n, true, nil
}

// rest is what stands at the end of a connection; whole tells whether it can be a message.
func (f *frames) rest() (text []byte, whole bool) {
	text = f.buf[f.at:]
	if f.passing || f.skip > 0 {
		return nil, false
	}
	return text, len(text) > 0 && !f.counted
}
