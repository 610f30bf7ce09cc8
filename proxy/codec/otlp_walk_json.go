package codec

import (
	"errors"
	"slices"

	"winnow/scrub"
	"winnow/scrub/record"
)

// part scrubs a member of the message l.of.
func (l *logs) part(key []byte, at int) (end int, stays bool, err error) {
	d := l.of.named(key)
	if d == nil {
		return l.skip(at)
	}
	if !d.is.repeated() || d.is == isAttributes {
		return l.single(d, at)
	}
	before := l.each
	l.each = d
	end, stays, err = l.list(at, inParts)
	l.each = before
	return end, stays, err
}

// single scrubs one value of part d.
func (l *logs) single(d *otlpPart, at int) (end int, stays bool, err error) {
	switch d.is {
	case isText, isNeeded:
		return l.string(d, at)
	case isName:
		if l.run.In()[at] == '"' {
			return l.run.KeyName(at)
		}
		return l.skip(at)
	case isAttributes:
		return l.attributes(at, d.above(l.run))
	case isBody:
		l.parent, l.target, l.key = l.run.Within(scrub.Root), l.run.Message(), nil
		return l.value(at)
	case isTraceID:
		return l.hex(at, 16)
	case isSpanID:
		return l.hex(at, 8)
	}
	if d.is.message() {
		return l.nested(d, at)
	}
	end, err = l.run.Skip(at)
	return end, err == nil && d.is.fits(l.run.In()[at:end], d.words), err
}

// string scrubs a text; anything else there goes.
func (l *logs) string(d *otlpPart, at int) (end int, stays bool, err error) {
	if l.run.In()[at] == '"' {
		end, stays, err = l.run.Value(at, l.run.At(d.scope, d.path), nil)
	} else {
		end, stays, err = l.skip(at)
	}
	if err == nil && !stays && d.is == isNeeded {
		err = scrub.ErrDropRecord
	}
	return end, stays, err
}

// nested scrubs one message.
func (l *logs) nested(d *otlpPart, at int) (end int, stays bool, err error) {
	before := l.of
	l.of = d.of
	switch d.is {
	case isRecord:
		end, stays, err = l.record(at)
	case isShared:
		end, stays, err = l.sharing(at)
	case isLoose:
		l.run.Coarse(false)
		end, stays, err = l.object(at, inMessage)
		l.run.Coarse(l.series)
	default:
		end, stays, err = l.object(at, inMessage)
	}
	l.of = before
	return end, stays, err
}

// sharing scrubs a message l.of that shares something with the records in it. If that drops its record, all of them are dropped.
func (l *logs) sharing(at int) (end int, stays bool, err error) {
	was, records, of := l.b.books(l.run), l.records, l.of
	if end, stays, err = l.object(at, inMessage); !errors.Is(err, scrub.ErrDropRecord) {
		return end, stays, err
	}
	if end, err = l.run.Skip(at); err != nil {
		return end, false, err
	}
	n := recordsIn(l.run.In()[at:end], of)
	l.b.dropAll(l.run, was, n)
	l.records = records + n
	return end, false, nil
}

// recordsIn is how many records are in value, a message of that kind.
func recordsIn(value []byte, of otlpMessage) (n int) {
	_ = eachMember(value, record.Begin(value), func(key, value []byte) error {
		d := of.named(key)
		switch {
		case d == nil || !d.is.message():
		case d.is == isOne:
			n += recordsIn(value, d.of)
		default:
			return eachElement(value, func(value []byte) error {
				if d.is == isRecord {
					n++
				} else {
					n += recordsIn(value, d.of)
				}
				return nil
			})
		}
		return nil
	})
	return n
}

// fits tells whether a JSON value is a number of that kind, in a string or not, or one of the words of an enum.
func (k otlpKind) fits(value []byte, words []string) bool {
	bare := value
	if value[0] == '"' {
		bare = value[1 : len(value)-1]
	}
	switch k {
	case isBool:
		return string(value) == "true" || string(value) == "false"
	case isEnum:
		return isDigits(value) || slices.Contains(words, string(bare))
	case isSint, isSfixed64:
		return isWhole(bare)
	case isDouble, isDoubles:
		return isFloat(bare)
	}
	return isDigits(value)
}

// isFloat tells whether text is a number, or one of the three that JSON has no number for (ProtoJSON).
func isFloat(text []byte) bool {
	switch string(text) {
	case "NaN", "Infinity", "-Infinity":
		return true
	}
	end, fault := record.Number(text, 0)
	return fault == nil && end == len(text) && end <= 64
}
