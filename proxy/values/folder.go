package values

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"winnow/proxy/durable"
)

// Folder is a Bucket in a folder: a file for each value, of mode 0600, whose checksum is looked at with every read. One process at a time may
// use it; whoever opens it sees to that.
type Folder struct {
	dir string

	mu       sync.Mutex // one change at a time
	last     uint64     // the highest revision there ever was
	watchers map[*watcher]bool
}

// OpenFolder opens a bucket, and makes its folder if there is none. A damaged value is found when it is read, not now. No name has a dot, so that what is
// not finished is no value.
func OpenFolder(dir string) (*Folder, error) {
	f := &Folder{dir: dir, watchers: map[*watcher]bool{}}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("values: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("values: %w", err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), durable.Unfinished) { // of a write that a crash cut short
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return nil, fmt.Errorf("values: %w", err)
			}
			continue
		}
		if _, revision, err := f.read(e.Name()); err == nil {
			f.last = max(f.last, revision)
		}
	}
	return f, durable.SyncFolder(filepath.Dir(dir))
}

// fileName of a value, and nameOf a file. A slash cannot stand in one, and a plus sign not in a name.
func fileName(name string) string { return strings.ReplaceAll(name, "/", "+") }
func nameOf(file string) string   { return strings.ReplaceAll(file, "+", "/") }

// Get implements Bucket.
func (f *Folder) Get(ctx context.Context, name string) ([]byte, error) {
	value, _, err := f.Look(ctx, name)
	return value, err
}

// Look implements Bucket.
func (f *Folder) Look(_ context.Context, name string) ([]byte, uint64, error) {
	if !known(name) {
		return nil, 0, ErrName
	}
	return f.read(fileName(name))
}

func (f *Folder) read(file string) ([]byte, uint64, error) {
	text, err := os.ReadFile(filepath.Join(f.dir, file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, ErrNone
	}
	if err != nil {
		return nil, 0, fmt.Errorf("values: %w", err)
	}
	value, revision, ok := unpack(text)
	if !ok {
		return nil, 0, fmt.Errorf("%s: %w", filepath.Join(f.dir, file), ErrDamaged)
	}
	return value, revision, nil
}

// Put implements Bucket.
func (f *Folder) Put(_ context.Context, name string, value []byte) error {
	_, err := f.change(name, value, func(uint64, error) error { return nil })
	return err
}

// Create implements Bucket.
func (f *Folder) Create(_ context.Context, name string, value []byte) error {
	_, err := f.change(name, value, func(_ uint64, err error) error {
		switch {
		case errors.Is(err, ErrNone):
			return nil
		case err == nil:
			return ErrExists
		}
		return err
	})
	return err
}

// Revise implements Bucket.
func (f *Folder) Revise(_ context.Context, name string, value []byte, last uint64) (uint64, error) {
	return f.change(name, value, func(revision uint64, err error) error {
		switch {
		case errors.Is(err, ErrNone) && last == 0, err == nil && revision == last:
			return nil
		case errors.Is(err, ErrNone), err == nil:
			return ErrRevised
		}
		return err
	})
}

// change writes a value if allowed says nothing against what is there.
func (f *Folder) change(name string, value []byte, allowed func(revision uint64, err error) error) (uint64, error) {
	if !known(name) {
		return 0, ErrName
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	_, revision, err := f.read(fileName(name))
	if err := allowed(revision, err); err != nil {
		return 0, err
	}
	f.last++
	if err := durable.Replace(filepath.Join(f.dir, fileName(name)), pack(value, f.last)); err != nil {
		return 0, fmt.Errorf("values: %w", err)
	}
	f.tell(name, value)
	return f.last, nil
}

// Destroy implements Bucket: the file is overwritten in its place before it is removed. A file system that copies on write, and a disk that
// spreads its writes, keep what was there; what is stored should be sealed.
func (f *Folder) Destroy(_ context.Context, name string) error {
	if !known(name) {
		return ErrName
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	at := filepath.Join(f.dir, fileName(name))
	w, err := os.OpenFile(at, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("values: %w", err)
	}
	info, err := w.Stat()
	if err == nil {
		_, err = w.Write(make([]byte, info.Size()))
	}
	if err = errors.Join(err, w.Sync(), w.Close()); err == nil {
		err = os.Remove(at)
	}
	if err == nil {
		err = durable.SyncFolder(f.dir)
	}
	if err != nil {
		return fmt.Errorf("values: %w", err)
	}
	f.tell(name, nil)
	return nil
}

// Names implements Bucket.
func (f *Folder) Names(context.Context) ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, fmt.Errorf("values: %w", err)
	}
	var names []string
	for _, e := range entries {
		if name := nameOf(e.Name()); known(name) {
			names = append(names, name)
		}
	}
	return names, nil
}
