package ingest

import (
	"sync"
	"sync/atomic"
)

// Budget bounds the bytes of all bodies held at once, and keeps one tenant from having it all. It is safe for concurrent use.
//
// From 70 % of the limit on, a tenant that holds more than its part gets nothing more: the limit divided by the tenants that hold something or were
// refused since less than half was held. From 85 % on no body is begun; those that were begun may grow up to the limit. From 95 % on no connection
// is accepted (gate.go).
type Budget struct {
	limit atomic.Int64
	held  atomic.Int64

	mu      sync.Mutex
	tenants map[string]*share
	active  int           // shares that count
	hungry  int           // of these, those that were refused
	relief  chan struct{} // closed when less than 95 % is held; nil: nobody waits for that
}

// share is a tenant's part.
type share struct {
	held   int64
	hungry bool // it was refused
}

func (s *share) active() bool { return s.held > 0 || s.hungry }

// Stage of a Budget: how much of it is held.
type Stage int

// The stages.
const (
	StageEasy  Stage = iota // below 70 %
	StageFair               // from 70 % on: nobody takes more than a part
	StageFull               // from 85 % on: no body is begun
	StageBrink              // from 95 % on: no connection is accepted
)

// NewBudget makes a Budget of limit bytes.
func NewBudget(limit int64) *Budget {
	b := &Budget{tenants: map[string]*share{}}
	b.SetLimit(limit)
	return b
}

// SetLimit changes the limit. What is held above a smaller one stays until it is released.
func (b *Budget) SetLimit(limit int64) {
	b.limit.Store(limit)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.relieve()
}

// Held is how many bytes are held now.
func (b *Budget) Held() int64 { return b.held.Load() }

// Stage of now.
func (b *Budget) Stage() Stage {
	switch part := float64(b.held.Load()) / float64(max(1, b.limit.Load())); {
	case part < 0.70:
		return StageEasy
	case part < 0.85:
		return StageFair
	case part < 0.95:
		return StageFull
	}
	return StageBrink
}

// Acquire takes n bytes for a tenant, and tells whether they were to be had. begins says that they are the first of a body. One body alone may be
// as large as the limit.
func (b *Budget) Acquire(tenant string, n int, begins bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.tenants[tenant]
	if s == nil {
		s = &share{}
		b.tenants[tenant] = s
	}
	limit, held := b.limit.Load(), b.held.Load()
	if held < limit/2 && b.hungry > 0 {
		b.sate()
	}
	if !s.active() {
		b.active++
	}
	after := held + int64(n)
	part := limit / int64(max(1, b.active))
	if after > limit || begins && b.Stage() >= StageFull || held > 0 && after > limit/10*7 && s.held+int64(n) > part {
		b.feed(s, false)
		return false
	}
	b.held.Add(int64(n))
	s.held += int64(n)
	b.feed(s, true)
	if !s.active() { // nothing was asked for
		b.active--
	}
	return true
}

// feed notes whether a tenant was given what it asked for.
func (b *Budget) feed(s *share, fed bool) {
	switch {
	case s.hungry && fed:
		b.hungry--
	case !s.hungry && !fed:
		b.hungry++
	}
	s.hungry = !fed
}

// sate forgets who was refused.
func (b *Budget) sate() {
	for _, s := range b.tenants {
		if s.hungry && s.held == 0 {
			b.active--
		}
		b.feed(s, true)
	}
}

// Release gives n bytes of a tenant back.
func (b *Budget) Release(tenant string, n int) {
	if n == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held.Add(-int64(n))
	b.relieve()
	s := b.tenants[tenant]
	if s.held -= int64(n); !s.active() {
		b.active--
	}
}
