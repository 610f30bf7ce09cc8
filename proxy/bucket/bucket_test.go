package bucket_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"winnow/proxy/bucket"
	"winnow/proxy/codec"
)

// openAt is a bucket behind a server that stands in for a store.
func openAt(t *testing.T, serve http.HandlerFunc) (*bucket.Bucket, *httptest.Server) {
	t.Helper()
	server := httptest.NewServer(serve)
	t.Cleanup(server.Close)
	b, err := bucket.Open(bucket.Options{
		Bucket: "logs", Region: "eu-central-1", Endpoint: server.URL, PathStyle: true, AccessKeyID: "made-up-id", SecretAccessKey: "made-up-secret", Connections: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b, server
}

// A request is signed for the bucket's region, holds the object as it is, and shows no secret.
func TestPut(t *testing.T) {
	var got *http.Request
	var body []byte
	b, _ := openAt(t, func(_ http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
	})
	if err := b.Put(t.Context(), "dt=2026-03-14/hour=09/a.ndjson.zst", []byte("content")); err != nil {
		t.Fatal(err)
	}
	if got.Method != http.MethodPut || got.URL.Path != "/logs/dt=2026-03-14/hour=09/a.ndjson.zst" || string(body) != "content" {
		t.Errorf("%s %s %q", got.Method, got.URL.Path, body)
	}
	if got.Header.Get("Content-Type") != "application/zstd" || got.Header.Get("Content-Encoding") != "" || got.ContentLength != 7 {
		t.Errorf("header %v, %d bytes", got.Header, got.ContentLength)
	}
	sign := got.Header.Get("Authorization")
	if !strings.Contains(sign, "Credential=made-up-id/") || !strings.Contains(sign, "/eu-central-1/s3/aws4_request") || strings.Contains(sign, "secret") {
		t.Errorf("signature %q", sign)
	}
	if got.Header.Get("X-Amz-Sdk-Checksum-Algorithm") != "" || got.Header.Get("X-Amz-Trailer") != "" {
		t.Error("a store that is not Amazon's is sent Amazon's checksums")
	}
}

func TestFailures(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		kind   string
		why    codec.Refusal
		again  bool
	}{
		{503, "SlowDown", "throttled", codec.Busy, true},
		{503, "", "throttled", codec.Busy, true},
		{429, "", "throttled", codec.Busy, true},
		{503, "alice@example.com", "status 503", codec.Busy, true},
		{500, "InternalError", "status 500", codec.UpstreamDown, true},
		{400, "RequestTimeout", "time-out", codec.UpstreamTimeout, true},
		{403, "AccessDenied", "access denied", codec.UpstreamDown, false},
		{403, "SignatureDoesNotMatch", "wrong secret access key", codec.UpstreamDown, false},
		{404, "NoSuchBucket", "no such bucket", codec.UpstreamDown, false},
		{301, "PermanentRedirect", "bucket of another region", codec.UpstreamDown, false},
		{403, "alice@example.com", "status 403", codec.UpstreamDown, false},
	} {
		b, _ := openAt(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(c.status)
			if c.code != "" {
				_, _ = io.WriteString(w, "<Error><Code>"+c.code+"</Code><Message>about alice@example.com</Message></Error>")
			}
		})
		failed(t, b.Put(t.Context(), "a", []byte("content")), c.kind, c.why, c.again)
	}
}

func failed(t *testing.T, err error, kind string, why codec.Refusal, again bool) {
	t.Helper()
	var f *bucket.Failure
	if !errors.As(err, &f) {
		t.Fatalf("%s: error is %T %v", kind, err, err)
	}
	if w, a := f.Refusal(); f.Error() != kind || w != why || a != again {
		t.Errorf("got %q %v %v, want %q %v %v", f, w, a, kind, why, again)
	}
}

// A connection that is cut in the middle of an object, a store that is gone, and one that does not answer are told apart.
func TestBroken(t *testing.T) {
	object := []byte(strings.Repeat("content ", 1<<17))
	cut, server := openAt(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.CopyN(io.Discard, r.Body, 1000)
		panic(http.ErrAbortHandler)
	})
	failed(t, cut.Put(t.Context(), "a", object), "unreachable", codec.UpstreamDown, true)
	server.Close()
	failed(t, cut.Put(t.Context(), "a", object), "unreachable", codec.UpstreamDown, true)

	free := make(chan struct{})
	silent, _ := openAt(t, func(http.ResponseWriter, *http.Request) { <-free })
	defer close(free)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	failed(t, silent.Put(ctx, "a", object), "time-out", codec.UpstreamTimeout, true)
}

func TestAuthorities(t *testing.T) {
	if _, err := bucket.Open(bucket.Options{CAFile: "bucket.go"}); err == nil || !strings.Contains(err.Error(), "no certificate") {
		t.Errorf("a file that is none: %v", err)
	}
}
