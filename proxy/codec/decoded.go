package codec

import (
	"unicode/utf8"

	"winnow/scrub"
	"winnow/scrub/unwrap"
)

// decoded is the body of a protocol that is not JSON, made into records: one JSON object a line, before it is scrubbed. Its memory is
// the Run's.
type decoded struct {
	out   []byte
	room  int // bytes that a record may have
	start int // of the record at hand
	comma bool
	cuts  []cut
	// cutShort says that the end of the record at hand is missing.
	cutShort bool
	unread   []Fault // what could not be decoded, in order
}

// cut is what is taken out of a text that was too long, once it is scrubbed: out[from:to].
type cut struct{ line, from, to int }

// cutMark is what stands in place of the end of a text that was too long.
const cutMark = "[truncated]"

// begin begins an object: a record, or one within it.
func (d *decoded) begin() {
	d.out, d.comma = append(d.out, '{'), false
}

// end ends an object.
func (d *decoded) end() {
	d.out, d.comma = append(d.out, '}'), true
}

// key appends a member's name.
func (d *decoded) key(name []byte) {
	if d.comma {
		d.out = append(d.out, ',')
	}
	d.out = append(unwrap.AppendJSON(append(d.out, '"'), name), '"', ':')
	d.comma = true
}

// text appends a member that is a text, unless the text is empty.
func (d *decoded) text(name string, value []byte) {
	if len(value) > 0 {
		d.key([]byte(name))
		d.string(value)
	}
}

// string appends a text. Bytes that are not UTF-8 become U+FFFD.
func (d *decoded) string(value []byte) {
	d.out = append(unwrap.AppendJSON(append(d.out, '"'), value), '"')
}

// long appends the last member of record n, counted from 0: a text that is cut if the record would be longer than the limit.
//
// What is found in a text is found as a whole or not at all: half of a number is no number. So more is scrubbed than is kept, by as much
// as anything that detectors look for is long, and what is left of that margin is cut away behind.
func (d *decoded) long(name string, value []byte, n int) {
	if len(value) == 0 {
		return
	}
	d.key([]byte(name))
	d.out = append(d.out, '"')
	from := len(d.out)
	d.out = unwrap.AppendJSON(d.out, value[:min(len(value), d.room)])
	margin := min(longestFinding, d.room/4)
	if most := d.room - (from - d.start) - len(`"}`); d.cutShort || len(value) > d.room || len(d.out)-from > most {
		to := from + wholeSigns(d.out[from:], max(most, 0))
		d.out = d.out[:to]
		d.cuts = append(d.cuts, cut{n, from + wholeSigns(d.out[from:], max(to-from-margin, 0)), to})
	}
	d.out = append(d.out, '"')
}

// longestFinding is longer than what detectors look for, in bytes: keys in PEM form are longest.
const longestFinding = 16 << 10

// wholeSigns is how long the content of a JSON string may be, at most n bytes, without ending in the middle of an escape or a character.
func wholeSigns(s []byte, n int) int {
	end := 0
	for i := 0; i < len(s); end = i {
		switch {
		case s[i] == '\\' && s[i+1] == 'u':
			i += 6
		case s[i] == '\\':
			i += 2
		case s[i] < utf8.RuneSelf:
			i++
		default:
			_, size := utf8.DecodeRune(s[i:])
			i += size
		}
		if i > n {
			return end
		}
	}
	return len(s)
}

// line ends a record.
func (d *decoded) line() {
	d.out = append(d.out, '\n')
	d.start, d.comma = len(d.out), false
}

// scrubDecoded scrubs the records of d and finishes the batch: lines of JSON.
func (b *Batch) scrubDecoded(run *scrub.Run, d *decoded) error {
	if err := run.LoadJSON(d.out); err != nil {
		return err
	}
	cuts := d.cuts
	for i, n := 0, 0; i < len(d.out); n++ {
		next := lineEnd(d.out, i)
		_, fate, err := run.Record(i, scrub.Root)
		reason := tooLong
		if err != nil {
			fate, reason = scrub.Withheld, err.Error()
		}
		if !b.note(n+1, fate, reason) {
			run.Replace(i, next, nil)
		}
		for ; len(cuts) > 0 && cuts[0].line == n; cuts = cuts[1:] {
			if fate == scrub.Kept {
				run.Cut(cuts[0].from, cuts[0].to, []byte(cutMark))
			}
		}
		i = next
	}
	for range d.unread {
		run.End(scrub.Withheld)
	}
	b.Withheld += len(d.unread)
	b.Faults = append(b.Faults, d.unread[:min(len(d.unread), max(maxFaults-len(b.Faults), 0))]...)
	b.finish(run)
	b.untouched = false // the client sent it in another form
	return nil
}
