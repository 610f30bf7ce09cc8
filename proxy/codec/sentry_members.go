package codec

import (
	"errors"
	"strconv"

	"winnow/scrub"
)

// Member implements scrub.Visitor for headers, events, and the items of lists; and for the elements of a list, which have no key.
func (s *sentry) Member(key []byte, at int) (end int, stays bool, err error) {
	switch s.in {
	case inEnvelope:
		return s.envelopeMember(key, at)
	case inTrace:
		if string(key) == "public_key" {
			return s.asIs(at, s.credentials)
		}
		return s.run.Value(at, s.run.Below(s.run.At(scrub.Envelope, []byte("trace")), key), key)
	case inItem:
		return s.itemMember(key, at)
	case inEvent:
		return s.eventMember(key, at)
	case inContainer:
		return s.containerMember(key, at)
	case inSentryAttributes:
		return s.attributeOf(key, at)
	case inSentryAttribute:
		return s.attributeMember(key, at)
	}
	return s.listed(key, at)
}

// asIs passes over a value that stays or goes whatever it is.
func (s *sentry) asIs(at int, stay bool) (end int, stays bool, err error) {
	end, err = s.run.Skip(at)
	return end, stay, err
}

func (s *sentry) opens(at int, opener byte) bool { return at < len(s.body) && s.body[at] == opener }

func (s *sentry) envelopeMember(key []byte, at int) (end int, stays bool, err error) {
	switch {
	case string(key) == "dsn":
		return s.asIs(at, s.credentials)
	case string(key) == "event_id":
		end, err = s.run.Skip(at)
		return end, err == nil && s.identify(at, end), err
	case string(key) == "trace" && s.opens(at, '{'):
		end, err = s.object(at, inTrace)
		return end, true, err
	}
	return s.run.Value(at, s.run.At(scrub.Envelope, key), key)
}

// identify takes the id of an event, if it is one: 32 hexadecimal digits, or a UUID.
func (s *sentry) identify(start, end int) bool {
	id := string(s.body[start:end])
	if len(id) < 2 || id[0] != '"' {
		return false
	}
	id = id[1 : len(id)-1]
	if len(id) == 32 {
		if !isUUID(id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]) {
			return false
		}
	} else if !isUUID(id) {
		return false
	}
	s.b.event = id
	return true
}

var errTwice = errors.New("a member of an item's header stands twice")

func (s *sentry) itemMember(key []byte, at int) (end int, stays bool, err error) {
	switch string(key) {
	case "type":
		if end, err = s.run.Skip(at); err != nil || s.item.kind != "" || end-at < 3 {
			return end, true, errors.Join(err, errTwice)
		}
		s.item.kind = string(s.body[at+1 : end-1])
		return end, true, nil
	case "length":
		return s.number(&s.item.length, at)
	case "item_count":
		return s.number(&s.item.count, at)
	case "content_type":
		if s.opens(at, '"') {
			end, err = s.run.String(at)
			return end, true, err
		}
	}
	return s.asIs(at, false)
}

// number reads a number of an item's header, and keeps a place for another.
func (s *sentry) number(n *number, at int) (end int, stays bool, err error) {
	if end, err = s.run.Skip(at); err != nil || n.said {
		return end, true, errors.Join(err, errTwice)
	}
	v, err := strconv.ParseUint(string(s.body[at:end]), 10, 64)
	if err != nil || v > maxItemCount {
		return end, true, &scrub.Fault{Offset: at, Reason: "a length that is no number"}
	}
	*n = number{said: true, n: int(v), start: at, end: end, slot: s.run.Slot()}
	return end, true, nil
}

// eventMember decides about a member of an event. Its tags may be a list of names and values, whose names a path would not tell: it goes.
func (s *sentry) eventMember(key []byte, at int) (end int, stays bool, err error) {
	switch {
	case string(key) == "tags" && s.opens(at, '['):
		return s.asIs(at, false)
	case string(key) == "event_id" && s.b.event == "":
		if end, err = s.run.Skip(at); err != nil {
			return end, false, err
		}
		s.identify(at, end)
	}
	return s.run.Value(at, s.run.At(scrub.Root, key), key)
}

func (s *sentry) containerMember(key []byte, at int) (end int, stays bool, err error) {
	switch {
	case key == nil:
		return s.element(at)
	case string(key) == "items" && s.opens(at, '['):
		end, err = s.run.Array(at, s)
		return end, true, err
	}
	return s.asIs(at, string(key) == "version" && at < len(s.body) && s.body[at]-'0' < 10)
}

// element scrubs one item of a list. Where one ends that cannot be walked to its end must be found out, else the whole list cannot be read.
func (s *sentry) element(at int) (end int, stays bool, err error) {
	s.records++
	s.run.Begin()
	m := s.run.Mark()
	end, err = s.object(at, containers[s.item.kind])
	fate, reason := s.fate(at, end, err)
	if err != nil {
		if end, err = s.run.Skip(at); err != nil {
			s.run.End(scrub.Withheld)
			return end, false, err
		}
	}
	if fate != scrub.Kept {
		s.run.Rollback(m)
	}
	s.run.End(fate)
	return end, s.b.note(s.records, fate, reason), nil
}

// listed decides about a member of a log, a span or a metric. What is called name there is of the kind itself, and not of a person.
func (s *sentry) listed(key []byte, at int) (end int, stays bool, err error) {
	if string(key) == "attributes" && s.opens(at, '{') {
		end, err = s.object(at, inSentryAttributes)
		return end, true, err
	}
	d := s.run.At(scrub.Root, key)
	switch s.in {
	case inSpan:
		d = s.run.Below(s.run.At(scrub.Root, []byte("span")), key)
	case inMetric:
		d = s.run.Below(s.run.At(scrub.Root, []byte("metric")), key)
	}
	return s.run.Value(at, d, key)
}

// attributeOf decides about an attribute {"value": …, "type": …} by its name.
func (s *sentry) attributeOf(key []byte, at int) (end int, stays bool, err error) {
	if !s.opens(at, '{') {
		return s.asIs(at, false)
	}
	s.attribute, s.attributeKey, s.valued = s.run.At(scrub.Root, key), key, false
	end, err = s.object(at, inSentryAttribute)
	return end, s.valued, err
}

func (s *sentry) attributeMember(key []byte, at int) (end int, stays bool, err error) {
	switch string(key) {
	case "value":
		end, stays, err = s.run.Value(at, s.attribute, s.attributeKey)
		s.valued = s.valued || stays
		return end, stays, err
	case "type", "unit":
		if s.opens(at, '"') {
			end, err = s.run.String(at)
			return end, true, err
		}
	}
	return s.asIs(at, false)
}
