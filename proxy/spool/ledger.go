package spool

import "sync/atomic"

// Tally counts batches and the records in them.
type Tally struct{ Batches, Records atomic.Int64 }

func (t *Tally) add(batches, records int) {
	t.Batches.Add(int64(batches))
	t.Records.Add(int64(records))
}

// Ledger is what became of the batches of one lane since the process began. What waited then is Found; and at every moment
//
//	found + acked = delivered + parked + erased + lost + pending
//
// A batch that is delivered again after a crash counts once more as found.
type Ledger struct {
	// Found waited when the lane was opened; Acked were stored since.
	Found, Acked Tally
	// Delivered have arrived; Parked are set aside with a reason; Erased cannot be opened any more, their key being destroyed, or were dropped by
	// the operator.
	Delivered, Parked, Erased Tally
	// Lost are missing in the numbering of frames: the store has lost them.
	Lost Tally
}

// Pending is how many batches wait by the ledger's own arithmetic.
func (l *Ledger) Pending() (batches, records int64) {
	sum := func(f func(*Tally) int64) int64 {
		return f(&l.Found) + f(&l.Acked) - f(&l.Delivered) - f(&l.Parked) - f(&l.Erased) - f(&l.Lost)
	}
	return sum(func(t *Tally) int64 { return t.Batches.Load() }), sum(func(t *Tally) int64 { return t.Records.Load() })
}
