package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// power cuts the power of a disk under a writer: the writer is frozen first, then the file system drops everything that was not synced, and
// the rest is mounted again. In turns with winnow, two controls: a raw file that is synced before each note of success loses nothing, and one
// that is never synced must lose. It needs root.
func power(ctx context.Context, s *stand, cycles int) ([]row, error) {
	d, err := newDisk(s)
	if err != nil && !s.mounts {
		return []row{told("NOT RUN: no file system can be mounted here; -mounts makes that a failure", "-")}, nil
	}
	if err != nil {
		return nil, err
	}
	defer d.close()
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
		atLeast("control, never synced: records lost", float64(lazyLost), 1, ""),
	}, nil
}

// disk is an ext4 image that can be cut off.
type disk struct{ image, at string }

func newDisk(s *stand) (*disk, error) {
	d := &disk{image: filepath.Join(s.dir, "disk.img"), at: filepath.Join(s.dir, "disk")}
	// Sparse. Winnow leaves 1 GiB of a disk alone.
	if err := errors.Join(os.Mkdir(d.at, 0o700), os.WriteFile(d.image, nil, 0o600), os.Truncate(d.image, 3<<30)); err != nil {
		return nil, err
	}
	if err := command("mkfs.ext4", "-q", "-F", d.image); err != nil {
		return nil, err
	}
	return d, d.mount()
}

func command(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

func (d *disk) mount() error   { return command("mount", "-o", "loop", d.image, d.at) }
func (d *disk) unmount() error { return command("umount", d.at) }

// close unmounts, whatever state the disk is in.
func (d *disk) close() { _ = d.unmount() }

// shutdownNoFlush is EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: nothing more reaches the image (fs/ext4/ext4.h: _IOR('X', 125, __u32), 2).
const (
	shutdownRequest = 0x8004587d
	shutdownNoFlush = 2
)

// cut drops what was not synced. Whoever writes must be frozen.
func (d *disk) cut() error {
	f, err := os.Open(d.at)
	if err != nil {
		return err
	}
	flags := uint32(shutdownNoFlush)
	_, _, no := unix.Syscall(unix.SYS_IOCTL, f.Fd(), shutdownRequest, uintptr(unsafe.Pointer(&flags)))
	if err := f.Close(); err != nil || no == 0 {
		return err
	}
	return fmt.Errorf("shutdown of ext4: %w", no)
}

// frozen waits until no thread of a stopped process is in the kernel's hands any more.
func frozen(ctx context.Context, pid int) error {
	var err error
	until(ctx, 10*time.Second, func() bool {
		var tasks []string
		tasks, err = filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/stat")
		for _, t := range tasks {
			text, readErr := os.ReadFile(t)
			_, rest, _ := strings.Cut(string(text), ") ")
			if readErr != nil || !strings.HasPrefix(rest, "T") {
				err = fmt.Errorf("process %d does not stop", pid)
				return false
			}
		}
		return true
	})
	return err
}

// cutting is the state of the scenario.
type cutting struct {
	d                 *disk
	acked, lost, torn int
}

// cycle cuts the power under a winnow that takes batches for a backend that is down, and counts what arrives afterwards.
func (p *cutting) cycle(ctx context.Context, s *stand) error {
	b, err := newBackend()
	if err != nil {
		return err
	}
	defer b.close()
	b.down()
	w, err := (&stand{dir: p.d.at, binary: s.binary}).newWinnow(b.address)
	if err != nil {
		return err
	}
	defer w.close()
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

// control appends records to a file on the disk, counts each once its write has returned, and its sync if there is one, cuts the power
// between two of them, and tells how many of those counted are missing.
func (d *disk) control(ctx context.Context, sync bool) (lost int, err error) {
	name := filepath.Join(d.at, "control")
	f, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	if err := errors.Join(f.Sync(), command("sync", "-f", d.at)); err != nil {
		return 0, err
	}
	const records, size = 50, 2 << 10
	for range records {
		_, err := f.Write(make([]byte, size))
		if err == nil && sync {
			err = f.Sync()
		}
		if err != nil || ctx.Err() != nil {
			return 0, errors.Join(err, ctx.Err())
		}
	}
	err = d.cut()
	_ = f.Close() // the disk is gone
	if err := errors.Join(err, d.unmount(), d.mount()); err != nil {
		return 0, err
	}
	i, err := os.Stat(name)
	if err != nil {
		return 0, err
	}
	return records - int(i.Size()/size), os.Remove(name)
}
