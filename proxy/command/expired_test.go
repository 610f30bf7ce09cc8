package command_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winnow/proxy/audit"
	"winnow/proxy/command"
)

// KEEP-1, GUARD-3: `winnow audit` reads a log that goes on over several files and has lost its oldest lines to age, says how many, and finds one of them gone.
func TestKEEP1AuditOfALogThatLostItsBeginning(t *testing.T) {
	dir := t.TempDir()
	key, err := audit.Key(bytes.Repeat([]byte("m"), 32))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC)
	for _, name := range []string{audit.ReceiptsName, audit.FileName} {
		l, err := audit.OpenFile(filepath.Join(dir, name), key, func() time.Time { return now })
		if err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			now = now.Add(time.Hour)
			if err := l.Append(audit.Entry{Actor: "file", Act: "policy.load", Object: fmt.Sprint("policy-", i)}); err != nil {
				t.Fatal(err)
			}
			if _, err := l.Tend(audit.Limits{Age: 80 * time.Hour}); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) (status int, text string) {
		var out bytes.Buffer
		status = command.Main(append([]string{"audit"}, args...), strings.NewReader(""), &out, &out)
		return status, out.String()
	}
	status, text := run("verify", "--dir", dir)
	if status != 0 || strings.Count(text, "were too old and are gone, as a signed line says") != 2 {
		t.Errorf("%d %s", status, text)
	}
	if status, text = run("show", "--dir", dir, "--act", "policy.load"); status != 0 || strings.Contains(text, `"policy-1" `) || !strings.Contains(text, `"policy-99"`) || !strings.Contains(text, `"policy-50"`) {
		t.Errorf("%d %s", status, text)
	}
	files, err := filepath.Glob(filepath.Join(dir, "audit-*.log"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%q, %v", files, err)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if status, text = run("verify", "--dir", dir); status == 0 || !strings.Contains(text, "lines were removed at the beginning") {
		t.Errorf("without the oldest file: %d %s", status, text)
	}
}
