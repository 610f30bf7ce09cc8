package spool

import (
	"context"

	"winnow/proxy/values"
)

// ErrLaneFull is what a Store answers above a bound.
var ErrLaneFull = errLaneFull

// RecallFrom is where a node of a cluster begins to read ids.
var RecallFrom = recallFrom

// ErrNotThere is what a Store answers where there is no such frame.
var ErrNotThere = errNotThere

// ErrAlone is what a Lane answers of which there is no other copy.
var ErrAlone = errAlone

// VerifySyncKnowing is VerifySync where servers are known that said so before.
var VerifySyncKnowing = verifySync

// ParkNewer parks a frame as an earlier winnow would that cannot read it.
func (q *Queue) ParkNewer(ctx context.Context, frame []byte) bool {
	return q.park(ctx, ReasonNewer, sealed{Bytes: frame})
}

// Knows tells whether a lane would take a batch for one that it has stored.
func Knows(q *Queue, id ID) bool {
	q.writer.mu.Lock()
	defer q.writer.mu.Unlock()
	_, known := q.writer.recent.find(id)
	return known
}

// Unseal opens what a data key of the bucket made has sealed.
func Unseal(ctx context.Context, made, erased values.Bucket, secret []byte, key uint64, id ID, sealed []byte) ([]byte, error) {
	k, err := newKeyring(ctx, made, erased, secret, 0)
	if err != nil {
		return nil, err
	}
	d, err := k.find(ctx, key)
	if err != nil {
		return nil, err
	}
	return d.open(id, sealed)
}
