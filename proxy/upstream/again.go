package upstream

import (
	"context"
	"math/rand/v2"
	"time"

	"winnow/proxy/pause"
)

// What was not taken for want of room is tried again after a random time below a bound that doubles: so that many proxies do not come
// back at the same moment.
const (
	againFirst   = 200 * time.Millisecond
	againLongest = 5 * time.Second
)

// again waits before the attempt after the given number of them. It is false if the time of ctx does not last: nothing is waited for then
// that cannot be used.
func again(ctx context.Context, attempts int) bool {
	bound := againLongest
	if attempts < 6 {
		bound = min(bound, againFirst<<(attempts-1))
	}
	wait := bound/2 + rand.N(bound/2)
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= wait {
		return false
	}
	return pause.For(ctx, wait)
}
