// Package upstream delivers scrubbed batches: to a backend over HTTP or gRPC, into files on disk, or into objects of a store.
//
// What a Delivery sends comes from a codec.Batch, and only scrubbed bytes can become one. Of the client's headers only those in
// Delivery.Headers have a way in: the protocol's own, and the client's credentials where the operator says so. A delivery succeeds when the backend has acknowledged it, or the disk has it; everything else is a *Error, which says in the
// protocols' words what the client is to be told. Delivery is at least once: a connection that breaks before the answer may have
// delivered.
package upstream

import (
	"time"

	"winnow/proxy/codec"
)

// Upstream is where scrubbed data goes. All methods are safe for concurrent use.
type Upstream interface {
	// Deliver sends the batch and returns the backend's answer. The error is always a *Error.
	Deliver(d *Delivery) (codec.Response, error)
	// Ask passes a pre-flight call on. The error is ErrSilent where there is no backend that could be asked, else a *Error.
	Ask(q *Delivery) (codec.Response, error)
	// Up tells whether the last deliveries went well enough to try the next.
	Up() bool
	// Close waits for what was accepted and lets go of connections and files.
	Close() error
}

// Encoder applies a Content-Encoding.
type Encoder interface {
	// String is the header's value, empty for none.
	String() string
	// Append encodes src and appends the result to dst.
	Append(dst, src []byte) ([]byte, error)
}

// Delivery is one request to an upstream. It may be used again, and then keeps its buffers: an answer is valid until that.
type Delivery struct {
	Method, Path string
	// Query is what may be sent on of the client's, without the question mark.
	Query []byte
	// ContentType and Accept to send; empty leaves the header out.
	ContentType, Accept string
	// Headers of the protocol's own, name and value. An upstream's own header of the same name wins.
	Headers [][2]string
	// OrgID is Loki's tenant; empty leaves the header out, and an upstream's own header of that name wins.
	OrgID string
	// Codec of the batch.
	Codec codec.Codec
	// Batch to deliver. Nil in a question.
	Batch *codec.Batch
	// Original is the body as the client encoded it, sent in place of an untouched batch.
	Original []byte
	// Encoding is the client's. An upstream set to another encodes in that.
	Encoding Encoder
	// Fixed says that the body must not be encoded, because its protocol compresses it itself: Encoding is only named.
	Fixed bool
	// Body of a question.
	Body []byte

	wire  []byte     // encoded body, or lines of a group commit
	lines []byte     // records for the upstream's format
	body  []byte     // records in the upstream's format
	reply []byte     // answer's body
	done  chan error // the answer of a group commit
	since time.Time  // when it came to an archive
}

// Reset empties d, but for its buffers.
func (d *Delivery) Reset() {
	*d = Delivery{wire: shrink(d.wire), lines: shrink(d.lines), body: shrink(d.body), reply: shrink(d.reply), done: d.done}
}

// maxKept is how large a buffer may be to be kept.
const maxKept = 4 << 20

func shrink(b []byte) []byte {
	if cap(b) > maxKept {
		return nil
	}
	return b[:0]
}

// Error is a delivery that failed.
type Error struct {
	// Why, in the protocols' words.
	Why codec.Refusal
	// Detail never holds text of a record or of an answer.
	Detail string
}

// Error is the detail.
func (e *Error) Error() string { return e.Detail }

// The ways in which deliveries fail.
var (
	ErrSilent       = &Error{codec.NotFound, "the upstream cannot be asked"}
	errDown         = &Error{codec.UpstreamDown, "the upstream cannot be reached"}
	ErrResting      = &Error{codec.UpstreamDown, "the upstream failed and is given time; try again later"}
	errTimeout      = &Error{codec.UpstreamTimeout, "the upstream did not answer in time"}
	errBusy         = &Error{codec.Busy, "all connections to the upstream are in use; try again later"}
	errLongAnswer   = &Error{codec.UpstreamDown, "the upstream's answer is longer than the limit"}
	errEncoding     = &Error{codec.UpstreamDown, "the batch cannot be encoded for the upstream"}
	errDisk         = &Error{codec.UpstreamDown, "the disk did not take the batch"}
	errFull         = &Error{codec.UpstreamDown, "the disk is full"}
	errLines        = &Error{codec.Malformed, "the batch cannot be written as lines"}
	errPartly       = &Error{codec.Busy, "the upstream took some of the records and has no room for others; try again later"}
	errUpstreamBusy = &Error{codec.Busy, "the upstream is busy; try again later"}
	errTooLarge     = &Error{codec.TooLarge, "the batch is larger than the upstream takes"}
	errRefused      = &Error{codec.Malformed, "the upstream refused the batch"}
	errAnswer       = &Error{codec.UpstreamDown, "the upstream did not take the batch: see its log"}
	errForeign      = &Error{codec.NotFound, "the upstream takes OTLP only"}
	errClosed       = &Error{codec.NotReady, "the upstream is closed"}
)
