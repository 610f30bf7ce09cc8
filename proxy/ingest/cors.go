package ingest

import (
	"slices"

	"github.com/valyala/fasthttp"

	"winnow/config"
)

// origins are the web origins whose pages may send to a route and read its answers: the CORS protocol of the Fetch standard. The zero
// value lets none, and then nothing is said about it at all. It is the browser that keeps to it: an origin is not a proof of anything.
type origins struct {
	every  bool
	listed []string
	// cookies lets requests by that carry cookies, as all those of navigator.sendBeacon do. Nothing here reads one.
	cookies bool
}

// originsOf a route. A protocol that pages speak has every origin by default: reports come from any page, and there is no key to steal.
func originsOf(r config.Route) origins {
	beacons := r.Protocol == config.ProtocolBrowser
	pages := beacons || r.Protocol == config.ProtocolSentry
	return origins{
		every:   slices.Contains(r.Origins, "*") || r.Origins == nil && pages,
		listed:  r.Origins,
		cookies: beacons,
	}
}

// What a preflight is told. The names of headers are a closed list: what is asked for is not repeated.
const (
	corsMethods = "GET, HEAD, POST, PUT"
	corsHeaders = "Authorization, Content-Encoding, Content-Type, DD-API-KEY, DD-EVP-ORIGIN, DD-EVP-ORIGIN-VERSION, DD-REQUEST-ID, " +
		"Traceparent, Tracestate, X-Api-Key, X-Requested-With, X-Sentry-Auth, X-Winnow-Key"
	corsExposed = "Retry-After, X-Sentry-Error, X-Sentry-Rate-Limits"
	corsMaxAge  = "7200" // seconds; browsers keep it no longer
)

// asks tells whether a request is a preflight: a browser's question whether a page may send.
func asks(h *fasthttp.RequestHeader) bool {
	return string(h.Method()) == fasthttp.MethodOptions && len(h.Peek(fasthttp.HeaderOrigin)) > 0 &&
		len(h.Peek(fasthttp.HeaderAccessControlRequestMethod)) > 0
}

// none tells whether pages have no business at the route.
func (o *origins) none() bool { return !o.every && len(o.listed) == 0 }

// allowed tells whether pages of an origin may send.
func (o *origins) allowed(origin []byte) bool {
	if o.every {
		return isOrigin(origin)
	}
	return slices.ContainsFunc(o.listed, func(l string) bool { return l == string(origin) })
}

// isOrigin tells whether an Origin header has the form of one, or is the word that stands for a page without.
func isOrigin(origin []byte) bool {
	if len(origin) == 0 || len(origin) > 300 {
		return false
	}
	for _, c := range origin {
		if c <= ' ' || c > '~' || c == ',' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// answer adds to an answer what lets the page that asked read it.
func (o *origins) answer(req *fasthttp.RequestHeader, resp *fasthttp.ResponseHeader, preflight bool) {
	if o.none() {
		return
	}
	origin := req.Peek(fasthttp.HeaderOrigin)
	named := !o.every || o.cookies // a browser that sends cookies wants its origin by name
	if named {
		resp.Set(fasthttp.HeaderVary, fasthttp.HeaderOrigin)
	}
	if !o.allowed(origin) {
		return
	}
	if named {
		resp.SetBytesV(fasthttp.HeaderAccessControlAllowOrigin, origin)
	} else {
		resp.Set(fasthttp.HeaderAccessControlAllowOrigin, "*")
	}
	if o.cookies {
		resp.Set(fasthttp.HeaderAccessControlAllowCredentials, "true")
	}
	if !preflight {
		resp.Set(fasthttp.HeaderAccessControlExposeHeaders, corsExposed)
		return
	}
	resp.Set(fasthttp.HeaderAccessControlAllowMethods, corsMethods)
	resp.Set(fasthttp.HeaderAccessControlAllowHeaders, corsHeaders)
	resp.Set(fasthttp.HeaderAccessControlMaxAge, corsMaxAge)
}
