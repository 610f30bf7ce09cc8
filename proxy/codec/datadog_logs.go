package codec

import (
	"bytes"
	"errors"

	"winnow/scrub"
	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// datadogLog walks one log after the other.
type datadogLog struct {
	run *scrub.Run
	b   *Batch
	n   int // logs seen
}

// objects scrubs objects one behind the other. One that cannot be read is withheld to the end of its line.
func (d *datadogLog) objects(body []byte, i int) error {
	if err := d.run.LoadJSON(body); err != nil {
		return err
	}
	if probe := record.SkipSpace(body, i+1); probe < len(body) && body[probe] == '}' && record.SkipSpace(body, probe+1) == len(body) {
		return nil // what an agent sends to see whether it is heard
	}
	for i < len(body) {
		start, m := i, d.run.Mark()
		end, stays, err := d.Member(nil, i)
		if err != nil {
			d.book(scrub.Withheld, err.Error())
			end = lineEnd(body, start)
		}
		if i = record.SkipSpace(body, end); !stays {
			d.run.Rollback(m)
			d.run.Replace(start, i, nil)
		}
	}
	return nil
}

// array scrubs an array of logs. It stands or falls as a whole where its JSON is broken.
func (d *datadogLog) array(body []byte, i int) error {
	if err := d.run.LoadJSON(body); err != nil {
		return err
	}
	end, err := d.run.Array(i, d)
	if err != nil {
		return err
	}
	if end = record.SkipSpace(body, end); end < len(body) {
		return &scrub.Fault{Offset: end, Reason: "text behind the array"}
	}
	if d.n > datadogLogs {
		return &TooLargeError{Bound: datadogLogs, Of: "logs in one array"}
	}
	return nil
}

func (d *datadogLog) book(fate scrub.Fate, reason string) bool {
	d.run.End(fate)
	return d.b.note(d.n, fate, reason)
}

// Member implements scrub.Visitor for the elements of an array, and scrubs the log at i. The error says that it cannot be read; it is not
// counted then.
func (d *datadogLog) Member(_ []byte, at int) (end int, stays bool, err error) {
	d.n++
	if d.run.In()[at] != '{' {
		if end, err = d.run.Skip(at); err != nil {
			return end, false, err
		}
		return end, d.book(scrub.Withheld, "object expected"), nil
	}
	d.run.Begin()
	end, _, err = d.run.Envelope(at, (*datadogMembers)(d))
	fate, reason := scrub.Kept, tooLong
	switch {
	case errors.Is(err, scrub.ErrDropRecord):
		fate = scrub.Dropped
		end, err = d.run.Skip(at)
	case err == nil && d.run.TooLong(end-at):
		fate = scrub.Withheld
	}
	if err != nil {
		return end, false, err
	}
	return end, d.book(fate, reason), nil
}

// datadogMembers walks the members of a log.
type datadogMembers datadogLog

// Member implements scrub.Visitor.
func (d *datadogMembers) Member(key []byte, at int) (end int, stays bool, err error) {
	in := d.run.In()
	switch {
	case string(key) == "ddtags" && in[at] == '"':
		return d.tags(at)
	case string(key) == "message" && in[at] == '{': // a record of its own, as serverless functions send
		return d.run.Members(at, scrub.Root, false)
	}
	field, _ := d.run.Member(d.run.Within(scrub.Root), key) // the walk judges the name
	return d.run.Value(at, field, key)
}

// Sort implements scrub.Sorter.
func (*datadogMembers) Sort(key []byte) (path []byte, asks bool) {
	return key, string(key) == "ddtags" || string(key) == "message"
}

// Order implements scrub.Sorter.
func (*datadogMembers) Order() uint32 { return orderDatadog }

// tags scrubs the tags in the string at i, each where it stands; with escapes in it, the string is made anew.
func (d *datadogMembers) tags(at int) (end int, stays bool, err error) {
	if end, err = d.run.Skip(at); err != nil {
		return end, false, err
	}
	start, stop := at+1, end-1
	if raw := d.run.In()[start:stop]; bytes.IndexByte(raw, '\\') >= 0 {
		out, changed, err := appendTags(nil, unwrap.JSONString(nil, raw), d.run)
		if changed && err == nil {
			d.run.Replace(start, stop, unwrap.AppendJSON(nil, out))
		}
		return end, len(out) > 0, err
	}
	for from := start; from <= stop; {
		to := stop
		if n := bytes.IndexByte(d.run.In()[from:stop], ','); n >= 0 {
			to = from + n
		}
		m := d.run.Mark()
		left, err := d.tag(from, to)
		switch {
		case err != nil:
			return end, false, err
		case left:
			stays = true
		case stays: // with the comma before it
			d.run.Rollback(m)
			d.run.Replace(from-1, to, nil)
		default:
			d.run.Rollback(m)
			d.run.Replace(from, min(to+1, stop), nil)
		}
		from = to + 1
	}
	return end, stays, nil
}

// tag scrubs the tag that is in[from:to].
func (d *datadogMembers) tag(from, to int) (stays bool, err error) {
	tag := d.run.In()[from:to]
	n := bytes.IndexByte(tag, ':')
	if n < 0 {
		return d.run.Part(from, to, d.run.At(scrub.Root, bareTag), nil)
	}
	name := bytes.TrimSpace(tag[:n])
	field, quiet := d.run.Member(d.run.Within(scrub.Tags), name)
	if !quiet {
		return false, nil
	}
	return d.run.Part(from+n+1, to, field, name)
}

// bareTag is the path of a tag without a name.
var bareTag = []byte("tags")

// appendTags appends tags, "name:value" and bare words joined by commas, scrubbed: a tag's path is its name below "tags", that of a bare
// word is "tags" itself. changed tells whether the result differs from text. The error is scrub.ErrDropRecord.
func appendTags(dst, text []byte, run *scrub.Run) (out []byte, changed bool, err error) {
	start := len(dst)
	for tag := range bytes.SplitSeq(text, []byte(",")) {
		name, value, named := bytes.Cut(tag, []byte(":"))
		field := run.At(scrub.Tags, bytes.TrimSpace(name))
		if !named {
			name, value, field = nil, tag, run.At(scrub.Root, bareTag)
		}
		scrubbed, edited, stays, err := run.Scalar(value, field, bytes.TrimSpace(name))
		if err != nil {
			return dst[:start], false, err
		}
		if !stays || named && !run.Quiet(name) {
			changed = true
			continue
		}
		changed = changed || edited
		dst = comma(dst, len(dst) > start)
		if named {
			dst = append(append(dst, name...), ':')
		}
		dst = append(dst, scrubbed...)
	}
	return dst, changed, nil
}
