package codec

import (
	"errors"

	"winnow/scrub"
	"winnow/scrub/record"
)

// books are the counts of records at one moment of a walk. Labels, resources and scopes are shared by many records, of which some may be
// booked before a rule drops them all.
type books struct{ kept, dropped, withheld, faults, counted int }

func (b *Batch) books(run *scrub.Run) books {
	return books{b.Kept, b.Dropped, b.Withheld, len(b.Faults), run.Counts().Withheld}
}

// dropAll books n records as dropped by policy, and whatever was booked since was, no more.
func (b *Batch) dropAll(run *scrub.Run, was books, n int) {
	counts := run.Counts()
	counts.Kept -= b.Kept - was.kept
	counts.Dropped += was.dropped + n - b.Dropped
	counts.Withheld = was.counted
	b.Kept, b.Dropped, b.Withheld, b.Faults = was.kept, was.dropped+n, was.withheld, b.Faults[:was.faults]
}

// dropBody drops the whole body, of which all edits began at m, for something outside it that all its records share.
func (b *Batch) dropBody(run *scrub.Run, m scrub.Mark) {
	b.dropAll(run, books{counted: run.Counts().Withheld - b.Withheld}, b.Kept+b.Dropped+b.Withheld)
	run.Rollback(m)
	run.Replace(0, len(run.In()), nil)
}

// dropShared ends the walk of an element of the envelope at in[at:] which a rule drops with all its records: path leads to the arrays
// that hold them. Any other error is none of its business.
func (b *Batch) dropShared(run *scrub.Run, was books, at int, err error, paths ...[]string) (end, n int, _ error) {
	if !errors.Is(err, scrub.ErrDropRecord) {
		return at, 0, err
	}
	if end, err = run.Skip(at); err != nil {
		return end, 0, err
	}
	for _, path := range paths {
		n += countElements(run.In()[at:end], path)
	}
	b.dropAll(run, was, n)
	return end, n, nil
}

// countElements is how many elements the arrays have that path leads to, member by member, from value, and through arrays on the way.
func countElements(value []byte, path []string) (n int) {
	_ = eachMember(value, record.Begin(value), func(key, value []byte) error {
		if string(key) != path[0] {
			return nil
		}
		return eachElement(value, func(element []byte) error {
			if len(path) == 1 {
				n++
			} else {
				n += countElements(element, path[1:])
			}
			return nil
		})
	})
	return n
}
