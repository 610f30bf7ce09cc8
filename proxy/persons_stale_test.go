package proxy

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"winnow/config"
	"winnow/proxy/admin"
	"winnow/proxy/ingest"
	"winnow/proxy/subjects"
	"winnow/proxy/values"
	"winnow/scrub"
)

// RIGHT-3: a node of a cluster that was out of reach of the list for longer than max_staleness strips what it takes; one alone has its list
// at hand, and one that never read it refuses.
func TestStaleListStrips(t *testing.T) {
	began := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	bucket, err := values.OpenFolder(filepath.Join(t.TempDir(), suppressions))
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	live := subjects.NewLive(func() (values.Bucket, error) { return bucket, nil }, func() time.Time { return began }, func(error) { close(read) })
	counters := admin.NewMetrics("test", admin.Gauges{
		InflightBytes: none, InflightStage: none, Connections: none, UpstreamsUp: func() map[string]bool { return nil },
	}).Persons(none, nil)
	s := &people{
		persons: &persons{live: live, counters: counters}, maxAge: 5 * time.Minute, dnt: config.SignalIgnore, gpc: config.SignalIgnore,
	}
	at := func(after time.Duration) (stripped bool, err error) {
		var q scrub.Request
		_, err = s.about(&q, &ingest.Request{Received: began.Add(after)})
		return q.Marked != nil && q.Marked.All, err
	}
	if _, err := at(0); err == nil {
		t.Error("a list that was never read is used")
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { live.Run(ctx); close(done) }()
	<-read
	stop()
	<-done
	for _, shared := range []bool{false, true} {
		s.shared = shared
		for after, old := range map[time.Duration]bool{4 * time.Minute: false, 6 * time.Minute: true} {
			if stripped, err := at(after); err != nil || stripped != (old && shared) {
				t.Errorf("shared %v, after %v: stripped %v, %v", shared, after, stripped, err)
			}
		}
	}
}

func none() float64 { return 0 }
