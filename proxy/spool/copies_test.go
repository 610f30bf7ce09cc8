package spool_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"winnow/proxy/spool"
	"winnow/proxy/spool/natstest"
)

const damagedFrames = 600

// A server whose copy of a lane is damaged, and who leads the lane and its consumer, passes over what it lacks without a word. That is noticed, what is
// missing is had from another copy, everything arrives once, and the operator is told which server it is; nothing counts as lost.
func TestDamagedCopy(t *testing.T) {
	t.Parallel() // it waits most of the time
	s := natstest.Start(t, 3, true)
	a := newArrivals()
	gate := make(chan struct{})
	n := &node{log: &lines{}}
	defer func() {
		if t.Failed() {
			t.Log(n.log)
		}
	}()
	n.Spool = open(t, external(t, s, 3), func(o *spool.Options) {
		o.Log = slog.New(slog.NewTextHandler(n.log, nil))
		o.Shared, o.Patience, o.MaxLaneBytes = true, 10*time.Second, 64<<20
	})
	q, err := n.Queue(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	noise := rand.NewChaCha8([32]byte{1})
	for i := range damagedFrames {
		e := entry(i)
		e.Body = make([]byte, holesBody)
		noise.Read(e.Body)
		if err := q.Append(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	const damaged, name = 1, "n1"
	s.Stop(damaged)
	b := blocks(t, s.Dirs[damaged])
	flip(t, b[len(b)-2], func(n int) int { return n / 4 })
	s.Again(t, damaged)
	conn, js := s.Connect(t)
	lead := func(api string, leader func() string) {
		t.Helper()
		within(t, 30*time.Second, "the damaged copy leads: "+api, func() bool {
			if leader() == name {
				return true
			}
			body, _ := json.Marshal(server.JSApiLeaderStepdownRequest{Placement: &server.Placement{Preferred: name}})
			_, _ = conn.Request(api, body, time.Second)
			<-time.After(100 * time.Millisecond) // to be elected
			return false
		})
	}
	streamLeader := func() string {
		stream, err := js.Stream(t.Context(), "winnow_lane_main")
		if err != nil {
			return ""
		}
		return stream.CachedInfo().Cluster.Leader
	}
	lead(fmt.Sprintf(server.JSApiStreamLeaderStepDownT, "winnow_lane_main"), streamLeader)
	if r, err := q.Verify(t.Context()); err != nil || r.Frames == damagedFrames {
		t.Fatalf("the damaged copy has all %d frames, %v: nothing can be proved", r.Frames, err)
	}
	q.Start(func(ctx context.Context, e *spool.Entry) spool.Outcome {
		select {
		case <-gate:
		case <-ctx.Done():
		}
		return a.add(e)
	})
	within(t, takeOverPatience, "the lane is this node's", func() bool { p, _ := q.Ledger().Pending(); return p == damagedFrames })
	var taker string
	stream, err := js.Stream(t.Context(), "winnow_lane_main")
	if err != nil {
		t.Fatal(err)
	}
	for name := range stream.ConsumerNames(t.Context()).Name() {
		taker = name
	}
	lead(fmt.Sprintf(server.JSApiConsumerLeaderStepDownT, "winnow_lane_main", taker), func() string {
		c, err := js.Consumer(t.Context(), "winnow_lane_main", taker)
		if err != nil {
			return ""
		}
		return c.CachedInfo().Cluster.Leader
	})
	lead(fmt.Sprintf(server.JSApiStreamLeaderStepDownT, "winnow_lane_main"), streamLeader)
	close(gate)
	within(t, takeOverPatience, "all arrive", func() bool { n, _ := a.count(); return n == damagedFrames })
	a.once(t, damagedFrames)
	within(t, takeOverPatience, "the lane is empty", func() bool {
		waiting, _, err := q.Stats(t.Context())
		return err == nil && waiting.Frames == 0
	})
	if !slices.ContainsFunc(n.Warnings(), func(w string) bool { return strings.Contains(w, name) }) {
		t.Errorf("warnings: %q", n.Warnings())
	}
	n.queues = append(n.queues, q)
	n.end(t)
}
