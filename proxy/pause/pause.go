// Package pause waits between one attempt and the next without outliving what it is waited for.
package pause

import (
	"context"
	"time"
)

// For waits for d, or until ctx is done. It tells whether ctx is not done, so that what was waited for is still to do.
func For(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
	return ctx.Err() == nil
}
