package upstream

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"winnow/proxy/durable"
)

// FS is what segments need of a file system.
type FS interface {
	// Open makes dir, mode 0700, if it is not there, and takes it for this process alone until the returned lock is closed.
	Open(dir string) (lock io.Closer, err error)
	// Names lists the files in dir.
	Names(dir string) ([]string, error)
	// Create makes a file that was not there, mode 0600.
	Create(name string) (SegmentFile, error)
	// Append opens a file that is there for reading and cutting.
	Append(name string) (SegmentFile, error)
	// Remove deletes a file.
	Remove(name string) error
	// SyncDir makes the names in dir durable.
	SyncDir(dir string) error
}

// SegmentFile is one segment.
type SegmentFile interface {
	io.Writer
	io.ReaderAt
	io.Closer
	Sync() error
	Truncate(size int64) error
	Stat() (fs.FileInfo, error)
}

// segmentTime is in a segment's name; it sorts as text.
const segmentTime = "20060102T150405Z"

var segmentPattern = regexp.MustCompile(`^winnow-(\d{8}T\d{6}Z)-(\d{6,})\.ndjson$`)

func segmentName(begun time.Time, n int) string {
	return fmt.Sprintf("winnow-%s-%06d.ndjson", begun.UTC().Format(segmentTime), n)
}

// parseSegment reads a segment's name.
func parseSegment(name string) (begun time.Time, n int, ok bool) {
	m := segmentPattern.FindStringSubmatch(name)
	if m == nil {
		return begun, 0, false
	}
	begun, err := time.Parse(segmentTime, m[1])
	if err != nil {
		return begun, 0, false
	}
	n, err = strconv.Atoi(m[2])
	return begun, n, err == nil
}

// recover finds the next number and cuts torn ends.
func (f *File) recover() error {
	names, err := f.o.FS.Names(f.o.Dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		_, n, ok := parseSegment(name)
		if !ok {
			continue
		}
		f.next = max(f.next, n+1)
		if err := f.cut(filepath.Join(f.o.Dir, name)); err != nil {
			return err
		}
	}
	f.expire(f.o.Now())
	return nil
}

// cut shortens a segment to its last whole line.
func (f *File) cut(name string) (err error) {
	file, err := f.o.FS.Append(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	whole, err := durable.LinesEnd(file, info.Size())
	if err != nil || whole == info.Size() {
		return err
	}
	if err := file.Truncate(whole); err != nil {
		return err
	}
	return file.Sync()
}

// expire deletes segments that were begun longer ago than they may be kept. Every tenant's records are in them: a hold on one keeps all. One that cannot be deleted is tried again next time.
func (f *File) expire(now time.Time) {
	names, err := f.o.FS.Names(f.o.Dir)
	if err != nil {
		return
	}
	keep, held := f.ages.Load().keep, int64(0)
	for _, name := range names {
		begun, _, ok := parseSegment(name)
		switch {
		case !ok || now.Sub(begun) <= keep:
		case f.o.Held != nil && f.o.Held():
			held++
		default:
			_ = f.o.FS.Remove(filepath.Join(f.o.Dir, name))
		}
	}
	f.held.Store(held)
}

// HeldBack is how many segments are too old and stay all the same, since FileOptions.Held said so.
func (f *File) HeldBack() int64 { return f.held.Load() }

// OS is the operating system's files.
var OS FS = osFS{}

// osFS implements FS.
type osFS struct{}

func (osFS) Open(dir string) (io.Closer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return lockDir(dir)
}

func (osFS) Names(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

func (osFS) Create(name string) (SegmentFile, error) {
	return os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR|os.O_APPEND, 0o600)
}

func (osFS) Append(name string) (SegmentFile, error) { return os.OpenFile(name, os.O_RDWR, 0) }

func (osFS) Remove(name string) error { return os.Remove(name) }

func (osFS) SyncDir(dir string) error { return durable.SyncFolder(dir) }
