package durable_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winnow/proxy/durable"
)

// A file is replaced whole, also over what a crash left of an earlier attempt, and only its owner can read it.
func TestReplace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	put(t, path+durable.Unfinished, strings.Repeat("cut short ", 9))
	for _, text := range []string{"first and long\n", "second\n", ""} {
		if err := durable.Replace(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		holds(t, path, text)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	only(t, path)
}

// What cannot be put in its place leaves nothing of itself, and what was there stays.
func TestReplaceFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := durable.Replace(path, []byte("text")); err == nil {
		t.Error("a folder was replaced by a file")
	}
	only(t, path)
	if err := durable.Replace(filepath.Join(path, "missing", "file"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in a folder that is not there: %v", err)
	}
}

// A file that is there is not made anew.
func TestCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := durable.Create(path, []byte("first")); err != nil {
		t.Fatal(err)
	}
	if err := durable.Create(path, []byte("second")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("made again: %v", err)
	}
	holds(t, path, "first")
	only(t, path)
}

// A folder that is not there cannot have durable names.
func TestSyncFolder(t *testing.T) {
	dir := t.TempDir()
	if err := durable.SyncFolder(dir); err != nil {
		t.Error(err)
	}
	if err := durable.SyncFolder(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func holds(t *testing.T, path, want string) {
	t.Helper()
	if text, err := os.ReadFile(path); err != nil || string(text) != want {
		t.Errorf("the file holds %q, not %q: %v", text, want, err)
	}
}

// only tells if there is anything beside a path in its folder.
func only(t *testing.T, path string) {
	t.Helper()
	list, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(list) != 1 || list[0].Name() != filepath.Base(path) {
		t.Errorf("in the folder: %v, %v", list, err)
	}
}
