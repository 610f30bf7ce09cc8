package spool_test

import (
	"context"
	"testing"

	"winnow/proxy/spool"
	"winnow/proxy/spool/natstest"
)

// identityIn is that of a bucket in a store, which is closed afterwards.
func identityIn(t *testing.T, store spool.Store) string {
	t.Helper()
	defer store.Close()
	b, err := store.Values(t.Context(), "things")
	if err != nil {
		t.Fatal(err)
	}
	id, err := b.(interface {
		Identity(ctx context.Context) (string, error)
	}).Identity(t.Context())
	if err != nil || id == "" {
		t.Fatalf("%q, %v", id, err)
	}
	return id
}

// A bucket is known again after a restart, and one that is made in its place is another.
func TestBucketsHaveIdentities(t *testing.T) {
	dir := t.TempDir()
	first := identityIn(t, embedded(t, dir))
	if again := identityIn(t, embedded(t, dir)); again != first {
		t.Errorf("%s became %s", first, again)
	}
	if other := identityIn(t, embedded(t, t.TempDir())); other == first {
		t.Errorf("another is %s too", other)
	}
}

// A bucket that is put back from a copy is known again, though a cluster says that it was made when it was put back; one that is made anew is not.
func TestRestoredBucketIsKnown(t *testing.T) {
	const stream = "KV_winnow_things"
	servers := natstest.Start(t, 1, true)
	first := identityIn(t, external(t, servers, 1))
	_, js := servers.Connect(t)
	s, err := js.Stream(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	copied := s.CachedInfo().Config
	for _, restored := range []bool{true, false} {
		if err := js.DeleteStream(t.Context(), stream); err != nil {
			t.Fatal(err)
		}
		if restored {
			if _, err := js.CreateStream(t.Context(), copied); err != nil {
				t.Fatal(err)
			}
		}
		if got := identityIn(t, external(t, servers, 1)); (got == first) != restored {
			t.Errorf("put back %v: %s became %s", restored, first, got)
		}
	}
}
