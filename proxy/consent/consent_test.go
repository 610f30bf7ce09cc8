package consent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"winnow/proxy/values"
)

func folder(t testing.TB) values.Bucket {
	t.Helper()
	b, err := values.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// cut is a bucket that can be put out of reach.
type cut struct {
	values.Bucket
	off atomic.Bool
}

var errCut = errors.New("out of reach")

func (c *cut) Get(ctx context.Context, name string) ([]byte, error) {
	if c.off.Load() {
		return nil, errCut
	}
	return c.Bucket.Get(ctx, name)
}

// node follows a bucket until the test ends, and hears of problems.
type node struct {
	*Live
	mu   sync.Mutex
	last error
}

func follow(t testing.TB, b values.Bucket, stale time.Duration, now func() time.Time) *node {
	t.Helper()
	n := &node{}
	n.Live = NewLive(Options{
		Bucket: func() (values.Bucket, error) { return b, nil }, MaxStaleness: stale, Now: now,
		Problem: func(err error) { n.mu.Lock(); n.last = err; n.mu.Unlock() },
	})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { n.Run(ctx); close(done) }()
	t.Cleanup(func() { stop(); <-done })
	return n
}

func (n *node) problem() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.last
}

// until waits for something, and tells how long it took.
func until(t testing.TB, what func() bool) time.Duration {
	t.Helper()
	for began := time.Now(); ; {
		took := time.Since(began)
		if what() {
			return took
		}
		if took > 10*time.Second {
			t.Fatal("it does not come")
		}
	}
}

func desk(b values.Bucket, l *Live) *Desk {
	return &Desk{
		Bucket: func() (values.Bucket, error) { return b, nil }, Now: time.Now, Live: l,
		Tenants: []string{"acme", "other"}, Streams: []string{"/ingest", "/loki/*", "127.0.0.1:514"},
		Purge: func(context.Context, string, string) (*Proof, error) { return &Proof{SpoolKeys: 1}, nil },
	}
}

var training = Change{Tenant: "acme", Purpose: Training, Addendum: "A-17", Streams: []string{"/ingest"}}

// STAT-1, TRAIN-1, TRAIN-3: before anything is decided statistics are on and training is off; what is decided is in force when the answer is
// given, and on other nodes within a second.
func TestSTAT1TRAIN1DecisionsReachAllNodesWithinASecond(t *testing.T) {
	b := folder(t)
	here, there := follow(t, b, time.Minute, time.Now), follow(t, b, time.Minute, time.Now)
	until(t, func() bool { return here.Fresh() && there.Fresh() })
	if here.OptedOut("acme") || here.Training("acme", "/ingest") {
		t.Error("the defaults are not: statistics on, training off")
	}
	d := desk(b, here.Live)
	var slowest time.Duration
	for _, step := range []struct {
		act           func(context.Context, string, *Change) (Answer, error)
		c             Change
		out, training bool
	}{
		{d.Withdraw, Change{Tenant: "acme", Purpose: Statistics, Why: "notice 3"}, true, false},
		{d.Grant, training, true, true},
		{d.Grant, Change{Tenant: "acme", Purpose: Statistics}, false, true},
		{d.Withdraw, Change{Tenant: "acme", Purpose: Training}, false, false},
	} {
		if _, err := step.act(context.Background(), "officer", &step.c); err != nil {
			t.Fatal(err)
		}
		if here.OptedOut("acme") != step.out || here.Training("acme", "/ingest") != step.training {
			t.Errorf("%+v: not in force where it was entered", step.c)
		}
		took := until(t, func() bool {
			return there.OptedOut("acme") == step.out && there.Training("acme", "/ingest") == step.training
		})
		slowest = max(slowest, took)
		if here.OptedOut("other") || here.Training("other", "/ingest") || here.Training("acme", "/loki/*") {
			t.Error("another tenant or stream is concerned")
		}
	}
	if slowest > time.Second {
		t.Errorf("the other node took %v", slowest)
	}
	t.Logf("the other node took at most %v", slowest)
}

