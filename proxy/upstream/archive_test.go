package upstream_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/zstd"

	"winnow/proxy/codec"
	"winnow/proxy/upstream"
)

// store keeps objects in memory. answers are those to the next attempts; after them every object is taken.
type store struct {
	mu      sync.Mutex
	answers []error
	hold    chan struct{} // not nil: an attempt waits for it
	keys    []string      // of every attempt
	bodies  []string      // of every attempt
	objects map[string]string
}

func (s *store) Put(ctx context.Context, key string, body []byte) error {
	s.mu.Lock()
	s.keys, s.bodies = append(s.keys, key), append(s.bodies, string(body))
	var answer error
	if len(s.answers) > 0 {
		answer, s.answers = s.answers[0], s.answers[1:]
	}
	if answer == nil {
		if s.objects == nil {
			s.objects = map[string]string{}
		}
		s.objects[key] = string(body)
	}
	s.mu.Unlock()
	if s.hold != nil {
		select {
		case <-s.hold:
		case <-ctx.Done():
			return refused{"time-out", codec.UpstreamTimeout, true}
		}
	}
	return answer
}

type refused struct {
	kind  string
	why   codec.Refusal
	again bool
}

func (r refused) Error() string                  { return r.kind }
func (r refused) Refusal() (codec.Refusal, bool) { return r.why, r.again }

var slowDown = refused{"throttled", codec.Busy, true}

// lines of all objects, by key.
func (s *store) lines(t *testing.T) map[string]string {
	t.Helper()
	r, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	all := map[string]string{}
	for key, body := range s.objects {
		plain, err := r.DecodeAll([]byte(body), nil)
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		all[key] = string(plain)
	}
	return all
}

// archiveOf is an archive over s that holds at most 4 KiB an object, waits a second, and gives up ten seconds later.
func archiveOf(t *testing.T, s *store, log *bytes.Buffer) *upstream.Archive {
	t.Helper()
	a, err := upstream.NewArchive(upstream.ArchiveOptions{
		ID: "archive", Store: s, Prefix: "logs/winnow", ObjectBytes: 4 << 10, FlushInterval: time.Second, Timeout: 10 * time.Second,
		Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// deliverAll delivers batches at the same moment and returns how each ended, and when.
func deliverAll(t *testing.T, a *upstream.Archive, bodies ...string) (errs []error, took []time.Duration) {
	t.Helper()
	errs, took = make([]error, len(bodies)), make([]time.Duration, len(bodies))
	var all sync.WaitGroup
	for i, body := range bodies {
		d := deliveryOf(t, body)
		all.Go(func() {
			began := time.Now()
			_, errs[i] = a.Deliver(d)
			took[i] = time.Since(began)
		})
	}
	all.Wait()
	return errs, took
}

var objectKey = regexp.MustCompile(`^logs/winnow/dt=2000-01-01/hour=00/20000101T000000\.000Z-[0-9a-f]{12}-000000\.ndjson\.zst$`)

// Batches that come together share an object, and are acknowledged when it is stored, not before.
func TestArchiveGathers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := &store{}
		a := archiveOf(t, s, &log)
		errs, took := deliverAll(t, a, `{"msg":"one"}`+"\n", `{"msg":"two"}`+"\n", `{"msg":"three"}`+"\n")
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		for i := range errs {
			if errs[i] != nil || took[i] != time.Second {
				t.Errorf("batch %d: %v after %v", i, errs[i], took[i])
			}
		}
		objects := s.lines(t)
		if len(objects) != 1 {
			t.Fatalf("%d objects", len(objects))
		}
		for key, lines := range objects {
			if !objectKey.MatchString(key) {
				t.Errorf("key %s", key)
			}
			for _, word := range []string{"one", "two", "three"} {
				if strings.Count(lines, `{"msg":"`+word+`"}`+"\n") != 1 {
					t.Errorf("%s is not once in %q", word, lines)
				}
			}
		}
	})
}

// An object that is full does not wait, and a batch larger than one is an object of its own.
func TestArchiveSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := &store{}
		a := archiveOf(t, s, &log)
		long := fmt.Sprintf(`{"msg":"%s"}`+"\n", strings.Repeat("word ", 2000))
		errs, took := deliverAll(t, a, long)
		if errs[0] != nil || took[0] != 0 {
			t.Errorf("%v after %v", errs[0], took[0])
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		for _, lines := range s.lines(t) {
			if lines != long {
				t.Errorf("%d bytes stored of %d", len(lines), len(long))
			}
		}
	})
}

