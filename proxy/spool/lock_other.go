//go:build !unix

package spool

import (
	"io"
	"os"
	"path/filepath"
)

// Lock opens the lock's file, which here keeps nobody out.
func Lock(dir string) (io.Closer, error) {
	return os.OpenFile(filepath.Join(dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
}
