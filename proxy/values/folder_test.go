package values_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"winnow/proxy/values"
	"winnow/proxy/values/valuestest"
)

func open(t *testing.T, dir string) *values.Folder {
	t.Helper()
	f, err := values.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFolderConformance(t *testing.T) {
	dir := t.TempDir()
	valuestest.Run(t, func(t *testing.T, name string) values.Bucket { return open(t, filepath.Join(dir, name)) }, []string{dir}, true)
}

// What was stored is there after a restart, a half-written file is not, and nobody else can read any of it.
func TestFolderOpensAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bucket")
	ctx := t.Context()
	if err := open(t, dir).Put(ctx, "a/b", []byte("kept")); err != nil {
		t.Fatal(err)
	}
	torn := filepath.Join(dir, "c.new")
	if err := os.WriteFile(torn, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := open(t, dir)
	value, revision, err := f.Look(ctx, "a/b")
	if string(value) != "kept" || err != nil {
		t.Errorf("%q, %v", value, err)
	}
	if next, err := f.Revise(ctx, "a/b", []byte("new"), revision); next <= revision || err != nil {
		t.Errorf("revision %d after %d, %v", next, revision, err)
	}
	if _, err := os.Stat(torn); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the half-written file: %v", err)
	}
	for name, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "a+b"): 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

// Whatever happens to a file, a value that was not stored is never read.
func TestFolderFindsDamage(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	ctx := t.Context()
	if err := f.Put(ctx, "x", []byte("value")); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "x")
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		flipped := bytes.Clone(whole)
		flipped[n] ^= 1
		for _, text := range [][]byte{flipped, whole[:n], append(whole[:n:n], make([]byte, len(whole)-n)...)} {
			if err := os.WriteFile(name, text, 0o600); err != nil {
				t.Fatal(err)
			}
			if value, err := f.Get(ctx, "x"); !errors.Is(err, values.ErrDamaged) && !bytes.Equal(text, whole) {
				t.Fatalf("%d: %q, %v", n, value, err)
			}
		}
	}
	if err := f.Create(ctx, "x", []byte("other")); !errors.Is(err, values.ErrDamaged) {
		t.Errorf("a value in the place of a damaged one: %v", err)
	}
	if err := f.Watch(ctx, func(string, []byte) {}, func() {}); !errors.Is(err, values.ErrDamaged) {
		t.Errorf("a watch: %v", err)
	}
	if err := f.Destroy(ctx, "x"); err != nil {
		t.Error(err)
	}
}

// No name leads out of the folder.
func TestFolderRefusesNames(t *testing.T) {
	f := open(t, t.TempDir())
	for _, name := range []string{"", "../x", "a.b", "a+b", "a\\b", "a b", "ä", strings.Repeat("x", values.MaxName+1)} {
		_, err := f.Get(t.Context(), name)
		err = errors.Join(err, f.Put(t.Context(), name, nil))
		if !errors.Is(err, values.ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
	long := strings.Repeat("x", values.MaxName)
	if err := f.Put(t.Context(), long, nil); err != nil {
		t.Error(err)
	}
}

// Of many who revise a value at once each gets its turn, and who watches ends with the last one.
func TestFolderIsSafeForConcurrentUse(t *testing.T) {
	f := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	const writers, each = 8, 20
	done := make(chan struct{})
	go func() {
		_ = f.Watch(ctx, func(_ string, value []byte) {
			if string(value) == fmt.Sprint(writers*each) {
				close(done)
			}
		}, func() {})
	}()
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for n := 0; n < each; {
				value, revision, err := f.Look(ctx, "n")
				if err != nil && !errors.Is(err, values.ErrNone) {
					t.Error(err)
					return
				}
				count := 0
				_, _ = fmt.Sscan(string(value), &count)
				switch _, err = f.Revise(ctx, "n", fmt.Append(nil, count+1), revision); {
				case err == nil:
					n++
				case !errors.Is(err, values.ErrRevised):
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	<-done
}
