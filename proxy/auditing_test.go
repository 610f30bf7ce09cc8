package proxy_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"winnow/proxy/audit"
)

// GUARD-3: the log tells which policy came into force, after which, and that nobody changed it since.
func TestGUARD3PolicyLoadsAreTold(t *testing.T) {
	r := start(t, newBackend(t), scrubMode)
	r.change(t, "mode: scrub", "mode: strict")
	r.log.await(t, "configuration reloaded")
	r.change(t, "mode: strict", "mode: lax")
	r.log.await(t, "configuration not taken")
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	var modes, digests []string
	var before string
	report, err := audit.Verify(filepath.Join(r.Config.DataDir, audit.FileName), nil, audit.Head{}, func(l *audit.Line) error {
		if l.Act == "policy.load" {
			modes, digests, before = append(modes, l.Details["mode"]), append(digests, l.Details["digest"]), l.Details["before"]
		}
		return nil
	})
	if err != nil || report.Signed != report.Lines {
		t.Fatalf("%+v, %v", report, err)
	}
	if got := strings.Join(modes, " "); got != "scrub strict" {
		t.Fatalf("policies told: %s", got)
	}
	if before != digests[0] || before == digests[1] {
		t.Errorf("the second policy followed %s, told is %q", before, digests)
	}
}

// An act that cannot be told does not happen: a second winnow on the same folder does not start, and the first one works on.
func TestAuditLogHasOneWriter(t *testing.T) {
	r := start(t, newBackend(t), scrubMode)
	if l, err := audit.Open(r.Config.DataDir, nil, nil); err == nil {
		l.Close()
		t.Fatal("a second writer was let in")
	}
	r.reload <- syscall.SIGHUP
	r.log.await(t, "configuration reloaded")
}
