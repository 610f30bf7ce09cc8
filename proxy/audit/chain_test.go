package audit_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"winnow/proxy/audit"
)

// kept is a log whose clock a test sets, with a limit of 80 hours: it goes on in another file every ten.
type kept struct {
	*audit.Log
	name   string
	now    time.Time
	held   bool
	limits audit.Limits
}

func keptLog(t *testing.T, key ed25519.PrivateKey) *kept {
	t.Helper()
	k := &kept{name: filepath.Join(t.TempDir(), audit.FileName), now: time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC)}
	k.limits = audit.Limits{Bytes: 1 << 20, Age: 80 * time.Hour, Held: func() bool { return k.held }}
	k.open(t, key)
	return k
}

func (k *kept) open(t *testing.T, key ed25519.PrivateKey) {
	t.Helper()
	var err error
	if k.Log, err = audit.OpenFile(k.name, key, func() time.Time { return k.now }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.Log.Close() })
}

// days adds a line an hour, and tends the log behind each.
func (k *kept) days(t *testing.T, n int) (all audit.Tended) {
	t.Helper()
	for i := range n * 24 {
		k.now = k.now.Add(time.Hour)
		if err := k.Append(audit.Entry{Actor: "file", Act: "policy.load", Object: fmt.Sprint("policy-", i)}); err != nil {
			t.Fatal(err)
		}
		tended, err := k.Tend(k.limits)
		if err != nil {
			t.Fatal(err)
		}
		all.Removed += tended.Removed
		all.HeldBack = tended.HeldBack
	}
	return all
}

