// Package valuestest says what any values.Bucket must do.
package valuestest

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"winnow/proxy/values"
)

// Run tests buckets that open makes, each under a name of its own. They keep what they have in dirs; erases says that what is destroyed can
// be looked for there.
func Run(t *testing.T, open func(t *testing.T, name string) values.Bucket, dirs []string, erases bool) {
	t.Helper()
	tests := []struct {
		name string
		run  func(t *testing.T, v values.Bucket, dirs []string, erases bool)
	}{
		{"values", testValues}, {"revisions", testRevisions}, {"watch", testWatch}, {"destroy", testDestroy},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t, test.name), dirs, erases) })
	}
}

// Contains tells whether any file below dirs has the bytes.
func Contains(t *testing.T, dirs []string, what string) bool {
	t.Helper()
	found := false
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, gone error) error {
			if gone == nil { // what goes while this looks is not there
				data, err := os.ReadFile(path)
				found = found || err == nil && bytes.Contains(data, []byte(what))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

func testValues(t *testing.T, v values.Bucket, _ []string, _ bool) {
	ctx := t.Context()
	if _, err := v.Get(ctx, "a/b"); !errors.Is(err, values.ErrNone) {
		t.Errorf("no value: %v", err)
	}
	if err := v.Create(ctx, "a/b", []byte("1")); err != nil {
		t.Fatal(err)
	}
	if err := v.Create(ctx, "a/b", []byte("2")); !errors.Is(err, values.ErrExists) {
		t.Errorf("a second one: %v", err)
	}
	if err := v.Put(ctx, "a/b", []byte("3")); err != nil {
		t.Fatal(err)
	}
	if err := v.Put(ctx, "c=_-1", []byte("4")); err != nil {
		t.Fatal(err)
	}
	if got, err := v.Get(ctx, "a/b"); string(got) != "3" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	names, err := v.Names(ctx)
	slices.Sort(names)
	if !slices.Equal(names, []string{"a/b", "c=_-1"}) || err != nil {
		t.Errorf("%q, %v", names, err)
	}
}

// Of two who revise the same value one succeeds.
func testRevisions(t *testing.T, v values.Bucket, _ []string, _ bool) {
	ctx := t.Context()
	if _, _, err := v.Look(ctx, "x"); !errors.Is(err, values.ErrNone) {
		t.Errorf("no value: %v", err)
	}
	first, err := v.Revise(ctx, "x", []byte("1"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Revise(ctx, "x", []byte("2"), 0); !errors.Is(err, values.ErrRevised) {
		t.Errorf("a second first one: %v", err)
	}
	second, err := v.Revise(ctx, "x", []byte("3"), first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Revise(ctx, "x", []byte("4"), first); !errors.Is(err, values.ErrRevised) {
		t.Errorf("of an old revision: %v", err)
	}
	if value, revision, err := v.Look(ctx, "x"); string(value) != "3" || revision != second || err != nil {
		t.Errorf("%q, %d, %v; the revision was %d", value, revision, err, second)
	}
}

// Who watches sees what is there, is told when that was all, and sees each change.
func testWatch(t *testing.T, v values.Bucket, _ []string, _ bool) {
	if err := v.Put(t.Context(), "old", []byte("1")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	seen := make(chan string, 10)
	ended := make(chan error, 1)
	go func() {
		ended <- v.Watch(ctx, func(name string, value []byte) { seen <- name + "=" + string(value) }, func() { seen <- "first" })
	}()
	next := func(want string) {
		t.Helper()
		select {
		case got := <-seen:
			if got != want {
				t.Errorf("%q, want %q", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%q does not come", want)
		}
	}
	next("old=1")
	next("first")
	if err := v.Put(t.Context(), "new", []byte("2")); err != nil {
		t.Fatal(err)
	}
	next("new=2")
	if err := v.Destroy(t.Context(), "old"); err != nil {
		t.Fatal(err)
	}
	next("old=")
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}

// What is destroyed is gone, its bytes are overwritten, and its name can be used again.
func testDestroy(t *testing.T, v values.Bucket, dirs []string, erases bool) {
	ctx := t.Context()
	if err := v.Create(ctx, "key", []byte("planted-value-93be")); err != nil {
		t.Fatal(err)
	}
	if !Contains(t, dirs, "planted-value-93be") {
		t.Fatal("the value is not in the files: nothing can be proved")
	}
	for range 2 {
		if err := v.Destroy(ctx, "key"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := v.Get(ctx, "key"); !errors.Is(err, values.ErrNone) {
		t.Errorf("a destroyed value: %v", err)
	}
	if names, err := v.Names(ctx); len(names) > 0 || err != nil {
		t.Errorf("%q, %v", names, err)
	}
	if erases && Contains(t, dirs, "planted-value-93be") {
		t.Error("the destroyed value is still in the files")
	}
	if err := v.Create(ctx, "key", []byte("another")); err != nil {
		t.Errorf("the same name again: %v", err)
	}
}
