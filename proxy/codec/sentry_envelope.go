package codec

import (
	"bytes"
	"errors"
	"strconv"

	"winnow/scrub"
	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// An envelope is lines: its header, an object; and for each item a header, an object, and a payload. A payload has the length that its
// header says, or ends with the line:
//
//	{"event_id":"…","sent_at":"…","dsn":"…","sdk":{…},"trace":{…}}
//	{"type":"event","length":1234,"content_type":"application/json"}
//	{…}
//
// sentry walks one.
type sentry struct {
	run         *scrub.Run
	b           *Batch
	body        []byte
	credentials bool // the client's own go on
	records     int
	unreadable  int // items that are not what they say

	in   sentryPlace
	item sentryItem

	attribute    scrub.Field // at hand
	attributeKey []byte
	valued       bool // its value stays
}

// sentryPlace is what the members at hand belong to.
type sentryPlace uint8

const (
	inEnvelope sentryPlace = iota
	inTrace
	inItem
	inEvent
	inContainer
	inLog
	inSpan
	inMetric
	inSentryAttributes
	inSentryAttribute
)

// sentryItem is the header of an item.
type sentryItem struct {
	kind          string
	length, count number
}

// number is a number in a header that must follow what becomes of the payload.
type number struct {
	said       bool
	n          int
	start, end int // in the body
	slot       int
}

// forms of payloads by the type of their item. What is not here cannot be scrubbed.
var sentryForms = map[string]sentryPlace{
	"event": inEvent, "transaction": inEvent, "feedback": inEvent, "user_report": inEvent, "session": inEvent, "sessions": inEvent,
	"check_in": inEvent, "client_report": inEvent, "profile": inEvent, "span": inContainer, "log": inContainer, "trace_metric": inContainer,
}

// containers hold items of the form.
var containers = map[string]sentryPlace{"log": inLog, "span": inSpan, "trace_metric": inMetric}

const (
	brokenItem   = "the header of an item cannot be read"
	shortItem    = "the payload is not as long as its header says"
	opaqueItem   = "items of this type cannot be scrubbed"
	notAnObject  = "the payload is not one JSON object"
	maxItemCount = 1 << 30
)

func scrubEnvelope(run *scrub.Run, req *Request) (Batch, error) {
	b := Batch{ContentType: req.ContentType}
	if err := run.LoadJSON(req.Body); err != nil {
		return Batch{}, err
	}
	s := sentry{run: run, b: &b, body: req.Body, credentials: req.Credentials}
	end, err := s.object(0, inEnvelope)
	if err != nil {
		return Batch{}, err
	}
	i, ok := s.lineEnd(end)
	if !ok {
		return Batch{}, &scrub.Fault{Offset: end, Reason: "text behind the envelope's header"}
	}
	for i < len(s.body) {
		if s.body[i] == '\n' || s.body[i] == '\r' {
			i++
			continue
		}
		i = s.next(i)
	}
	if s.unreadable > 0 && b.Kept+b.Dropped == 0 {
		return Batch{}, &scrub.Fault{Offset: end, Reason: b.Faults[0].Reason}
	}
	b.finish(run)
	return b, nil
}

// object walks the object at i, whose members belong to a place.
func (s *sentry) object(i int, in sentryPlace) (end int, err error) {
	before := s.in
	s.in = in
	end, err = s.run.Object(i, s)
	s.in = before
	return end, err
}

// lineEnd passes the end of a line, or of the body.
func (s *sentry) lineEnd(i int) (next int, ok bool) {
	if i < len(s.body) && s.body[i] == '\r' {
		i++
	}
	if i == len(s.body) {
		return i, true
	}
	return i + 1, s.body[i] == '\n'
}

// next scrubs the item at i and returns where the next one begins. What follows an item whose end is not known is withheld with it.
func (s *sentry) next(i int) (next int) {
	m := s.run.Mark()
	s.item = sentryItem{}
	end, err := s.object(i, inItem)
	start, ok := s.lineEnd(end)
	if err != nil || !ok || s.item.kind == "" {
		return s.withholdRest(m, i, brokenItem)
	}
	stop := start + s.item.length.n
	if !s.item.length.said {
		stop = len(s.body)
		if n := bytes.IndexByte(s.body[start:], '\n'); n >= 0 {
			stop = start + n
		}
	}
	if stop > len(s.body) {
		return s.withholdRest(m, i, shortItem)
	}
	if next, ok = s.lineEnd(stop); !ok {
		return s.withholdRest(m, i, shortItem)
	}
	if !s.payload(start, stop) {
		s.run.Rollback(m)
		s.run.Replace(i, next, nil)
	}
	return next
}

func (s *sentry) withholdRest(m scrub.Mark, i int, reason string) (end int) {
	s.run.Rollback(m)
	s.run.Replace(i, len(s.body), nil)
	s.run.End(scrub.Withheld)
	s.unreadable++
	s.records++
	s.b.note(s.records, scrub.Withheld, reason)
	return len(s.body)
}

// payload scrubs the payload of the item at hand, and tells whether the item stays.
func (s *sentry) payload(start, stop int) (stays bool) {
	in, ok := sentryForms[s.item.kind]
	if !ok {
		s.records++
		s.run.End(scrub.Withheld)
		return s.b.note(s.records, scrub.Withheld, opaqueItem)
	}
	before := s.run.Delta()
	if at := record.SkipSpace(s.body, start); in == inContainer && s.isContainer(s.body[min(at, stop):stop]) {
		stays = s.container(at, stop)
	} else {
		s.records++
		if in == inContainer {
			in = containers[s.item.kind]
		}
		fate, reason := s.record(at, stop, in)
		if fate == scrub.Withheld {
			s.unreadable++
		}
		stays = s.b.note(s.records, fate, reason)
	}
	if stays {
		s.follow(&s.item.length, s.item.length.n+s.run.Delta()-before)
	}
	return stays
}

// isContainer tells a list of items from the one object that older SDKs send under the same type. A list is not read to its end.
func (s *sentry) isContainer(payload []byte) bool {
	for i, more := 1, len(payload) > 0 && payload[0] == '{'; more; {
		start, end, escaped, fault := record.Name(payload, record.SkipSpace(payload, i))
		if fault != nil {
			return false
		}
		key := payload[start:end]
		if escaped {
			key = unwrap.JSONString(nil, key)
		}
		if i, fault = record.Colon(payload, end); fault != nil {
			return false
		}
		if string(key) == "items" && i < len(payload) && payload[i] == '[' {
			return true
		}
		if i, fault = record.Skip(payload, i, maxDepth); fault != nil {
			return false
		}
		if more, i, fault = record.Next(payload, i, '}'); fault != nil {
			return false
		}
	}
	return false
}

// follow writes a number of the item's header anew, if it is another one now.
func (s *sentry) follow(n *number, now int) {
	if n.said && n.n != now {
		s.run.Fill(n.slot, n.start, n.end, strconv.AppendInt(nil, int64(now), 10))
	}
}

// record scrubs the object at i as one record. It must end before stop, with nothing but white space behind it.
func (s *sentry) record(i, stop int, in sentryPlace) (fate scrub.Fate, reason string) {
	s.run.Begin()
	m := s.run.Mark()
	end, err := s.object(i, in)
	fate, reason = s.fate(i, end, err)
	if err == nil && (end > stop || len(bytes.TrimSpace(s.body[end:stop])) > 0) {
		fate, reason = scrub.Withheld, notAnObject
	}
	if fate != scrub.Kept {
		s.run.Rollback(m)
	}
	s.run.End(fate)
	return fate, reason
}

// fate is what becomes of the record at [i, end), whose walk ended with err.
func (s *sentry) fate(i, end int, err error) (scrub.Fate, string) {
	switch {
	case errors.Is(err, scrub.ErrDropRecord):
		return scrub.Dropped, ""
	case err != nil:
		return scrub.Withheld, reasonOf(err)
	case s.run.TooLong(end - i):
		return scrub.Withheld, tooLong
	}
	return scrub.Kept, ""
}

// container scrubs the items of a list, each a record, and tells whether any stays. One that cannot be read as a whole is withheld as a
// whole.
func (s *sentry) container(i, stop int) (stays bool) {
	was, first := s.b.books(s.run), s.records
	end, err := s.object(i, inContainer)
	if err != nil || end > stop || len(bytes.TrimSpace(s.body[end:stop])) > 0 {
		s.b.dropAll(s.run, was, 0)
		s.records = first + 1
		s.unreadable++
		s.run.End(scrub.Withheld)
		return s.b.note(s.records, scrub.Withheld, notAnObject)
	}
	s.follow(&s.item.count, s.b.Kept-was.kept)
	return s.b.Kept > was.kept
}
