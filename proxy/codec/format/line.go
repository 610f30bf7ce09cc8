package format

import (
	"bytes"
	"errors"
	"strconv"
	"time"

	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// Line is one record, and what stands where in it. Its values are the object's own bytes, as JSON.
type Line struct {
	// Object is the whole record.
	Object []byte
	// Members are those of the object, in order.
	Members []Member

	values [parts][]byte
	ranks  [parts]uint8
	path   []byte
	nanos  int64 // the time; set when timed
	timed  bool
}

// Member is a name, decoded, and a value, as JSON.
type Member struct{ Key, Value []byte }

var errNoRecord = errors.New("a line is no JSON object")

// maxDepth bounds nesting; the scrubbing before bounds it further.
const maxDepth = 1000

// read takes a record in.
func (l *Line) read(object []byte) error {
	*l = Line{Object: object, Members: l.Members[:0], path: l.path[:0]}
	for p := range l.ranks {
		l.ranks[p] = 0xff
	}
	if !eachMember(object, func(key, value []byte) {
		l.Members = append(l.Members, Member{key, value})
		l.see(key, value, 0, 0)
	}) {
		return errNoRecord
	}
	return nil
}

// maxMembers that a Line keeps room for.
const maxMembers = 1 << 10

// release gives the Line up, with nothing of a record in it.
func (l *Line) release() {
	if cap(l.Members) > maxMembers || cap(l.path) > maxKept {
		return
	}
	clear(l.Members[:cap(l.Members)])
	*l = Line{Members: l.Members[:0], path: l.path[:0]}
	kept.Put(l)
}

// see looks at a member, and at those below it, for the parts.
func (l *Line) see(key, value []byte, rank uint8, depth int) {
	n := len(l.path)
	if n > 0 {
		l.path = append(l.path, '.')
	}
	l.path = append(l.path, key...)
	if len(value) > 0 && value[0] == '{' {
		if depth < 3 {
			l.descend(key, value, n, rank, depth)
		}
	} else if p, ok := placeOf(l.path); ok && p.rank+rank < l.ranks[p.part] && p.fits(value) {
		l.values[p.part], l.ranks[p.part] = value, p.rank+rank
	}
	l.path = l.path[:n]
}

// fits tells whether a value says something in that place.
func (p place) fits(value []byte) bool {
	t := text(value)
	return len(t) > 0 && !(p.worded && t[0]-'0' < 10)
}

// holds tells whether a value of the record, at its place, is what was taken for a part.
func (l *Line) holds(p part, value []byte) bool {
	v := l.values[p]
	return len(v) > 0 && len(value) > 0 && &v[0] == &value[0]
}

// descend looks at the members of a value. A shell's own name does not count.
func (l *Line) descend(key, value []byte, n int, rank uint8, depth int) {
	if rank == 0 && isShell(key) {
		l.path, rank = l.path[:n], shellRank
	}
	eachMember(value, func(key, value []byte) { l.see(key, value, rank, depth+1) })
}

// eachMember shows each member of an object to f; false if it is none.
func eachMember(b []byte, f func(key, value []byte)) bool {
	if len(b) == 0 || b[0] != '{' {
		return false
	}
	i := record.SkipSpace(b, 1)
	for more := i < len(b) && b[i] != '}'; more; {
		start, end, escaped, fault := record.Name(b, i)
		if fault != nil {
			return false
		}
		key := b[start:end]
		if escaped {
			key = unwrap.JSONString(nil, key)
		}
		if i, fault = record.Colon(b, end); fault != nil {
			return false
		}
		if end, fault = record.Skip(b, i, maxDepth); fault != nil {
			return false
		}
		f(key, b[i:end])
		if more, i, fault = record.Next(b, end, '}'); fault != nil {
			return false
		}
	}
	return true
}

// text is a value's text: of a string what it says, of others how they are written. Empty for null and what is missing.
func text(value []byte) []byte {
	switch {
	case len(value) == 0 || string(value) == "null":
		return nil
	case value[0] != '"':
		return value
	case bytes.IndexByte(value, '\\') < 0:
		return value[1 : len(value)-1]
	}
	return unwrap.JSONString(nil, value[1:len(value)-1])
}

// Message in plain text.
func (l *Line) Message() []byte { return text(l.values[partMessage]) }

// Host that the record is of; empty if it does not say.
func (l *Line) Host() []byte { return text(l.values[partHost]) }

// Service that the record is of; empty if it does not say.
func (l *Line) Service() []byte { return text(l.values[partService]) }

// Trace is an identifier in hexadecimal; empty if the record has none.
func (l *Line) Trace() []byte { return text(l.values[partTrace]) }

// Span is an identifier in hexadecimal; empty if the record has none.
func (l *Line) Span() []byte { return text(l.values[partSpan]) }

// Level is trace, debug, info, warn, error or fatal, and OpenTelemetry's number; empty and 0 if the record does not say.
func (l *Line) Level() (level string, number int) {
	if t := text(l.values[partNumber]); len(t) > 0 {
		if n, err := strconv.Atoi(string(t)); err == nil && n >= 1 && n <= 24 {
			return levelOfNumber(n), n
		}
	}
	return levelOf(text(l.values[partSeverity]))
}

// Time in nanoseconds since 1970, in UTC where the record names no zone; 0 if the record does not say, or not clearly.
func (l *Line) Time() int64 {
	if !l.timed {
		l.nanos, l.timed = parseTime(text(l.values[partTime])), true
	}
	return l.nanos
}

func parseTime(t []byte) int64 {
	if len(t) == 0 {
		return 0
	}
	if c := t[0]; c-'0' < 10 && bytes.IndexByte(t, '-') < 0 {
		return number(t)
	}
	var at time.Time
	if at.UnmarshalText(t) == nil { // RFC 3339
		return max(0, at.UnixNano())
	}
	for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999-0700",
		"2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999"} {
		if at, err := time.Parse(layout, string(t)); err == nil {
			return max(0, at.UnixNano())
		}
	}
	return 0
}

// number is a time in seconds, milli-, micro- or nanoseconds since 1970, told apart by size: each is for the years 1973 to 5138.
func number(t []byte) int64 {
	if whole, err := strconv.ParseInt(string(t), 10, 64); err == nil {
		switch {
		case whole < 1e8:
			return 0
		case whole < 1e11:
			return scaled(whole, 1e9)
		case whole < 1e14:
			return scaled(whole, 1e6)
		case whole < 1e17:
			return scaled(whole, 1e3)
		}
		return whole
	}
	seconds, err := strconv.ParseFloat(string(t), 64)
	switch {
	case err != nil || seconds < 1e8 || seconds >= 1e14:
		return 0
	case seconds >= 1e11: // milliseconds with a fraction
		return int64(seconds * 1e6)
	case seconds >= 9.2e9:
		return 0
	}
	whole := int64(seconds)
	return whole*1e9 + int64((seconds-float64(whole))*1e6+0.5)*1e3
}

// scaled is n times unit, 0 where that is past the year 2262.
func scaled(n, unit int64) int64 {
	if n > (1<<63-1)/unit {
		return 0
	}
	return n * unit
}

// TimeOr is Time, or another.
func (l *Line) TimeOr(received time.Time) int64 {
	if t := l.Time(); t != 0 {
		return t
	}
	return received.UnixNano()
}
