package audit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"winnow/proxy/durable"
	"winnow/proxy/pause"
)

// A log is a chain of files: audit.log is written, and before it come those that it was continued from, audit-000000000342.log being the one that
// ends with line 342. Numbers and hashes go on from file to file, so that the files behind each other are one log.
//
// Lines that are too old go in whole files, the oldest first. Before a file is removed a line audit.expire says which was the last line in it, its
// number and hash, and a checkpoint signs that. So a log that begins behind line n verifies if a signed line in it says that line n, of just the hash that
// the first line follows, has expired: whoever removes lines at the beginning without the key cannot make one.

// The acts of a log that is continued and cut.
const (
	actContinue = "audit.continue"
	actExpire   = "audit.expire"
)

// Limits are when a log is continued in another file, and when its oldest file goes.
type Limits struct {
	// Bytes at which the log is continued in another file. 0: never for its size.
	Bytes int64
	// Age at which a line is removed. A file is continued after an eighth of it, and at most a month, and goes with its first line. 0: never.
	Age time.Duration
	// Held tells that nothing may be removed now, for a legal hold. Nil: never.
	Held func() bool
}

// Tended is what Tend has done.
type Tended struct {
	// Removed files, and files HeldBack: they are too old, and stay for a legal hold.
	Removed, HeldBack int
}

// longestFile is for how long a file is written.
const longestFile = 30 * 24 * time.Hour

// file is one of a chain, and its first line.
type file struct {
	name  string
	size  int64
	begun time.Time // zero: it has no line
}

