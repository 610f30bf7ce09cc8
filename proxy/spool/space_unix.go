//go:build unix

package spool

import "golang.org/x/sys/unix"

// free is how many bytes the disk of a folder has for whoever runs this.
func free(dir string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return product(s.Bavail, s.Bsize), nil
}

// product multiplies numbers whose types differ from system to system.
func product[A, B ~int64 | ~uint64 | ~uint32](a A, b B) int64 { return int64(a) * int64(b) }
