package spool_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"winnow/proxy/spool"
	"winnow/proxy/spool/natstest"
)

// A cluster is trusted with acknowledgements if every server of it is known to write before it answers.
func TestVerifySync(t *testing.T) {
	cluster, lazy := natstest.Start(t, 3, true), natstest.Start(t, 1, false)
	within(t, 10*time.Second, "a server knows the size of the cluster", func() bool {
		return spool.VerifySync(t.Context(), http.DefaultClient, cluster.Monitors[:2]) != nil
	})
	for _, test := range []struct {
		name     string
		monitors []string
		says     string // empty: no error
	}{
		{"all", cluster.Monitors, ""},
		{"one is not named", cluster.Monitors[:2], "has 3 servers, and spool.monitor names 2"},
		{"one is named twice", []string{cluster.Monitors[0], cluster.Monitors[1], cluster.Monitors[0]}, "names 2"},
		{"lazy", lazy.Monitors, "sync_interval: always"},
		{"one is lazy", append(lazy.Monitors, cluster.Monitors...), lazy.Monitors[0]},
		{"none is named", nil, "spool.monitor"},
		{"one is not there, and in the cluster", append(cluster.Monitors[:2:2], "http://127.0.0.1:1"), "127.0.0.1:1"},
		{"not there", []string{"http://127.0.0.1:1"}, "127.0.0.1:1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := spool.VerifySync(t.Context(), http.DefaultClient, test.monitors)
			switch {
			case test.says == "" && err != nil:
				t.Error(err)
			case test.says != "" && (!errors.Is(err, spool.ErrMemoryAcks) || !strings.Contains(err.Error(), test.says)):
				t.Errorf("error %v", err)
			}
		})
	}
}

// A cluster that has lost a server acknowledges what more than half of it has written: it is trusted with that, but not with two lost.
func TestVerifySyncWithoutOne(t *testing.T) {
	cluster := natstest.Start(t, 3, true)
	verify := func() error { return spool.VerifySync(t.Context(), http.DefaultClient, cluster.Monitors) }
	within(t, 10*time.Second, "all are known", func() bool { return verify() == nil })
	cluster.Stop(0)
	within(t, 10*time.Second, "the others know that it is gone", func() bool { return verify() == nil })
	cluster.Stop(1)
	if err := verify(); !errors.Is(err, spool.ErrMemoryAcks) {
		t.Errorf("error %v", err)
	}
}

// A server that said that it writes before it acknowledges still does when it cannot be asked, as it is slow or out of reach.
func TestVerifySyncOutOfReach(t *testing.T) {
	cluster := natstest.Start(t, 3, true)
	known := map[string]bool{}
	verify := func(monitors []string) error {
		return spool.VerifySyncKnowing(t.Context(), http.DefaultClient, monitors, known)
	}
	unreachable := append(cluster.Monitors[:2:2], "http://127.0.0.1:1")
	within(t, 10*time.Second, "the servers know each other", func() bool { return verify(unreachable) != nil })
	if err := verify(cluster.Monitors); err != nil {
		t.Fatal(err)
	}
	if err := verify(unreachable); err != nil {
		t.Error(err)
	}
	if err := verify([]string{cluster.Monitors[0], "http://127.0.0.1:1", "http://127.0.0.1:1"}); !errors.Is(err, spool.ErrMemoryAcks) {
		t.Errorf("one of three answers: %v", err)
	}
}

// A server that gave up its store, as its disk is full, acknowledges nothing: the others are trusted as they are without it.
func TestVerifySyncWithoutStore(t *testing.T) {
	cluster := natstest.Start(t, 3, true)
	verify := func() error { return spool.VerifySync(t.Context(), http.DefaultClient, cluster.Monitors) }
	within(t, 10*time.Second, "all are known", func() bool { return verify() == nil })
	cluster.Idle(t, 0)
	within(t, 10*time.Second, "the others are trusted", func() bool { return verify() == nil })
	cluster.Idle(t, 1)
	within(t, 10*time.Second, "one alone is not", func() bool { return verify() != nil })
}

// Servers that acknowledge from memory are refused, or used with a warning that stays.
func TestMemoryAcks(t *testing.T) {
	lazy := natstest.Start(t, 1, false)
	o := spool.JetStreamOptions{URLs: lazy.URLs, Monitors: lazy.Monitors, MaxFrameBytes: 1 << 20}
	if s, err := spool.OpenJetStream(t.Context(), o); !errors.Is(err, spool.ErrMemoryAcks) {
		t.Errorf("opened %v, error %v", s != nil, err)
	}
	o.MemoryAcks = true
	s, err := spool.OpenJetStream(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if list := s.Warnings(); len(list) != 1 || !strings.Contains(list[0], "power fails") {
		t.Errorf("warnings: %q", list)
	}
}
