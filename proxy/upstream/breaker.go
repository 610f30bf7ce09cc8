package upstream

import (
	"sync"
	"sync/atomic"
	"time"
)

// The breaker opens after this many failures in a row, and rests for a random time below a bound that doubles with every
// further failure: so that many proxies do not come back at the same moment.
const (
	breakerFailures = 5
	breakerFirst    = 500 * time.Millisecond
	breakerLongest  = 30 * time.Second
)

// breaker keeps requests away from an upstream that is down. The zero breaker is closed: all may pass.
type breaker struct {
	// now is the clock and random a number in [0, n).
	now    func() time.Time
	random func(n int64) int64

	open atomic.Bool // read on the way of every request

	mu       sync.Mutex
	failures int
	until    time.Time // no request before
	trying   bool      // one request is on its way to find out
}

// allow tells whether a request may pass. While the breaker is open one request in time may: its outcome must be told.
func (b *breaker) allow() bool {
	if !b.open.Load() {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < breakerFailures {
		return true
	}
	if b.trying || b.now().Before(b.until) {
		return false
	}
	b.trying = true
	return true
}

// resting tells whether a request that comes now would not pass. It takes nothing.
func (b *breaker) resting() bool {
	if !b.open.Load() {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.failures >= breakerFailures && (b.trying || b.now().Before(b.until))
}

// succeed closes the breaker.
func (b *breaker) succeed() {
	b.mu.Lock()
	b.failures, b.trying = 0, false
	b.open.Store(false)
	b.mu.Unlock()
}

// fail counts a failure. While the breaker is open only that of the request that finds out counts: many that were under way when the upstream
// stopped fail at the same moment, and are one failure.
func (b *breaker) fail() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures >= breakerFailures && !b.trying {
		return
	}
	b.trying = false
	if b.failures++; b.failures < breakerFailures {
		return
	}
	bound := breakerLongest
	if doublings := b.failures - breakerFailures; doublings < 6 {
		bound = min(bound, breakerFirst<<doublings)
	}
	b.until = b.now().Add(time.Duration(b.random(int64(bound))))
	b.open.Store(true)
}

// up tells whether the breaker is closed.
func (b *breaker) up() bool { return !b.open.Load() }
