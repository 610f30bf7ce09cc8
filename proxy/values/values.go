// Package values keeps small values by name durably: keys, consents, what an administrator decided. A Bucket in a folder of this machine is
// here; proxy/spool has one in JetStream, which the nodes of a cluster share. Package valuestest says what any Bucket must do.
package values

import (
	"context"
	"errors"
)

// Bucket holds small values by name: at most MaxName letters, digits, -, _, / and =. It is safe for concurrent use.
type Bucket interface {
	// Get returns a value; ErrNone if there is none.
	Get(ctx context.Context, name string) ([]byte, error)
	// Look is Get, with the revision for Revise.
	Look(ctx context.Context, name string) (value []byte, revision uint64, err error)
	// Put stores a value, and returns when it is on stable storage. What was there before is removed, but not overwritten: secrets are
	// stored with Create.
	Put(ctx context.Context, name string, value []byte) error
	// Create is Put for a name that has no value; ErrExists if it has one.
	Create(ctx context.Context, name string, value []byte) error
	// Revise is Put if the value's revision is still last, 0 if there is none; else ErrRevised. It returns the new revision.
	Revise(ctx context.Context, name string, value []byte, last uint64) (revision uint64, err error)
	// Destroy removes a value, overwritten where the store can: a cluster's consensus log keeps copies until it is compacted.
	Destroy(ctx context.Context, name string) error
	// Names lists what there is.
	Names(ctx context.Context) ([]string, error)
	// Watch shows every value, and each that changes from then on (nil: destroyed), until ctx is done. first is called when all that was
	// there has been shown.
	Watch(ctx context.Context, change func(name string, value []byte), first func()) error
}

// MaxName is how many bytes a name may have.
const MaxName = 200

// Errors of a Bucket.
var (
	ErrNone    = errors.New("no such value")
	ErrExists  = errors.New("the value exists already")
	ErrRevised = errors.New("the value was revised by another")
	ErrName    = errors.New("a value's name is 1 to 200 letters, digits, -, _, / and =")
	ErrDamaged = errors.New("the value is damaged: restore it from a copy, or destroy it")
)

// known tells whether a name is one that a value may have.
func known(name string) bool {
	for _, c := range []byte(name) {
		switch {
		case c|0x20-'a' < 26, c-'0' < 10, c == '-', c == '_', c == '/', c == '=':
		default:
			return false
		}
	}
	return name != "" && len(name) <= MaxName
}
