package spool

import (
	"errors"
	"math/rand/v2"
	"slices"
	"time"
)

// judge decides what follows from a result.
func (d *delivery) judge(r result) {
	i, now := r.item, time.Now()
	if r.fate == fateDeferred || r.fate == fateStays {
		d.moving--
	} else {
		d.landed(i, now)
	}
	if i.line != nil {
		i.line.flying--
	}
	if !r.received.IsZero() {
		i.received = r.received
	}
	switch r.fate {
	case fateResting:
		d.probing = true
		d.rest = later(d.rest, now.Add(max(r.after, rand.N(firstPause)+time.Millisecond)))
		d.putBack(i, d.rest)
		return
	case fateStopped, fateStays:
		d.putBack(i, now.Add(longPause))
		return
	case fateFailed:
		d.probing = false
		d.fail(i, now, r.after)
		return
	case fateDeferred:
		d.deferred(i)
		return
	case fateDelivered, fateParked:
		d.probing, d.blind = false, 0
		if d.failures > 0 {
			d.failures, d.streak = 0, d.streak+1
		}
	}
	d.settle(i, r.fate)
}

// landed notes that an attempt is over.
func (d *delivery) landed(i *item, now time.Time) {
	if now.Sub(d.flying[i]) > slowAttempt {
		d.slow[i.b.Key] = true
	} else {
		delete(d.slow, i.b.Key)
	}
	delete(d.flying, i)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// putBack lets one wait that is not settled.
func (d *delivery) putBack(i *item, due time.Time) {
	if i.line != nil {
		d.q.late.back(i, due)
		return
	}
	i.due = due
	d.waiting = append(d.waiting, i)
}

// fail lets one wait that failed, or defers it.
func (d *delivery) fail(i *item, now time.Time, after time.Duration) {
	if i.line != nil {
		i.line.attempts++
		d.q.late.back(i, now.Add(max(after, backoff(i.line.attempts, latePause))))
		return
	}
	if i.attempts == 0 || i.streak != d.streak {
		d.failures++
		i.streak = d.streak
	}
	if i.attempts == 0 {
		i.since = now
	}
	i.attempts++
	others := d.arrived() > i.before
	i.before = d.arrived()
	if !i.owned { // the frame's memory is not held for it
		i.b.Bytes, i.owned = slices.Clone(i.b.Bytes), true
	}
	tired := i.attempts >= deferAttempts || now.Sub(i.since) >= deferAge || d.q.late.ailing(i.b.Key)
	if tired && others {
		d.move(i)
		return
	}
	left, _ := d.q.agesOf(i.b.Key, i.received)
	d.putBack(i, now.Add(min(left, max(after, backoff(i.attempts-1, longPause)))))
}

// settle counts what a batch has become.
func (d *delivery) settle(i *item, f fate) {
	records := int(i.b.Records)
	if i.line != nil {
		records = int(i.late.records)
		d.q.late.gone(i.late.records)
		d.q.late.arrived(i.line, f)
	} else {
		d.window.settle(i)
	}
	l := &d.q.ledger
	switch f {
	case fateDelivered:
		l.Delivered.add(1, records)
	case fateParked:
		l.Parked.add(i.batches, records)
	case fateErased:
		l.Erased.add(1, records)
	case fateExpired:
		l.Expired.add(1, records)
		d.q.spool.o.Log.Warn("a batch was erased: it waited longer than spool.max_age, or retention, says", "lane", d.q.name, "records", records)
	case fateLost:
		l.Lost.add(1, records)
		d.q.spool.o.Log.Error("the spool's store has lost a batch that was deferred", "lane", d.q.name, "records", records)
	}
}

// look lets go of what has become too old without being tried, and makes room in a window that is full.
func (d *delivery) look() {
	now := time.Now()
	for _, list := range [...]*[]*item{&d.fresh, &d.waiting} {
		*list = slices.DeleteFunc(*list, func(i *item) bool {
			return now.Sub(i.came) >= lookEvery && d.lookAt(i)
		})
	}
	d.expireLate(now)
}

// lookAt settles one that is too old, or erased, and tells whether it did.
func (d *delivery) lookAt(i *item) bool {
	if i.looked || i.reason != "" {
		return false
	}
	if i.received.IsZero() {
		e, _, err := d.q.openOnce(d.ctx, i.b)
		if errors.Is(err, errGone) {
			d.settle(i, fateErased)
			return true
		}
		if err != nil { // its attempt will tell
			i.looked = true
			return false
		}
		i.received = e.Received
	}
	_, tooOld := d.q.agesOf(i.b.Key, i.received)
	if tenant, _ := d.q.spool.keys.sealedFor(i.b.Key); !tooOld || d.q.spool.o.held(tenant) { // its next attempt parks what is held
		return false
	}
	d.settle(i, fateExpired)
	return true
}

// unblock defers what is in the way of others: in the first frame of a window that is full, what has failed while others arrived, and what is of a
// key whose attempts are slow. Where all that the window holds fails, others may be behind it: up to a bound it is deferred, too.
func (d *delivery) unblock() {
	if !d.window.full() || d.window.handed == len(d.window.frames) {
		return
	}
	now := time.Now()
	blind := d.failing() && !d.probing && d.blind < blindBytes
	for _, i := range d.window.frames[d.window.handed].items {
		list := &d.waiting
		n := slices.Index(d.waiting, i)
		if n < 0 {
			list, n = &d.fresh, slices.Index(d.fresh, i)
		}
		if n < 0 || i.reason != "" {
			continue
		}
		failed := i.attempts > 0 && d.arrived() > i.before
		if failed || i.attempts == 0 && d.crowding(i.b.Key, now) || blind && i.attempts != 1 && d.tried(i.b.Key) {
			*list = slices.Delete(*list, n, n+1)
			d.move(i)
		}
	}
}
