package codec

import (
	"errors"

	"winnow/scrub"
	"winnow/scrub/record"
)

// splunkEvents scrubs the body of the event endpoint.
func (b *Batch) splunkEvents(run *scrub.Run, body []byte, i int) error {
	if err := run.LoadJSON(body); err != nil {
		return err
	}
	e := splunkEvent{run: run, b: b}
	for i < len(body) {
		start, m := i, run.Mark()
		var stays bool
		var err error
		if body[i] == '[' {
			list := splunkList{event: &e}
			i, err = run.Array(i, &list)
			stays = list.kept
		} else if i, stays, err = e.scrub(i); err != nil {
			e.book(scrub.Withheld, badFormat)
			i, err = lineEnd(body, start), nil
		}
		if err != nil {
			return err
		}
		if i = record.SkipSpace(body, i); !stays {
			run.Rollback(m)
			run.Replace(start, i, nil)
		}
	}
	return nil
}

// splunkList is an array of events.
type splunkList struct {
	event *splunkEvent
	kept  bool
}

// Member implements scrub.Visitor.
func (l *splunkList) Member(_ []byte, at int) (end int, stays bool, err error) {
	if l.event.run.In()[at] != '{' {
		l.event.n++
		if end, err = l.event.run.Skip(at); err != nil {
			return end, false, err
		}
		l.event.book(scrub.Withheld, badFormat)
		return end, false, nil
	}
	end, stays, err = l.event.scrub(at)
	l.kept = l.kept || stays
	return end, stays, err
}

// splunkEvent walks one event after the other.
type splunkEvent struct {
	run *scrub.Run
	b   *Batch
	n   int // events seen

	// Of the event at hand:
	start  int
	has    bool // an event, or fields
	object bool // the event is one
	placed bool // the metadata is in it
}

// What is wrong with an event, in Splunk's words.
const (
	noData      = "No data"
	badFormat   = "Invalid data format"
	eventNeeded = "Event field is required"
	eventBlank  = "Event field cannot be blank"
	badFields   = "Error in handling indexed fields"
)

// badEvent is an event that can be read, and that Splunk does not take: why, in its words.
type badEvent string

func (b badEvent) Error() string { return string(b) }

func isBad(err error) bool {
	var bad badEvent
	return errors.As(err, &bad)
}

// book counts what became of the event at hand, and tells whether it stays.
func (e *splunkEvent) book(fate scrub.Fate, reason string) bool {
	e.run.End(fate)
	stays := e.b.note(e.n, fate, reason)
	if !stays {
		e.b.removed = append(e.b.removed, e.n-1)
	}
	return stays
}

// scrub scrubs the event at i. The error says that it cannot be read, and so where it ends is not known either; it is not counted then.
func (e *splunkEvent) scrub(i int) (end int, stays bool, err error) {
	e.n++
	e.start, e.has, e.object, e.placed = i, false, false, false
	e.run.Begin()
	end, err = e.run.Object(i, e)
	if err == nil && !e.has {
		err = badEvent(eventNeeded)
	}
	fate, reason := scrub.Kept, tooLong
	switch {
	case err == nil && e.run.TooLong(end-i):
		fate = scrub.Withheld
	case err == nil:
		e.attach(end - 1)
	case errors.Is(err, scrub.ErrDropRecord):
		fate = scrub.Dropped
		end, err = e.run.Skip(i)
	case isBad(err):
		fate, reason = scrub.Withheld, err.Error()
		end, err = e.run.Skip(i)
	}
	if err != nil {
		return end, false, err
	}
	return end, e.book(fate, reason), nil
}

// attach adds the metadata to an event that has had no other place for it, as indexed fields, before the brace at i.
func (e *splunkEvent) attach(i int) {
	if !e.placed {
		e.run.InsertObject(i, `,"fields":`)
	}
}

// Member implements scrub.Visitor for the members of an event's envelope.
func (e *splunkEvent) Member(key []byte, at int) (end int, stays bool, err error) {
	switch string(key) {
	case "event":
		return e.event(at)
	case "fields":
		return e.fields(at)
	case "time":
		if !isTime(e.run.In()[at:]) {
			return at, false, badEvent(badFields)
		}
	}
	field, _ := e.run.Member(e.run.Within(scrub.Root), key) // the walk judges the name
	return e.run.Value(at, field, key)
}

// event scrubs what happened: an object is a record of its own, anything else is the message. Policy that leaves nothing of it drops the
// record: Splunk takes no event without one.
func (e *splunkEvent) event(at int) (end int, stays bool, err error) {
	in := e.run.In()
	if isBlank(in[at:]) {
		return at, false, badEvent(eventBlank)
	}
	e.has = true
	if in[at] == '{' {
		e.object, e.placed = true, true
		if end, stays, err = e.run.Members(at, scrub.Root, true); len(e.run.Attached()) > 0 {
			stays = true
		}
	} else {
		end, stays, err = e.run.Value(at, e.run.Message(), nil)
	}
	if err == nil && !stays {
		err = scrub.ErrDropRecord
	}
	return end, stays, err
}

// fields scrubs the indexed fields, which are also where the metadata goes when the event is no object.
func (e *splunkEvent) fields(at int) (end int, stays bool, err error) {
	if e.run.In()[at] != '{' {
		return at, false, badEvent(badFields)
	}
	e.has = true
	attach := len(e.run.Attached()) > 0 && !e.placed && !e.objectAhead()
	end, stays, err = e.run.Members(at, scrub.Root, attach)
	e.placed = e.placed || attach
	return end, stays || attach, err
}

// objectAhead tells whether the envelope has an event that is an object.
func (e *splunkEvent) objectAhead() (ahead bool) {
	_ = eachMember(e.run.In(), e.start, func(key, value []byte) error { // what cannot be read is told by the walk
		ahead = ahead || string(key) == "event" && value[0] == '{'
		return nil
	})
	return ahead
}

// isBlank tells whether the JSON value that b begins with is null, or has nothing in it.
func isBlank(b []byte) bool {
	i := record.SkipSpace(b, 1)
	if i == len(b) {
		return false
	}
	switch b[0] {
	case 'n':
		return true
	case '"':
		return b[i] == '"'
	case '{', '[':
		return b[i] == b[0]+2
	}
	return false
}

// isTime tells whether the JSON value that b begins with is a number of seconds, quoted or not.
func isTime(b []byte) bool {
	quoted := b[0] == '"'
	if quoted {
		b = b[1:]
	}
	if len(b) == 0 {
		return false
	}
	end, fault := record.Number(b, 0)
	return fault == nil && end > 0 && end <= 32 && (!quoted || end < len(b) && b[end] == '"')
}
