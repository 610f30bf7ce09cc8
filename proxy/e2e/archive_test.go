package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/klauspost/compress/zstd"
)

// bucketName is made before the test.
const bucketName = "example-logs"

// newBucket starts a store that speaks S3, with one bucket. The first requests that put an object are answered by faults.
func newBucket(t *testing.T, faults ...http.HandlerFunc) (url string, objects gofakes3.Backend, attempts *atomic.Int32) {
	t.Helper()
	objects, attempts = s3mem.New(), new(atomic.Int32)
	if err := objects.CreateBucket(bucketName); err != nil {
		t.Fatal(err)
	}
	store := gofakes3.New(objects, gofakes3.WithIntegrityCheck(true)).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			if n := int(attempts.Add(1)); n <= len(faults) {
				faults[n-1](w, r)
				return
			}
		}
		store.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, objects, attempts
}

// slowDown is what S3 answers when it is asked too often.
func slowDown(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(http.StatusServiceUnavailable)
	fmt.Fprint(w, "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>")
}

// cutOff breaks the connection in the middle of the object.
func cutOff(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.CopyN(io.Discard, r.Body, 100)
	panic(http.ErrAbortHandler)
}

// stored are the lines of all objects by key.
func stored(t *testing.T, objects gofakes3.Backend) map[string]string {
	t.Helper()
	list, err := objects.ListBucket(bucketName, &gofakes3.Prefix{}, gofakes3.ListBucketPage{})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, c := range list.Contents {
		object, err := objects.GetObject(bucketName, c.Key, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := zstd.NewReader(object.Contents)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("%s: %v", c.Key, err)
		}
		r.Close()
		all[c.Key] = string(plain)
	}
	return all
}

var objectKey = regexp.MustCompile(`^winnow/dt=\d{4}-\d\d-\d\d/hour=\d\d/\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{12}-\d{6}\.ndjson\.zst$`)

// startArchive runs winnow before a bucket.
func (s *stand) startArchive(t *testing.T, m mode, url, delivery string) {
	t.Helper()
	s.startRecords(t, m, fmt.Sprintf("type: s3, url: '%s', bucket: %s, prefix: winnow, flush_interval: 100ms, "+
		"access_key_id: made-up-id, secret_access_key: made-up-secret}]\nroutes: [{path: /ingest, protocol: json, delivery: %s", url, bucketName, delivery))
}

// TestSpoolReachesABucket ships lines of JSON into the spool, which outlives a store that asks to slow down.
func TestSpoolReachesABucket(t *testing.T) {
	needTool(t, "curl")
	t.Parallel()
	url, objects, _ := newBucket(t, slowDown)
	s := &stand{}
	s.startArchive(t, strict, url, "spool")
	curl(t, s.url+"/ingest", []string{"Content-Type: application/x-ndjson"}, []byte(jsonlineBody(lines())))
	var all map[string]string
	eventually(t, "an object", func() bool {
		all = stored(t, objects)
		return len(all) > 0
	})
	for _, text := range all {
		checkStored(t, strict, text)
	}
}

// TestRecordsReachABucket ships lines of JSON into a bucket: a store that asks to slow down and a connection that breaks in the middle of an
// object cost nothing, and the object is there once.
func TestRecordsReachABucket(t *testing.T) {
	for _, m := range []mode{strict, scrub} {
		t.Run(string(m), func(t *testing.T) {
			needTool(t, "curl")
			t.Parallel()
			url, objects, attempts := newBucket(t, slowDown, cutOff)
			s := &stand{}
			s.startArchive(t, m, url, "sync")
			curl(t, s.url+"/ingest", []string{"Content-Type: application/x-ndjson"}, []byte(jsonlineBody(lines())))
			all := stored(t, objects) // the answer was heard: so they are there
			if len(all) != 1 || attempts.Load() != 3 {
				t.Fatalf("%d objects after %d attempts", len(all), attempts.Load())
			}
			for key, text := range all {
				if !objectKey.MatchString(key) {
					t.Errorf("key %s", key)
				}
				checkStored(t, m, text)
			}
			if err := s.winnow.stop(); err != nil {
				t.Errorf("winnow did not end well: %v", err)
			}
			if kinds := found(s.winnow.out.String(), planted(m)); len(kinds) > 0 {
				t.Errorf("winnow's log holds planted values: %v", kinds)
			}
		})
	}
}

func checkStored(t *testing.T, m mode, text string) {
	t.Helper()
	if got := strings.Count(text, "\n"); got != len(lines()) {
		t.Errorf("%d records of %d", got, len(lines()))
	}
	for i, l := range lines() {
		for _, words := range append(l.keep, traceID(i)) {
			if !strings.Contains(text, strings.Trim(mustJSON(words), `"`)) && !strings.Contains(text, words) {
				t.Errorf("record %d lacks %q", i, words)
			}
		}
	}
	if kinds := found(text, planted(m)); len(kinds) > 0 {
		t.Errorf("the object holds planted values: %v", kinds)
	}
}

// TestBucketRefuses has a store refuse every object: the client is not told of success, the log names the kind of failure, and nothing of
// what the store said.
func TestBucketRefuses(t *testing.T) {
	t.Parallel()
	url, objects, _ := newBucket(t, denied, denied, denied)
	s := &stand{}
	s.startArchive(t, strict, url, "sync")
	resp, err := http.Post(s.url+"/ingest", "application/x-ndjson", strings.NewReader(oneRecord))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("answer %s", resp.Status)
	}
	if all := stored(t, objects); len(all) != 0 {
		t.Errorf("%d objects", len(all))
	}
	if err := s.winnow.stop(); err != nil {
		t.Error(err)
	}
	if text := s.winnow.out.String(); !strings.Contains(text, `"kind":"access denied"`) || strings.Contains(text, "User: arn") {
		t.Errorf("log %s", text)
	}
}

func denied(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(http.StatusForbidden)
	fmt.Fprint(w, "<Error><Code>AccessDenied</Code><Message>User: arn:aws:iam::000000000000:user/alice may not</Message></Error>")
}
