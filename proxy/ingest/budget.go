package ingest

import "sync/atomic"

// Budget bounds the bytes of all bodies held at once. It is safe for concurrent use.
type Budget struct {
	limit atomic.Int64
	held  atomic.Int64
}

// NewBudget makes a Budget of limit bytes.
func NewBudget(limit int64) *Budget {
	b := &Budget{}
	b.SetLimit(limit)
	return b
}

// SetLimit changes the limit. What is held above a smaller one stays until it is released.
func (b *Budget) SetLimit(limit int64) { b.limit.Store(limit) }

// Held is how many bytes are held now.
func (b *Budget) Held() int64 { return b.held.Load() }

// Acquire takes n bytes, and tells whether they were to be had. One body alone may be as large as the limit.
func (b *Budget) Acquire(n int) bool {
	if b.held.Add(int64(n)) > b.limit.Load() {
		b.held.Add(-int64(n))
		return false
	}
	return true
}

// Release gives n bytes back.
func (b *Budget) Release(n int) { b.held.Add(-int64(n)) }
