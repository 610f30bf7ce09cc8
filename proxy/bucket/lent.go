package bucket

import (
	"bytes"
	"errors"
	"sync"
)

// lent reads bytes that are the caller's again when the attempt is over: net/http may read on after an early answer, or a time-out.
type lent struct {
	mu   sync.Mutex
	from *bytes.Reader // nil: taken back
}

var errTakenBack = errors.New("the attempt is over")

// Read implements io.Reader.
func (l *lent) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.from == nil {
		return 0, errTakenBack
	}
	return l.from.Read(p)
}

// Seek implements io.Seeker.
func (l *lent) Seek(offset int64, whence int) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.from == nil {
		return 0, errTakenBack
	}
	return l.from.Seek(offset, whence)
}

func (l *lent) takeBack() {
	l.mu.Lock()
	l.from = nil
	l.mu.Unlock()
}
