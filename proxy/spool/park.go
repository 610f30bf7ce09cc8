package spool

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"strconv"
	"time"

	"winnow/proxy/pause"
)

// Reason why a batch is parked: a closed list.
type Reason string

// The reasons.
const (
	ReasonRefused Reason = "refused" // the backend refused it for good
	ReasonPolicy  Reason = "policy"  // the policy now in force cannot be applied to it
	ReasonDamaged Reason = "damaged" // its checksum is wrong
	ReasonSealed  Reason = "sealed"  // it cannot be opened, though its checksum is right
	ReasonFrame   Reason = "frame"   // its frame has no readable head
	ReasonHeld    Reason = "held"    // it is too old to leave, and a legal hold keeps it from being erased
	ReasonTorn    Reason = "torn"    // its frame ends early
	ReasonNewer   Reason = "newer"   // a later winnow wrote its frame, which is kept as it is
)

// A parked batch is a frame of one batch with this before it: the reason as a text, and the time in nanoseconds since 1970, 8 bytes big endian.

// park sets a batch aside. It does not return before that is stored, or ctx is done, and then it is false: a batch that cannot be parked must
// not be dropped.
func (q *Queue) park(ctx context.Context, reason Reason, b sealed) bool {
	now := q.spool.o.Now()
	body := binary.BigEndian.AppendUint64(appendText(nil, string(reason)), uint64(now.UnixNano()))
	body = appendHeader(body, Header{Batches: 1})
	body = appendBatch(body, &b)
	id := rand.Text() // of this act: a batch that is replayed and refused once more is parked once more
	for ctx.Err() == nil && q.may(ctx) {
		limit, cancel := context.WithTimeout(ctx, q.spool.o.Patience)
		_, err := q.parked.Append(limit, strconv.Itoa(int(b.Records)), id, body)
		cancel()
		if err == nil {
			q.spool.o.Log.Warn("a batch was parked: see winnow spool list", "lane", q.name, "reason", string(reason))
			return true
		}
		if errors.Is(err, errLaneFull) {
			q.spool.o.Log.Error("nothing can be parked any more, and the lane waits: replay or drop what is parked", "lane", q.name)
		}
		pause.For(ctx, 10*time.Second)
	}
	return false
}

// Parked is one batch that was set aside.
type Parked struct {
	// Number in the parked lane, for Replay and Drop.
	Number uint64
	Reason Reason
	At     time.Time
	// Tenant is empty where the batch's key is gone or unknown.
	Tenant  string
	Records int
	// Bytes it takes, sealed.
	Bytes int
}

// Parked lists what was set aside, oldest first, and at most so many; 0: all.
func (q *Queue) Parked(ctx context.Context, most int) (list []Parked, err error) {
	err = q.parked.Read(ctx, 1, func(number uint64, frame []byte) bool {
		p, b, ok := readParked(frame)
		p.Number = number
		if ok {
			if key, err := q.spool.keys.find(ctx, b.Key); err == nil {
				p.Tenant = key.tenant()
			}
		}
		list = append(list, p)
		return len(list) != most
	})
	return list, err
}

func readParked(frame []byte) (p Parked, b sealed, ok bool) {
	r := reader{in: frame}
	p.Reason, p.At, p.Bytes = Reason(r.text()), time.Unix(0, int64(r.uint64())).UTC(), len(frame)
	if r.bad {
		return Parked{Reason: ReasonFrame, Bytes: len(frame)}, b, false
	}
	b, err := readFirst(r.in)
	p.Records = int(b.Records)
	return p, b, err == nil
}

