package spool

import (
	"context"
	"errors"
	"slices"
	"time"
)

// ailing tells whether the last attempt of what is deferred of a key failed.
func (l *deferred) ailing(key uint64) bool {
	line := l.lines[key]
	return line != nil && line.attempts > 0
}

// back puts one at the end of its line that has not arrived.
func (l *deferred) back(i *item, due time.Time) {
	i.line.items = append(i.line.items, i.late)
	i.line.due = due
}

// arrived is told of one that left its line. One that arrived tells that the others can, too.
func (l *deferred) arrived(line *lateLine, f fate) {
	if f == fateDelivered {
		line.attempts = 0
	}
	line.due = time.Time{}
	if len(line.items)+line.flying == 0 {
		delete(l.lines, line.key)
	}
}

// chooseLate takes one that was deferred and is due. Of a line whose last attempt failed one is tried at a time; all have half of the slots.
func (d *delivery) chooseLate(now time.Time) *item {
	flying := 0
	for _, line := range d.q.late.lines {
		flying += line.flying
	}
	if flying >= max(1, d.slots/2) {
		return nil
	}
	for _, line := range d.q.late.lines {
		if len(line.items) == 0 || line.attempts > 0 && line.flying > 0 || now.Before(line.due) || d.crowding(line.key, now) {
			continue
		}
		return line.take()
	}
	return nil
}

// take takes the first of a line.
func (line *lateLine) take() *item {
	i := &item{line: line, late: line.items[0], batches: 1}
	i.b.Key, i.received = line.key, time.Unix(0, line.items[0].received)
	line.items = line.items[1:]
	line.flying++
	return i
}

// idleLate tells when the next line is due.
func (d *delivery) idleLate(earlier func(time.Time)) {
	for _, line := range d.q.late.lines {
		if len(line.items) > 0 && (line.attempts == 0 || line.flying == 0) {
			earlier(line.due)
		}
	}
}

// expireLate has those removed that are too old, as slots are free.
func (d *delivery) expireLate(now time.Time) {
	d.q.late.age()
	for _, line := range d.q.late.lines {
		for range line.items {
			_, tooOld := d.q.agesOf(line.key, time.Unix(0, line.items[0].received))
			if !tooOld || len(d.flying) >= d.slots {
				break
			}
			d.fly(line.take(), now) // its age is looked at before it is tried
		}
	}
}

// move defers a batch: what was tried in vain while others arrived.
func (d *delivery) move(i *item) {
	d.moving++
	d.blind += len(i.b.Bytes)
	go func() { d.tell(d.q.moveLate(d.ctx, i)) }()
}

// deferred notes that a batch of a frame is stored beside the lane.
func (d *delivery) deferred(i *item) {
	d.q.late.copied(i.b.seal())
	i.frame.copies = append(i.frame.copies, i.b.seal())
	d.window.settle(i)
	d.q.late.add(i.b.Key, i.late, i.attempts)
}

// moveLate stores a batch beside the lane.
func (q *Queue) moveLate(ctx context.Context, i *item) result {
	if !q.may(ctx) {
		return result{item: i, fate: fateStays}
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), q.spool.o.Patience)
	defer cancel()
	if i.received.IsZero() { // it was not tried
		e, _, err := q.openOnce(limit, i.b)
		if err != nil {
			return result{item: i, fate: fateStays}
		}
		i.received = e.Received
	}
	number, err := q.late.store(limit, &i.b, i.attempts, i.received)
	switch {
	case errors.Is(err, errLaneFull):
		q.spool.o.Log.Error("no more can be deferred, and the lane waits: an upstream takes some batches, and not others", "lane", q.name)
		return result{item: i, fate: fateStays}
	case err != nil:
		return result{item: i, fate: fateStays}
	}
	i.late = lateItem{number: number, received: i.received.UnixNano(), records: i.b.Records}
	return result{item: i, fate: fateDeferred}
}

// end finishes what was begun: attempts under way, and of frames that are delivered in part the rest, for a while. What is left of these frames
// is deferred, so that they can leave, and nothing of them comes again.
func (d *delivery) end() {
	patience := time.NewTimer(lastAttempts)
	defer patience.Stop()
	for over := false; d.ctx.Err() == nil; {
		over = over || !d.finish()
		if over && len(d.flying)+d.moving == 0 {
			break
		}
		select {
		case r := <-d.results:
			d.judge(r)
		case ok := <-d.handed:
			d.leave(ok)
		case <-patience.C:
			over = true
		case <-d.ctx.Done():
		}
		d.acknowledge()
	}
	for _, g := range d.window.frames[:d.window.begun()] {
		for _, i := range g.items {
			if !i.settled && i.reason == "" && d.q.moveLate(d.ctx, i).fate == fateDeferred {
				d.deferred(i)
			}
		}
	}
	d.acknowledge()
}

// finish begins attempts of what is new in frames that are delivered in part, and tells whether anything of them may still arrive.
func (d *delivery) finish() bool {
	now := time.Now()
	if d.failing() || d.probing || now.Before(d.rest) {
		return false
	}
	begun := d.window.frames[:d.window.begun()]
	left := false
	d.fresh = slices.DeleteFunc(d.fresh, func(i *item) bool {
		if len(begun) == 0 || i.frame.number > begun[len(begun)-1].number {
			return false
		}
		left = true
		if len(d.flying) >= d.slots {
			return false
		}
		d.fly(i, now)
		return true
	})
	return left || len(d.flying) > 0
}
