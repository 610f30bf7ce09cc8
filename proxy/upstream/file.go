package upstream

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"winnow/proxy/codec"
)

// FileOptions are what a file upstream is made of.
type FileOptions struct {
	// Dir holds the segments. It is made, mode 0700, if it is not there.
	Dir string
	// RotateBytes closes a segment at this size, RotateAge at this age.
	RotateBytes int64
	RotateAge   time.Duration
	// KeepAge deletes segments that were begun longer ago.
	KeepAge time.Duration
	// Held tells that nothing may be deleted now, for a legal hold, whatever its age. Nil: never.
	Held func() bool
	// Now is the clock.
	Now func() time.Time
	// FS is where segments are. Nil: the operating system's.
	FS FS
}

// File writes batches as newline-delimited JSON into segments.
//
// A segment is named winnow-<UTC time it was begun>-<number>.ndjson, mode 0600. It holds whole lines, each a JSON object; only its end
// may be torn, by a crash, and is cut at the last line feed when the folder is next opened. A batch is acknowledged once the
// segment that holds it, and the folder that names the segment, are synced. Batches that wait for the disk share one sync.
//
// A segment that failed to take or to sync a batch is cut back to what was acknowledged, as far as the disk lets it, and never
// written again: after a failed sync nobody knows what the disk holds.
type File struct {
	o    FileOptions
	ages atomic.Pointer[ages]
	in   intake
	done chan struct{}
	lock interface{ Close() error }
	held atomic.Int64 // segments

	// The rest belongs to the committer.
	segment segment
	next    int // number of the next segment
}

// ages are when a segment ends, and how long it stays.
type ages struct {
	rotateBytes     int64
	rotateAge, keep time.Duration
}

// segment is the one that is written to; none when file is nil.
type segment struct {
	file   SegmentFile
	name   string
	synced int64 // bytes acknowledged
	size   int64
	begun  time.Time
}

// NewFile opens the folder, cuts torn ends, deletes what is too old, and starts the committer. The error names the folder.
func NewFile(o FileOptions) (*File, error) {
	if o.FS == nil {
		o.FS = OS
	}
	f := &File{o: o, in: newIntake(), done: make(chan struct{})}
	f.Set(o.RotateBytes, o.RotateAge, o.KeepAge)
	var err error
	if f.lock, err = o.FS.Open(o.Dir); err != nil {
		return nil, fmt.Errorf("file upstream: %w", err)
	}
	if err := f.recover(); err != nil {
		_ = f.lock.Close()
		return nil, fmt.Errorf("file upstream: %s: %w", o.Dir, err)
	}
	go f.commit()
	return f, nil
}

// Set changes when segments end and how long they stay.
func (f *File) Set(rotateBytes int64, rotateAge, keepAge time.Duration) {
	f.ages.Store(&ages{rotateBytes, rotateAge, keepAge})
}

// Deliver implements Upstream. It returns when the batch is on disk, or cannot be.
func (f *File) Deliver(d *Delivery) (codec.Response, error) {
	var told *Error
	switch err := f.in.enter(d, nil); {
	case err == nil:
	case errors.As(err, &told):
		return codec.Response{}, told
	case errors.Is(err, syscall.ENOSPC):
		return codec.Response{}, errFull
	default:
		return codec.Response{}, errDisk
	}
	return d.Codec.Accept(d.Batch), nil
}

// Ask implements Upstream.
func (f *File) Ask(*Delivery) (codec.Response, error) { return codec.Response{}, ErrSilent }

// Up implements Upstream: it is up as long as the folder could be opened, since each batch learns from the disk itself.
func (f *File) Up() bool { return true }

// Tidy closes the segment if it is old enough, and deletes segments that are too old. Call it now and then: a folder without traffic
// ages too.
func (f *File) Tidy() { f.in.nudge() }

// Close waits for what was accepted and closes the segment.
func (f *File) Close() error {
	if !f.in.close() {
		return nil
	}
	<-f.done
	return f.lock.Close()
}

// commit is the one goroutine that writes. Whatever waits when it comes round shares one sync.
func (f *File) commit() {
	defer close(f.done)
	group := make([]*Delivery, 0, maxGroup)
	for d := range f.in.queue {
		group = append(group[:0], d)
		for len(group) < maxGroup && len(f.in.queue) > 0 {
			group = append(group, <-f.in.queue)
		}
		f.turn()
		err := f.write(group)
		for _, d := range group {
			if d != nil {
				d.done <- err
			}
		}
	}
	f.endSegment()
}

// turn ends a segment that is large or old enough, and deletes what is too old.
func (f *File) turn() {
	now, a := f.o.Now(), f.ages.Load()
	if s := &f.segment; s.file != nil && s.size < a.rotateBytes && now.Sub(s.begun) < a.rotateAge {
		return
	}
	f.endSegment()
	f.expire(now)
}

// write appends the group's lines and syncs them. On failure nothing of the group counts.
func (f *File) write(group []*Delivery) error {
	for _, d := range group {
		if d == nil || len(d.wire) == 0 {
			continue
		}
		if err := f.begin(); err != nil {
			return err
		}
		n, err := f.segment.file.Write(d.wire)
		f.segment.size += int64(n)
		if err != nil {
			f.abandon()
			return err
		}
	}
	if f.segment.file == nil || f.segment.size == f.segment.synced {
		return nil
	}
	if err := f.segment.file.Sync(); err != nil {
		f.abandon()
		return err
	}
	f.segment.synced = f.segment.size
	return nil
}

// begin opens a segment if there is none, and makes sure that the folder knows its name.
func (f *File) begin() error {
	if f.segment.file != nil {
		return nil
	}
	now := f.o.Now().UTC()
	name := filepath.Join(f.o.Dir, segmentName(now, f.next))
	f.next++
	file, err := f.o.FS.Create(name)
	if err != nil {
		return err
	}
	f.segment = segment{file: file, name: name, begun: now}
	if err := f.o.FS.SyncDir(f.o.Dir); err != nil {
		f.abandon()
		return err
	}
	return nil
}

// abandon cuts the segment back to what was acknowledged and leaves it. One that holds nothing is removed.
func (f *File) abandon() {
	s := f.segment
	f.segment = segment{}
	// The failure at hand is already told; what cannot be mended here is cut when the folder is next opened.
	_ = s.file.Truncate(s.synced)
	_ = s.file.Close()
	if s.synced == 0 {
		_ = f.o.FS.Remove(s.name)
	}
}

func (f *File) endSegment() {
	if f.segment.file == nil {
		return
	}
	_ = f.segment.file.Close() // all of it is synced
	f.segment = segment{}
}
