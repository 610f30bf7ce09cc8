package codec_test

import (
	"strings"
	"testing"

	"winnow/proxy/codec"
)

// What a protocol's clients are told of each failure: the status they act on, and the words that they look for.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		codec  codec.Codec
		why    codec.Refusal
		status int
		words  string
		retry  bool
	}{
		{codec.ClickHouse{}, codec.Malformed, 400, "Code: 117. DB::Exception: winnow: x. (INCORRECT_DATA)", false},
		{codec.ClickHouse{}, codec.TooLarge, 413, "Code: 307. ", false},
		{codec.ClickHouse{}, codec.UnsupportedEncoding, 400, "Code: 73. ", false},
		{codec.ClickHouse{}, codec.Unauthorised, 401, "Code: 516. ", false},
		{codec.ClickHouse{}, codec.NotFound, 404, "Code: 48. ", false},
		{codec.ClickHouse{}, codec.Forbidden, 403, "Code: 164. ", false},
		{codec.ClickHouse{}, codec.Busy, 503, "Code: 202. ", true},
		{codec.ClickHouse{}, codec.NotReady, 503, "Code: 202. ", true},
		{codec.ClickHouse{}, codec.UpstreamDown, 503, "Code: 210. ", true},
		{codec.ClickHouse{}, codec.UpstreamTimeout, 504, "Code: 209. ", true},

		{codec.Sentry{}, codec.Malformed, 400, `{"detail":"x"}`, false},
		{codec.Sentry{}, codec.TooLarge, 413, `{"detail":"x"}`, false},
		{codec.Sentry{}, codec.Unauthorised, 401, `{"detail":"x"}`, false},
		{codec.Sentry{}, codec.Forbidden, 403, `{"detail":"x"}`, false},
		{codec.Sentry{}, codec.Busy, 429, `{"detail":"x"}`, true},
		{codec.Sentry{}, codec.NotReady, 503, `{"detail":"x"}`, true},
		{codec.Sentry{}, codec.UpstreamDown, 503, `{"detail":"x"}`, true},
		{codec.Browser{}, codec.Malformed, 400, `{"error":"x"}`, false},
		{codec.Browser{}, codec.TooLarge, 413, `{"error":"x"}`, false},
		{codec.Browser{}, codec.UnsupportedEncoding, 415, `{"error":"x"}`, false},
		{codec.Browser{}, codec.Busy, 503, `{"error":"x"}`, true},
		{codec.Browser{}, codec.NotReady, 503, `{"error":"x"}`, true},
		{codec.Browser{}, codec.UpstreamDown, 503, `{"error":"x"}`, true},
	} {
		r := c.codec.Refuse(c.why, "x", "")
		if r.Status != c.status || !strings.HasPrefix(string(r.Body), c.words) || (r.RetryAfter > 0) != c.retry {
			t.Errorf("%s, refusal %d: %d %q, retry after %d s", c.codec.Protocol(), c.why, r.Status, r.Body, r.RetryAfter)
		}
	}
}
