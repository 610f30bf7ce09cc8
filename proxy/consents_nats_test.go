package proxy_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"winnow/config"
	"winnow/proxy"
	"winnow/proxy/consent"
	"winnow/proxy/spool/natstest"
	"winnow/proxy/values"
)

// consentNode is a node's copy of the consents in a cluster's state, and its desk.
type consentNode struct {
	*consent.Live
	desk consent.Desk
}

func newConsentNode(t *testing.T, s *natstest.Servers) consentNode {
	t.Helper()
	c := config.Default()
	c.DataDir, c.Spool.NATS, c.Spool.Monitor = t.TempDir(), s.URLs, s.Monitors
	state := proxy.NewState(c, slog.New(slog.DiscardHandler), time.Now)
	t.Cleanup(func() {
		if err := state.Close(); err != nil {
			t.Error(err)
		}
	})
	bucket := func() (values.Bucket, error) { return state.Bucket("consents") }
	n := consentNode{Live: consent.NewLive(consent.Options{Bucket: bucket, MaxStaleness: time.Second, Now: time.Now, Problem: func(error) {}})}
	n.desk = consent.Desk{
		Bucket: bucket, Now: time.Now, Live: n.Live, Tenants: []string{"acme"}, Streams: []string{"/ingest"},
		Purge: func(context.Context, string, string) (*consent.Proof, error) { return nil, nil },
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { n.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	return n
}

// STAT-1, TRAIN-1, TRAIN-3: what a tenant decides at one node of a cluster is in force on another within a second; a node that does not reach the
// cluster for longer than max_staleness makes no statistics and copies nothing, until it does.
func TestSTAT1TRAIN3ConsentsInCluster(t *testing.T) {
	s := natstest.Start(t, 1, true)
	a, b := newConsentNode(t, s), newConsentNode(t, s)
	until(t, 20*time.Second, "both nodes know the consents", func() bool { return a.Fresh() && b.Fresh() })
	trained := consent.Change{Tenant: "acme", Purpose: consent.Training}
	granted, counted := trained, consent.Change{Tenant: "acme", Purpose: consent.Statistics}
	granted.Addendum, granted.Streams = "A-17", []string{"/ingest"}
	for _, step := range []struct {
		what   string
		act    func(context.Context, string, *consent.Change) (consent.Answer, error)
		change *consent.Change
		seen   func() bool
	}{
		{"a grant of training", a.desk.Grant, &granted, func() bool { return b.Training("acme", "/ingest") }},
		{"a withdrawal from training", a.desk.Withdraw, &trained, func() bool { return !b.Training("acme", "/ingest") }},
		{"an opt-out of statistics", b.desk.Withdraw, &counted, func() bool { return a.OptedOut("acme") }},
		{"statistics again", b.desk.Grant, &counted, func() bool { return !a.OptedOut("acme") }},
		{"training again", b.desk.Grant, &granted, func() bool { return a.Training("acme", "/ingest") }},
	} {
		if _, err := step.act(t.Context(), "officer", step.change); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		t.Logf("%s is in force on the other node after %s", step.what, until(t, time.Second, step.what, step.seen))
	}

	s.Stop(0)
	until(t, 20*time.Second, "doubt", func() bool { return a.OptedOut("acme") && !a.Training("acme", "/ingest") })
	s.Again(t, 0)
	until(t, 20*time.Second, "what was decided, after the cluster is back", func() bool { return !a.OptedOut("acme") && a.Training("acme", "/ingest") })
}