// Show returns a parked batch by its number, and its entry, nil if it cannot be opened. The body is the caller's.
func (q *Queue) Show(ctx context.Context, number uint64) (p Parked, e *Entry, err error) {
	frame, err := q.parkedFrame(ctx, number)
	if err != nil {
		return Parked{}, nil, err
	}
	p, b, ok := readParked(frame)
	p.Number = number
	if !ok {
		return p, nil, nil
	}
	opened, _, err := q.open(ctx, b)
	if err != nil {
		return p, nil, ctx.Err()
	}
	if q.erasable(&opened) { // and Expire has not come by yet
		return Parked{}, nil, ErrNotParked
	}
	p.Tenant = opened.Tenant
	return p, &opened, nil
}

// ErrNotParked is about a number under which nothing is parked.
var ErrNotParked = errors.New("nothing is parked under this number")

// parkedFrame reads what is parked under a number; ErrNotParked if nothing is.
func (q *Queue) parkedFrame(ctx context.Context, number uint64) (frame []byte, err error) {
	err = q.parked.Read(ctx, number, func(n uint64, f []byte) bool {
		if n == number {
			frame = append([]byte{}, f...)
		}
		return false
	})
	if err == nil && frame == nil {
		err = ErrNotParked
	}
	return frame, err
}

// Replay puts a parked batch back into its lane, by its number. Of a frame that an earlier winnow could not read it puts back all batches. The error
// is ErrNotParked if there is none, ErrUnreadable if it is damaged, ErrNewer if only a later winnow can read it, and ErrTooOld if it may not leave
// any more.
func (q *Queue) Replay(ctx context.Context, number uint64) error {
	q.handling.Lock()
	defer q.handling.Unlock()
	frame, err := q.parkedFrame(ctx, number)
	if err != nil {
		return err
	}
	p, b, ok := readParked(frame)
	if !ok || b.Damaged || p.Reason == ReasonFrame || p.Reason == ReasonTorn {
		return ErrUnreadable
	}
	if e, _, err := q.open(ctx, b); err == nil {
		if _, tooOld := q.ages(e.Purpose, e.Received); tooOld {
			return ErrTooOld
		}
	}
	list := []sealed{b}
	if p.Reason == ReasonNewer {
		if list, err = allBatches(b.Bytes); err != nil {
			return err
		}
	}
	for _, b := range list {
		q.writer.forget(b.ID)
		if err := q.writer.append(ctx, b, replayed); err != nil {
			return err
		}
		q.ledger.Found.add(1, int(b.Records))
	}
	q.ledger.Found.add(-1, -p.Records) // it was counted: a frame that could not be read as one batch
	q.countsParked().add(-1, -p.Records)
	return q.parked.Remove(ctx, number)
}

// allBatches reads all batches of a frame that was parked whole. The error is ErrNewer or ErrUnreadable.
func allBatches(frame []byte) (list []sealed, err error) {
	h, rest, err := readHeader(frame)
	if errors.Is(err, errNewer) {
		return nil, ErrNewer
	}
	if err != nil {
		return nil, ErrUnreadable
	}
	for b, err := range h.all(rest) {
		if err != nil {
			return nil, ErrUnreadable
		}
		list = append(list, b)
	}
	return list, nil
}

// Drop removes a parked batch for ever, by its number. The error is ErrNotParked if there is none.
func (q *Queue) Drop(ctx context.Context, number uint64) error {
	q.handling.Lock()
	defer q.handling.Unlock()
	frame, err := q.parkedFrame(ctx, number)
	if err != nil {
		return err
	}
	p, _, _ := readParked(frame)
	if err := q.parked.Remove(ctx, number); err != nil {
		return err
	}
	q.unpark(&q.ledger.Dropped, 1, p.Records)
	return nil
}

// ErrTooOld is about a parked batch that was kept for as long as it may be.
var ErrTooOld = errors.New("the batch is older than may leave: it is erased within the hour, or when the legal hold ends that keeps it")

// ErrUnreadable is about a parked batch that can only be dropped, ErrNewer about one that a later winnow can read.
var (
	ErrUnreadable = errors.New("the batch cannot be read; it can only be dropped")
	ErrNewer      = errors.New("a later winnow wrote the batch: start that one, and replay it there")
)
