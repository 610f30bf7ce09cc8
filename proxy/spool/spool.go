// Package spool keeps scrubbed batches on disk from the moment a client is told "taken" until a backend has them.
//
// A batch that waits is an Entry. Entries that wait for one lane at the same moment go into one frame (frame.go), the frame is appended to
// the lane's durable queue, and all of them are answered when that is on stable storage: this is the group commit. Each entry is sealed under
// its tenant's key of the day (seal.go), so that destroying the key erases it. What keeps the lanes is behind Store (store.go): JetStream,
// embedded or a cluster's, is one code path (jetstream.go).
//
// Invariants: only what a codec.Batch held comes in here; an entry is acknowledged once it is stored, and leaves its lane once it is
// delivered, parked with a reason, or erased; nothing that was acknowledged is ever evicted to make room. Delivery is at least once. The
// ledger (ledger.go) holds: acked = delivered + parked + pending + erased.
package spool

import (
	"context"
	"errors"
	"time"
)

// Errors of Append. Each is told to the client as a refusal before acceptance, but for ErrUnknown.
var (
	ErrFull    = errors.New("the spool is full; try again later")
	ErrNoSpace = errors.New("the disk of the spool is nearly full; try again later")
	ErrClosed  = errors.New("the spool is closed")
	ErrTooBig  = errors.New("the batch is larger than the spool takes")
	ErrKey     = errors.New("no key to seal the batch with")
	// ErrUnknown is about a batch that may have been stored: the disk did not answer in time.
	ErrUnknown = errors.New("the spool did not answer in time; the batch may have been stored")
)

// Entry is one scrubbed batch as it waits: what its delivery needs.
type Entry struct {
	// ID tells repeats: of the client's own key, or of the content.
	ID ID
	// Tenant and Purpose under whose key it is sealed.
	Tenant, Purpose string
	// Policy is the digest of the policy under which it was scrubbed.
	Policy string
	// Received is when the request was seen.
	Received time.Time
	// Records in the body.
	Records int
	// Tally is what receipts count of it, as who made it has it: names of the configuration and numbers. Nil: nothing.
	Tally []byte
	// Request to make of it.
	Request Request
	// Body in the wire form of the protocol, scrubbed, without Content-Encoding.
	Body []byte
}

// Request is what a delivery sends beside the body. None of it is the client's own credential.
type Request struct {
	Protocol, Method, Path, ContentType, Accept, OrgID, Coding string
	// Way it came in by: the path of a route, or the address of a listener, as configured. Empty: not known.
	Way     string
	Query   []byte
	Headers [][2]string
	// Fixed and Text are how the codec has it: compressed by the protocol itself, lines of plain text.
	Fixed, Text bool
	// Signal of OTLP, as the codec has it; at most 3.
	Signal uint8
}

// Outcome is what became of a delivery.
type Outcome struct {
	// Err is nil if the backend has the batch.
	Err error
	// Permanent says that trying again cannot help: the entry is parked.
	Permanent bool
	// Reason why it is parked then; empty: ReasonRefused.
	Reason Reason
	// Resting says that nothing was tried: the backend is left alone for a while. It does not count as an attempt.
	Resting bool
	// Erased says, without an Err, that the entry was not handed over, and is not to be: it may not be used any more.
	Erased bool
	// After is how long the backend asked to be left alone; 0 if it did not say.
	After time.Duration
}

// Deliver hands an entry to a backend. It is called from several goroutines; the entry is the caller's again when it returns.
type Deliver func(ctx context.Context, e *Entry) Outcome
