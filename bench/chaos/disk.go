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
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// disk is an ext4 image that can be cut off.
type disk struct{ image, at string }

// newDisk makes one of so many bytes, and mounts it. The image is sparse.
func (s *stand) newDisk(bytes int64) (*disk, error) {
	at, err := os.MkdirTemp(s.dir, "disk-")
	if err != nil {
		return nil, err
	}
	d := &disk{image: at + ".img", at: at}
	if err := errors.Join(os.WriteFile(d.image, nil, 0o600), os.Truncate(d.image, bytes)); err != nil {
		return nil, err
	}
	if err := command("mkfs.ext4", "-q", "-F", d.image); err != nil {
		return nil, err
	}
	return d, d.mount()
}

// rack has the disks of the servers of a cluster, in their order.
type rack []*disk

// newDisks makes n of so many bytes each. The error is errNotHere where no file system can be mounted and none need be.
func (s *stand) newDisks(n int, bytes int64) (list rack, err error) {
	for range n {
		d, err := s.newDisk(bytes)
		if err != nil {
			list.close()
			if !s.mounts {
				err = errors.Join(errNotHere, err)
			}
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

func (list rack) close() {
	for _, d := range list {
		d.close()
	}
}

// notMounted is what a scenario answers whose disks could not be had: that it cannot run here, or the error.
func notMounted(err error) ([]row, error) {
	if errors.Is(err, errNotHere) {
		return []row{told("NOT RUN: no file system can be mounted here; -mounts makes that a failure", "-")}, nil
	}
	return nil, err
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
