//go:build !unix

package audit

import "os"

// lock keeps nobody out here.
func lock(*os.File) error { return nil }
