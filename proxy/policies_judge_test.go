package proxy

import (
	"context"
	"sync"
	"testing"
	"time"

	"winnow/config"
	"winnow/proxy/spool"
	"winnow/proxy/values"
	"winnow/scrub"
)

// slowBucket keeps texts whose readers wait until it is let go.
type slowBucket struct {
	values.Bucket
	asked chan struct{}
	letGo chan struct{}
}

func (b *slowBucket) Get(ctx context.Context, name string) ([]byte, error) {
	b.asked <- struct{}{}
	<-b.letGo
	return b.Bucket.Get(ctx, name)
}

// CHANGE-1: while the text of an old policy is being read, nothing else waits for it, another policy can come into force, and that is the one
// which what waited leaves under.
func TestCHANGE1PolicyChangesWhileOneIsRead(t *testing.T) {
	folder, err := values.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	slow := &slowBucket{folder, make(chan struct{}, 9), make(chan struct{})}
	p := &policies{bucket: func() (values.Bucket, error) { return slow, nil }, now: time.Now, kept: map[string]time.Time{}}
	judge := func(digest string) scrub.Variant {
		v, err := p.judge(t.Context(), &spool.Entry{Policy: digest}, &config.Upstream{ID: "logs"})
		if err != nil {
			t.Error(err)
		}
		return v
	}
	first := p.keepAndUse(t, "policy: {mode: scrub}\n")
	second := p.keepAndUse(t, "policy: {rules: [{id: order, fields: [order.*]}]}\n")
	var judging sync.WaitGroup
	var got [2]scrub.Variant
	for i := range got { // both ask the same
		judging.Go(func() { got[i] = judge(first.Digest()) })
	}
	<-slow.asked
	if v := judge(second.Digest()); v.Policy != nil {
		t.Error("what was taken under the policy in force is scrubbed again")
	}
	third := p.keepAndUse(t, "policy: {rules: [{id: order, fields: [order.note]}]}\n")
	close(slow.letGo)
	judging.Wait()
	for _, v := range got {
		if v.Policy != third {
			t.Errorf("it leaves under another policy than %s, in force", third.Digest())
		}
	}
	if n := 1 + len(slow.asked); n != 2 { // under the second, and under the third
		t.Errorf("the text was read %d times", n)
	}
}
