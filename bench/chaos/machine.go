package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"
)

// ordeal is something that befalls the machine for a while, under load.
type ordeal struct {
	name string
	// disk is the size of the file system of its own that it needs; 0: none.
	disk int64
	// more is winnow's configuration.
	more string
	// begin and end of it. After end, winnow takes batches again.
	begin, end func(ctx context.Context, t *trial) error
	hold       time.Duration
	// stops says that nothing may be taken meanwhile, once stopTime is over.
	stops bool
	// goesOn says that batches are taken meanwhile.
	goesOn bool
}

// stopTime is how long after the begin something may still be taken.
const stopTime = time.Second

// machineProducers send at once.
const machineProducers = 8

// resumeTime bounds how long after the end of an ordeal batches are taken again.
const resumeTime = 30 * time.Second

func ordeals() []ordeal {
	return append([]ordeal{
		{name: "disk full to the floor", disk: 1536 << 20, begin: fillDisk(900 << 20), end: emptyDisk, hold: 3 * time.Second, stops: true},
		{name: "disk full to the last byte", disk: 256 << 20, more: "spool: {min_free_bytes: 1MiB, max_lane_bytes: 64MiB}", begin: fillDisk(256 << 20), end: emptyDisk, hold: 4 * time.Second},
		{name: "file system turned read-only", disk: 1536 << 20, begin: readOnly, end: writable, hold: 3 * time.Second, stops: true},
		{name: "no file descriptor left", begin: fewFiles, end: manyFiles, hold: 3 * time.Second},
		{name: "stopped for 30 s", begin: stopped(syscall.SIGSTOP), end: stopped(syscall.SIGCONT), hold: 30 * time.Second, stops: true},
		{name: "killed for want of memory", more: "limits: {max_inflight_bytes: 1GiB}", begin: starve, end: again, hold: 0},
	}, traced()...)
}

// trial is winnow under load in an ordeal.
type trial struct {
	o    ordeal
	b    *backend
	w    *winnow
	l    *load
	disk *disk
	note string // how it was done, if in another way than named

	files        uint64 // that the process might have open
	undo         func() error
	before       int64 // taken
	early, while int64 // taken in stopTime after the begin, and after that until the end
	refused      int64
	resumed      time.Duration
}

// machine has all ordeals befall winnow, three at a time.
func machine(ctx context.Context, s *stand, _ int) ([]row, error) {
	list := ordeals()
	rows, errs := make([][]row, len(list)), make([]error, len(list))
	places := make(chan struct{}, 3)
	var all sync.WaitGroup
	for i, o := range list {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if rows[i], errs[i] = o.run(ctx, s); errs[i] != nil {
				errs[i] = fmt.Errorf("%s: %w", o.name, errs[i])
			}
		})
	}
	all.Wait()
	clock, err := clockRows(ctx, s)
	return append(slices.Concat(rows...), clock...), errors.Join(errors.Join(errs...), err)
}

func (o ordeal) run(ctx context.Context, s *stand) ([]row, error) {
	t := &trial{o: o}
	on := s
	if o.disk > 0 {
		var err error
		if t.disk, err = s.newDisk(o.disk); err != nil && !s.mounts {
			return []row{told(o.name+": NOT RUN, no file system can be mounted here", "-")}, nil
		} else if err != nil {
			return nil, err
		}
		defer t.disk.close()
		on = &stand{dir: t.disk.at, binary: s.binary}
	}
	b, w, closing, err := on.newPair(quickSink, o.more)
	if err != nil {
		return nil, err
	}
	defer closing()
	t.b, t.w = b, w
	if t.disk != nil { // the configuration is not what is tried
		if err := command("sync", "-f", t.disk.at); err != nil {
			return nil, err
		}
	}
	if err := t.w.start(ctx); err != nil {
		return nil, err
	}
	loading, stop := context.WithCancel(ctx)
	defer stop()
	t.l = startLoad(loading, "m", t.w.listen, t.b, machineProducers)
	if err = t.befall(ctx); err != nil {
		stop()
	}
	t.l.end()
	if errors.Is(err, errNotHere) {
		return []row{told(o.name+": NOT RUN, "+err.Error(), "-")}, nil
	}
	if err != nil {
		return nil, err
	}
	return t.count(ctx)
}

