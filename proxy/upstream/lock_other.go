//go:build !unix

package upstream

import (
	"io"
	"os"
	"path/filepath"
)

// lockDir opens the lock's file, which here keeps nobody out.
func lockDir(dir string) (io.Closer, error) {
	return os.OpenFile(filepath.Join(dir, "winnow.lock"), os.O_CREATE|os.O_RDWR, 0o600)
}
