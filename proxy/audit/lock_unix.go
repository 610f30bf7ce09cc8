//go:build unix

package audit

import (
	"os"

	"golang.org/x/sys/unix"
)

// lock takes the file for this process. The lock goes with the process, however that ends.
func lock(f *os.File) error {
	if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
		return ErrInUse
	}
	return nil
}
