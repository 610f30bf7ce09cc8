package spool

import (
	"sync"
	"time"
)

// FreeSpace makes Options.Space for a folder: it refuses while the disk has less than floor bytes left. The disk is asked at most once in
// every interval. One that cannot be asked refuses.
func FreeSpace(dir string, floor int64, every time.Duration, now func() time.Time) func() error {
	var mu sync.Mutex
	var asked time.Time
	var last error
	return func() error {
		mu.Lock()
		defer mu.Unlock()
		t := now()
		if !asked.IsZero() && t.Sub(asked) < every && !t.Before(asked) {
			return last
		}
		asked, last = t, nil
		if left, err := free(dir); err != nil || left < floor {
			last = ErrNoSpace
		}
		return last
	}
}
