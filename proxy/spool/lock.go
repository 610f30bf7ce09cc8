package spool

import "errors"

// lockFile is in the folder of an embedded store, beside what the store itself keeps there.
const lockFile = "winnow.lock"

// ErrInUse is about a folder that another process has.
var ErrInUse = errors.New("the folder of the spool is in use by another winnow; give each its own")
