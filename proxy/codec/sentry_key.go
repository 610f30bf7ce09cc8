package codec

import (
	"bytes"

	"github.com/valyala/fasthttp"

	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// The key of the project that a DSN names, https://<key>@<host>/<project>, comes in a header, in the query, or, where an SDK sends by way of
// a page's own server (its option "tunnel"), in the envelope's dsn alone.

// Key implements Keyed.
//
//	X-Sentry-Auth: Sentry sentry_version=7, sentry_client=…, sentry_key=<key>
//
// Authorization may say the same.
func (Sentry) Key(_ string, query []byte, header Header) []byte {
	for _, name := range [...]string{"X-Sentry-Auth", fasthttp.HeaderAuthorization} {
		if key := sentryAuthKey(header.Peek(name)); len(key) > 0 {
			return key
		}
	}
	key, _ := parameter(query, "sentry_key")
	return key
}

// sentryAuthKey is the key in the value of a header, nil if there is none.
func sentryAuthKey(value []byte) []byte {
	scheme, pairs, _ := bytes.Cut(value, []byte(" "))
	if !bytes.EqualFold(scheme, []byte("Sentry")) {
		return nil
	}
	for pair := range bytes.SplitSeq(pairs, []byte(",")) {
		if key, ok := bytes.CutPrefix(bytes.TrimSpace(pair), []byte("sentry_key=")); ok {
			return key
		}
	}
	return nil
}

// MayEnclose implements Enclosed.
func (Sentry) MayEnclose(path string) bool {
	_, endpoint, ok := splitSentry(path)
	return ok && endpoint == sentryEnvelope
}

// EnclosedKey implements Enclosed: that of the dsn in an envelope's header.
func (Sentry) EnclosedKey(body []byte) (key []byte) {
	_ = eachMember(body, record.Begin(body), func(name, value []byte) error {
		if key == nil && string(name) == "dsn" && len(value) > 2 && value[0] == '"' {
			key = keyOfDSN(unwrap.JSONString(nil, value[1:len(value)-1]))
		}
		return nil
	})
	return key
}

// keyOfDSN is the user of the URL; older ones have a password too.
func keyOfDSN(dsn []byte) []byte {
	_, rest, _ := bytes.Cut(dsn, []byte("://"))
	authority, _, _ := bytes.Cut(rest, []byte("/"))
	user, _, found := bytes.Cut(authority, []byte("@"))
	if !found {
		return nil
	}
	key, _, _ := bytes.Cut(user, []byte(":"))
	return key
}
