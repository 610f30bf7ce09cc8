package meta

import "bytes"

const (
	longestReferrer = 2048 // bytes of a Referer that are read
	mostSegments    = 16   // segments of a path that are written
	longestSegment  = 64   // bytes of a segment that may leave
	longestHost     = 253  // bytes of a host name (RFC 1035, section 2.3.4)
	maskedSegment   = ":id"
)

// appendReferrer rebuilds the origin and path of a referrer (META-3): scheme, host and port in lower case, and segments of safe
// characters; a segment that may identify somebody becomes ":id" (see identifying). User-info, query and fragment are dropped. A
// referrer that is not http or https, whose host is an address or may identify somebody, or that is malformed before the path, is left
// out whole. Source: RFC 3986, RFC 9110, section 10.1.3.
func appendReferrer(dst, referrer []byte) []byte {
	cut := len(referrer) > longestReferrer
	if cut {
		referrer = referrer[:longestReferrer]
	}
	scheme, rest, ok := cutScheme(referrer)
	if !ok {
		return dst
	}
	end := bytes.IndexAny(rest, `/?#\`)
	if end < 0 {
		if cut {
			return dst
		}
		end = len(rest)
	}
	authority, path := rest[:end], rest[end:]
	if at := bytes.LastIndexByte(authority, '@'); at >= 0 {
		authority = authority[at+1:]
	}
	host, portPart := authority, []byte(nil)
	if at := bytes.IndexByte(authority, ':'); at >= 0 {
		host, portPart = authority[:at], authority[at:]
	}
	if len(portPart) == 1 {
		portPart = nil
	}
	if len(path) > 0 && path[0] == '\\' || !port(portPart) || !safeHost(host) {
		return dst
	}
	dst = append(dst, scheme...)
	dst = append(dst, "://"...)
	dst = appendLower(dst, host)
	dst = append(dst, portPart...)
	if end := bytes.IndexAny(path, "?#"); end >= 0 {
		path, cut = path[:end], false
	}
	return appendPath(dst, path, cut)
}

func cutScheme(b []byte) (scheme string, rest []byte, ok bool) {
	for _, s := range [...]string{"https", "http"} {
		n := len(s)
		if len(b) > n+3 && equalFold(b[:n], s) && string(b[n:n+3]) == "://" {
			return s, b[n+3:], true
		}
	}
	return "", nil, false
}

// port reports whether b is empty or a colon and a port.
func port(b []byte) bool {
	return len(b) == 0 || b[0] == ':' && len(b) <= 6 && allDigits(b[1:])
}

// safeHost accepts a name of labels that do not identify anybody by their form. An address is refused: it may be a person's.
func safeHost(host []byte) bool {
	if len(host) == 0 || len(host) > longestHost {
		return false
	}
	var label []byte
	for rest, more := host, true; more; {
		label, rest, more = bytes.Cut(rest, []byte{'.'})
		if len(label) == 0 && (more || len(host) == 1) || len(label) > 63 {
			return false
		}
		for _, c := range label {
			if !alnum(c) && c != '-' && c != '_' {
				return false
			}
		}
		if allDigits(label) || !bytes.HasPrefix(label, []byte("xn--")) && identifying(label) {
			return false
		}
	}
	return true
}

// appendPath appends path, segment by segment. Of a path that was cut, the last segment is dropped.
func appendPath(dst, path []byte, cut bool) []byte {
	owned := false
	for n := 0; len(path) > 0 && n < mostSegments; n++ {
		segment := path[1:]
		end := bytes.IndexByte(segment, '/')
		if end < 0 {
			if cut {
				return dst
			}
			end = len(segment)
		}
		segment, path = segment[:end], path[1+end:]
		dst = append(dst, '/')
		if len(segment) == 0 {
			continue
		}
		if safeSegment(segment) && (!owned || listed(segment, pages)) {
			dst = append(dst, segment...)
		} else {
			dst = append(dst, maskedSegment...)
		}
		owned = listed(segment, owners)
	}
	return dst
}

// safeSegment reports whether a segment of a path may leave as it is. Percent escapes are never safe: what is in them is a value.
func safeSegment(segment []byte) bool {
	if len(segment) > longestSegment || segment[0] == '~' {
		return false
	}
	name := segment
	if at := bytes.LastIndexByte(segment, '.'); at >= 0 {
		if !listed(segment[at+1:], extensions) {
			return false
		}
		name = segment[:at]
	}
	for _, c := range name {
		if !alnum(c) && c != '-' && c != '_' {
			return false
		}
	}
	return !identifying(name)
}

// identifying tells by its form alone whether a word of letters, digits, - and _ may stand for one person or thing: all digits, four
// digits or more, letters and digits in turn, hexadecimal, a long run without a break, or capitals strewn as in base64. It errs
// towards yes.
func identifying(word []byte) bool {
	digits, turns := 0, 0 // in the whole word
	var r run
	for _, c := range word {
		if digit(c) {
			digits++
		}
		if !alnum(c) {
			r = run{}
			continue
		}
		if r.turnsAt(c) {
			turns++
		}
		if r.add(c); r.identifies() {
			return true
		}
	}
	return digits >= 4 || digits > 0 && digits == len(word) || turns >= 3
}

// run is what is known of the letters and digits since the last - or _.
type run struct {
	length, turns, humps int // turns between letters and digits, capitals behind small letters
	hex, hexDigits       int // hex digits at the end, and how many of them are decimal
	last                 byte
}

// turnsAt tells whether c is a digit behind a letter, or a letter behind a digit.
func (r *run) turnsAt(c byte) bool { return r.last != 0 && digit(r.last) != digit(c) }

func (r *run) add(c byte) {
	r.length++
	if r.turnsAt(c) {
		r.turns++
	}
	if lower(r.last) && upper(c) {
		r.humps++
	}
	switch l := c | 0x20; {
	case digit(c):
		r.hex++
		r.hexDigits++
	case l >= 'a' && l <= 'f':
		r.hex++
	default:
		r.hex, r.hexDigits = 0, 0
	}
	r.last = c
}

// identifies tells whether the run is of no word: long, hexadecimal, or with capitals or digits strewn in.
func (r *run) identifies() bool {
	return r.length >= 20 || r.hex >= 16 || r.hex >= 8 && r.hexDigits > 0 || r.length >= 12 && r.humps >= 3 || r.length >= 10 && r.turns >= 2
}

// owners are the segments behind which a name or number of somebody is expected.
var owners = []string{"account", "accounts", "author", "authors", "client", "clients", "confirm", "contact", "contacts", "customer",
	"customers", "employee", "employees", "guest", "guests", "in", "invite", "invitation", "member", "members", "patient", "patients",
	"people", "person", "persons", "player", "players", "profile", "profiles", "reset", "session", "sessions", "share", "student",
	"students", "tenant", "tenants", "token", "tokens", "u", "unsubscribe", "user", "users", "verify"}

// pages are the segments that are plain even there.
var pages = []string{"activity", "billing", "create", "edit", "list", "login", "logout", "me", "new", "notifications", "orders",
	"password", "preferences", "profile", "register", "search", "security", "settings"}

// extensions are the endings that a segment may have.
var extensions = []string{"asp", "aspx", "cgi", "css", "do", "gif", "htm", "html", "ico", "jpg", "js", "json", "jsp", "mjs", "pdf",
	"php", "png", "rss", "svg", "txt", "webp", "xhtml", "xml"}

// listed reports whether list, of lower-case words, has word in any case.
func listed(word []byte, list []string) bool {
	for _, w := range list {
		if equalFold(word, w) {
			return true
		}
	}
	return false
}
