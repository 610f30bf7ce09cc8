package meta

import (
	"bytes"

	"winnow/config"
)

// places are what stands in a browser's reports where an address has none: words of the Content Security Policy (CSP Level 3, section 2.4
// and 5.3), and schemes of addresses that say nothing but their scheme.
var places = []string{"about", "asset", "blob", "capacitor", "chrome-extension", "data", "eval", "file", "filesystem", "inline", "ionic",
	"moz-extension", "report-sample", "safari-extension", "safari-web-extension", "self", "trusted-types-policy", "trusted-types-sink",
	"wasm-eval", "webpack", "webpack-internal"}

// AppendURL appends what stays of a web address: its origin, and its path if part says so, as of a referrer (see appendReferrer). Of an
// address that begins with its path the path stays. One of a scheme that is no place on the web becomes its scheme, if that is known.
// Anything else is no address, and nothing is appended.
func AppendURL(dst, value []byte, part config.URLPart) []byte {
	value = bytes.TrimSpace(value)
	switch {
	case len(value) == 0:
		return dst
	case value[0] == '/':
		return appendRelative(dst, value, part)
	}
	if _, _, web := cutScheme(value); web {
		n := len(dst)
		dst = appendReferrer(dst, value)
		if part == config.URLOrigin {
			if end := bytes.IndexByte(dst[min(len(dst), n+len("https://")):], '/'); end >= 0 {
				dst = dst[:n+len("https://")+end]
			}
		}
		return dst
	}
	scheme, _, _ := bytes.Cut(value, []byte{':'})
	if !listed(scheme, places) {
		return dst
	}
	return appendLower(dst, scheme)
}

// appendRelative appends the path of an address without origin. One that begins with two slashes has a host, whose scheme is not known.
func appendRelative(dst, value []byte, part config.URLPart) []byte {
	if part == config.URLOrigin || len(value) > 1 && (value[1] == '/' || value[1] == '\\') {
		return dst
	}
	cut := len(value) > longestReferrer
	if cut {
		value = value[:longestReferrer]
	}
	if end := bytes.IndexAny(value, "?#"); end >= 0 {
		value, cut = value[:end], false
	}
	return appendPath(dst, value, cut)
}
