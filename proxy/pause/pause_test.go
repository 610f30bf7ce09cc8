package pause_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"winnow/proxy/pause"
)

// A pause lasts as long as it was asked to, and ends at once with its context.
func TestFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		if went := pause.For(ctx, 40*time.Second); !went || time.Since(began) != 40*time.Second {
			t.Errorf("a whole pause: %t after %s", went, time.Since(began))
		}
		if went := pause.For(ctx, time.Hour); went || time.Since(began) != time.Minute {
			t.Errorf("a pause that its context ended: %t after %s", went, time.Since(began))
		}
		if went := pause.For(ctx, time.Hour); went || time.Since(began) != time.Minute {
			t.Errorf("a pause of a context that was done: %t after %s", went, time.Since(began))
		}
	})
}
