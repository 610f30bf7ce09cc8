package audit_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winnow/proxy/audit"
)

var start = time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)

func clock() time.Time { return start }

func key(t *testing.T, fill string) ed25519.PrivateKey {
	t.Helper()
	k, err := audit.Key(bytes.Repeat([]byte(fill), 32))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func public(t *testing.T, fill string) []ed25519.PublicKey {
	t.Helper()
	return []ed25519.PublicKey{key(t, fill).Public().(ed25519.PublicKey)}
}

// written makes a log of n acts, closed, and returns its file.
func written(t *testing.T, n int) (name string, head audit.Head) {
	t.Helper()
	dir := t.TempDir()
	l, err := audit.Open(dir, key(t, "m"), clock)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := l.Append(audit.Entry{Actor: "file", Act: "policy.load", Object: fmt.Sprint("policy-", i), Details: map[string]string{"digest": "ab"}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, audit.FileName), l.Head()
}

func verify(t *testing.T, name string, since audit.Head) (audit.Report, error) {
	t.Helper()
	return audit.Verify(name, public(t, "m"), since, nil)
}

func TestVerify(t *testing.T) {
	name, head := written(t, 250)
	r, err := verify(t, name, audit.Head{})
	if err != nil || r.Lines != 253 || r.Signed != 253 || r.Head != head || r.Torn != 0 { // two checkpoints on the way, one at the end
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := verify(t, name, head); err != nil {
		t.Errorf("against its own head: %v", err)
	}
	if _, err := audit.Verify(name, public(t, "x"), audit.Head{}, nil); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Error("another key's signatures pass")
	}
}

// GUARD-3: whatever is done to the file shows, and where.
func TestGUARD3TamperingShows(t *testing.T) {
	for what, c := range map[string]struct {
		change func(lines []string) []string
		says   string
	}{
		"a byte":         {func(l []string) []string { l[4] = strings.Replace(l[4], "policy-4", "policy-9", 1); return l }, "line 5: it was changed"},
		"a line less":    {func(l []string) []string { return append(l[:3:3], l[4:]...) }, "line 4: it does not follow"},
		"the first less": {func(l []string) []string { return l[1:] }, "line 2 is the first, and no signed line"},
		"moved":          {func(l []string) []string { l[2], l[3] = l[3], l[2]; return l }, "line 3: it does not follow"},
		"twice":          {func(l []string) []string { return append(l[:3:3], l[2:]...) }, "line 4: it does not follow"},
		"no hash":        {func(l []string) []string { l[1] = `{"seq":2}`; return l }, "line 2: it does not end in a hash"},
		"empty line":     {func(l []string) []string { return append(l[:2:2], append([]string{""}, l[2:]...)...) }, "line 3: it does not end in a hash"},
	} {
		t.Run(what, func(t *testing.T) {
			name, _ := written(t, 10)
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			lines := c.change(strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"))
			if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := verify(t, name, audit.Head{}); err == nil || !strings.HasPrefix(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
			if l, err := audit.Open(filepath.Dir(name), key(t, "m"), clock); err == nil {
				l.Close()
				t.Error("a log that was changed is continued")
			}
		})
	}
}

// A log that lost its end, or was written anew, is found out by what was noted elsewhere.
func TestGUARD3RollBackShows(t *testing.T) {
	name, head := written(t, 10)
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	if err := os.WriteFile(name, []byte(strings.Join(lines[:6], "")), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := verify(t, name, head); err == nil || !strings.Contains(err.Error(), "missing at its end") {
		t.Errorf("a log without its end: %v", err)
	}
	other, _ := written(t, 11)
	if _, err := verify(t, other, head); err == nil || !strings.Contains(err.Error(), "written anew") {
		t.Errorf("another log: %v", err)
	}
}

// A line that a crash cut short is taken away, and the log tells of it and goes on.
func TestTornLine(t *testing.T) {
	name, _ := written(t, 3)
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for cut := 1; cut < 60; cut += 7 {
		if err := os.WriteFile(name, text[:len(text)-cut], 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := audit.Open(filepath.Dir(name), key(t, "m"), clock)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		var acts []string
		_, err = audit.Verify(name, nil, audit.Head{}, func(l *audit.Line) error { acts = append(acts, l.Act); return nil })
		if got := strings.Join(acts[3:], " "); err != nil || got != "audit.torn audit.checkpoint" {
			t.Fatalf("cut by %d: %q, %v", cut, got, err)
		}
	}
}

// Another master secret does not end the log: a line tells of the new key, and each key's checkpoints are held to it.
func TestKeyChange(t *testing.T) {
	name, _ := written(t, 3)
	l, err := audit.Open(filepath.Dir(name), key(t, "x"), clock)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := verify(t, name, audit.Head{}); err == nil {
		t.Error("the new key passes for the old one")
	}
	if r, err := audit.Verify(name, append(public(t, "m"), public(t, "x")...), audit.Head{}, nil); err != nil || r.Lines != 6 {
		t.Errorf("%+v, %v", r, err)
	}
}

// A log that is open has one writer.
func TestOneWriter(t *testing.T) {
	dir := t.TempDir()
	l, err := audit.Open(dir, key(t, "m"), clock)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := audit.Open(dir, key(t, "m"), clock); err == nil {
		second.Close()
		t.Error("a second writer is let in")
	}
	if err := errors.Join(l.Broken(), l.Close()); err != nil {
		t.Fatal(err)
	}
	if err := l.Append(audit.Entry{Act: "policy.load"}); err == nil || l.Broken() == nil {
		t.Errorf("a closed log takes a line: %v, %v", err, l.Broken())
	}
}

// Bytes that are no log give an error and no panic, and bytes that verify were not changed.
func FuzzVerify(f *testing.F) {
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"seq":1,"prev":"` + strings.Repeat("0", 64) + `","hash":"` + strings.Repeat("0", 64) + "\"}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		name := filepath.Join(t.TempDir(), audit.FileName)
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := audit.Verify(name, nil, audit.Head{}, nil); err == nil && r.Lines == 0 && bytes.IndexByte(text, '\n') >= 0 {
			t.Error("lines that are none were passed over")
		}
	})
}
