package spool_test

import (
	"context"
	"testing"
)

// A bucket is known again after a restart, and one that is made in its place is another.
func TestBucketsHaveIdentities(t *testing.T) {
	dir := t.TempDir()
	identity := func(dir string) string {
		t.Helper()
		store := embedded(t, dir)
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
	first := identity(dir)
	if again := identity(dir); again != first {
		t.Errorf("%s became %s", first, again)
	}
	if other := identity(t.TempDir()); other == first {
		t.Errorf("another is %s too", other)
	}
}