// STAT-1, TRAIN-1: the record says who decided what, when and under which reference, and what was decided before.
func TestSTAT1TRAIN1RecordsTellWhoWhenAndWhy(t *testing.T) {
	b := folder(t)
	d := desk(b, nil)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	d.Now = func() time.Time { now = now.Add(time.Hour); return now }
	wider := training
	wider.Addendum, wider.Streams = "A-18", []string{"/loki/*", "/ingest", "/ingest"}
	for _, c := range []Change{training, wider} {
		if _, err := d.Grant(context.Background(), "officer", &c); err != nil {
			t.Fatal(err)
		}
	}
	a, err := d.Withdraw(context.Background(), "cli", &Change{Tenant: "acme", Purpose: Training, Why: "letter 9"})
	if err != nil || a.Proof == nil || a.Proof.SpoolKeys != 1 {
		t.Fatalf("%+v, %v", a, err)
	}
	list, err := d.Show(context.Background(), "acme")
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	if s := list[0]; s.Purpose != Statistics || s.State != Granted || !s.Since.IsZero() || s.Number != 0 {
		t.Errorf("statistics: %+v", s)
	}
	r := list[1].Record
	if r.State != Withdrawn || r.Who != "cli" || r.Why != "letter 9" || !r.Since.Equal(now) || r.Number != 3 || len(r.History) != 2 {
		t.Errorf("training: %+v", r)
	}
	if h := r.History; h[0].Addendum != "A-17" || h[1].Addendum != "A-18" || h[0].Who != "officer" || !slices.Equal(h[1].Streams, []string{"/ingest", "/loki/*"}) {
		t.Errorf("history: %+v", h)
	}
}

// TRAIN-3: what was received before a tenant opted in, or before it withdrew and opted in again, is not used; an addendum that widens a
// grant is no break.
func TestTRAIN3KeptIsWhatCameSinceTheGrant(t *testing.T) {
	b := folder(t)
	l := follow(t, b, time.Hour, time.Now)
	until(t, l.Fresh)
	d := desk(b, l.Live)
	start := time.Now()
	at := func(hour int) time.Time { return start.Add(time.Duration(hour) * time.Hour) }
	clock := 0
	d.Now = func() time.Time { return at(clock) }
	kept := func(hour int, want bool) {
		t.Helper()
		if got, known := l.Kept("acme", "/ingest", at(hour)); got != want || !known {
			t.Errorf("received at %d, now %d: %v, known %v", hour, clock, got, known)
		}
	}
	act := func(hour int, do func(context.Context, string, *Change) (Answer, error), c Change) {
		t.Helper()
		clock = hour
		if _, err := do(context.Background(), "officer", &c); err != nil {
			t.Fatal(err)
		}
	}
	wider := training
	wider.Streams = []string{"/ingest", "/loki/*"}
	kept(1, false)
	act(2, d.Grant, training)
	act(4, d.Grant, wider)
	kept(1, false)
	kept(3, true)
	act(6, d.Withdraw, Change{Tenant: "acme", Purpose: Training})
	kept(3, false)
	act(8, d.Grant, training)
	kept(5, false)
	kept(9, true)
}

// A change that cannot be meant is refused, and nothing is decided.
func TestChangesThatCannotBeMeant(t *testing.T) {
	b := folder(t)
	d := desk(b, nil)
	with := func(change func(*Change)) Change {
		c := training
		change(&c)
		return c
	}
	for name, c := range map[string]struct {
		Change
		state State
		want  error
	}{
		"tenant":           {with(func(c *Change) { c.Tenant = "nobody" }), Granted, ErrTenant},
		"purpose":          {with(func(c *Change) { c.Purpose = "operations" }), Granted, ErrPurpose},
		"TRAIN-1 addendum": {with(func(c *Change) { c.Addendum = " " }), Granted, ErrAddendum},
		"TRAIN-1 streams":  {with(func(c *Change) { c.Streams = nil }), Granted, ErrStreams},
		"unknown stream":   {with(func(c *Change) { c.Streams = []string{"/ingest", "/other"} }), Granted, ErrStreams},
		"person":           {with(func(c *Change) { c.Why = "asked by alice@example.com" }), Granted, ErrWhy},
		"withdrawal of":    {Change{Tenant: "nobody", Purpose: Training}, Withdrawn, ErrTenant},
		"odd tenant":       {Change{Tenant: "no body", Purpose: Training}, Withdrawn, ErrTenant},
		"lines":            {with(func(c *Change) { c.Addendum = "A\nB" }), Granted, ErrWhy},
		"long":             {with(func(c *Change) { c.Why = strings.Repeat("x", 201) }), Granted, ErrWhy},
		"withdrawal":       {training, Withdrawn, ErrExtra},
		"statistics":       {with(func(c *Change) { c.Purpose = Statistics }), Granted, ErrExtra},
	} {
		act := d.Grant
		if c.state == Withdrawn {
			act = d.Withdraw
		}
		if _, err := act(context.Background(), "cli", &c.Change); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err := d.Check(context.Background(), &c.Change, c.state); !errors.Is(err, c.want) {
			t.Errorf("%s: check says %v", name, err)
		}
	}
	if names, err := b.Names(context.Background()); err != nil || len(names) != 0 {
		t.Errorf("stored: %q, %v", names, err)
	}
	wide := with(func(c *Change) { c.Streams = []string{"/ingest", "/loki/*"} })
	if _, err := d.Grant(context.Background(), "cli", &wide); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Grant(context.Background(), "cli", &training); !errors.Is(err, ErrNarrower) {
		t.Errorf("fewer streams: %v", err)
	}
}

