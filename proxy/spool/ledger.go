package spool

import "sync/atomic"

// Tally counts batches and the records in them.
type Tally struct{ Batches, Records atomic.Int64 }

func (t *Tally) add(batches, records int) {
	t.Batches.Add(int64(batches))
	t.Records.Add(int64(records))
}

// Ledger is what became of the batches of one lane since the process began. What waited or was parked then is Found. At rest, and but for
// what is on its way into a frame,
//
//	received = refused + acked
//	found + acked = delivered + parked + erased + expired + dropped + lost + elsewhere + pending
//
// Where several nodes share a store, this holds for each of them. What one stores in a lane that another has is elsewhere at once, and found by that
// other as it comes; a node that takes a lane finds what is in it, and one that leaves it has the rest elsewhere. So over all nodes
// acked = delivered + erased + expired + dropped + lost + what the store holds, waiting and parked, as far as none was killed: what a node that is
// gone had delivered is in its own, last, numbers.
//
// A batch that is delivered again after a crash counts once more as found. One that is replayed is pending again, and no longer parked.
type Ledger struct {
	// Received are those that Append was asked to store, without repeats of one that is known; Refused were not stored.
	Received, Refused Tally
	// Repeated were known already, and not stored again.
	Repeated Tally
	// Found waited or were parked when the lane was opened; Acked were stored since.
	Found, Acked Tally
	// Delivered have arrived. Parked are set aside now.
	Delivered, Parked Tally
	// Erased cannot be opened any more, their key being destroyed; Expired waited longer than Options.MaxAge; Dropped were removed by the operator.
	Erased, Expired, Dropped Tally
	// Elsewhere were taken or found here, and are another node's to deliver: it has the lane.
	Elsewhere Tally
	// Lost are missing in the numbering of frames: the store has lost them.
	Lost Tally
}

// Pending is how many batches wait by the ledger's own arithmetic.
func (l *Ledger) Pending() (batches, records int64) {
	sum := func(f func(*Tally) int64) int64 {
		gone := f(&l.Delivered) + f(&l.Parked) + f(&l.Erased) + f(&l.Expired) + f(&l.Dropped) + f(&l.Lost) + f(&l.Elsewhere)
		return f(&l.Found) + f(&l.Acked) - gone
	}
	return sum(func(t *Tally) int64 { return t.Batches.Load() }), sum(func(t *Tally) int64 { return t.Records.Load() })
}
