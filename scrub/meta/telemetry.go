package meta

import (
	"unicode"
	"unicode/utf8"
)

// ErrorTypes are the kinds of errors that leave by name, beside the statuses 400 to 599. "timeout" and "_OTHER" are OpenTelemetry's.
var ErrorTypes = [...]string{
	"timeout",
	"malformed",
	"too_large",
	"too_many",
	"unauthenticated",
	"unauthorised",
	"unsupported_encoding",
	"unsupported_media",
	"overloaded",
	"upstream_unavailable",
	"upstream_refused",
	"withheld",
	otherError,
}

const otherError = "_OTHER"

// errorType returns kind if it is in the closed set, "_OTHER" if it is not, and "" for none.
func errorType(kind string) string {
	if kind == "" {
		return ""
	}
	if len(kind) == 3 && (kind[0] == '4' || kind[0] == '5') && digit(kind[1]) && digit(kind[2]) {
		return kind
	}
	for _, t := range ErrorTypes {
		if kind == t {
			return t
		}
	}
	return otherError
}

const (
	longestError    = 32  // bytes of a kind of error in a header
	longestRoute    = 256 // bytes of a route template
	longestProvider = 128 // bytes of a provider's name
)

// route returns template if it is one: a path of letters, digits and -_.~ with parameters as {name}, :name or *. A filled-in path is
// a mistake of the caller's; what shows it (percent escapes, queries, @, spaces) is refused.
func route(template string) string {
	if len(template) == 0 || len(template) > longestRoute || template[0] != '/' {
		return ""
	}
	for i := range len(template) {
		switch c := template[i]; {
		case alnum(c):
		case c == '/', c == '-', c == '_', c == '.', c == '~', c == '{', c == '}', c == ':', c == '*':
		default:
			return ""
		}
	}
	return template
}

// provider returns name if it is printable text of a sane length. It comes from the operator's database, never from the wire.
func provider(name string) string {
	if len(name) > longestProvider || !utf8.ValidString(name) {
		return ""
	}
	for _, r := range name {
		if !unicode.IsPrint(r) {
			return ""
		}
	}
	return name
}
