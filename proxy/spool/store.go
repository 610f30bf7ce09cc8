package spool

import (
	"context"
	"errors"

	"winnow/proxy/values"
)

// Store keeps lanes and small values durably. JetStream is one; the conformance suite says what any must do. It is safe for concurrent
// use, and so is all that it hands out.
type Store interface {
	// Lane opens a lane, and makes it if there is none. limit bounds its bytes; above it Append refuses.
	Lane(ctx context.Context, name string, limit int64) (Lane, error)
	// Lanes lists the names of the lanes there are.
	Lanes(ctx context.Context) ([]string, error)
	// Values opens a bucket of small values, and makes it if there is none.
	Values(ctx context.Context, name string) (values.Bucket, error)
	// Health is nil as long as what is appended can be stored.
	Health() error
	// Warnings are what an operator should mend or know of, though batches are taken: a closed list of texts, none with anything of a batch.
	Warnings() []string
	// Restart lets go of everything and opens it again, for a store that does not answer. What was handed out stays usable.
	Restart(ctx context.Context) error
	// Close ends it. What waits, waits.
	Close() error
}

// Lane is a durable queue of frames: first in, first out, each given until it is acknowledged.
type Lane interface {
	// Append stores a frame, and returns its number when it is on stable storage. Numbers count from 1, without holes. The same id again
	// within two minutes stores nothing new, and has the first one's number. source is told again by Sources: letters and digits, or empty. The
	// error is errLaneFull if there is no room, and then nothing is stored; after any other it may be.
	Append(ctx context.Context, source, id string, frame []byte) (number uint64, err error)
	// Sources tells how many frames of each source wait.
	Sources(ctx context.Context) (map[string]uint64, error)
	// Ends are the first and the last frame of a source that wait. The error is errNotThere if none does.
	Ends(ctx context.Context, source string) (first, last []byte, err error)
	// Pull waits for frames that nobody has, and takes up to count of them and about bytes. They come again if they are not acknowledged
	// in time. One that was acknowledged does not come again.
	Pull(ctx context.Context, count, bytes int) ([]Pulled, error)
	// AckAll acknowledges frames that were given, in their order and without waiting for one before the next, and returns how many from the front are
	// known to be removed. The others may be.
	AckAll(ctx context.Context, list []Pulled) int
	// Read shows the frames that wait, oldest first, from sequence number from on, until f returns false; it takes none.
	Read(ctx context.Context, from uint64, f func(number uint64, frame []byte) bool) error
	// Remove removes one frame by its number, overwriting it where the store can.
	Remove(ctx context.Context, number uint64) error
	// Elsewhere has another copy of the lane answer from now on, for one that has not all, and tells on which server the one is that did. The error
	// is errAlone if there is no other.
	Elsewhere(ctx context.Context) (server string, err error)
	// Reclaim lets all frames that were given and not acknowledged come again at once: whoever had them is gone.
	Reclaim(ctx context.Context) error
	// Release is Reclaim, and gives nothing until the next Pull: meanwhile nothing leaves the lane but what Remove, or Ack of what was given, removes.
	Release(ctx context.Context) error
	// Tell has those who Hear at the moment hear something, at other nodes too. It is not kept, and may not arrive.
	Tell(text []byte) error
	// Hear calls f with what is told until ctx is done, or the store was let go of. f may keep nothing.
	Hear(ctx context.Context, f func(text []byte)) error
	// Stats of now. Acknowledgements may take a moment to show.
	Stats(ctx context.Context) (LaneStats, error)
}

// Pulled is a frame that was given.
type Pulled interface {
	// Number of the frame in its lane.
	Number() uint64
	Frame() []byte
	// Ack removes it from the lane, and returns when that is known to the store.
	Ack(ctx context.Context) error
	// Working asks for more time.
	Working() error
	// Again gives it back, to come again at once.
	Again() error
}

// LaneStats is the state of a lane.
type LaneStats struct {
	// Frames and Bytes that wait, given ones included.
	Frames, Bytes uint64
	// First number that waits, or the one after Last if none does. Last number that was ever given to a frame; 0 for a lane that never held
	// anything.
	First, Last uint64
	// Settled are the numbers between First and Last whose frames were acknowledged here, as far as they are remembered.
	Settled uint64
}

// errLaneFull is about a lane that has no room.
var errLaneFull = errors.New("the lane is full")
