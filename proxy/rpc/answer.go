package rpc

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"winnow/proxy/codec"
)

// refusals are gRPC's codes for winnow's own. Of these an exporter sends UNAVAILABLE and DEADLINE_EXCEEDED again, and no other without a
// RetryInfo (opentelemetry.io/docs/specs/otlp, section failures of OTLP/gRPC).
var refusals = map[codec.Refusal]codes.Code{
	codec.Malformed: codes.InvalidArgument, codec.TooLarge: codes.ResourceExhausted, codec.UnsupportedEncoding: codes.Unimplemented,
	codec.Unauthorised: codes.Unauthenticated, codec.Forbidden: codes.PermissionDenied, codec.NotFound: codes.Unimplemented, codec.Busy: codes.Unavailable, codec.NotReady: codes.Unavailable,
	codec.UpstreamDown: codes.Unavailable, codec.UpstreamTimeout: codes.DeadlineExceeded,
}

// statuses are gRPC's codes for what an upstream answered over HTTP.
var statuses = map[int]codes.Code{
	http.StatusBadRequest: codes.InvalidArgument, http.StatusUnauthorized: codes.Unauthenticated, http.StatusForbidden: codes.PermissionDenied,
	http.StatusNotFound: codes.Unimplemented, http.StatusMethodNotAllowed: codes.Unimplemented, http.StatusRequestEntityTooLarge: codes.ResourceExhausted,
	http.StatusTooManyRequests: codes.Unavailable, http.StatusBadGateway: codes.Unavailable, http.StatusServiceUnavailable: codes.Unavailable,
	http.StatusGatewayTimeout: codes.DeadlineExceeded,
}

// answer makes of an answer over HTTP one over gRPC: the response's bytes, or an error. An upstream's own words are not repeated.
func answer(r *codec.Response, why codec.Refusal, detail string) ([]byte, error) {
	wait := time.Duration(r.RetryAfter) * time.Second
	if why != 0 {
		code, known := refusals[why]
		if !known {
			code = codes.Unavailable // never a success that is none
		}
		return nil, failure(code, detail, wait)
	}
	if r.Status/100 == 2 {
		if !strings.HasPrefix(r.ContentType, contentType) {
			return nil, nil // a success without a word: the empty response
		}
		return bytes.Clone(r.Body), nil
	}
	code, known := statuses[r.Status]
	if !known {
		code = codes.InvalidArgument
		if r.Status >= 500 {
			code = codes.Unavailable
		}
	}
	return nil, failure(code, "the upstream answered "+http.StatusText(r.Status), wait)
}

// failure is an error with a hint when to come back, if it may be mended by that.
func failure(code codes.Code, detail string, wait time.Duration) error {
	if code == codes.Unavailable || code == codes.DeadlineExceeded {
		return retryable(code, detail, wait)
	}
	return status.Error(code, detail)
}

func retryable(code codes.Code, detail string, wait time.Duration) error {
	s := status.New(code, detail)
	if wait == 0 {
		return s.Err()
	}
	if with, err := s.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(wait)}); err == nil {
		s = with
	}
	return s.Err()
}
