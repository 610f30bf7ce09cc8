package spool

import (
	"slices"
	"time"
)

// begin begins attempts while there are slots.
func (d *delivery) begin() {
	now := time.Now()
	for len(d.flying) < d.slots && d.q.mine() && !now.Before(d.rest) && (!d.probing || len(d.flying) == 0) {
		i := d.choose(now)
		if i == nil {
			return
		}
		d.fly(i, now)
	}
}

// fly attempts one.
func (d *delivery) fly(i *item, now time.Time) {
	if i.attempts == 0 {
		i.before = d.arrived()
	}
	d.flying[i] = now
	work := *i // at the end the loop may not wait for it
	go func() {
		r := d.q.attempt(d.ctx, work, d.deliver)
		r.item = i
		d.tell(r)
	}()
}

// tell hands a result to the loop.
func (d *delivery) tell(r result) {
	select {
	case d.results <- r:
	case <-d.over:
	}
}

// arrived is how many batches have.
func (d *delivery) arrived() int64 { return d.q.ledger.Delivered.Batches.Load() }

// choose takes what is to be attempted next: what failed and is due, what was deferred and is due, what is new.
func (d *delivery) choose(now time.Time) *item {
	if n := d.earliest(); n >= 0 && !now.Before(d.waiting[n].due) {
		i := d.waiting[n]
		d.waiting = slices.Delete(d.waiting, n, n+1)
		return i
	}
	if i := d.chooseLate(now); i != nil {
		return i
	}
	return d.chooseFresh(now)
}

// failing tells whether nothing arrives at the moment: then what was tried is tried again, and of what is new the first of each data key, as it may
// be taken, and else only one now and then.
func (d *delivery) failing() bool { return d.failures >= 2*d.slots }

// earliest is the index of what waits that is due first; -1 if nothing waits.
func (d *delivery) earliest() int {
	first := -1
	for n, i := range d.waiting {
		if first < 0 || i.due.Before(d.waiting[first].due) {
			first = n
		}
	}
	return first
}

// chooseFresh takes the first that is new, but none of a data key that is crowding.
func (d *delivery) chooseFresh(now time.Time) *item {
	hold := d.failing() && now.Before(d.probe)
	var passed []uint64
	for n, i := range d.fresh {
		if slices.Contains(passed, i.b.Key) {
			continue
		}
		if hold && d.tried(i.b.Key) || d.crowding(i.b.Key, now) {
			passed = append(passed, i.b.Key)
			continue
		}
		if n == 0 { // as ever
			d.fresh[0] = nil
			d.fresh = d.fresh[1:]
		} else {
			d.fresh = slices.Delete(d.fresh, n, n+1)
		}
		d.probe = now.Add(longPause)
		return i
	}
	return nil
}

// tried tells whether batches of a key were tried, and are to be tried again.
func (d *delivery) tried(key uint64) bool {
	if slices.ContainsFunc(d.waiting, func(i *item) bool { return i.b.Key == key }) {
		return true
	}
	for i := range d.flying {
		if i.b.Key == key {
			return true
		}
	}
	return false
}

// crowding tells whether a key whose attempts take long has three quarters of the slots.
func (d *delivery) crowding(key uint64, now time.Time) bool {
	n, slow := 0, d.slow[key]
	for i, began := range d.flying {
		if i.b.Key == key {
			n++
			slow = slow || now.Sub(began) > slowAttempt
		}
	}
	return slow && n >= max(1, d.slots*3/4)
}

// idle is how long nothing is to do but what is told.
func (d *delivery) idle() time.Duration {
	next := time.Now().Add(time.Hour)
	earlier := func(t time.Time) {
		if t.Before(next) {
			next = t
		}
	}
	if n := d.earliest(); n >= 0 {
		earlier(d.waiting[n].due)
	}
	if len(d.fresh) > 0 && d.failing() {
		earlier(d.probe)
	} else if len(d.fresh) > 0 { // one is to become slow before others are let past it
		earlier(time.Now().Add(slowAttempt))
	}
	d.idleLate(earlier)
	if len(d.flying) >= d.slots || d.probing && len(d.flying) > 0 {
		return time.Hour // a result comes first
	}
	if d.rest.After(next) {
		next = d.rest
	}
	return max(0, time.Until(next))
}
