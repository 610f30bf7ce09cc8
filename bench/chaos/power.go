package main

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// powerDisk is larger than what winnow leaves alone of a disk, 1 GiB.
const powerDisk = 3 << 30

// power cuts the power of a disk under a writer: the writer is frozen first, then the file system drops everything that was not synced, and
// the rest is mounted again. In turns with winnow, two controls: a raw file that is synced before each note of success loses nothing, and one
// that is never synced must lose. It needs root.
func power(ctx context.Context, s *stand, cycles int) ([]row, error) {
	disks, err := s.newDisks(1, powerDisk)
	if err != nil {
		return notMounted(err)
	}
	defer disks.close()
	d := disks[0]
	p := cutting{d: d}
	rawLost, lazyLost := 0, 0
	for range cycles {
		if err := p.cycle(ctx, s); err != nil {
			return nil, err
		}
		raw, err1 := d.control(ctx, true)
		lazy, err2 := d.control(ctx, false)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		rawLost, lazyLost = rawLost+raw, lazyLost+lazy
	}
	return []row{
		told("power cuts", cycles),
		told("batches acknowledged", p.acked),
		equal("acknowledged and lost", p.lost, 0),
		equal("acknowledged and arrived in part", p.torn, 0),
		equal("control, synced before success: records lost", rawLost, 0),
		atLeast("control, never synced: records lost", float64(lazyLost), 1),
	}, nil
}

// cutting is the state of the scenario.
type cutting struct {
	d                 *disk
	acked, lost, torn int
}

// cycle cuts the power under a winnow that takes batches for a backend that is down, and counts what arrives afterwards.
func (p *cutting) cycle(ctx context.Context, s *stand) error {
	b, w, closing, err := (&stand{dir: p.d.at, binary: s.binary}).newPair(quickSink)
	if err != nil {
		return err
	}
	defer closing()
	b.down()
	if err := command("sync", "-f", p.d.at); err != nil { // config and folders are not what is tried
		return err
	}
	if err := w.start(ctx); err != nil {
		return err
	}
	loading, stop := context.WithCancel(ctx)
	l := startLoad(loading, "power", w.listen, b, 8)
	rest(ctx, 250*time.Millisecond)
	w.signal(syscall.SIGSTOP)
	err = frozen(ctx, w.cmd.Process.Pid)
	if err == nil {
		err = p.d.cut()
	}
	stop()
	l.end()
	w.close()
	if err = errors.Join(err, p.d.unmount(), p.d.mount()); err != nil {
		return err
	}
	return p.after(ctx, w, b)
}

// after starts winnow on what is left.
func (p *cutting) after(ctx context.Context, w *winnow, b *backend) (err error) {
	if w.log, err = os.OpenFile(w.path("log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return err
	}
	b.up()
	if err := w.start(ctx); err != nil {
		return err
	}
	until(ctx, 20*time.Second, func() bool { return b.missing() == 0 })
	w.close()
	acked, lost, _, torn := b.count()
	p.acked, p.lost, p.torn = p.acked+acked, p.lost+lost, p.torn+torn
	return os.RemoveAll(w.dir)
}
