package spool_test

import (
	"context"
	"errors"
	"testing"

	"winnow/proxy/spool"
)

// What waits is shown until visit has enough; who is interrupted hears that not all was shown.
func TestEntriesEnd(t *testing.T) {
	s := open(t, embedded(t, t.TempDir()))
	defer closeSpool(t, s)
	q, err := s.Queue(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	fillQueue(t, q, 0, 5)
	count := func(ctx context.Context, visit func(shown int) bool) (shown int, err error) {
		err = q.Entries(ctx, func(*spool.Entry, bool) bool { shown++; return visit(shown) })
		return shown, err
	}
	if shown, err := count(t.Context(), func(int) bool { return true }); shown != 5 || err != nil {
		t.Errorf("%d of 5 are shown, %v", shown, err)
	}
	if shown, err := count(t.Context(), func(n int) bool { return n < 2 }); shown != 2 || err != nil {
		t.Errorf("%d are shown to who wants 2, %v", shown, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if shown, err := count(ctx, func(int) bool { cancel(); return true }); shown == 5 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d of 5 are shown to who was interrupted, and the error is %v", shown, err)
	}
}