// STAT-1, TRAIN-1: doubt withholds. A value that cannot be read says no for its tenant, a bucket that is out of reach for too long for all, and one
// that was never read too; when it is there again, what was decided counts again.
func TestDoubtWithholds(t *testing.T) {
	b := &cut{Bucket: folder(t)}
	d := desk(b, nil)
	both := training
	both.Tenant = "other"
	for _, c := range []Change{training, both} {
		if _, err := d.Grant(context.Background(), "cli", &c); err != nil {
			t.Fatal(err)
		}
	}
	var ahead atomic.Int64
	l := follow(t, b, time.Second, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	until(t, func() bool { return l.Training("acme", "/ingest") && !l.OptedOut("acme") })

	b.off.Store(true)
	until(t, func() bool { return !l.Training("acme", "/ingest") && l.OptedOut("acme") })
	if _, known := l.Kept("acme", "/ingest", time.Now()); known {
		t.Error("out of reach, and yet it is known what may be kept")
	}
	b.off.Store(false)
	until(t, func() bool { return l.Training("acme", "/ingest") && !l.OptedOut("acme") })

	for _, p := range Purposes {
		if err := b.Put(context.Background(), nameOf(p, "acme"), []byte(`{"state":"granted","number":9,"surprise":1}`)); err != nil {
			t.Fatal(err)
		}
	}
	until(t, func() bool { return !l.Training("acme", "/ingest") && l.OptedOut("acme") })
	if l.problem() == nil || l.OptedOut("other") || !l.Training("other", "/ingest") {
		t.Errorf("problem %v; others: opted out %v, training %v", l.problem(), l.OptedOut("other"), l.Training("other", "/ingest"))
	}
	list, err := d.Show(context.Background(), "acme")
	if err != nil || !list[0].Unreadable || list[0].State != Withdrawn {
		t.Errorf("shown: %+v, %v", list, err)
	}
	if _, err := d.Grant(context.Background(), "cli", &Change{Tenant: "acme", Purpose: Statistics}); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool { return !l.OptedOut("acme") })

	if err := b.Destroy(context.Background(), nameOf(Training, "other")); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool { return !l.Training("other", "/ingest") })

	never := NewLive(Options{MaxStaleness: time.Hour, Now: time.Now})
	if !never.OptedOut("acme") || never.Training("acme", "/ingest") {
		t.Error("nothing was read, and yet something is granted")
	}
}

// TRAIN-3: a tenant that is not configured any more can still withdraw, and is shown.
func TestTRAIN3FormerTenantsWithdraw(t *testing.T) {
	b := folder(t)
	d := desk(b, nil)
	if _, err := d.Grant(context.Background(), "cli", &training); err != nil {
		t.Fatal(err)
	}
	d.Tenants = []string{"other"}
	if _, err := d.Withdraw(context.Background(), "cli", &Change{Tenant: "acme", Purpose: Training}); err != nil {
		t.Fatal(err)
	}
	list, err := d.Show(context.Background(), "")
	if err != nil || len(list) != 3 || list[2].Tenant != "acme" || list[2].State != Withdrawn {
		t.Errorf("%+v, %v", list, err)
	}
}

// Of two decisions at the same time both are remembered, and one is in force.
func TestDecisionsAtOnce(t *testing.T) {
	b := folder(t)
	d := desk(b, nil)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if _, err := d.Withdraw(context.Background(), fmt.Sprint("officer-", i), &Change{Tenant: "acme", Purpose: Statistics}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	list, err := d.Show(context.Background(), "acme")
	if err != nil || list[0].Number != 8 || len(list[0].History) != 7 {
		t.Errorf("%+v, %v", list, err)
	}
}

func BenchmarkAsk(b *testing.B) {
	bucket := folder(b)
	l := follow(b, bucket, time.Hour, time.Now)
	until(b, l.Fresh)
	ask := func(name string, what func() bool) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				what()
			}
		})
	}
	ask("training/nobody", func() bool { return l.Training("acme", "/ingest") })
	if _, err := desk(bucket, l.Live).Grant(context.Background(), "cli", &training); err != nil {
		b.Fatal(err)
	}
	ask("training/others", func() bool { return l.Training("other", "/ingest") })
	ask("training/granted", func() bool { return l.Training("acme", "/ingest") })
	ask("statistics", func() bool { return l.OptedOut("acme") })
}
