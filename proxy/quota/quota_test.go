package quota_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"winnow/config"
	"winnow/proxy/quota"
	"winnow/proxy/values"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func of(limits config.TenantLimits) *quota.Quotas {
	return quota.New([]config.Tenant{{ID: "shop", Limits: limits}, {ID: "free"}, {ID: "own", Limits: config.TenantLimits{BytesPerSecond: 1}}}, config.TenantLimits{})
}

// Who has anything left sends its request whole, then waits until the debt is in, and no longer; others do not notice.
func TestRate(t *testing.T) {
	q := of(config.TenantLimits{BytesPerSecond: 100, RecordsPerSecond: 10})
	at := noon
	for i, step := range []struct {
		later          time.Duration
		bytes, records int
		want           quota.Reason
		after          time.Duration
	}{
		{0, 1500, 1, quota.Allowed, 0},                   // 1000 were saved up
		{0, 1, 1, quota.Rate, 5010 * time.Millisecond},   // 500 too much
		{5 * time.Second, 1, 1, quota.Rate, time.Second}, // nearly
		{time.Second, 10, 300, quota.Allowed, 0},         // 100 records were saved up
		{10 * time.Second, 1, 1, quota.Rate, 10100 * time.Millisecond},
		{-time.Hour, 1, 1, quota.Rate, 10100 * time.Millisecond}, // a clock that goes back brings nothing
		{time.Hour + 30*time.Second, 1, 1, quota.Allowed, 0},
	} {
		at = at.Add(step.later)
		why, after := q.Take("shop", step.bytes, at)
		if why == quota.Allowed {
			q.Sent("shop", step.records)
		}
		if why != step.want || after.Round(10*time.Millisecond) != step.after {
			t.Errorf("step %d: %d after %s, want %d after %s", i, why, after, step.want, step.after)
		}
	}
	if why, _ := q.Take("free", 1<<30, at); why != quota.Allowed {
		t.Error("a tenant without limits is refused")
	}
}

func bucket(t *testing.T) values.Bucket {
	t.Helper()
	b, err := values.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sync1(t *testing.T, q *quota.Quotas, b values.Bucket, at time.Time) {
	t.Helper()
	if err := q.Sync(t.Context(), func() (values.Bucket, error) { return b, nil }, at); err != nil {
		t.Fatal(err)
	}
}

// A day's quota holds over restarts and over all nodes, and begins anew at midnight in UTC.
func TestDay(t *testing.T) {
	limits := config.TenantLimits{BytesPerDay: 100, RecordsPerDay: 50}
	b := bucket(t)
	one, two := of(limits), of(limits)
	one.Take("shop", 60, noon)
	one.Sent("shop", 5)
	sync1(t, one, b, noon)
	two.Take("shop", 50, noon)
	sync1(t, two, b, noon)
	sync1(t, one, b, noon)
	for name, q := range map[string]*quota.Quotas{"one": one, "two": two, "after a restart": func() *quota.Quotas { q := of(limits); sync1(t, q, b, noon); return q }()} {
		if why, after := q.Take("shop", 1, noon); why != quota.Day || after != 12*time.Hour {
			t.Errorf("%s: %d after %s", name, why, after)
		}
	}
	tomorrow := noon.Add(12 * time.Hour)
	if why, _ := one.Take("shop", 60, tomorrow); why != quota.Allowed {
		t.Error("nothing is allowed on the next day")
	}
	one.Sent("shop", 50)
	sync1(t, one, b, tomorrow)
	if why, _ := one.Take("shop", 1, tomorrow); why != quota.Day {
		t.Error("records do not count")
	}
	if why, _ := one.Take("shop", 1, noon); why != quota.Day {
		t.Error("a clock that goes back brings a day back")
	}
	next := of(limits)
	next.Adopt(one)
	if why, _ := next.Take("shop", 1, tomorrow); why != quota.Day {
		t.Error("another configuration forgets what was sent")
	}
}

// What nodes write at once adds up.
func TestNodesAddUp(t *testing.T) {
	b := bucket(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			q := of(config.TenantLimits{BytesPerDay: 1 << 20})
			for range 5 {
				q.Take("shop", 10, noon)
				for q.Sync(context.Background(), func() (values.Bucket, error) { return b, nil }, noon) != nil {
				}
			}
		})
	}
	all.Wait()
	q := of(config.TenantLimits{BytesPerDay: 200})
	sync1(t, q, b, noon)
	if why, _ := q.Take("shop", 1, noon); why != quota.Day {
		t.Error("200 bytes were sent, and they are not all counted")
	}
}

func BenchmarkTake(b *testing.B) {
	q := of(config.TenantLimits{BytesPerSecond: 1 << 40, RecordsPerSecond: 1 << 29, BytesPerDay: 1 << 60})
	b.ReportAllocs()
	for b.Loop() {
		q.Take("shop", 100, noon)
		q.Sent("shop", 3)
	}
}
