package socket

import (
	"encoding/binary"
	"errors"
)

// packs finds where values of MessagePack end in what a connection says, however it is cut. It looks at each value once and keeps no
// stack: an array of n adds n values to those that are still to come.
type packs struct {
	window
	limit int // bytes of one value

	pos   int    // bytes behind at that belong to the value at hand
	left  uint64 // values that are still to come for it
	begun bool
	err   error // the first, for good
}

var (
	errPack     = errors.New("a value of MessagePack expected")
	errLongPack = errors.New("a value is longer than the limit")
)

// next tells whether a value is complete, and goes past it: it ends before at.
func (p *packs) next() (whole bool, err error) {
	if !p.begun {
		p.begun, p.left, p.pos = true, 1, 0
	}
	for p.left > 0 && p.err == nil {
		size, more, err := measure(p.buf[min(p.at+p.pos, len(p.buf)):])
		switch {
		case err != nil:
			p.err = err
			continue
		case size == 0:
			return false, nil
		}
		p.pos += size
		if p.left += more - 1; p.pos > p.limit || p.left > uint64(p.limit) { // each takes a byte at least
			p.err = errLongPack
		}
	}
	if p.err != nil {
		return false, p.err
	}
	if p.at+p.pos > len(p.buf) {
		return false, nil
	}
	p.at, p.begun = p.at+p.pos, false
	return true, nil
}

// measure reads the head of a value: how many bytes it has without those within it, 0 if that is not to be seen yet, and how many values are
// within it. Source: the MessagePack specification.
func measure(b []byte) (size int, more uint64, err error) {
	if len(b) == 0 {
		return 0, 0, nil
	}
	switch c := b[0]; {
	case c < 0x80 || c >= 0xe0:
		return 1, 0, nil
	case c < 0x90:
		return 1, 2 * uint64(c&0x0f), nil
	case c < 0xa0:
		return 1, uint64(c & 0x0f), nil
	case c < 0xc0:
		return 1 + int(c&0x1f), 0, nil
	case c == 0xc1:
		return 0, 0, errPack
	default:
		return measureLong(b, heads[c-0xc0])
	}
}

// head is how a type says its length.
type head struct {
	fixed  int // bytes in all, but for the length told
	digits int // bytes of the length told
	values int // for each of it: 0 means bytes
}

// heads are the types from c0 on.
var heads = [0x20]head{
	0x00: {1, 0, 0}, 0x02: {1, 0, 0}, 0x03: {1, 0, 0}, // nil, false, true
	0x04: {2, 1, 0}, 0x05: {3, 2, 0}, 0x06: {5, 4, 0}, // bin
	0x07: {3, 1, 0}, 0x08: {4, 2, 0}, 0x09: {6, 4, 0}, // ext
	0x0a: {5, 0, 0}, 0x0b: {9, 0, 0}, // float
	0x0c: {2, 0, 0}, 0x0d: {3, 0, 0}, 0x0e: {5, 0, 0}, 0x0f: {9, 0, 0}, // uint
	0x10: {2, 0, 0}, 0x11: {3, 0, 0}, 0x12: {5, 0, 0}, 0x13: {9, 0, 0}, // int
	0x14: {3, 0, 0}, 0x15: {4, 0, 0}, 0x16: {6, 0, 0}, 0x17: {10, 0, 0}, 0x18: {18, 0, 0}, // fixext
	0x19: {2, 1, 0}, 0x1a: {3, 2, 0}, 0x1b: {5, 4, 0}, // str
	0x1c: {3, 2, 1}, 0x1d: {5, 4, 1}, // array
	0x1e: {3, 2, 2}, 0x1f: {5, 4, 2}, // map
}

func measureLong(b []byte, h head) (size int, more uint64, err error) {
	if len(b) < 1+h.digits {
		return 0, 0, nil
	}
	var n uint64
	switch h.digits {
	case 1:
		n = uint64(b[1])
	case 2:
		n = uint64(binary.BigEndian.Uint16(b[1:]))
	case 4:
		n = uint64(binary.BigEndian.Uint32(b[1:]))
	}
	if h.values == 0 {
		return h.fixed + int(n), 0, nil
	}
	return h.fixed, n * uint64(h.values), nil
}
