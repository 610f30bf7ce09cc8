package proxy

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"winnow/proxy/values"
)

// Two nodes with two policies are told at once, are a problem once that lasts for longer than a roll-out, and are none any more when one takes the other's
// policy, or is gone.
func TestPoliciesDiffer(t *testing.T) {
	folder, err := values.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	bucket := func() (values.Bucket, error) { return folder, nil }
	var clock atomic.Int64
	now := func() time.Time { return time.Unix(clock.Load(), 0) }
	var second atomic.Pointer[string]
	old, fresh := "digest-1", "digest-2"
	second.Store(&old)
	one := newAgreement(bucket, func() string { return fresh }, now)
	two := newAgreement(bucket, func() string { return *second.Load() }, now)
	ctx, stop := context.WithCancel(t.Context())
	heardAll := make(chan struct{})
	go func() { _ = folder.Watch(ctx, one.hear, func() { close(heardAll) }) }()
	defer stop()
	<-heardAll
	both := func() {
		t.Helper()
		one.say(t.Context())
		two.say(t.Context())
		for end := time.After(10 * time.Second); ; {
			one.mu.Lock()
			there := one.nodes[two.node].Beat == two.beat
			one.mu.Unlock()
			if there {
				return
			}
			select {
			case <-end:
				t.Fatal("what a node says is not heard")
			case <-time.After(time.Millisecond):
			}
		}
	}
	both()
	if policies, nodes, _ := one.count(); policies != 2 || nodes != 2 {
		t.Errorf("%d policies on %d nodes", policies, nodes)
	}
	for range 12 {
		if list := one.problems(); len(list) > 0 {
			t.Errorf("after %s: %q", now().Sub(time.Unix(0, 0)), list)
		}
		clock.Add(50)
		both()
	}
	if list := one.problems(); len(list) != 1 || !strings.Contains(list[0], "2 policies are in force on 2 nodes for 10m") {
		t.Errorf("after a roll-out's time: %q", list)
	}
	second.Store(&fresh)
	both()
	if policies, nodes, _ := one.count(); policies != 1 || nodes != 2 || len(one.problems()) > 0 {
		t.Errorf("%d policies on %d nodes, %q", policies, nodes, one.problems())
	}
	second.Store(&old)
	both()
	clock.Add(61)
	if policies, nodes, _ := one.count(); policies != 1 || nodes != 1 {
		t.Errorf("a node that is gone counts: %d policies on %d nodes", policies, nodes)
	}
}

// For how long policies have differed is known to who asks for the first time; that they did once, and agreed since, does not count.
func TestPoliciesDifferUnasked(t *testing.T) {
	var clock atomic.Int64
	a := newAgreement(nil, func() string { return "digest-1" }, func() time.Time { return time.Unix(clock.Load(), 0) })
	hears := func(policy string, times int) {
		for range times {
			clock.Add(50)
			a.hear("other", values.JSON(said{policy, uint64(clock.Load())}))
		}
	}
	hears("digest-2", 14)
	if list := a.problems(); len(list) != 1 || !strings.Contains(list[0], "2 policies are in force on 2 nodes for 10m") {
		t.Errorf("asked for the first time: %q", list)
	}
	hears("digest-1", 1)
	hears("digest-2", 2)
	if list := a.problems(); len(list) > 0 {
		t.Errorf("they have agreed meanwhile: %q", list)
	}
}

// A node that cannot open the bucket in which the others say it does not take them for agreed.
func TestPoliciesOfOthersUnknown(t *testing.T) {
	a := newAgreement(func() (values.Bucket, error) { return nil, ErrStateLost }, func() string { return "digest-1" }, time.Now)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { a.run(ctx); close(done) }()
	for end := time.After(10 * time.Second); len(a.problems()) == 0; {
		select {
		case <-end:
			t.Fatal("no problem is told")
		case <-time.After(time.Millisecond):
		}
	}
	if list := a.problems(); len(list) != 1 || !strings.Contains(list[0], "not known: "+ErrStateLost.Error()) {
		t.Errorf("%q", list)
	}
	stop()
	<-done
}
