package bucket

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"winnow/proxy/codec"
)

// Failure is an object that was not stored. Its text is a word of this package's own, or a status: never the store's, which may repeat
// the key.
type Failure struct {
	kind  string
	why   codec.Refusal
	again bool
}

// Error is the kind of failure.
func (f *Failure) Error() string { return f.kind }

// Refusal says why in the protocols' words, and whether the same object may be taken when it is tried again.
func (f *Failure) Refusal() (why codec.Refusal, again bool) { return f.why, f.again }

// kinds are the codes of errors that say more than their status. Source: Amazon S3 API Reference, "Error responses".
var kinds = map[string]Failure{
	"SlowDown":                     {"throttled", codec.Busy, true},
	"ServiceUnavailable":           {"throttled", codec.Busy, true},
	"Throttling":                   {"throttled", codec.Busy, true},
	"ThrottlingException":          {"throttled", codec.Busy, true},
	"TooManyRequests":              {"throttled", codec.Busy, true},
	"RequestLimitExceeded":         {"throttled", codec.Busy, true},
	"OperationAborted":             {"conflict", codec.Busy, true},
	"RequestTimeout":               {"time-out", codec.UpstreamTimeout, true},
	"AccessDenied":                 {"access denied", codec.UpstreamDown, false},
	"AccountProblem":               {"access denied", codec.UpstreamDown, false},
	"InvalidAccessKeyId":           {"unknown access key", codec.UpstreamDown, false},
	"SignatureDoesNotMatch":        {"wrong secret access key", codec.UpstreamDown, false},
	"ExpiredToken":                 {"expired session token", codec.UpstreamDown, false},
	"InvalidToken":                 {"wrong session token", codec.UpstreamDown, false},
	"RequestTimeTooSkewed":         {"wrong clock", codec.UpstreamDown, false},
	"NoSuchBucket":                 {"no such bucket", codec.UpstreamDown, false},
	"InvalidBucketName":            {"no such bucket", codec.UpstreamDown, false},
	"PermanentRedirect":            {"bucket of another region", codec.UpstreamDown, false},
	"TemporaryRedirect":            {"bucket of another region", codec.UpstreamDown, false},
	"AuthorizationHeaderMalformed": {"bucket of another region", codec.UpstreamDown, false},
	"QuotaExceeded":                {"quota", codec.UpstreamDown, false},
}

// failureOf tells what an error of the SDK means.
func failureOf(ctx context.Context, err error) *Failure {
	var told smithy.APIError
	if errors.As(err, &told) {
		if f, ok := kinds[told.ErrorCode()]; ok {
			return &f
		}
	}
	var answer *smithyhttp.ResponseError
	if errors.As(err, &answer) && answer.HTTPStatusCode() != 0 {
		return ofStatus(answer.HTTPStatusCode())
	}
	var slow net.Error
	if ctx.Err() != nil || errors.As(err, &slow) && slow.Timeout() {
		return &Failure{"time-out", codec.UpstreamTimeout, true}
	}
	return &Failure{"unreachable", codec.UpstreamDown, true}
}

func ofStatus(status int) *Failure {
	kind := "status " + strconv.Itoa(status)
	switch {
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		return &Failure{kind, codec.Busy, true}
	case status == http.StatusRequestTimeout || status >= http.StatusInternalServerError:
		return &Failure{kind, codec.UpstreamDown, true}
	}
	return &Failure{kind, codec.UpstreamDown, false}
}
