package proxy

import (
	"context"
	"errors"
	"slices"
	"time"

	"winnow/proxy/admin"
	"winnow/proxy/spool"
)

// spoolDesk is what an administrator sees of a spool, and does with it.
type spoolDesk struct {
	spool func() *spool.Spool // nil: there is none
	now   func() time.Time
}

// State implements admin.Spool.
func (d spoolDesk) State(ctx context.Context) (admin.SpoolState, error) {
	return d.state(ctx, admin.MaxSpoolListed)
}

// state lists up to so many parked batches of each lane.
func (d spoolDesk) state(ctx context.Context, list int) (state admin.SpoolState, err error) {
	s := d.spool()
	if s == nil {
		return state, admin.ErrNoSpool
	}
	state.Restarts, state.Problems, state.Lanes = s.Restarts(), problems(s), []admin.SpoolLane{}
	for _, q := range s.Queues() {
		l, err := d.lane(ctx, q, list)
		if err != nil {
			return state, err
		}
		state.Lanes = append(state.Lanes, l)
	}
	return state, nil
}

// problems of a spool in words.
func problems(s *spool.Spool) (list []string) {
	if err := s.Health(); err != nil {
		if all, many := err.(interface{ Unwrap() []error }); many {
			for _, e := range all.Unwrap() {
				list = append(list, "spool: "+e.Error())
			}
		}
	}
	for _, warning := range s.Warnings() {
		list = append(list, "spool: "+warning)
	}
	return list
}

func (d spoolDesk) lane(ctx context.Context, q *spool.Queue, list int) (l admin.SpoolLane, err error) {
	waiting, parked, err := q.Stats(ctx)
	if err != nil {
		return l, err
	}
	oldest, err := q.Oldest(ctx)
	if err != nil {
		return l, err
	}
	ledger := q.Ledger()
	l = admin.SpoolLane{Lane: q.Name(), Frames: waiting.Frames, Bytes: waiting.Bytes, ParkedBytes: parked.Bytes, Parked: counted(&ledger.Parked)}
	l.Pending.Batches, l.Pending.Records = ledger.Pending()
	l.Deferred.Batches, l.Deferred.Records = q.Deferred()
	l.Fates = map[string]admin.SpoolCount{
		"received": counted(&ledger.Received), "refused": counted(&ledger.Refused), "repeated": counted(&ledger.Repeated),
		"acked": counted(&ledger.Acked), "found": counted(&ledger.Found), "delivered": counted(&ledger.Delivered), "erased": counted(&ledger.Erased),
		"expired": counted(&ledger.Expired), "dropped": counted(&ledger.Dropped), "lost": counted(&ledger.Lost),
		"elsewhere": counted(&ledger.Elsewhere),
	}
	if !oldest.IsZero() {
		l.Oldest = max(0, d.now().Sub(oldest).Seconds())
	}
	if list == 0 {
		return l, nil
	}
	batches, err := q.Parked(ctx, list)
	for _, p := range batches {
		l.Batches = append(l.Batches, parkedBatch(p))
	}
	return l, err
}

func counted(t *spool.Tally) admin.SpoolCount {
	return admin.SpoolCount{Batches: t.Batches.Load(), Records: t.Records.Load()}
}

func parkedBatch(p spool.Parked) admin.SpoolParked {
	return admin.SpoolParked{Number: p.Number, Reason: string(p.Reason), Parked: p.At, Tenant: p.Tenant, Records: p.Records, Bytes: p.Bytes}
}

// queue finds an open lane by name.
func (d spoolDesk) queue(lane string) (*spool.Queue, error) {
	s := d.spool()
	if s == nil {
		return nil, admin.ErrNoSpool
	}
	list := s.Queues()
	i := slices.IndexFunc(list, func(q *spool.Queue) bool { return q.Name() == lane })
	if i < 0 {
		return nil, admin.ErrNoLane
	}
	return list[i], nil
}

// Lane implements admin.Spool.
func (d spoolDesk) Lane(name string) error {
	_, err := d.queue(name)
	return err
}

// Parked implements admin.Spool.
func (d spoolDesk) Parked(ctx context.Context, lane string, number uint64, body bool) (b admin.SpoolBatch, err error) {
	q, err := d.queue(lane)
	if err != nil {
		return b, err
	}
	p, e, err := q.Show(ctx, number)
	if err != nil {
		return b, deskError(err)
	}
	b.SpoolParked = parkedBatch(p)
	if e == nil {
		return b, nil
	}
	b.Readable, b.Received, b.Purpose, b.Policy, b.BodyBytes = true, e.Received, e.Purpose, e.Policy, len(e.Body)
	b.Protocol, b.Path, b.ContentType = e.Request.Protocol, e.Request.Path, e.Request.ContentType
	if body {
		b.Body = e.Body
	}
	return b, nil
}

func deskError(err error) error {
	switch {
	case errors.Is(err, spool.ErrNotParked):
		return admin.ErrNoBatch
	case errors.Is(err, spool.ErrUnreadable):
		return admin.ErrUnreadable
	case errors.Is(err, spool.ErrNewer):
		return admin.ErrNewer
	case errors.Is(err, spool.ErrTooOld):
		return admin.ErrTooOld
	}
	return err
}

// Replay implements admin.Spool.
func (d spoolDesk) Replay(ctx context.Context, lane string, number uint64) (int, error) {
	return d.each(ctx, lane, number, (*spool.Queue).Replay)
}

// Drop implements admin.Spool.
func (d spoolDesk) Drop(ctx context.Context, lane string, number uint64) (int, error) {
	return d.each(ctx, lane, number, (*spool.Queue).Drop)
}

// each does something with one parked batch, or with all of them (0). Of all, those that cannot be read are passed over.
func (d spoolDesk) each(ctx context.Context, lane string, number uint64, do func(*spool.Queue, context.Context, uint64) error) (n int, err error) {
	q, err := d.queue(lane)
	if err != nil {
		return 0, err
	}
	if number > 0 {
		if err := do(q, ctx, number); err != nil {
			return 0, deskError(err)
		}
		return 1, nil
	}
	list, err := q.Parked(ctx, 0)
	if err != nil {
		return 0, err
	}
	for _, p := range list {
		switch err := do(q, ctx, p.Number); {
		case err == nil:
			n++
		case !passedOver(err):
			return n, err
		}
	}
	return n, nil
}

// passedOver tells of the errors of one parked batch that are no reason to leave the others.
func passedOver(err error) bool {
	for _, e := range [...]error{spool.ErrNotParked, spool.ErrUnreadable, spool.ErrTooOld, spool.ErrNewer} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// Verify implements admin.Spool.
func (d spoolDesk) Verify(ctx context.Context, lane string) (list []admin.SpoolReport, err error) {
	s := d.spool()
	if s == nil {
		return nil, admin.ErrNoSpool
	}
	queues := s.Queues()
	if lane != "" {
		q, err := d.queue(lane)
		if err != nil {
			return nil, err
		}
		queues = []*spool.Queue{q}
	}
	for _, q := range queues {
		r, err := q.Verify(ctx)
		if err != nil {
			return nil, err
		}
		list = append(list, admin.SpoolReport{
			Lane: q.Name(), Sound: r.Sound(), Frames: r.Frames, Batches: r.Batches, Records: r.Records, Bytes: r.Bytes, Parked: r.Parked, Erased: r.Erased,
			Missing: r.Missing, Unreadable: r.Unreadable, Torn: r.Torn, Damaged: r.Damaged, Sealed: r.Sealed,
		})
	}
	return list, nil
}
