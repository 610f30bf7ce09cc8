package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// otherServers are releases of nats-server that winnow is built with beside its own, to see what one makes of another's files; the first is the last
// of the line before.
var otherServers = []string{"v2.14.9", "v2.12.15"}

// serverModule is what winnow keeps its spool in.
const serverModule = "github.com/nats-io/nats-server/v2"

// versions has a winnow with one release of nats-server fill a spool, and one with another deliver it, and back: after a stop, and after a kill. All
// arrives; or the second refuses to start and says what to do, and the first delivers all.
func versions(ctx context.Context, s *stand, cycles int) (rows []row, err error) {
	newer := changing{name: "from a winnow of a later format", first: s.binary, second: s.binary, sig: syscall.SIGTERM, later: true}
	if rows, err = newer.run(ctx, s); err != nil {
		return nil, fmt.Errorf("%s: %w", newer.name, err)
	}
	for i, version := range otherServers {
		if i > 0 && cycles < 2 {
			break
		}
		other, err := s.buildWith(ctx, version)
		if err != nil {
			rows = append(rows, told("nats-server "+version+": NOT RUN, it cannot be had here", "-"))
			continue
		}
		for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
			for _, c := range []changing{
				{name: "from " + version, first: other, second: s.binary, sig: sig},
				{name: "to " + version, first: s.binary, second: other, sig: sig},
			} {
				more, err := c.run(ctx, s)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", c.name, err)
				}
				rows = append(rows, more...)
			}
		}
	}
	return rows, nil
}

// buildWith compiles winnow with another release of nats-server. What go.mod of the product says stays.
func (s *stand) buildWith(ctx context.Context, version string) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	root := filepath.Dir(string(bytes.TrimSpace(out)))
	mod, err1 := os.ReadFile(filepath.Join(root, "go.mod"))
	sum, err2 := os.ReadFile(filepath.Join(root, "go.sum"))
	if err := errors.Join(err1, err2); err != nil {
		return "", err
	}
	required := regexp.MustCompile(regexp.QuoteMeta(serverModule) + ` v\S+`)
	mod = required.ReplaceAll(mod, []byte(serverModule+" "+version))
	dir, err := os.MkdirTemp(s.dir, "mod-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "go.mod")
	if err := errors.Join(os.WriteFile(file, mod, 0o600), os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o600)); err != nil {
		return "", err
	}
	binary := filepath.Join(s.dir, "winnow-"+version)
	if out, err := exec.CommandContext(ctx, "go", "build", "-mod=mod", "-modfile="+file, "-o", binary, "winnow").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building with nats-server %s: %w\n%s", version, err, out)
	}
	return binary, nil
}

// changing is a change from one winnow to another on the same files.
type changing struct {
	name          string
	first, second string // binaries
	sig           syscall.Signal
	later         bool // the spool's marker says so
}

// laterFormat is a marker that no winnow has written yet.
const laterFormat = `{"format": 1000, "made_by": "winnow"}`

// changingBatches of 64 KB wait at the change.
const changingBatches = 200

func (c changing) run(ctx context.Context, s *stand) ([]row, error) {
	b, w, closing, err := s.newPair(patientSink, damageConfig)
	if err != nil {
		return nil, err
	}
	defer closing()
	w.args[0] = c.first
	if err := w.fill(ctx, b, changingBatches); err != nil {
		return nil, err
	}
	w.end(c.sig)
	marker := filepath.Join(w.spool(), "winnow-spool.json")
	now, err := os.ReadFile(marker)
	if c.later {
		err = errors.Join(err, os.WriteFile(marker, []byte(laterFormat), 0o600))
	}
	if err != nil {
		return nil, err
	}
	w.args[0] = c.second
	refused := w.start(ctx) != nil
	if refused { // what had the spool before delivers it
		w.args[0] = c.first
		if err := errors.Join(os.WriteFile(marker, now, 0o600), w.start(ctx)); err != nil {
			return nil, err
		}
	}
	b.up()
	if err := b.send(ctx, w, "after", 1, 1); err != nil {
		return nil, err
	}
	until(ctx, settleTime, func() bool { return b.missing() == damageParked })
	w.end(syscall.SIGTERM)
	w.args[0] = c.first // and back
	if err := errors.Join(w.start(ctx), b.send(ctx, w, "back", 1, 1)); err != nil {
		return nil, err
	}
	until(ctx, settleTime, func() bool { return b.missing() == damageParked })
	w.end(syscall.SIGTERM)
	return c.rows(ctx, w, b, refused)
}

func (c changing) rows(ctx context.Context, w *winnow, b *backend, refused bool) ([]row, error) {
	acked, lost, copies, torn := b.count()
	parked, err := w.frames(ctx, "sink_Parked")
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(w.path("log"))
	if err != nil {
		return nil, err
	}
	name := c.name + ", stopped: "
	if c.sig == syscall.SIGKILL {
		name = c.name + ", killed: "
	}
	rows := []row{
		told(name+"taken", acked),
		equal(name+"lost or arrived in part", lost-parked+torn, 0),
		equal(name+"parked", parked, damageParked),
		equal(name+"arrived twice", copies, 0),
		equal(name+"refused to start", refused, c.later),
	}
	if refused {
		said := 0
		if strings.Contains(string(text), "start the newer version") {
			said = 1
		}
		rows = append(rows, equal(name+"said what to do", said, 1))
	} else {
		rows = append(rows, equal(name+"said that something is lost or set aside", strings.Count(string(text), "has lost")+strings.Count(string(text), "set aside"), 0))
	}
	return rows, nil
}