// Another attempt has the same key and the same bytes, and the client hears of the one that succeeds.
func TestArchiveTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := &store{answers: []error{slowDown, errors.New("connection lost after example.com"), refused{"status 500", codec.UpstreamDown, true}}}
		a := archiveOf(t, s, &log)
		errs, _ := deliverAll(t, a, `{"msg":"one"}`+"\n")
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		if errs[0] != nil || len(s.objects) != 1 || len(s.keys) != 4 {
			t.Fatalf("%v, %d objects after %d attempts", errs[0], len(s.objects), len(s.keys))
		}
		for i := range s.keys {
			if s.keys[i] != s.keys[0] || s.bodies[i] != s.bodies[0] {
				t.Errorf("attempt %d is of another object", i)
			}
		}
		if log.Len() > 0 {
			t.Errorf("a success was logged as a failure: %s", &log)
		}
	})
}

// What cannot be stored is told as what it is, in time, and the log names its kind.
func TestArchiveFailures(t *testing.T) {
	always := func(err error) []error {
		list := make([]error, 100)
		for i := range list {
			list[i] = err
		}
		return list
	}
	for _, c := range []struct {
		name     string
		answers  []error
		why      codec.Refusal
		attempts int // at most
		kind     string
	}{
		{"throttled", always(slowDown), codec.Busy, 20, "kind=throttled"},
		{"permission", always(refused{"access denied", codec.UpstreamDown, false}), codec.UpstreamDown, 1, `kind="access denied"`},
		{"down", always(refused{"unreachable", codec.UpstreamDown, true}), codec.UpstreamDown, 20, "kind=unreachable"},
		{"slow", always(refused{"time-out", codec.UpstreamTimeout, true}), codec.UpstreamTimeout, 20, "kind=time-out"},
		{"strange", always(errors.New("about alice@example.com")), codec.UpstreamDown, 20, "kind=unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				s := &store{answers: c.answers}
				a := archiveOf(t, s, &log)
				errs, took := deliverAll(t, a, `{"msg":"one"}`+"\n", `{"msg":"two"}`+"\n")
				if err := a.Close(); err != nil {
					t.Fatal(err)
				}
				for i := range errs {
					var e *upstream.Error
					if !errors.As(errs[i], &e) || e.Why != c.why || took[i] > 11*time.Second {
						t.Errorf("batch %d: %v after %v", i, errs[i], took[i])
					}
				}
				if len(s.keys) > c.attempts || c.attempts > 1 && len(s.keys) < 3 {
					t.Errorf("%d attempts", len(s.keys))
				}
				if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, c.kind) || strings.Contains(text, "alice") {
					t.Errorf("log %q", text)
				}
			})
		})
	}
}

// A store that is down is given time: after some failures clients hear it at once.
func TestArchiveRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := &store{}
		for range 5 {
			s.answers = append(s.answers, refused{"access denied", codec.UpstreamDown, false})
		}
		a := archiveOf(t, s, &log)
		long := fmt.Sprintf(`{"msg":"%s"}`+"\n", strings.Repeat("word ", 1000))
		for range 5 {
			deliverAll(t, a, long)
		}
		if a.Up() {
			t.Error("five failures in a row, and it is up")
		}
		<-time.After(time.Minute)
		if errs, _ := deliverAll(t, a, long); errs[0] != nil || !a.Up() {
			t.Errorf("after a minute: %v", errs[0])
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// A store that hangs holds a bounded number of objects, and everybody hears in time that it was too much.
func TestArchiveHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := &store{hold: make(chan struct{})}
		a := archiveOf(t, s, &log)
		bodies := make([]string, 40)
		for i := range bodies {
			bodies[i] = fmt.Sprintf(`{"msg":"%s"}`+"\n", strings.Repeat("word ", 1000))
		}
		errs, took := deliverAll(t, a, bodies...)
		for i := range errs {
			var e *upstream.Error
			if !errors.As(errs[i], &e) || e.Why != codec.UpstreamTimeout && e.Why != codec.Busy && e.Why != codec.UpstreamDown || took[i] > 22*time.Second {
				t.Errorf("batch %d: %v after %v", i, errs[i], took[i])
			}
		}
		close(s.hold)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// Close stores what was accepted at once, and afterwards nothing is.
func TestArchiveCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := &store{}
		a := archiveOf(t, s, &log)
		d, late := deliveryOf(t, `{"msg":"one"}`+"\n"), deliveryOf(t, `{"msg":"two"}`+"\n")
		took := make(chan time.Duration)
		go func() {
			began := time.Now()
			if _, err := a.Deliver(d); err != nil {
				t.Error(err)
			}
			took <- time.Since(began)
		}()
		synctest.Wait()
		go a.Close()
		if waited := <-took; waited != 0 {
			t.Errorf("stored after %v", waited)
		}
		var e *upstream.Error
		if _, err := a.Deliver(late); !errors.As(err, &e) || e.Why != codec.NotReady {
			t.Errorf("after Close: %v", err)
		}
	})
}