// errNotHere is about an ordeal that this machine cannot be made to have.
var errNotHere = errors.New("the system does not allow it")

// befall runs the ordeal from begin to recovery.
func (t *trial) befall(ctx context.Context) error {
	until(ctx, resumeTime, func() bool { return t.l.sent.Load() > 2*machineProducers })
	t.before = t.l.sent.Load()
	refused := t.l.refused.Load()
	if err := t.o.begin(ctx, t); err != nil {
		return err
	}
	rest(ctx, min(stopTime, t.o.hold))
	t.early = t.l.sent.Load() - t.before
	rest(ctx, max(0, t.o.hold-stopTime))
	t.while = t.l.sent.Load() - t.before - t.early
	t.refused = t.l.refused.Load() - refused
	if err := t.o.end(ctx, t); err != nil {
		return err
	}
	began, sent := time.Now(), t.l.sent.Load()
	until(ctx, resumeTime, func() bool { return t.l.sent.Load() > sent+2*machineProducers })
	t.resumed = time.Since(began)
	return ctx.Err()
}

// count waits until all is delivered.
func (t *trial) count(ctx context.Context) ([]row, error) {
	if err := t.b.send(ctx, t.w, "new", 1, 1); err != nil { // over a connection of its own
		return nil, err
	}
	until(ctx, drainPatience, func() bool { return t.b.missing() == 0 })
	t.w.end(syscall.SIGTERM)
	acked, lost, copies, torn := t.b.count()
	leaking, _, _, err := search(t.w.dir)
	if err != nil {
		return nil, err
	}
	revived, err := t.w.wrote("started anew")
	if err != nil {
		return nil, err
	}
	name := t.o.name + t.note + ": "
	rows := []row{
		told(name+"taken before, at once, meanwhile, in all", fmt.Sprintf("%d, %d, %d, %d", t.before, t.early, t.while, acked)),
		equal(name+"lost or arrived in part", lost+torn, 0),
		told(name+"arrived twice", copies),
		told(name+"starts of the store anew", revived),
		equal(name+"planted values in files and at the backend", leaking+t.b.leaked, 0),
		atMost(name+"takes batches again after", t.resumed.Seconds(), resumeTime.Seconds(), "s"),
	}
	if t.o.stops {
		rows = append(rows, equal(name+"taken meanwhile", t.while, 0))
	}
	if t.o.goesOn {
		rows = append(rows, paced(atLeast(name+"taken meanwhile", float64(t.while), 1)))
	}
	return rows, nil
}

// filler is a file that takes up a disk.
const filler = "filler"

// fillDisk takes so many bytes of the disk, or all that are left.
func fillDisk(bytes int64) func(context.Context, *trial) error {
	return func(ctx context.Context, t *trial) error {
		f, err := os.Create(t.disk.at + "/" + filler)
		if err != nil {
			return err
		}
		block := make([]byte, 1<<20)
		for n := int64(0); n < bytes && ctx.Err() == nil; n += int64(len(block)) {
			if _, err := f.Write(block); err != nil {
				break // it is full
			}
		}
		return f.Close()
	}
}

func emptyDisk(_ context.Context, t *trial) error { return os.Remove(t.disk.at + "/" + filler) }

// readOnly has the kernel give up writing to the file system, as after an error of the disk.
func readOnly(_ context.Context, t *trial) error {
	return command("mount", "-o", "remount,abort", t.disk.at)
}

// writable is what an operator does then: the process ends, and starts on what is mounted again.
func writable(ctx context.Context, t *trial) error {
	t.w.close()
	if err := errors.Join(t.disk.unmount(), t.disk.mount(), t.w.openLog()); err != nil {
		return err
	}
	return t.w.start(ctx)
}

func stopped(sig syscall.Signal) func(context.Context, *trial) error {
	return func(_ context.Context, t *trial) error {
		t.w.signal(sig)
		return nil
	}
}

// again starts a process that was ended.
func again(ctx context.Context, t *trial) error {
	if t.undo != nil {
		if err := t.undo(); err != nil {
			return err
		}
	}
	return t.w.start(ctx)
}
