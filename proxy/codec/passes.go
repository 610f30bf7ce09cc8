package codec

import "winnow/scrub"

// mostPasses is how often a body is scrubbed before all its records are taken to be about whom some of them name.
const mostPasses = 3

// Passes has c scrub req's records by a Run that begin makes, and again where something in a record turned out to be about all of it: a
// person is restricted, or a minor. The Run is that of the last pass, and the caller's to release. The error is that of Codec.Scrub.
func Passes(c Codec, req *Request, begin func(*scrub.Marked) *scrub.Run) (run *scrub.Run, b Batch, err error) {
	var marked *scrub.Marked
	for range mostPasses {
		run = begin(marked)
		b, err = c.Scrub(run, req)
		if marked = run.Marked(); err != nil || marked == nil {
			return run, b, err
		}
		run.Close()
	}
	marked.All = true
	run = begin(marked)
	if b, err = c.Scrub(run, req); err == nil && run.Marked() != nil {
		return run, Batch{}, &scrub.Fault{Reason: "whom the records are about cannot be told"}
	}
	return run, b, err
}

// DropAll drops all records of the batch, for something about the request.
func (b *Batch) DropAll() {
	b.clean, b.wire, b.untouched, b.Query = scrub.Clean{}, nil, false, nil
	b.Kept, b.Dropped = 0, b.Dropped+b.Kept
}
