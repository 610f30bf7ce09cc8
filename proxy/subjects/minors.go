package subjects

import (
	"context"
	"errors"
	"time"

	"winnow/proxy/values"
	"winnow/scrub/pseudonym"
)

// Minors puts persons whom records of minors named on the suppression list (META-10), behind the way of the data: their records were dropped
// already, and who does not get room here is named again by the next one.
type Minors struct {
	queue        chan pseudonym.Digest
	bucket       func() (values.Bucket, error)
	now          func() time.Time
	listed, lost func()
	known        func(pseudonym.Digest) bool
}

// queued bounds how many persons wait to be put on the list.
const queued = 4096

// NewMinors makes a queue. listed hears of each person who came on the list, lost of each for whom there was no room or who could not be
// stored; known tells who is on it already.
func NewMinors(bucket func() (values.Bucket, error), now func() time.Time, known func(pseudonym.Digest) bool, listed, lost func()) *Minors {
	return &Minors{make(chan pseudonym.Digest, queued), bucket, now, listed, lost, known}
}

// Add queues a person, and never waits.
func (m *Minors) Add(d pseudonym.Digest) {
	select {
	case m.queue <- d:
	default:
		m.lost()
	}
}

// Run lists who is queued until ctx is done; what is queued then is still listed.
func (m *Minors) Run(ctx context.Context) {
	for {
		select {
		case d := <-m.queue:
			m.list(ctx, d)
			continue
		default:
		}
		select {
		case d := <-m.queue:
			m.list(ctx, d)
		case <-ctx.Done():
			return
		}
	}
}

// storing bounds how long the bucket may take.
const storing = 5 * time.Second

func (m *Minors) list(ctx context.Context, d pseudonym.Digest) {
	if m.known(d) {
		return
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), storing)
	defer stop()
	b, err := m.bucket()
	if err == nil {
		err = revise(ctx, b, d, func(e *Entry) error {
			e.give(Order{Action: ActionDrop, Since: m.now().UTC(), Why: "META-10", Actor: "winnow", Source: SourceMinor})
			return nil
		})
	}
	if err != nil {
		m.lost()
		return
	}
	m.listed()
}

// revise changes the entry of a person, however many do so at once. An entry of which nothing is left is destroyed.
func revise(ctx context.Context, b values.Bucket, d pseudonym.Digest, change func(*Entry) error) error {
	name := subjectPrefix + d.String()
	for {
		e, revision, err := look(ctx, b, name)
		if err != nil {
			return err
		}
		if err := change(e); err != nil {
			return err
		}
		if e.idle() {
			if revision == 0 {
				return nil
			}
			return b.Destroy(ctx, name)
		}
		_, err = b.Revise(ctx, name, values.JSON(e), revision)
		if !errors.Is(err, values.ErrRevised) {
			return err
		}
	}
}

// look reads an entry; an empty one, of revision 0, where there is none.
func look(ctx context.Context, b values.Bucket, name string) (e *Entry, revision uint64, err error) {
	value, revision, err := b.Look(ctx, name)
	if errors.Is(err, values.ErrNone) {
		return new(Entry), 0, nil
	}
	if err == nil {
		e, err = readEntry(value)
	}
	return e, revision, err
}
