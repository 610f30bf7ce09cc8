package spool

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Nothing is kept for longer than Options.MaxAge and MaxAges say, counted from when its request was seen (KEEP-1). What waits is looked at before every attempt
// to deliver it, oldest first, whether its backend answers or not; what is parked, by Expire. A data key is destroyed a day after the last entry
// that it can have sealed is too old: what is left of it anywhere cannot be read from then on.
//
// What is too old never leaves. Of a tenant for whom Options.Held says so it is not erased either: it is parked, and erased when that ends.

// ages tells whether an entry for a purpose is too old, and else for how long it may still be kept.
func (q *Queue) ages(purpose string, received time.Time) (left time.Duration, tooOld bool) {
	most := q.spool.maxAge(purpose)
	if most <= 0 {
		return longest, false
	}
	left = received.Add(most).Sub(q.spool.o.Now())
	return left, left <= 0
}

// maxAges are Options.MaxAge and MaxAges.
type maxAges struct {
	most time.Duration
	by   map[string]time.Duration
}

// SetAges puts other ages in the place of Options.MaxAge and MaxAges, also for what waits already. byPurpose must not be changed afterwards.
func (s *Spool) SetAges(most time.Duration, byPurpose map[string]time.Duration) {
	s.ages.Store(&maxAges{most, byPurpose})
}

// maxAge is that of what is kept for a purpose; 0: for ever.
func (s *Spool) maxAge(purpose string) time.Duration {
	ages := s.ages.Load()
	if most, ok := ages.by[purpose]; ok {
		return most
	}
	return ages.most
}

// held tells whether what is too old of a tenant is not to be erased.
func (o *Options) held(tenant string) bool { return o.Held != nil && o.Held(tenant) }

// erasable tells whether an entry is too old, and nothing keeps it.
func (q *Queue) erasable(e *Entry) bool {
	_, tooOld := q.ages(e.Purpose, e.Received)
	return tooOld && !q.spool.o.held(e.Tenant)
}

// agesOf is ages of what a key sealed. Of a key that is not known, that of no purpose: an attempt will tell.
func (q *Queue) agesOf(key uint64, received time.Time) (left time.Duration, tooOld bool) {
	return q.ages(q.spool.keys.purpose(key), received)
}

// longest is as good as for ever.
const longest = 1<<63 - 1

// Expire erases what is parked for too long, and the keys of days that are over for good. It is called at start and every hour, on a cluster by every node.
func (s *Spool) Expire(ctx context.Context) error {
	var errs []error
	heldBack := int64(0)
	for _, q := range s.Queues() {
		if s.leases == nil || q.serving.Load() { // else whoever has the lane does it
			held, err := q.expireParked(ctx)
			heldBack += held
			errs = append(errs, err)
		}
	}
	s.heldBack.Store(heldBack)
	return errors.Join(append(errs, s.keys.expire(ctx, s), s.expireAside())...)
}

// HeldBack is how many batches the last Expire found that are too old and stay all the same, since Options.Held said so.
func (s *Spool) HeldBack() int64 { return s.heldBack.Load() }

// expireAside removes what was set aside unread, when all that can be in it is too old. Nobody knows of whom it is: it stays while anybody is held.
func (s *Spool) expireAside() error {
	aside, ok := s.o.Store.(interface{ ExpireAside(before time.Time) error })
	ages := s.ages.Load()
	most := ages.most
	for _, age := range ages.by {
		most = max(most, age)
	}
	if !ok || ages.most <= 0 || s.o.held("") {
		return nil
	}
	return aside.ExpireAside(s.o.Now().Add(-most))
}

// expireParked removes what is parked and too old, or whose key is destroyed, and counts what is held back.
func (q *Queue) expireParked(ctx context.Context) (held int64, err error) {
	q.handling.Lock()
	defer q.handling.Unlock()
	var old, gone Tally
	readErr := q.parked.Read(ctx, 1, func(number uint64, frame []byte) bool {
		p, b, ok := readParked(frame)
		tenant, purpose := q.spool.keys.sealedFor(b.Key)
		_, tooOld := q.ages(purpose, p.At)
		of := &old
		if ok {
			e, _, openErr := q.open(ctx, b)
			switch {
			case openErr == nil:
				tenant = e.Tenant
				_, tooOld = q.ages(e.Purpose, e.Received)
			case errors.Is(openErr, errGone):
				tooOld, of = true, &gone
			}
		}
		if tooOld && of == &old && q.spool.o.held(tenant) {
			held++
			return ctx.Err() == nil
		}
		if tooOld && ctx.Err() == nil {
			if err = q.parked.Remove(ctx, number); err == nil {
				of.add(1, p.Records)
			}
		}
		return err == nil && ctx.Err() == nil
	})
	q.unpark(&q.ledger.Expired, int(old.Batches.Load()), int(old.Records.Load()))
	q.unpark(&q.ledger.Erased, int(gone.Batches.Load()), int(gone.Records.Load()))
	if n := old.Batches.Load(); n > 0 {
		q.spool.o.Log.Warn("parked batches were erased: they were kept longer than spool.max_age, or retention, says", "lane", q.name, "batches", n)
	}
	return held, errors.Join(err, readErr)
}

// unpark moves batches from what is parked to another column of the ledger.
func (q *Queue) unpark(to *Tally, batches, records int) {
	to.add(batches, records)
	q.countsParked().add(-batches, -records)
}

// countsParked is where the ledger has what is parked: elsewhere, if another node has the lane.
func (q *Queue) countsParked() *Tally {
	if q.spool.leases == nil || q.spool.o.Looking || q.serving.Load() {
		return &q.ledger.Parked
	}
	return &q.ledger.Elsewhere
}

// expire destroys the keys of days that ended more than a day before all that they sealed was too old, unless their tenants are held.
func (k *keyring) expire(ctx context.Context, s *Spool) error {
	names, err := k.values.Names(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		d := dataKey{name: name}
		most := s.maxAge(d.purpose())
		day, err := time.Parse("20060102", name[strings.LastIndexByte(name, '/')+1:])
		if err != nil || most <= 0 || day.AddDate(0, 0, 2).After(s.o.Now().Add(-most)) || s.o.held(d.tenant()) {
			continue
		}
		if err := k.erase(ctx, name); err != nil {
			return err
		}
	}
	return nil
}
