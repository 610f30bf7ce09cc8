package scrub

import (
	"math"
	"strconv"
)

// Number is a number or a boolean of a binary protocol. The zero value is false.
type Number struct {
	bits uint64
	kind numberKind
}

type numberKind uint8

const (
	isBool numberKind = iota
	isInt
	isFloat
)

// Bool is true or false.
func Bool(on bool) Number {
	if on {
		return Number{bits: 1}
	}
	return Number{}
}

// Int is a whole number.
func Int(v int64) Number { return Number{uint64(v), isInt} }

// Float is a floating-point number of 64 bits (IEEE 754), given by them.
func Float(bits uint64) Number { return Number{bits, isFloat} }

// AppendTo appends the number as the text that detectors see: decimal, without an exponent.
func (n Number) AppendTo(dst []byte) []byte {
	switch n.kind {
	case isInt:
		return strconv.AppendInt(dst, int64(n.bits), 10)
	case isFloat:
		return strconv.AppendFloat(dst, math.Float64frombits(n.bits), 'f', -1, 64)
	}
	return strconv.AppendBool(dst, n.bits != 0)
}

// quiet tells that nothing is found in the number's text, whatever field it is of, unless that says what it is. False says nothing.
func (r *Run) quiet(n Number) bool {
	switch n.kind {
	case isInt:
		return r.p.set.QuietInt(int64(n.bits))
	case isFloat:
		return r.p.set.QuietFloat(math.Float64frombits(n.bits))
	}
	return r.p.set.QuietInt(0)
}

// GatherNumber takes the number of a value at that offset, to be asked for by PassesNumber.
func (r *Run) GatherNumber(at int, n Number) {
	var b [numberBytes]byte
	if r.req.Trace == nil && !r.quiet(n) {
		r.texts.add(at, at, n.AppendTo(b[:0]))
	}
}

// ExpectNumber is Expect for a number, at that offset.
func (r *Run) ExpectNumber(at int, n Number, d Field, key []byte) {
	switch {
	case r.req.Trace != nil:
	case r.quiet(n):
		r.expect(at, d, key, true)
	default:
		var b [numberBytes]byte
		r.expect(at, d, key, r.texts.add(at, at, n.AppendTo(b[:0])))
	}
}

// PassesNumber is Passes for a number. It need not have been gathered.
func (r *Run) PassesNumber(at int, n Number, d Field, key []byte) bool {
	if !r.quiet(n) || r.req.Trace != nil {
		return r.Passes(at, d, key)
	}
	v := &r.p.verdicts[r.mode()][d.rule()+1]
	if v.plain != stays || r.concerns(d) || d.lists != 0 || r.says(key) {
		return false
	}
	r.pass(v)
	return true
}

// numberBytes is room for most numbers.
const numberBytes = 32
