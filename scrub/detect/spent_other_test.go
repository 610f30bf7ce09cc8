//go:build !linux

package detect

import (
	"testing"
	"time"
)

// spent is the time that f takes.
func spent(_ testing.TB, f func()) time.Duration {
	begin := time.Now()
	f()
	return time.Since(begin)
}