// files lists what is on disk of the log.
func (k *kept) files(t *testing.T) (list []string) {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(filepath.Dir(k.name), "audit*.log"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// verify proves the log, and returns the time of its first line.
func (k *kept) verify(t *testing.T, since audit.Head) (r audit.Report, first time.Time, err error) {
	t.Helper()
	r, err = audit.Verify(k.name, public(t, "m"), since, func(l *audit.Line) error {
		if first.IsZero() {
			first = l.Time
		}
		return nil
	})
	return r, first, err
}

// KEEP-1, GUARD-3: no line becomes older than it may be, and the log is whole all the same, over all its files and over a restart.
func TestKEEP1LogsLoseTheirBeginning(t *testing.T) {
	k := keptLog(t, key(t, "m"))
	k.days(t, 2)
	r, first, err := k.verify(t, audit.Head{})
	if err != nil || r.Expired != 0 || len(k.files(t)) < 4 || first.Sub(k.now) > 48*time.Hour {
		t.Fatalf("after two days: %+v, %v, files %q", r, err, k.files(t))
	}
	early := k.Head()
	if tended := k.days(t, 8); tended.Removed == 0 {
		t.Error("nothing was removed")
	}
	r, first, err = k.verify(t, audit.Head{})
	if err != nil || r.Expired == 0 || r.Expired+r.Lines != r.Head.Seq || k.now.Sub(first) >= 81*time.Hour || k.now.Sub(first) < 60*time.Hour {
		t.Fatalf("after ten days the oldest line is %s old: %+v, %v", k.now.Sub(first), r, err)
	}
	if _, _, err := k.verify(t, early); err == nil || !strings.Contains(err.Error(), "older than the log is kept") {
		t.Errorf("against a line that is gone: %v", err)
	}
	late := k.Head()
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	k.open(t, key(t, "m"))
	if got := k.Head(); got.Seq < late.Seq {
		t.Fatalf("opened again it ends at %d, not %d", got.Seq, late.Seq)
	}
	k.days(t, 1)
	if _, _, err := k.verify(t, late); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}

// GUARD-3: what goes without a signed line that says so shows, and so does one that was signed by somebody else.
func TestGUARD3CutBeginningShows(t *testing.T) {
	for what, change := range map[string]func(t *testing.T, k *kept, files []string){
		"the oldest file less":   func(t *testing.T, _ *kept, files []string) { remove(t, files[0]) },
		"the two oldest less":    func(t *testing.T, _ *kept, files []string) { remove(t, files[0]); remove(t, files[1]) },
		"one in the middle less": func(t *testing.T, _ *kept, files []string) { remove(t, files[2]) },
		"all but the last less": func(t *testing.T, _ *kept, files []string) {
			for _, f := range files {
				remove(t, f)
			}
		},
		"the beginning of a file": func(t *testing.T, _ *kept, files []string) {
			text, err := os.ReadFile(files[0])
			if err == nil {
				_, rest, _ := strings.Cut(string(text), "\n")
				err = os.WriteFile(files[0], []byte(rest), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			k := keptLog(t, key(t, "m"))
			k.days(t, 6)
			if err := k.Close(); err != nil {
				t.Fatal(err)
			}
			files := slices.DeleteFunc(k.files(t), func(f string) bool { return f == k.name })
			change(t, k, files)
			if r, _, err := k.verify(t, audit.Head{}); err == nil {
				t.Errorf("it verifies: %+v", r)
			}
			if l, err := audit.OpenFile(k.name, key(t, "m"), clock); err == nil && what == "all but the last less" {
				t.Error("it is continued")
				l.Close()
			} else if err == nil {
				l.Close()
			}
		})
	}
	k := keptLog(t, key(t, "x"))
	k.days(t, 6)
	if _, _, err := k.verify(t, audit.Head{}); err == nil {
		t.Error("an end that another key signed passes")
	}
}

func remove(t *testing.T, name string) {
	t.Helper()
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
}

// KEEP-1, RIGHT-2: while anybody is under a legal hold nothing is removed, and all of it is when the hold ends.
func TestKEEP1HoldKeepsLogs(t *testing.T) {
	k := keptLog(t, key(t, "m"))
	k.held = true
	if tended := k.days(t, 6); tended.Removed != 0 || tended.HeldBack == 0 {
		t.Errorf("held: %+v", tended)
	}
	if r, _, err := k.verify(t, audit.Head{}); err != nil || r.Expired != 0 {
		t.Errorf("held: %+v, %v", r, err)
	}
	k.held = false
	if tended := k.days(t, 1); tended.Removed == 0 || tended.HeldBack != 0 {
		t.Errorf("afterwards: %+v", tended)
	}
	if _, first, err := k.verify(t, audit.Head{}); err != nil || k.now.Sub(first) >= 81*time.Hour {
		t.Errorf("afterwards the oldest line is %s old, %v", k.now.Sub(first), err)
	}
}

// KEEP-1, GUARD-3: a hold that ends, or begins, while old files are looked at leaves a log that is whole.
func TestHoldThatChangesMeanwhile(t *testing.T) {
	for what, holds := range map[string][]bool{"ends": {true, false}, "begins": {false, true}} {
		k := keptLog(t, key(t, "m"))
		k.held = true
		if tended := k.days(t, 6); tended.HeldBack < 3 {
			t.Fatalf("%+v", tended)
		}
		asked := 0
		k.limits.Held = func() bool {
			asked++
			return holds[min(asked, len(holds))-1]
		}
		tended, err := k.Tend(k.limits)
		if err != nil || tended.HeldBack == 0 || (tended.Removed > 0) != !holds[0] {
			t.Errorf("a hold %s: %+v, %v", what, tended, err)
		}
		if r, _, err := k.verify(t, audit.Head{}); err != nil || (r.Expired > 0) != !holds[0] {
			t.Errorf("a hold %s: %+v, %v", what, r, err)
		}
	}
}

// A crash between the two halves of going on in another file loses nothing.
func TestContinuedHalfWay(t *testing.T) {
	k := keptLog(t, key(t, "m"))
	k.days(t, 1)
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	head := k.Head()
	if err := os.Rename(k.name, strings.TrimSuffix(k.name, ".log")+fmt.Sprintf("-%012d.log", head.Seq)); err != nil {
		t.Fatal(err)
	}
	k.open(t, key(t, "m"))
	if k.Head() != head {
		t.Errorf("it goes on at %v, not %v", k.Head(), head)
	}
	k.days(t, 1)
	if _, _, err := k.verify(t, head); err != nil {
		t.Error(err)
	}
}

// A file that has grown large is continued, however young it is.
func TestContinuedForItsSize(t *testing.T) {
	k := keptLog(t, key(t, "m"))
	k.limits.Bytes, k.limits.Age = 2000, 0
	k.days(t, 1)
	if n := len(k.files(t)); n < 3 {
		t.Errorf("%d files", n)
	}
	if r, _, err := k.verify(t, audit.Head{}); err != nil || r.Expired != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// GUARD-3: whoever verifies a log that is written, continued and cut at the same time hears that it is whole, and sees each line once.
func TestGUARD3VerifiedWhileItGoesOn(t *testing.T) {
	k := keptLog(t, key(t, "m"))
	k.days(t, 5)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for n := 0; ; n++ {
				var last uint64
				r, err := audit.Verify(k.name, public(t, "m"), audit.Head{}, func(l *audit.Line) error {
					if last > 0 && l.Seq != last+1 {
						t.Errorf("line %d is shown behind line %d", l.Seq, last)
					}
					last = l.Seq
					return nil
				})
				if err != nil || r.Head.Seq != last {
					t.Errorf("reading %d, up to line %d: %+v, %v", n, last, r, err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	k.days(t, 12)
	close(done)
	readers.Wait()
}

// A log whose last file is gone, with those before it still there, is not taken for none.
func TestLastFileIsGone(t *testing.T) {
	k := keptLog(t, key(t, "m"))
	k.days(t, 1)
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	remove(t, k.name)
	if _, _, err := k.verify(t, audit.Head{}); err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "those that it goes on from are") {
		t.Errorf("%v", err)
	}
}

// A file before the last one must end as it did: with a whole line, which is a checkpoint.
func TestFileBeforeIsCut(t *testing.T) {
	for what, cut := range map[string]func(text []byte) []byte{
		"its last line feed":      func(text []byte) []byte { return text[:len(text)-1] },
		"a part of its last line": func(text []byte) []byte { return text[:len(text)-100] },
		"its last line":           func(text []byte) []byte { return text[:bytes.LastIndexByte(text[:len(text)-1], '\n')+1] },
		"everything":              func([]byte) []byte { return nil },
	} {
		k := keptLog(t, key(t, "m"))
		k.days(t, 1)
		if err := k.Close(); err != nil {
			t.Fatal(err)
		}
		files := slices.DeleteFunc(k.files(t), func(f string) bool { return f == k.name })
		before := files[len(files)-1]
		text, err := os.ReadFile(before)
		if err == nil {
			err = os.WriteFile(before, cut(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		if l, err := audit.OpenFile(k.name, key(t, "m"), clock); err == nil || !strings.Contains(err.Error(), "restore it from a copy") {
			t.Errorf("without %s: %v", what, err)
			l.Close()
		}
	}
}
