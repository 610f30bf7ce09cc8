package meta

import (
	"net/netip"
	"time"

	"winnow/scrub/action"
)

// Request is what metadata is taken from, once all headers were handed in. The zero Request has nothing in it. A Request may be used again after Reset, and keeps its
// buffers; it is not safe for concurrent use.
type Request struct {
	// RemoteAddr is the peer of the connection. The zero Addr (a Unix socket) is nobody's: no address is then taken from the headers.
	RemoteAddr netip.Addr
	// RouteTemplate is the path pattern that served the request ("/v1/orders/{id}"). It comes from configuration, never from the wire.
	RouteTemplate string
	// Error is the kind of error the request met: a word of ErrorTypes or a status from 400 to 599. Another word becomes "_OTHER". Empty:
	// what the client's own header says.
	Error string
	// Now is the time of receipt, handed in. The zero time leaves received_at out.
	Now time.Time
	// Minter makes pseudonyms for facts whose action is pseudonym; nil leaves them out.
	Minter action.Minter

	agent, brands, platform, platformVersion, mobile []byte

	language, referrer, zone, failure []byte
	pingFrom, exit                    []byte
	realIP                            []byte
	realIPs                           int
	xff, forwarded                    [][]byte

	sought, placed bool // addr and place are known
	addr           netip.Addr
	place          Place

	buf []byte // the values of the fields taken
	env action.Env
}

// HeaderNames are the headers that Add takes, in lower case. No other header is ever looked at.
//
// Browsers say where a visitor goes in one request only, the ping of a link (<a ping>): Ping-To is the page that is gone to, Ping-From the one
// that is come from. Scripts that follow links themselves say the former as X-Exit-URL.
//
// The three names of a time zone are those that clients are known to send it under; none of them is registered, nor is X-Exit-URL, nor the kind
// of error that a front end met. Sources: RFC 9110
// (Accept-Language, Referer, User-Agent), RFC 7239 (Forwarded), W3C User-Agent Client Hints (Sec-CH-UA*), HTML Standard, hyperlink auditing (Ping-*).
var HeaderNames = [...]string{
	"accept-language",
	"forwarded",
	"ping-from",
	"ping-to",
	"referer",
	"sec-ch-ua",
	"sec-ch-ua-mobile",
	"sec-ch-ua-platform",
	"sec-ch-ua-platform-version",
	"time-zone",
	"user-agent",
	"x-error-type",
	"x-exit-url",
	"x-forwarded-for",
	"x-real-ip",
	"x-time-zone",
	"x-timezone",
}

// Add hands in one header line, in the order of the wire, and ignores a header that HeaderNames does not list. The name's case does
// not matter. The value is kept until Reset, not copied. Of headers that may stand once only, the first line counts.
func (r *Request) Add(name, value []byte) {
	var lower [longestHeader]byte
	if len(name) > longestHeader {
		return
	}
	n := copy(lower[:], name)
	lowerASCII(lower[:n])
	switch string(lower[:n]) {
	case "accept-language":
		first(&r.language, value)
	case "forwarded":
		r.forwarded = append(r.forwarded, value)
	case "ping-from":
		first(&r.pingFrom, value)
	case "ping-to", "x-exit-url":
		first(&r.exit, value)
	case "referer":
		first(&r.referrer, value)
	case "sec-ch-ua":
		first(&r.brands, value)
	case "sec-ch-ua-mobile":
		first(&r.mobile, value)
	case "sec-ch-ua-platform":
		first(&r.platform, value)
	case "sec-ch-ua-platform-version":
		first(&r.platformVersion, value)
	case "time-zone", "x-time-zone", "x-timezone":
		first(&r.zone, value)
	case "user-agent":
		first(&r.agent, value)
	case "x-error-type":
		first(&r.failure, value)
	case "x-forwarded-for":
		r.xff = append(r.xff, value)
	case "x-real-ip":
		first(&r.realIP, value)
		r.realIPs++
	}
}

// from is the page that the visitor came from.
func (r *Request) from() []byte {
	if r.referrer == nil {
		return r.pingFrom
	}
	return r.referrer
}

const longestHeader = len("sec-ch-ua-platform-version")

// Reset empties r for the next request. Fields taken from it are no longer valid.
func (r *Request) Reset() {
	clear(r.xff)
	clear(r.forwarded)
	*r = Request{xff: r.xff[:0], forwarded: r.forwarded[:0], buf: r.buf[:0]}
}

func first(slot *[]byte, value []byte) {
	if *slot == nil {
		*slot = value
	}
}
