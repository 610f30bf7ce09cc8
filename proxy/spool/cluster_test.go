package spool_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"winnow/proxy/spool"
	"winnow/proxy/spool/natstest"
)

// largestFrame is what servers with a max_payload of 8MB take, with room for headers.
const largestFrame = 8<<20 - 64<<10

// external connects to servers.
func external(t testing.TB, s *natstest.Servers, replicas int) *spool.JetStream {
	t.Helper()
	store, err := spool.OpenJetStream(t.Context(), spool.JetStreamOptions{
		URLs: s.URLs, Monitors: s.Monitors, Replicas: replicas, MaxFrameBytes: largestFrame, AckWait: conformanceAckWait, MaxPending: 256,
	})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// storeFiles lists the files of what is kept in folders.
func storeFiles(t testing.TB, dirs []string, pattern string) (list []string) {
	t.Helper()
	for _, dir := range dirs {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, found...)
	}
	return list
}

func laneFiles(name string) string {
	return fmt.Sprintf("jetstream/$G/streams/winnow_lane_%s/msgs/*.blk", name)
}

// within waits for something that has no event to wait for.
func within(t testing.TB, limit time.Duration, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(limit); !is(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}
