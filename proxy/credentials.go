package proxy

import (
	"bytes"

	"github.com/valyala/fasthttp"

	"winnow/config"
	"winnow/proxy/codec"
)

// appendCredentials adds to f the client's own credentials, as they came, for an upstream that decides about them. They are in places
// that the protocol keeps for them, and in no others.
func appendCredentials(f *codec.Forward, req *codec.Request, p config.Protocol) {
	places := codec.CredentialsOf(p)
	appendHeader(f, req, fasthttp.HeaderAuthorization)
	for _, name := range places.Headers {
		appendHeader(f, req, name)
	}
	for rest := req.Query; len(rest) > 0; {
		var pair []byte
		pair, rest, _ = bytes.Cut(rest, []byte("&"))
		name, _, _ := bytes.Cut(pair, []byte("="))
		if len(pair) <= maxQuery && listed(places.Parameters, name) && visible(pair) {
			f.Query = appendParameters(f.Query, pair)
		}
	}
}

func appendHeader(f *codec.Forward, req *codec.Request, name string) {
	if value := req.Header.Peek(name); len(value) > 0 {
		f.Headers = append(f.Headers, [2]string{name, string(value)})
	}
}

// visible tells whether a parameter can stand in a request's line.
func visible(pair []byte) bool {
	for _, c := range pair {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}
