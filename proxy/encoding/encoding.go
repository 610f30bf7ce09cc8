// Package encoding undoes and applies the Content-Encodings of HTTP: gzip, deflate, zstd, snappy and br, at most two on one body.
//
// Decoding is bounded while it runs: neither the decoded bytes nor the window of a decoder can grow beyond what was allowed, whatever
// the body says about itself. A body that is cut, or goes on after its end, is an error, so that two readers never see two
// different bodies. Decoders and encoders are pooled; all functions are safe for concurrent use. Errors never quote the body.
//
// Sources: RFC 9110 section 8.4 (the header), RFC 1950-1952 (zlib, deflate, gzip), RFC 8878 and 9659 (zstd and its window in HTTP), RFC
// 7932 (br), and the snappy format and framing descriptions.
package encoding

import (
	"bytes"
	"errors"
	"sync"
)

// The errors of Parse, Decode and Append.
var (
	// ErrUnknown is a coding that is none of the known, or more of them than two.
	ErrUnknown = errors.New("content-encoding is not supported")
	// ErrTooLarge is a body that is longer than the bound when decoded.
	ErrTooLarge = errors.New("body is larger than the limit when decoded")
	// ErrCorrupt is a body that is not what its encoding says: damaged, cut, or followed by other bytes.
	ErrCorrupt = errors.New("body is not valid in its content-encoding")
	// ErrNoRoom is a Budget that said no.
	ErrNoRoom = errors.New("no room to decode the body")
)

// Budget grants memory to one decoding.
type Budget interface {
	// Hold asks to hold n bytes in all, and tells whether that is granted. Calls of one decoding have ascending n.
	Hold(n int) bool
}

type coding uint8

const (
	none coding = iota
	gzipped
	zlibbed
	deflated // deflate without the zlib wrapper, which some clients send
	zstandard
	snappyBlock
	snappyFrames
	framedSnappy // snappyFrames under a name of its own
	brotli
	codings
)

// names are what the header says; deflate and snappy each stand for two forms.
var names = [codings]string{"identity", "gzip", "deflate", "deflate", "zstd", "snappy", "snappy", "x-snappy-framed", "br"}

// List is the codings of one body, in the order in which they were applied. The zero List is an uncoded body.
type List struct {
	n    uint8
	list [2]coding
}

// maxHeader bounds the header's value: no sensible list of two is longer.
const maxHeader = 64

// Parse reads the value of a Content-Encoding header. Names are known in any letter case; identity and empty elements do not count.
func Parse(header []byte) (List, error) {
	var l List
	if len(header) > maxHeader {
		return l, ErrUnknown
	}
	for len(header) > 0 {
		name := header
		if i := bytes.IndexByte(header, ','); i >= 0 {
			name, header = header[:i], header[i+1:]
		} else {
			header = nil
		}
		c, ok := known(bytes.Trim(name, " \t"))
		switch {
		case !ok || (c != none && l.n == 2):
			return List{}, ErrUnknown
		case c != none:
			l.list[l.n] = c
			l.n++
		}
	}
	return l, nil
}

func known(name []byte) (coding, bool) {
	switch {
	case len(name) == 0 || is(name, "identity"):
		return none, true
	case is(name, "gzip") || is(name, "x-gzip"):
		return gzipped, true
	case is(name, "deflate"):
		return zlibbed, true
	case is(name, "zstd"):
		return zstandard, true
	case is(name, "snappy"):
		return snappyBlock, true
	case is(name, "x-snappy-framed"):
		return framedSnappy, true
	case is(name, "br"):
		return brotli, true
	}
	return none, false
}

// is compares without regard to ASCII case; word is in lower case.
func is(name []byte, word string) bool {
	if len(name) != len(word) {
		return false
	}
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// Empty reports whether the body is not coded at all.
func (l List) Empty() bool { return l.n == 0 }

// String is the header's value, empty for an uncoded body.
func (l List) String() string {
	switch l.n {
	case 0:
		return ""
	case 1:
		return names[l.list[0]]
	}
	return names[l.list[0]] + ", " + names[l.list[1]]
}

// Append encodes src as the list says and appends the result to dst. src is not changed, and may not overlap dst.
func (l *List) Append(dst, src []byte) ([]byte, error) {
	switch l.n {
	case 0:
		return append(dst, src...), nil
	case 1:
		return encode(dst, src, l.list[0])
	}
	between := scratch.Get().(*[]byte)
	defer giveBack(between)
	var err error
	if *between, err = encode((*between)[:0], src, l.list[0]); err != nil {
		return dst, err
	}
	return encode(dst, *between, l.list[1])
}

// Decode undoes the codings of src and appends the body to dst. The error is ErrTooLarge when the body, or a form of it on the way,
// is longer than limit bytes, ErrNoRoom when b, which may be nil, does not grant the memory, and else ErrCorrupt; dst is then to be
// thrown away. The List learns which form of deflate or snappy it was, so that Append makes the same. src is not changed, and may
// not overlap dst.
func (l *List) Decode(dst, src []byte, limit int, b Budget) ([]byte, error) {
	g := grant{budget: b, limit: limit}
	switch l.n {
	case 0:
		if len(src) > limit {
			return dst, ErrTooLarge
		}
		return append(dst, src...), nil
	case 1:
		return decode(dst, src, &l.list[0], &g)
	}
	between := scratch.Get().(*[]byte)
	defer giveBack(between)
	var err error
	if *between, err = decode((*between)[:0], src, &l.list[1], &g); err != nil {
		return dst, err
	}
	g.base += len(*between)
	return decode(dst, *between, &l.list[0], &g)
}

// scratch holds what lies between two codings.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

// maxScratch is how large a buffer may be to be kept.
const maxScratch = 4 << 20

func giveBack(b *[]byte) {
	if cap(*b) <= maxScratch {
		scratch.Put(b)
	}
}

// Decode is Parse and List.Decode at once, without a Budget.
func Decode(dst, src []byte, encoding string, limit int) ([]byte, error) {
	l, err := Parse([]byte(encoding))
	if err != nil {
		return dst, err
	}
	return l.Decode(dst, src, limit, nil)
}

// Append is Parse and List.Append at once.
func Append(dst, src []byte, encoding string) ([]byte, error) {
	l, err := Parse([]byte(encoding))
	if err != nil {
		return dst, err
	}
	return l.Append(dst, src)
}
