package action

import (
	"bytes"
	"strconv"
	"time"

	"winnow/config"
)

// appendTime cuts a time to a unit and keeps the way it is written.
//
// Accepted as text: 2006-01-02, alone or followed by T or a space and 15:04:05, a fraction after a point or comma, and Z or an offset
// (RFC 3339 and its common variants). It is cut on the clock it was written by; the fraction goes. Accepted as a number: whole or
// fractional seconds, milli-, micro- or nanoseconds since 1970, told apart by size, from 2000 to 2199; cut in UTC, written in whole digits.
// Zero, the usual "no time", stays.
func appendTime(dst, value []byte, unit config.TimeUnit) (out []byte, number, ok bool) {
	value = bytes.TrimSpace(value)
	if d, ok := parseDecimal(value); ok {
		n, ok := d.whole()
		if ok {
			n, ok = cutEpoch(n, unit)
		}
		if !ok {
			return dst, false, false
		}
		return strconv.AppendUint(dst, n, 10), true, true
	}
	c, ok := parseCivil(value)
	if !ok {
		return dst, false, false
	}
	return c.appendCut(dst, unit), false, true
}

// The seconds from and to which a number is taken for a time. Both begin a month, so that a cut time is in the range of its unit again.
// Narrow as they are, they keep seconds, milliseconds and so on apart, and dates written as digits (20260314092653) out.
const (
	fromSecond = 946_684_800   // 2000-01-01
	toSecond   = 7_258_118_400 // 2200-01-01
)

// cutEpoch cuts a time since 1970 of any of four scales.
func cutEpoch(n uint64, unit config.TimeUnit) (uint64, bool) {
	if n == 0 {
		return 0, true
	}
	for _, scale := range [...]uint64{1, 1e3, 1e6, 1e9} {
		if s := n / scale; s >= fromSecond && s < toSecond {
			return uint64(cutSecond(int64(s), unit)) * scale, true
		}
	}
	return 0, false
}

// cutSecond cuts seconds since 1970, in UTC.
func cutSecond(s int64, unit config.TimeUnit) int64 {
	switch unit {
	case config.TimeMinute:
		return s - s%60
	case config.TimeHour:
		return s - s%3600
	case config.TimeDay:
		return s - s%86400
	}
	year, month, _ := time.Unix(s, 0).UTC().Date()
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Unix()
}

// civil is a date, perhaps with a time of day, in the bytes it was written in.
type civil struct {
	date  []byte // 2006-01-02
	clock []byte // 15:04:05, or none
	join  byte   // between them
	zone  []byte // as written, with the space before it
}

const (
	dateForm  = "0000-00-00"
	clockForm = "00:00:00"
)

// parseCivil reads a time as text.
func parseCivil(s []byte) (c civil, ok bool) {
	if c.date, s, ok = cutForm(s, dateForm); !ok || !validDate(c.date) {
		return civil{}, false
	}
	if len(s) == 0 {
		return c, true
	}
	if c.join = s[0]; c.join != 'T' && c.join != 't' && c.join != ' ' {
		return civil{}, false
	}
	if c.clock, s, ok = cutForm(s[1:], clockForm); !ok || two(c.clock) > 23 || two(c.clock[3:]) > 59 || two(c.clock[6:]) > 60 {
		return civil{}, false
	}
	if len(s) > 0 && (s[0] == '.' || s[0] == ',') {
		n := digitsLen(s[1:])
		if n == 0 {
			return civil{}, false
		}
		s = s[1+n:]
	}
	c.zone = s
	return c, validZone(s)
}

// cutForm cuts a text off the front of s in which every 0 of form is a digit and every other byte itself.
func cutForm(s []byte, form string) (text, rest []byte, ok bool) {
	if len(s) < len(form) {
		return nil, s, false
	}
	for i := range len(form) {
		if form[i] == '0' && s[i]-'0' >= 10 || form[i] != '0' && s[i] != form[i] {
			return nil, s, false
		}
	}
	return s[:len(form)], s[len(form):], true
}

// two is the number of two digits.
func two(s []byte) int { return int(s[0]-'0')*10 + int(s[1]-'0') }

func validDate(date []byte) bool {
	year, month, day := two(date)*100+two(date[2:]), two(date[5:]), two(date[8:])
	return month >= 1 && month <= 12 && day >= 1 && day <= time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// validZone accepts nothing, Z, +01:00 and +0100, the latter three also after a space.
func validZone(s []byte) bool {
	if len(s) == 0 {
		return true
	}
	s, _ = bytes.CutPrefix(s, []byte(" "))
	if len(s) == 1 {
		return s[0] == 'Z' || s[0] == 'z'
	}
	if len(s) == 0 || s[0] != '+' && s[0] != '-' {
		return false
	}
	offset, rest, ok := cutForm(s[1:], "00:00")
	if !ok {
		offset, rest, ok = cutForm(s[1:], "0000")
	}
	return ok && len(rest) == 0 && two(offset) <= 23 && two(offset[len(offset)-2:]) <= 59
}

// appendCut writes the time again, with zeros below the unit.
func (c civil) appendCut(dst []byte, unit config.TimeUnit) []byte {
	if unit == config.TimeMonth {
		dst = append(append(dst, c.date[:8]...), "01"...)
	} else {
		dst = append(dst, c.date...)
	}
	if c.clock == nil {
		return dst
	}
	dst = append(dst, c.join)
	switch unit {
	case config.TimeMinute:
		dst = append(append(dst, c.clock[:6]...), "00"...)
	case config.TimeHour:
		dst = append(append(dst, c.clock[:3]...), "00:00"...)
	default:
		dst = append(dst, clockForm...)
	}
	return append(dst, c.zone...)
}
