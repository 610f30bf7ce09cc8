// Package quota bounds what each tenant may send: bytes and records a second, and a day.
//
// A tenant that has anything left may send its request whole, whatever its size, and then waits until what it took too much has come in again: so a
// large batch is never refused for ever, and the rate holds all the same. Days are those of UTC. What was sent in a day is kept in a bucket of small
// values, which the nodes of a cluster share: each adds what came to it every few seconds, and knows of the others from then on.
package quota

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"winnow/config"
	"winnow/proxy/values"
)

// Quotas are those of all tenants. They are safe for concurrent use.
type Quotas struct{ tenants map[string]*tenant }

// tenant is one tenant's account.
type tenant struct {
	limits config.TenantLimits

	mu             sync.Mutex
	bytes, records bucket
	day            int64
	known, own     Sent // of the day: what the bucket has told, and what came here since
}

// Sent is what a tenant has sent.
type Sent struct {
	Bytes   int64 `json:"bytes"`
	Records int64 `json:"records"`
}

// bucket holds what may be taken at once. It goes below zero, and fills again.
type bucket struct {
	level float64
	at    time.Time
}

// burst is how much of a rate is saved up: a bucket is full after so long.
const burst = 10 * time.Second

// fill lets in what has come since.
func (b *bucket) fill(rate int64, now time.Time) {
	most := float64(rate) * burst.Seconds()
	switch passed := now.Sub(b.at); {
	case b.at.IsZero():
		b.level = most
	case passed > 0: // a clock that goes back brings nothing
		b.level = min(most, b.level+float64(rate)*passed.Seconds())
	}
	b.at = now
}

// wait is how long there is nothing in it, 0 if there is something.
func (b *bucket) wait(rate int64) time.Duration {
	if rate == 0 || b.level > 0 {
		return 0
	}
	return max(time.Second, time.Duration((1-b.level)/float64(rate)*float64(time.Second)))
}

// New makes the quotas of tenants, each its own limits or, where it has none, the ones for all.
func New(tenants []config.Tenant, all config.TenantLimits) *Quotas {
	q := &Quotas{tenants: map[string]*tenant{}}
	for _, t := range tenants {
		limits := t.Limits
		if limits == (config.TenantLimits{}) {
			limits = all
		}
		if limits != (config.TenantLimits{}) {
			q.tenants[t.ID] = &tenant{limits: limits}
		}
	}
	return q
}

// Adopt takes over what tenants have sent so far under another configuration.
func (q *Quotas) Adopt(before *Quotas) {
	if before == nil {
		return
	}
	for id, t := range q.tenants {
		if b := before.tenants[id]; b != nil {
			b.mu.Lock()
			t.bytes, t.records, t.day, t.known, t.own = b.bytes, b.records, b.day, b.known, b.own
			b.mu.Unlock()
		}
	}
}

// Reason of a refusal.
type Reason int

// The reasons.
const (
	Allowed Reason = iota
	Rate           // bytes or records a second
	Day            // bytes or records a day
)

// Take takes bytes that a tenant wants to send at now. If it may not, it says why, and after how long it may.
func (q *Quotas) Take(id string, bytes int, now time.Time) (why Reason, after time.Duration) {
	t := q.tenants[id]
	if t == nil {
		return Allowed, 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.turn(now)
	if t.spent() {
		return Day, time.Unix((t.day+1)*secondsADay, 0).Sub(now)
	}
	t.bytes.fill(int64(t.limits.BytesPerSecond), now)
	t.records.fill(int64(t.limits.RecordsPerSecond), now)
	if after = max(t.bytes.wait(int64(t.limits.BytesPerSecond)), t.records.wait(int64(t.limits.RecordsPerSecond))); after > 0 {
		return Rate, after
	}
	t.bytes.level -= float64(bytes)
	t.own.Bytes += int64(bytes)
	return Allowed, 0
}

// Sent adds records that came in what was taken.
func (q *Quotas) Sent(id string, records int) {
	if t := q.tenants[id]; t != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.records.level -= float64(records)
		t.own.Records += int64(records)
	}
}

const secondsADay = 24 * 60 * 60

// turn begins a new day. One that has been is never gone back to.
func (t *tenant) turn(now time.Time) {
	if day := now.Unix() / secondsADay; day > t.day {
		t.day, t.known, t.own = day, Sent{}, Sent{}
	}
}

// spent tells whether the day's quota is.
func (t *tenant) spent() bool {
	l := &t.limits
	return l.BytesPerDay > 0 && t.known.Bytes+t.own.Bytes >= int64(l.BytesPerDay) ||
		l.RecordsPerDay > 0 && t.known.Records+t.own.Records >= int64(l.RecordsPerDay)
}

// account is what the bucket holds of a tenant.
type account struct {
	Day int64 `json:"day"`
	Sent
}

// attempts to write an account that others write too.
const attempts = 8

// Sync adds what came here to the accounts in the bucket, and learns what came to others. Open is called if there is anything to ask for.
func (q *Quotas) Sync(ctx context.Context, open func() (values.Bucket, error), now time.Time) error {
	var errs []error
	for id, t := range q.tenants {
		if t.limits.BytesPerDay == 0 && t.limits.RecordsPerDay == 0 {
			continue
		}
		accounts, err := open()
		if err == nil {
			err = t.sync(ctx, accounts, id, now)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("tenant %s: %w", id, err))
		}
	}
	return errors.Join(errs...)
}

func (t *tenant) sync(ctx context.Context, accounts values.Bucket, id string, now time.Time) error {
	t.mu.Lock()
	t.turn(now)
	day, own := t.day, t.own
	t.mu.Unlock()
	for range attempts {
		a, revision, err := look(ctx, accounts, id)
		if err != nil {
			return err
		}
		if a.Day < day {
			a = account{Day: day}
		}
		if a.Day == day && own != (Sent{}) {
			a.Bytes, a.Records = a.Bytes+own.Bytes, a.Records+own.Records
			if _, err = accounts.Revise(ctx, id, values.JSON(a), revision); errors.Is(err, values.ErrRevised) {
				continue
			} else if err != nil {
				return err
			}
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.day == day && a.Day == day {
			t.known, t.own = a.Sent, Sent{t.own.Bytes - own.Bytes, t.own.Records - own.Records}
		}
		return nil
	}
	return values.ErrRevised
}

func look(ctx context.Context, accounts values.Bucket, id string) (a account, revision uint64, err error) {
	text, revision, err := accounts.Look(ctx, id)
	if errors.Is(err, values.ErrNone) {
		return a, 0, nil
	}
	if err == nil {
		err = values.ReadJSON(text, &a)
	}
	return a, revision, err
}
