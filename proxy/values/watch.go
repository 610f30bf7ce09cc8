package values

import (
	"bytes"
	"context"
	"errors"
	"fmt"
)

// watcher is one Watch that goes on. Its queue has no bound but the number of changes that an administrator makes while it is busy.
type watcher struct {
	queue []changed
	woken chan struct{} // of one
}

// changed is a value, nil if it was destroyed.
type changed struct {
	name  string
	value []byte
}

// tell queues a change for all who watch. f.mu is held.
func (f *Folder) tell(name string, value []byte) {
	if value != nil {
		value = append([]byte{}, value...) // not nil, however short
	}
	for w := range f.watchers {
		w.queue = append(w.queue, changed{name, value})
		select {
		case w.woken <- struct{}{}:
		default:
		}
	}
}

// Watch implements Bucket. A value that is damaged ends it with ErrDamaged before anything is shown.
func (f *Folder) Watch(ctx context.Context, change func(name string, value []byte), first func()) error {
	w, err := f.follow(ctx)
	if err != nil {
		return err
	}
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.watchers, w)
	}()
	for begun := false; ; {
		f.mu.Lock()
		list := w.queue
		w.queue = nil
		f.mu.Unlock()
		for _, c := range list {
			change(c.name, bytes.Clone(c.value))
		}
		if !begun {
			begun = true
			first()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-w.woken:
		}
	}
}

// follow begins a watch with all that is there, and misses nothing from then on.
func (f *Folder) follow(ctx context.Context) (*watcher, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	names, err := f.Names(ctx)
	if err != nil {
		return nil, err
	}
	w := &watcher{woken: make(chan struct{}, 1)}
	for _, name := range names {
		value, _, err := f.read(fileName(name))
		if errors.Is(err, ErrNone) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("value %q: %w", name, err)
		}
		w.queue = append(w.queue, changed{name, value})
	}
	f.watchers[w] = true
	return w, nil
}