// Tend continues the log in another file if its own is large or old enough, and removes the files that are too old. After an error the log may be
// broken. It is safe on nil.
func (l *Log) Tend(limits Limits) (Tended, error) {
	if l == nil {
		return Tended{}, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil {
		return Tended{}, l.broken
	}
	own, err := describe(l.name)
	if err != nil {
		return Tended{}, fmt.Errorf("audit log: %w", err)
	}
	age := l.now().Sub(own.begun)
	if !own.begun.IsZero() && (limits.Bytes > 0 && own.size >= limits.Bytes || limits.Age > 0 && age >= min(limits.Age/8, longestFile)) {
		if err := l.rotate(); err != nil {
			return Tended{}, fmt.Errorf("audit log: %w", err)
		}
	}
	return l.expire(limits)
}

// rotate continues the log in another file.
func (l *Log) rotate() error {
	if l.head.Seq > l.signed {
		if err := l.checkpoint(); err != nil {
			return err
		}
	}
	before := earlierName(l.name, l.head.Seq)
	if err := os.Rename(l.name, before); err != nil {
		return err
	}
	next, err := os.OpenFile(l.name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		if err = lock(next); err != nil {
			next.Close()
		}
	}
	if err != nil {
		return errors.Join(err, os.Rename(before, l.name))
	}
	l.file.Close() // all of it is synced
	l.file = next
	if err := durable.SyncFolder(filepath.Dir(l.name)); err != nil {
		l.broken = err
		return err
	}
	return l.write(Entry{Actor: "winnow", Act: actContinue, Details: map[string]string{"file": filepath.Base(before)}})
}

// expire removes the files that are too old. Behind one that is held all others stay too: what is left of a log has no hole.
func (l *Log) expire(limits Limits) (t Tended, err error) {
	if limits.Age <= 0 {
		return t, nil
	}
	files, err := earlier(l.name)
	if err != nil {
		return t, err
	}
	for _, name := range files {
		f, err := describe(name)
		if err != nil {
			return t, err
		}
		if l.now().Sub(f.begun) < limits.Age {
			break
		}
		if t.HeldBack > 0 || limits.Held != nil && limits.Held() {
			t.HeldBack++
			continue
		}
		if err := l.remove(name, limits.Age); err != nil {
			return t, err
		}
		t.Removed++
	}
	return t, nil
}

// remove removes the oldest file, once that is told and signed. It is gone from the disk before the next one is told of: wherever a crash comes
// between, a signed line says of all that is missing that it has expired.
func (l *Log) remove(name string, age time.Duration) error {
	last, err := lastLine(name)
	if err != nil {
		return err
	}
	err = l.write(Entry{Actor: "winnow", Act: actExpire, Details: map[string]string{
		"until": fmt.Sprint(last.Seq), "hash": last.Hash, "age": age.String(),
	}})
	if err == nil {
		err = l.checkpoint()
	}
	if err == nil {
		err = os.Remove(name)
	}
	if err == nil {
		err = durable.SyncFolder(filepath.Dir(l.name))
	}
	return err
}

// earlierName is the name of the file of a log that ends with a line.
func earlierName(name string, last uint64) string {
	ext := filepath.Ext(name)
	return fmt.Sprintf("%s-%012d%s", strings.TrimSuffix(name, ext), last, ext)
}

// earlier lists the files that a log was continued from, oldest first.
func earlier(name string) (list []string, err error) {
	ext := filepath.Ext(name)
	before := strings.TrimSuffix(filepath.Base(name), ext) + "-"
	entries, err := os.ReadDir(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		digits, ok := strings.CutPrefix(strings.TrimSuffix(e.Name(), ext), before)
		if ok && strings.HasSuffix(e.Name(), ext) && len(digits) >= 12 && strings.Trim(digits, "0123456789") == "" {
			list = append(list, filepath.Join(filepath.Dir(name), e.Name()))
		}
	}
	slices.SortFunc(list, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return list, nil
}

// describe reads the first line of a file.
func describe(name string) (f file, err error) {
	in, size, err := opened(name)
	if err != nil {
		return f, err
	}
	defer in.Close()
	f = file{name: name, size: size}
	line, err := bufio.NewReader(in).ReadBytes('\n')
	if errors.Is(err, io.EOF) {
		return f, nil
	}
	var l Line
	if err == nil {
		err = json.Unmarshal(line, &l)
	}
	f.begun = l.Time
	return f, err
}

// opened opens a file to read, and tells its size.
func opened(name string) (f *os.File, size int64, err error) {
	if f, err = os.Open(name); err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// lastLine reads the last line of a file that is whole, which is a checkpoint.
func lastLine(name string) (l Line, err error) {
	f, size, err := opened(name)
	if err != nil {
		return l, err
	}
	defer f.Close()
	begin, err := durable.LinesEnd(f, size-1)
	if err != nil {
		return l, err
	}
	line, err := io.ReadAll(io.NewSectionReader(f, begin, size-begin))
	if err != nil {
		return l, err
	}
	if json.Unmarshal(line, &l) != nil || !bytes.HasSuffix(line, []byte("\n")) || l.Act != actCheckpoint {
		return l, fmt.Errorf("%s: it does not end as it did when the log went on in another file: restore it from a copy", filepath.Base(name))
	}
	return l, nil
}

// follows begins to verify a file, which must follow the one before it, if there is one. What is before that is proved by Verify: a log of years is
// not read whole when winnow starts.
func follows(name string) (v verifier, err error) {
	files, err := earlier(name)
	if err != nil || len(files) == 0 {
		return v, err
	}
	last, err := lastLine(files[len(files)-1])
	v.head = Head{last.Seq, last.Hash}
	v.signed, v.last = last.Seq, last.Details["key"]
	return v, err
}

// chain is all files of a log, open, as one.
type chain struct {
	io.Reader
	files []*os.File
}

// Close implements io.Closer.
func (c *chain) Close() error {
	var errs []error
	for _, f := range c.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

// A log can be continued or cut while it is opened, and then is opened anew, as often as openTries, a moment later.
const (
	openTries = 100
	openAgain = 5 * time.Millisecond
)

// openChain opens all files of a log for reading, as they were at one moment: what is read is whole even if the log is continued or cut meanwhile. The error
// is fs.ErrNotExist if there is no log.
func openChain(name string) (c *chain, err error) {
	for range openTries {
		if c, err = openOnce(name); !errors.Is(err, errMoved) {
			return c, err
		}
		pause.For(context.Background(), openAgain)
	}
	return nil, err
}

var (
	// errMoved is about files that are not those that were there a moment before.
	errMoved = errors.New("the log is continued or cut at this moment: try again")
	errBegun = fmt.Errorf("the file that is written is not there, but those that it goes on from are; if no winnow runs, start one, which makes it: %w", errMoved)
)

// openOnce opens the last file first, and last looks whether it is that still: if so, the log has not been continued in between.
func openOnce(name string) (*chain, error) {
	last, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(name, err)
	}
	if err != nil {
		return nil, err
	}
	c := &chain{files: []*os.File{last}}
	if err := c.precede(name); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// missing is what the last file's absence means: there is no log, or it is being continued.
func missing(name string, err error) error {
	if files, failed := earlier(name); failed == nil && len(files) > 0 {
		return errBegun
	}
	return err
}

// precede opens the files before the last one, which is open.
func (c *chain) precede(name string) error {
	names, err := earlier(name)
	if err != nil {
		return err
	}
	var readers []io.Reader
	for _, before := range names {
		f, err := os.Open(before)
		if errors.Is(err, fs.ErrNotExist) {
			return errMoved
		}
		if err != nil {
			return err
		}
		c.files = append(c.files, f)
		readers = append(readers, f)
	}
	last := c.files[0]
	own, err := last.Stat()
	if err != nil {
		return err
	}
	if now, err := os.Stat(name); err != nil || !os.SameFile(now, own) {
		return errMoved
	}
	c.Reader = io.MultiReader(append(readers, last)...)
	return nil
}
